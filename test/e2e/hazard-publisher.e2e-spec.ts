import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { POSITIONS } from '../support/positions.js';
import { query } from '../support/postgres-scratch.js';
import { ADMIN_TOKEN, ServiceProcess } from '../support/service-process.js';
import { Subscriber } from '../support/subscriber.js';
import { until } from '../support/until.js';
import { allPublished, violations } from './hazard-oracle.js';

/** Longer than lease, idle timeout and poll of the publisher together. */
const TAKEOVER_SECONDS = 25;

let database: TestDatabase;
let first: ServiceProcess;
let second: ServiceProcess;
let subscribers: Subscriber[];
const sessions: pg.Client[] = [];

/** The first process holds the lease, and each has a subscriber. */
beforeEach(async () => {
  database = await createTestDatabase();
  const env = { DATABASE_URL: database.url };
  first = await ServiceProcess.start(env);
  await until('the first process publishes', async () => (await lease()).holder);
  second = await ServiceProcess.start(env);
  await createPool();
  subscribers = [first, second].map(({ url }) => new Subscriber(url, ADMIN_TOKEN));
}, 60_000);

afterEach(async () => {
  await Promise.all(subscribers.map((subscriber) => subscriber.stop()));
  await Promise.all(sessions.splice(0).map((session) => session.end()));
  await Promise.all([first, second].map((service) => service.kill()));
  await database.drop();
});

interface Lease {
  readonly holder: string | null;
  readonly token: number;
  readonly over: boolean;
}

async function lease(): Promise<Lease> {
  const [row] = await query<Lease>(
    database.url,
    'SELECT holder, token::int, until < cadastre_now() AS over FROM publisher',
  );
  return row!;
}

async function createPool(): Promise<void> {
  const { data, errors } = await first.ask(
    'mutation { createPool(input: { name: "p", cidrs: ["10.0.0.0/16"] }) { __typename } }',
  );
  expect([data, errors]).toEqual([{ createPool: { __typename: 'Pool' } }, []]);
}

async function allocate(service: ServiceProcess, times: number): Promise<void> {
  const one = async (): Promise<void> => {
    const { data } = await service.ask(
      'mutation { allocate(input: { pool: "p", prefixLength: 28 }) { __typename } }',
    );
    expect(data).toEqual({ allocate: { __typename: 'Allocation' } });
  };
  await Promise.all(Array.from({ length: times }, one));
}

/** Position by change. */
async function positions(): Promise<Map<number, number>> {
  const rows = await query<{ id: number; position: number }>(
    database.url,
    `SELECT id::int, position::int FROM ${POSITIONS} p`,
  );
  return new Map(rows.map(({ id, position }) => [id, position]));
}

async function openSession(...statements: string[]): Promise<pg.Client> {
  const session = new pg.Client({ connectionString: database.url });
  sessions.push(session);
  await session.connect();
  for (const statement of statements) await session.query(statement);
  return session;
}

/** The stopped process is awake again and has done what it can. */
async function wakes(before: Map<number, number>): Promise<void> {
  first.signal('SIGCONT');
  await allocate(first, 10);
  await allocate(second, 10);
  await allPublished(database.url);
  const after = await positions();
  expect([...before].filter(([id, position]) => after.get(id) !== position)).toEqual([]);
  for (const subscriber of subscribers) await subscriber.reaches(after.size);
  const inOrder = Array.from({ length: after.size }, (_, index) => index + 1);
  expect(subscribers[0]!.seen.map(({ position }) => position)).toEqual(inOrder);
  expect(subscribers[1]!.seen).toEqual(subscribers[0]!.seen);
  expect([first.running, second.running]).toEqual([true, true]);
  expect(await violations(database.url, [])).toEqual([]);
}

it('a publisher that is stopped past its lease and wakes spoils nothing', async () => {
  await allocate(first, 20);
  await allPublished(database.url);
  const held = await lease();
  first.signal('SIGSTOP');
  await allocate(second, 20);
  await until(
    'the other process publishes',
    async () => (await lease()).token > held.token,
    TAKEOVER_SECONDS,
  );
  await allPublished(database.url);
  const before = await positions();
  expect(before.size).toBeGreaterThanOrEqual(40);
  await wakes(before);
  expect((await lease()).holder).not.toBe(held.holder);
}, 90_000);

it('a publisher that is stopped while it numbers, too: COMMIT is on its way already', async () => {
  await allPublished(database.url);
  const held = await lease();
  const published = (await positions()).size;
  // nothing is numbered while the counter is locked; what then waits for a number is locked before it is let go
  const counter = await openSession('BEGIN', 'SELECT FROM publisher FOR UPDATE');
  await allocate(first, 20);
  const waiting = await openSession('BEGIN', 'SELECT FROM outbox FOR UPDATE');
  await counter.query('ROLLBACK');
  await until('the publisher numbers', async () => {
    const rows = await query<{ pid: number }>(
      database.url,
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%DELETE FROM outbox%'`,
    );
    return rows[0]?.pid;
  });
  first.signal('SIGSTOP');
  await waiting.query('ROLLBACK');
  await until('its transaction ends without it', async () => (await positions()).size >= published + 20);

  await allocate(second, 20);
  await until(
    'the other process publishes',
    async () => (await lease()).token > held.token,
    TAKEOVER_SECONDS,
  );
  await allPublished(database.url);
  await wakes(await positions());
}, 90_000);
