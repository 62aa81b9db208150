import { existsSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { makeScratchFolder } from './scratch.js';

/** A PostgreSQL server with production's durability, on which a bench makes databases of its own. */
export interface BenchServer {
  /** `PostgreSQL 18.4, embedded` */
  readonly description: string;
  /** Of the process all others descend from; null where that is on another machine. */
  readonly pid: number | null;
  /** An empty database with all migrations. */
  createDatabase(): Promise<string>;
  /** A copy of a database that nobody is connected to. */
  copyDatabase(url: string): Promise<string>;
  /** Writes out what is due, so that the next round does not pay for the last one. */
  checkpoint(): Promise<void>;
  dropDatabase(url: string): Promise<void>;
  stop(): Promise<void>;
}

/** The server in BENCH_DATABASE_URL, whose user may create databases, or an embedded one in a scratch folder. */
export async function startBenchServer(): Promise<BenchServer> {
  const given = process.env.BENCH_DATABASE_URL;
  const { url, close } = given ? { url: given, close: async () => undefined } : await startScratchServer();
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const { description, pid } = await inspect(admin);
  const made = new Set<string>();
  const create = async (template: string): Promise<string> => {
    const name = `cadastre_bench_${process.pid}_${made.size}`;
    made.add(name);
    await admin.query(`CREATE DATABASE ${name} ${template}`);
    const created = new URL(url);
    created.pathname = `/${name}`;
    return created.href;
  };
  return {
    description: `${description}, ${given ? 'given' : 'embedded'}`,
    pid,
    async createDatabase() {
      const created = await create('');
      await migrate(created);
      return created;
    },
    copyDatabase: (from) => create(`TEMPLATE ${nameOf(from)} STRATEGY FILE_COPY`),
    checkpoint: async () => void (await admin.query('CHECKPOINT')),
    dropDatabase: async (of) =>
      void (await admin.query(`DROP DATABASE IF EXISTS ${nameOf(of)} WITH (FORCE)`)),
    async stop() {
      if (given) for (const name of made) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.end();
      await close();
    },
  };
}

async function startScratchServer(): Promise<{ url: string; close(): Promise<void> }> {
  const scratch = makeScratchFolder();
  const server = await startEmbeddedPostgres({ dataFolder: scratch.path, syncInitdb: false });
  return {
    url: server.url,
    async close() {
      await server.stop('immediate');
      scratch.remove();
    },
  };
}

async function inspect(admin: pg.Client): Promise<{ description: string; pid: number | null }> {
  const { rows } = await admin.query<{ version: string; durable: boolean; backend: number }>(
    `SELECT current_setting('server_version') AS version, pg_backend_pid() AS backend,
            current_setting('fsync')::boolean AND current_setting('synchronous_commit')::text = 'on' AS durable`,
  );
  const { version, durable, backend } = rows[0]!;
  if (!durable)
    throw new Error(
      'The server of BENCH_DATABASE_URL does not commit durably: set fsync and synchronous_commit to on.',
    );
  return { description: `PostgreSQL ${version}`, pid: postmasterOf(backend) };
}

function postmasterOf(backend: number): number | null {
  const status = `/proc/${backend}/status`;
  if (!existsSync(status)) return null;
  const [, name, parent] = /^Name:\s*(\S+)[^]*?^PPid:\s*(\d+)/m.exec(readFileSync(status, 'utf8')) ?? [];
  return name === 'postgres' ? Number(parent) : null;
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}
