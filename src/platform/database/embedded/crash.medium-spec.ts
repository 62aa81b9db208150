import { readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { launchInChild } from '../../../../test/support/postgres-child.js';
import { itWhen, query, scratchFolder } from '../../../../test/support/postgres-scratch.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

const itOnLinux = itWhen(process.platform === 'linux', 'needs /proc to find the processes');
/** Each test creates a database of its own, which takes its time on a loaded machine. */
const PATIENCE_MS = 30_000;

let scratch: ReturnType<typeof scratchFolder>;
let dataFolder: string;

beforeEach(() => {
  scratch = scratchFolder();
  dataFolder = join(scratch.path, 'postgres');
});
afterEach(() => scratch.remove());

/** All processes of the server, the postmaster among them: they work in the cluster's folder. */
function serverProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === join(dataFolder, 'data');
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Inserts one row per transaction in four sessions until they break; returns the acknowledged ones, growing. */
function insertForEver(url: string): {
  acknowledged: number[];
  broken: Promise<unknown>;
  enough: Promise<void>;
} {
  const acknowledged: number[] = [];
  let reached = () => {};
  const enough = new Promise<void>((resolve) => (reached = resolve));
  const session = async (offset: number) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    for (let id = offset; ; id += 4) {
      await client.query('INSERT INTO row VALUES ($1)', [id]);
      if (acknowledged.push(id) === 300) reached();
    }
  };
  return { acknowledged, broken: Promise.allSettled([0, 1, 2, 3].map(session)), enough };
}

for (const victims of ['all processes', 'the postmaster only'] as const) {
  itOnLinux(
    `keeps every acknowledged row when ${victims} die of SIGKILL under load`,
    async () => {
      const server = await startEmbeddedPostgres({ dataFolder, syncInitdb: false });
      await query(server.url, 'CREATE TABLE row (id int PRIMARY KEY)');
      const load = insertForEver(server.url);
      await load.enough;
      for (const pid of victims === 'all processes' ? serverProcesses() : [server.pid])
        process.kill(pid, 'SIGKILL');
      expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });

      const again = await startEmbeddedPostgres({ dataFolder });
      try {
        await load.broken;
        const kept = new Set(
          (await query<{ id: number }>(again.url, 'SELECT id FROM row')).map(({ id }) => id),
        );
        expect(load.acknowledged.length).toBeGreaterThanOrEqual(300);
        expect(load.acknowledged.filter((id) => !kept.has(id))).toEqual([]);
      } finally {
        await again.stop('immediate');
      }
    },
    30_000,
  );
}

itOnLinux(
  'shuts the server down when its parent dies of SIGKILL; a start at that moment waits',
  async () => {
    const { child, url, pid } = await launchInChild(scratch.path, { dataFolder });
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const idle = new pg.Client({ connectionString: url });
    idle.on('error', () => undefined);
    await idle.connect();
    const disconnected = new Promise((resolve) => idle.once('end', () => resolve(undefined)));
    child.kill('SIGKILL');
    const killedAt = Date.now();

    const again = await startEmbeddedPostgres({ dataFolder });
    try {
      // Not "no such process": where nobody reaps orphans, its zombie stays.
      expect(serverProcesses()).not.toContain(pid);
      expect(Date.now() - killedAt).toBeLessThan(4_000);
      await disconnected;
      expect(await query(again.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
      const log = readFileSync(join(dataFolder, 'postgres.log'), 'utf8');
      expect(log).not.toMatch(/was interrupted|not properly shut down/);
    } finally {
      await again.stop();
    }
  },
  20_000,
);

itOnLinux(
  'leaves no process behind',
  async () => {
    const before = children();
    const server = await startEmbeddedPostgres({ dataFolder, syncInitdb: false });
    expect(children().length).toBe(before.length + 2);
    await server.stop();
    expect(children()).toEqual(before);
    expect(serverProcesses()).toEqual([]);
  },
  PATIENCE_MS,
);

function children(): string[] {
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
}

it(
  'does not mistake a process that was given the number of a dead server for it',
  async () => {
    const server = await startEmbeddedPostgres({ dataFolder, syncInitdb: false });
    const lock = join(dataFolder, 'data', 'postmaster.pid');
    const lines = readFileSync(lock, 'utf8').split('\n');
    await server.stop();
    writeFileSync(lock, [process.pid, ...lines.slice(1)].join('\n'));

    const again = await startEmbeddedPostgres({ dataFolder });
    await again.stop('immediate');
  },
  PATIENCE_MS,
);
