import { readdirSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { createDataSource } from './data-source.js';

/** Any constant will do, as long as all versions of the service agree. */
const MIGRATION_LOCK = 0x00cada57;

/** Thrown before anything is changed. */
export class UnsupportedServerError extends Error {
  override name = 'UnsupportedServerError';
}

const OLDEST = 150_000;

async function requireSupportedServer(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<{ version: string; encoding: string }[]>(
    `SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding`,
  );
  if (Number(row!.version) < OLDEST) {
    throw new UnsupportedServerError(`PostgreSQL ${row!.version} is too old: Cadastre needs 15 or later.`);
  }
  if (row!.encoding !== 'UTF8') {
    throw new UnsupportedServerError(
      `The database's encoding is ${row!.encoding}: create it with ENCODING 'UTF8'.`,
    );
  }
}

/**
 * Brings the database to the newest migration, under an advisory lock: of several processes that start
 * together one migrates, the others wait for it. Returns the names of what ran.
 */
export async function migrate(url: string): Promise<string[]> {
  const dataSource = createDataSource({
    url,
    poolSize: 2,
    migrations: await migrations(),
    statementTimeoutSeconds: 0,
  });
  await dataSource.initialize();
  try {
    await requireSupportedServer(dataSource);
    const lock = dataSource.createQueryRunner();
    await lock.query('SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0');
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      const ran = await dataSource.runMigrations();
      return ran.map((migration) => migration.name);
    } finally {
      await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await lock.release();
    }
  } finally {
    await dataSource.destroy();
  }
}

const FOLDER = '../../../migrations/';

type Migration = new () => object;

/**
 * Those compiled beside `dist/src`, or the sources where a test runs them. Imported here and not by TypeORM, which
 * would import them past the module system of whoever runs this.
 */
async function migrations(): Promise<Migration[]> {
  const names = readdirSync(new URL(FOLDER, import.meta.url)).filter((name) =>
    /^\d+-.*(?<!\.d)\.(js|ts)$/.test(name),
  );
  const modules = await Promise.all(
    names.map((name) => import(`${FOLDER}${name}`) as Promise<Record<string, unknown>>),
  );
  return modules
    .flatMap((module) => Object.values(module))
    .filter((value) => typeof value === 'function') as Migration[];
}
