import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Set by the global setup for the workers. */
export const ADMIN_URL_VARIABLE = 'CADASTRE_TEST_ADMIN_URL';

const TEMPLATE = 'cadastre_template';

export interface TestDatabase {
  readonly url: string;
  /** Ends all its connections. */
  drop(): Promise<void>;
}

/** The server of this run, as a user who may create databases. */
export function adminUrl(): string {
  const url = process.env[ADMIN_URL_VARIABLE];
  if (!url) {
    throw new Error(
      'No test database server: the Jest project needs postgres.setup.ts as globalSetup (medium and e2e).',
    );
  }
  return url;
}

/** A new database with all migrations, for one test file. A copy of this worker's template: 30 ms on an idle machine. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const worker = process.env.JEST_WORKER_ID ?? '1';
  const name = `cadastre_test_${worker}_${randomBytes(6).toString('hex')}`;
  await admin((client) => createCopy(client, name, `${TEMPLATE}_${worker}`));
  return { url: databaseUrl(name), drop: () => admin((client) => drop(client, name)) };
}

/**
 * One migrated template, and a copy of it per worker, since PostgreSQL copies a database only while nobody else copies
 * or uses it. Those of an earlier run are replaced.
 */
export async function prepareTemplates(workers: number): Promise<{ drop(): Promise<void> }> {
  const copies = Array.from({ length: workers }, (_, index) => `${TEMPLATE}_${index + 1}`);
  await admin(async (client) => {
    for (const name of [TEMPLATE, ...copies]) await drop(client, name);
    await client.query(`CREATE DATABASE ${TEMPLATE}`);
  });
  await migrateTemplate(databaseUrl(TEMPLATE));
  await admin(async (client) => {
    for (const name of copies) await createCopy(client, name, TEMPLATE);
  });
  return {
    drop: () =>
      admin(async (client) => {
        for (const name of [TEMPLATE, ...copies]) await drop(client, name);
      }),
  };
}

/** Imported late: workers take their copies and need none of it. */
async function migrateTemplate(url: string): Promise<void> {
  const { migrate } = await import('../../src/platform/database/migrate.js');
  await migrate(url);
}

async function admin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function createCopy(client: pg.Client, name: string, template: string): Promise<void> {
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
}

async function drop(client: pg.Client, name: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

function databaseUrl(name: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${name}`;
  return url.href;
}
