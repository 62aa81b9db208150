import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/postgres.js';
import { until } from '../../../test/support/until.js';
import { stopClock } from '../../../test/support/clock.js';
import { type Instant, parseInstant, plusSeconds } from '../context/instant.js';
import { systemContext } from '../context/request-context.js';
import { createDataSource } from '../database/data-source.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { LeaseLostError, Leases, requireLease } from './leases.js';

const ctx = systemContext('test');
const START = parseInstant('2026-11-28T12:00:00Z');

let created: TestDatabase;
let dataSource: DataSource;
let database: Database;
let work: UnitOfWork;
let clock: { set(at: Instant): Promise<void> };
let a: Leases;
let b: Leases;
let name = 0;
let lease: string;

beforeAll(async () => {
  created = await createTestDatabase();
  dataSource = await createDataSource({ url: created.url, poolSize: 8 }).initialize();
  database = new Database(dataSource);
  work = new UnitOfWork(database);
  clock = await stopClock(database, START);
  await database.query('CREATE TABLE written (by text)');
});
afterAll(async () => {
  await dataSource.destroy();
  await created.drop();
});
beforeEach(async () => {
  await clock.set(START);
  [a, b] = [new Leases(database), new Leases(database)];
  lease = `work:${++name}`;
});

const write = (token: number) =>
  work.run(ctx, async (tx) => {
    await requireLease(tx, lease, token);
    await tx.query('INSERT INTO written VALUES ($1)', [lease]);
  });
const written = async () =>
  (await database.query<{ n: number }>('SELECT count(*) AS n FROM written WHERE by = $1', [lease]))[0]!.n;

it('has one holder until it ends or is given up, and another token each time', async () => {
  const first = (await a.take(lease, 10))!;
  expect(await b.take(lease, 10)).toBeNull();
  expect(await a.take(lease, 10)).toBeNull();
  await a.giveUp(first);
  const second = (await b.take(lease, 10))!;
  expect(second.token).toBeGreaterThan(first.token);
  expect(await a.renew(first, 10)).toBe(false);
  await a.giveUp(first);
  expect(await a.take(lease, 10)).toBeNull();
  await clock.set(plusSeconds(START, 11));
  expect((await a.take(lease, 10))!.token).toBeGreaterThan(second.token);
});

it('lets a holder that slept past its end write nothing, unless it could renew', async () => {
  const { token } = (await a.take(lease, 10))!;
  await write(token);
  await clock.set(plusSeconds(START, 10));
  await expect(write(token)).rejects.toThrow(LeaseLostError);
  expect(await a.renew({ name: lease, token }, 10)).toBe(true);
  await write(token);
  await clock.set(plusSeconds(START, 30));
  const next = (await b.take(lease, 10))!;
  expect(await a.renew({ name: lease, token }, 10)).toBe(false);
  await expect(write(token)).rejects.toThrow(LeaseLostError);
  await write(next.token);
  expect(await written()).toBe(3);
});

it('writes nothing after giving up', async () => {
  const held = (await a.take(lease, 10))!;
  await a.giveUp(held);
  await expect(write(held.token)).rejects.toThrow(LeaseLostError);
});

it('is not taken while a transaction that passed the fence is open', async () => {
  const { token } = (await a.take(lease, 10))!;
  const seen: string[] = [];
  let commit!: () => void;
  const open = new Promise<void>((resolve) => (commit = resolve));
  const writing = work.run(ctx, async (tx) => {
    await requireLease(tx, lease, token);
    seen.push('passed');
    await open;
    seen.push('wrote');
  });
  await until('the fence', () => seen.length === 1);
  await clock.set(plusSeconds(START, 20));
  const taking = b.take(lease, 10).then((taken) => (seen.push('taken'), taken));
  await until('the other waits', async () => {
    const [row] = await database.query<{ n: number }>(
      `SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    return row!.n > 0;
  });
  commit();
  await writing;
  expect((await taking)!.token).toBeGreaterThan(token);
  expect(seen).toEqual(['passed', 'wrote', 'taken']);
});

it('never lets two past the fence at once, whoever takes when', async () => {
  let inside = 0;
  let most = 0;
  let passed = 0;
  let at = START;
  const player = async (leases: Leases): Promise<void> => {
    for (let round = 0; round < 15; round++) {
      const held = await leases.take(lease, 5);
      // it may well sleep past its end: the others move the clock on
      await clock.set((at = plusSeconds(at, 3)));
      if (!held) continue;
      await work
        .run(ctx, async (tx) => {
          await requireLease(tx, lease, held.token);
          most = Math.max(most, ++inside);
          await tx.query('SELECT pg_sleep(0.002)');
          inside--;
          passed++;
        })
        .catch((error: unknown) => {
          if (!(error instanceof LeaseLostError)) throw error;
        });
      if (round % 3 === 0) await leases.giveUp(held);
    }
  };
  await Promise.all([a, b, new Leases(database), new Leases(database)].map(player));
  expect(passed).toBeGreaterThan(0);
  expect(most).toBe(1);
});

it('holds while the work takes, tells when it is lost, and gives up at the end', async () => {
  expect(await a.hold(lease, async () => b.hold(lease, async () => 'both'))).toEqual({ result: null });
  expect(await b.hold(lease, async () => 'then')).toEqual({ result: 'then' });
  await expect(
    a.hold(lease, async () => {
      throw new Error('gone wrong');
    }),
  ).rejects.toThrow('gone wrong');
  const lost = await a.hold(
    lease,
    async (_, signal) => {
      await database.query('UPDATE lease SET token = token + 1 WHERE name = $1', [lease]);
      await until('it is lost', () => signal.aborted);
      return signal.reason as unknown;
    },
    0.05,
  );
  expect(lost!.result).toBeInstanceOf(LeaseLostError);
});
