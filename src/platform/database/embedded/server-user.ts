import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DataFolderUnusableError } from './errors.js';

/** Whom the server runs as; empty for "as ourselves". Spreads into the options of `spawn`. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

const NOBODY = { uid: 65534, gid: 65534 };

/**
 * PostgreSQL refuses to run as root: there the server runs as the owner of the existing cluster, or as nobody for a
 * new one (initdb needs an account that exists, and nobody exists everywhere). An ordinary user runs it as itself.
 */
export function chooseServerUser(cluster: string): ServerUser {
  if (process.getuid?.() !== 0) return {};
  if (!existsSync(cluster)) return NOBODY;
  const { uid, gid } = statSync(cluster);
  if (uid !== 0) return { uid, gid };
  throw new DataFolderUnusableError(
    `${cluster} belongs to root, and PostgreSQL does not run as root. ` +
      `If it is a restored copy, run: chown -R ${NOBODY.uid}:${NOBODY.gid} ${cluster}`,
  );
}

/** Whether the server user may enter (or, for a file, execute) the path: every part of it. Judged by mode bits. */
export function canReach(path: string, user: ServerUser): boolean {
  if (user.uid === undefined) return true;
  for (let part = resolve(path); ; part = dirname(part)) {
    const { mode, uid, gid } = statSync(part);
    const execute = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if (!(mode & execute)) return false;
    if (part === dirname(part)) return true;
  }
}
