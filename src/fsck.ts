import { ALLOCATION_CHECKS } from './features/allocation/index.js';
import type { Settings } from './platform/config/settings.js';
import { Database } from './platform/database/database.js';
import { openDatabase } from './platform/database/open-database.js';
import { type FsckReport, FsckRegistry } from './platform/ops/fsck.js';

/** Runs all checks of all features and prints what they find. Returns the exit code: 0 clean, 1 findings left. */
export async function runFsck(
  settings: Settings,
  { repair = false, json = false }: { repair?: boolean; json?: boolean },
  print: (line: string) => void,
): Promise<number> {
  const registry = new FsckRegistry();
  for (const check of ALLOCATION_CHECKS) registry.register(check);
  const database = await openDatabase(settings);
  try {
    let found = 0;
    for await (const report of registry.run(new Database(database.dataSource), { repair })) {
      found += report.findings.length + report.more;
      for (const line of json ? [JSON.stringify(report)] : linesOf(report)) print(line);
    }
    return found === 0 ? 0 : 1;
  } finally {
    await database.close();
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
