import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import type { Settings } from './platform/config/settings.js';
import { Database } from './platform/database/database.js';
import { openDatabase } from './platform/database/open-database.js';
import { FsckRegistry } from './platform/ops/fsck.js';

/** Runs all checks of all features and prints what they find. Returns the exit code: 0 clean, 1 findings left. */
export async function runFsck(
  settings: Settings,
  { repair = false, json = false }: { repair?: boolean; json?: boolean },
  print: (line: string) => void,
): Promise<number> {
  const database = await openDatabase(settings);
  try {
    const app = await NestFactory.createApplicationContext(AppModule.of(settings, database.dataSource), {
      logger: false,
      abortOnError: false,
    });
    let found = 0;
    for await (const report of app.get(FsckRegistry).run(app.get(Database), { repair })) {
      found += report.findings.length + report.more;
      if (json) print(JSON.stringify(report));
      else {
        const repaired = report.repaired === null ? '' : ` (repaired: ${report.repaired} rows written)`;
        print(`${report.findings.length === 0 ? 'ok     ' : 'FOUND  '}${report.check}${repaired}`);
        for (const finding of report.findings) print(`         ${finding.subject}: ${finding.message}`);
        if (report.more > 0) print(`         and ${report.more} more`);
      }
    }
    await app.close();
    return found === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}
