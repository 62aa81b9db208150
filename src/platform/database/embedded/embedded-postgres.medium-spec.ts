import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { query, scratchFolder } from '../../../../test/support/postgres-scratch.js';
import {
  DataFolderInUseError,
  DataFolderUnusableError,
  DataFolderVersionError,
  EmbeddedPostgresStartError,
  startEmbeddedPostgres,
} from './embedded-postgres.js';

const quick = { syncInitdb: false, settings: { fsync: 'off' } };
/** Each test creates a database of its own, which takes its time on a loaded machine. */
const PATIENCE_MS = 30_000;

let scratch: ReturnType<typeof scratchFolder>;
let dataFolder: string;

beforeEach(() => {
  scratch = scratchFolder();
  dataFolder = join(scratch.path, 'postgres');
});
afterEach(() => scratch.remove());

it(
  'creates a UTF-8, UTC database that answers pg and TypeORM, and keeps it over a restart',
  async () => {
    const first = await startEmbeddedPostgres({ dataFolder });
    try {
      const [facts] = await query<{
        encoding: string;
        locale: string;
        zone: string;
        fsync: string;
        tcp: string;
      }>(
        first.url,
        'CREATE TABLE kept AS SELECT 42 AS answer',
        `SELECT pg_encoding_to_char(encoding) AS encoding, datlocale AS locale, current_setting('timezone') AS zone,
              current_setting('fsync') AS fsync, current_setting('listen_addresses') AS tcp
       FROM pg_database WHERE datname = current_database()`,
      );
      expect(facts).toEqual({ encoding: 'UTF8', locale: 'C.UTF-8', zone: 'UTC', fsync: 'on', tcp: '' });
      expect(statSync(join(dataFolder, 'socket')).mode & 0o777).toBe(0o700);
      expect(statSync(join(dataFolder, 'data')).mode & 0o777).toBe(0o700);
    } finally {
      await first.stop();
    }
    expect(await first.exited).toEqual({ code: 0, signal: null });
    await first.stop();

    const lines: string[] = [];
    const second = await startEmbeddedPostgres({ dataFolder, log: (line) => lines.push(line) });
    try {
      const typeorm = await new DataSource({ type: 'postgres', url: second.url }).initialize();
      expect(await typeorm.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
      await typeorm.destroy();
    } finally {
      await second.stop();
    }
    expect(lines.join('\n')).toMatch(/database system was shut down at/);
    expect(readFileSync(join(dataFolder, 'postgres.log'), 'utf8')).toMatch(/database system is shut down/);
  },
  PATIENCE_MS,
);

it(
  'refuses a second opener, names the owner and leaves it alone',
  async () => {
    const owner = await startEmbeddedPostgres({ dataFolder, ...quick });
    try {
      const refusal = await startEmbeddedPostgres({ dataFolder, ...quick }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(DataFolderInUseError);
      expect((refusal as DataFolderInUseError).pid).toBe(owner.pid);
      expect(await query(owner.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      await owner.stop('immediate');
    }
  },
  PATIENCE_MS,
);

it(
  'lets one of two simultaneous first openers win',
  async () => {
    const attempts = await Promise.allSettled(
      [1, 2].map(() => startEmbeddedPostgres({ dataFolder, ...quick })),
    );
    for (const attempt of attempts) if (attempt.status === 'fulfilled') await attempt.value.stop('immediate');
    const refused = attempts.filter((attempt) => attempt.status === 'rejected');
    expect(refused.map(({ reason }: PromiseRejectedResult) => reason as unknown)).toEqual([
      expect.any(DataFolderInUseError),
    ]);
  },
  PATIENCE_MS,
);

it(
  'refuses a folder of another major version before touching it',
  async () => {
    mkdirSync(join(dataFolder, 'data'), { recursive: true });
    writeFileSync(join(dataFolder, 'data', 'PG_VERSION'), '17\n');
    const refusal = await startEmbeddedPostgres({ dataFolder }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DataFolderVersionError);
    expect((refusal as Error).message).toMatch(/PostgreSQL 17.*pg_dump 17.*DATABASE_URL/);
    expect(readdirSync(dataFolder)).toEqual(['data']);
  },
  PATIENCE_MS,
);

it(
  'never builds over files it does not know',
  async () => {
    mkdirSync(join(dataFolder, 'data'), { recursive: true });
    writeFileSync(join(dataFolder, 'data', 'precious'), 'rows');
    await expect(startEmbeddedPostgres({ dataFolder })).rejects.toBeInstanceOf(DataFolderUnusableError);
    expect(readdirSync(join(dataFolder, 'data'))).toEqual(['precious']);
  },
  PATIENCE_MS,
);

it(
  'clears away a creation that was killed half-way',
  async () => {
    // No process bears this number: it is above the kernel's limit.
    const half = join(dataFolder, 'data.new-4194305-00000000');
    mkdirSync(half, { recursive: true });
    writeFileSync(join(half, 'PG_VERSION'), '18\n');
    const server = await startEmbeddedPostgres({ dataFolder, ...quick });
    await server.stop('immediate');
    expect(readdirSync(dataFolder).filter((name) => name.startsWith('data.new'))).toEqual([]);
  },
  PATIENCE_MS,
);

it(
  'rejects with the last words of a server that cannot start',
  async () => {
    const settings = { shared_buffers: 'plenty' };
    const failure = await startEmbeddedPostgres({ dataFolder, ...quick, settings }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(EmbeddedPostgresStartError);
    expect((failure as Error).message).toMatch(/invalid value for parameter "shared_buffers": "plenty"/);
  },
  PATIENCE_MS,
);

it(
  'puts the socket of a folder with a long path into a temporary one, and removes that',
  async () => {
    const long = join(scratch.path, 'a'.repeat(120), "it's 100 % long, ünd");
    const server = await startEmbeddedPostgres({ dataFolder: long, ...quick });
    try {
      expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      await server.stop('immediate');
    }
    const socketFolder = decodeURIComponent(new URL(server.url).hostname);
    expect(socketFolder.length).toBeLessThan(80);
    expect(existsSync(socketFolder)).toBe(false);
  },
  PATIENCE_MS,
);
