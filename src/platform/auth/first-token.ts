import { chmod, mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { systemContext } from '../context/request-context.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { hashOf, newSecret } from './secret.js';
import { TokenStore } from './token-store.js';

/** What a first start made. */
export interface FirstToken {
  /** File of mode 0600 with the secret. */
  readonly file: string;
  /** For a terminal only, never for a log. */
  readonly secret: string;
}

/** Makes the first admin token of a new installation. */
@Injectable()
export class FirstTokenMaker {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly store: TokenStore,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * When there is no token at all and CADASTRE_ADMIN_TOKEN is unset: generates one, writes it to `admin-token` in
   * the data folder, then commits its hash. A crash in between leaves a file without a row, which the next start
   * replaces, never a row whose secret is lost. Processes that start together make one token. Null otherwise.
   */
  async make(): Promise<FirstToken | null> {
    if (this.settings.auth.adminToken !== undefined) return null;
    return this.unitOfWork.run(systemContext('first-token'), async (tx) => {
      if (!(await this.store.isEmpty(tx))) return null;
      // Others that start now wait here, then see the row. Readers are not held up.
      await tx.query('LOCK TABLE token IN SHARE ROW EXCLUSIVE MODE');
      if (!(await this.store.isEmpty(tx))) return null;
      const secret = newSecret();
      const file = join(this.settings.server.dataFolder, 'admin-token');
      await writeSecret(file, secret);
      await this.store.insert(tx, {
        name: 'admin',
        role: 'admin',
        hash: hashOf(secret),
        createdBy: 'system:first-token',
        expiresAt: null,
      });
      return { file, secret };
    });
  }
}

/** Whole or not at all, on disk before it returns, readable by the owner only from its first byte on. */
async function writeSecret(file: string, secret: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  const draft = `${file}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await chmod(draft, 0o600);
    await handle.writeFile(`${secret}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

/** Shows the secret on a terminal, and only there; the log learns the file. */
export function announceFirstToken(
  { file, secret }: FirstToken,
  stdout: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
): void {
  if (stdout.isTTY) stdout.write(`First admin token (also in ${file}):\n  ${secret}\n`);
  new Logger('auth').log(`The first admin token is in ${file}`);
}
