import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ALLOCATION_CHECKS } from './features/allocation/index.js';
import { INVENTORY_CHECKS } from './features/inventory/index.js';
import type { Settings } from './platform/config/settings.js';
import { createDataSource } from './platform/database/data-source.js';
import { Database } from './platform/database/database.js';
import { startServer } from './platform/database/open-database.js';
import { type FsckReport, FsckRegistry } from './platform/ops/fsck.js';

/** There is nothing to look at; nothing was made. */
export class NoRegisterError extends Error {
  override name = 'NoRegisterError';
}

/**
 * Runs all checks of all features and prints what they find. Returns the exit code: 0 clean, 1 findings left. Throws
 * where it cannot look. Makes no database and migrates none.
 */
export async function runFsck(
  settings: Settings,
  { repair = false, json = false }: { repair?: boolean; json?: boolean },
  print: (line: string) => void,
): Promise<number> {
  const registry = new FsckRegistry();
  for (const check of ALLOCATION_CHECKS) registry.register(check);
  for (const check of INVENTORY_CHECKS) registry.register(check);
  const { dataFolder } = settings.server;
  if (!settings.database.url && !existsSync(join(dataFolder, 'postgres', 'data', 'PG_VERSION'))) {
    throw new NoRegisterError(`There is no register in ${dataFolder}: set CADASTRE_DATA or DATABASE_URL.`);
  }
  const { url, embedded } = await startServer(settings);
  const dataSource = createDataSource({ url, statementTimeoutSeconds: 0 });
  try {
    await dataSource.initialize();
    let found = 0;
    for await (const report of registry.run(new Database(dataSource), { repair })) {
      found += report.findings.length + report.more;
      for (const line of json ? [JSON.stringify(report)] : linesOf(report)) print(line);
    }
    return found === 0 ? 0 : 1;
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await embedded?.stop();
  }
}

function linesOf({ check, findings, more, repaired }: FsckReport): string[] {
  const note = repaired === null ? '' : ` (repaired: ${repaired} rows written)`;
  return [
    `${findings.length === 0 ? 'ok    ' : 'FOUND '} ${check}${note}`,
    ...findings.map(({ subject, message }) => `         ${subject}: ${message}`),
    ...(more > 0 ? [`         and ${more} more`] : []),
  ];
}
