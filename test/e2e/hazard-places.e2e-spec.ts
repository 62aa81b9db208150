import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { query } from '../support/postgres-scratch.js';
import { bootService, type Data, expectType, type TestService } from '../support/service.js';
import { until } from '../support/until.js';
import { deadlocks } from './hazard-oracle.js';

let database: TestDatabase;
let service: TestService;
/** A second process would be no different: what is queued within one is not queued across these two. */
let other: TestService;
let session: pg.Client;

beforeEach(async () => {
  database = await createTestDatabase();
  service = await bootService({ databaseUrl: database.url });
  other = await bootService({ databaseUrl: database.url });
  session = new pg.Client({ connectionString: database.url });
  await session.connect();
});

const stop = async (): Promise<void> => {
  await session.end();
  await other.stop();
  await service.stop();
};

afterEach(async () => {
  await stop().catch(() => undefined);
  await database.drop();
});

/** A child pool of an allocation in each of the pools. */
async function child(name: string, from: readonly Data[], prefixLength: number): Promise<Data> {
  const fromAllocations: string[] = [];
  for (const { id } of from) fromAllocations.push((await service.allocation({ pool: id, prefixLength })).id);
  return expectType('Pool', await service.call('createPool', { input: { name, fromAllocations } }));
}

const places = async (...pools: readonly Data[]): Promise<number[]> =>
  Promise.all(pools.map(async ({ id }) => (await service.call('pool', { id })).depth));

const waitFor = (count: number): Promise<unknown> =>
  until(`${count} wait for a lock`, async () => {
    const [row] = await query<{ count: number }>(
      database.url,
      `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return row!.count === count;
  });

const deprovision = (pool: Data, cidr: string): Promise<Data> =>
  service.call('deprovisionCidr', { input: { pool: pool.id, cidr } });

it('a pool that is made below one that moves stands where that one comes to stand', async () => {
  const shared = await service.pool({ cidrs: ['100.64.0.0/16'] });
  const middle = await child('middle', [await service.pool()], 16);
  const moving = await child('moving', [middle, shared], 20);
  const [cidr] = (await service.call('pool', { id: moving.id })).cidrs.filter((own: string) =>
    /^100/.test(own),
  );
  const input = { pool: moving.id, cidr: cidr.replace('/20', '/24') };
  const { id } = expectType('Allocation', await service.call('allocate', { input }));
  const below = expectType(
    'Pool',
    await service.call('createPool', { input: { name: 'below', fromAllocations: [id] } }),
  );
  const source = await service.allocation({ pool: below.id, prefixLength: 28 });
  expect(await places(moving, below)).toEqual([2, 3]);

  await session.query('BEGIN');
  await session.query('SELECT FROM pool WHERE name = $1 FOR UPDATE', [below.name]);
  const making = other.call('createPool', { input: { name: 'made', fromAllocations: [source.id] } });
  await waitFor(1);
  const moved = deprovision(
    moving,
    moving.cidrs.find((own: string) => own !== cidr),
  );
  await waitFor(2);
  await session.query('COMMIT');
  expectType('Pool', await moved);
  expect(await places(moving, below, expectType('Pool', await making))).toEqual([1, 2, 3]);
});

it('a pool that moves takes an older one along, and runs into no deadlock with whoever takes from both', async () => {
  const shared = await service.pool({ cidrs: ['100.64.0.0/16'] });
  const root = await service.pool();
  const middle = await child('middle', [root], 16);
  const older = await child('older', [shared], 20);
  const moving = await child('moving', [middle, shared], 20);
  const cidr = moving.cidrs.find((own: string) => /^100/.test(own));
  const input = { pool: moving.id, cidr: cidr.replace('/20', '/24') };
  const { id } = expectType('Allocation', await service.call('allocate', { input }));
  expectType('Pool', await service.call('provisionCidr', { input: { pool: older.id, allocation: id } }));
  expectType('Pool', await deprovision(older, older.cidrs[0]));
  expect(await places(moving, older)).toEqual([2, 3]);

  const going = moving.cidrs.find((own: string) => own !== cidr);
  await session.query('BEGIN');
  await session.query('SELECT FROM pool_cidr WHERE cidr = $1 FOR UPDATE', [going]);
  const moved = deprovision(moving, going);
  await waitFor(1);
  const items = [older, moving].map((pool) => ({ pool: pool.id, prefixLength: 28 }));
  const taken = other.call('allocateMany', { input: { items } });
  await waitFor(2);
  await session.query('COMMIT');
  expectType('Pool', await moved);
  expectType('Allocations', await taken);
  expect(await places(moving, older)).toEqual([1, 2]);
  await stop();
  expect(await deadlocks(database.url)).toBe(0);
});
