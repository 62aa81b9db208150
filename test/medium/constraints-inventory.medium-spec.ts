import type { PoolClient } from 'pg';
import { INVENTORY_CHECKS } from '../../src/features/inventory/fsck/checks.js';
import { type Inventory, observed, startInventory, sweepAt } from '../support/inventory.js';

/** What the database holds of the inventory whatever the code does, and what fsck finds where it does not. */

let inventory: Inventory;
let db: PoolClient;
let scope: number;
beforeAll(async () => {
  inventory = await startInventory();
  db = await inventory.database.connect();
  const [made] = await inventory.store.ensureScopes(inventory.ctx, [{ account: '1', region: 'eu-west-1' }]);
  scope = made!.id;
});
afterAll(async () => {
  db.release();
  await inventory.stop();
});
beforeEach(() => db.query('BEGIN'));
afterEach(() => db.query('ROLLBACK'));

/** The constraint that refuses the statement, or null. */
async function refusal(text: string, values: unknown[] = []): Promise<string | null> {
  await db.query('SAVEPOINT attempt');
  try {
    await db.query(text, values);
    return null;
  } catch (error) {
    return (error as { constraint?: string }).constraint ?? String(error);
  } finally {
    await db.query('ROLLBACK TO attempt');
  }
}

const version = (more: Record<string, string | null>) => {
  const row = {
    seen_from: '2026-01-02',
    scope_id: String(scope),
    kind: 'vpc',
    resource_id: 'vpc-1',
    ...more,
  };
  const names = Object.keys(row);
  const places = names.map((_, n) => `$${n + 1}`);
  return [
    `INSERT INTO observed_version (hash, prefixes, body, ${names.join()}) VALUES ('h', '{}', '{}', ${places.join()})`,
    Object.values(row),
  ] as const;
};

it.each<[Record<string, string | null>, string | null]>([
  [{}, null],
  [{ seen_to: '2026-01-03' }, null],
  [{ seen_to: '2026-01-01' }, 'observed_version_span'],
  [{ seen_to: '2026-01-02' }, 'observed_version_span'],
  [{ seen_to: '2026-01-02', last_seen: '2026-01-02', missing_since: '2026-01-03', misses: '3' }, null],
  [{ last_seen: '2026-01-02' }, 'observed_version_missing'],
  [{ misses: '1' }, 'observed_version_missing'],
  [{ last_seen: '2026-01-02', missing_since: '2026-01-02', misses: '1' }, 'observed_version_missing'],
  [{ last_seen: '2026-01-01', missing_since: '2026-01-03', misses: '1' }, 'observed_version_missing'],
  [
    { seen_to: '2026-01-04', last_seen: '2026-01-03', missing_since: '2026-01-05', misses: '3' },
    'observed_version_ended',
  ],
])('a version with %j: %s', async (more, constraint) => {
  expect(await refusal(...version(more))).toBe(constraint);
});

it('one version of an object is current', async () => {
  await db.query(...version({}));
  expect(await refusal(...version({ seen_from: '2026-01-03' }))).toBe('observed_version_current');
  expect(await refusal(...version({}))).toBe('observed_version_pkey');
  expect(await refusal(...version({ kind: 'subnet' }))).toBeNull();
});

it('a list is stale with a reason, counted from its first good one, and has one open gap', async () => {
  const list = (columns: string, values: string) =>
    `INSERT INTO discovery_list (scope_id, kind, ${columns}) VALUES (${scope}, 'vpc', ${values})`;
  expect(await refusal(list('stale_since', 'now()'))).toBe('discovery_list_stale');
  expect(await refusal(list('last_good_at', 'now()'))).toBe('discovery_list_good');
  expect(await refusal(list('objects', '-1'))).toBe('discovery_list_counts');
  await db.query(list('stale_since, stale_reason', `now(), 'x'`));
  const gap = `INSERT INTO discovery_gap (scope_id, kind, began_at, reason) VALUES (${scope}, 'vpc', now() + $1::interval, 'x')`;
  await db.query(gap, ['0 s']);
  expect(await refusal(gap, ['1 s'])).toBe('discovery_gap_open');
  expect(await refusal('UPDATE discovery_gap SET ended_at = began_at')).toBe('discovery_gap_span');
});

it('fsck finds nothing in what the store wrote, and what somebody else did', async () => {
  await db.query('ROLLBACK');
  const vpc = (state: string) => observed('vpc', 'vpc-f', { state }, { vpcId: 'vpc-f' });
  const sweep = async (n: number, objects: ReturnType<typeof vpc>[]) => {
    const recorder = await inventory.store.openList(
      inventory.ctx,
      { id: scope, account: '1', region: 'eu-west-1' },
      'vpc',
      sweepAt(n),
      async () => undefined,
    );
    await recorder.page({ objects, available: [] });
    return n === 2 ? recorder.fail('x') : recorder.complete();
  };
  for (const [n, state] of ['a', 'b', 'c', 'd'].entries()) await sweep(n, [vpc(state)]);
  await sweep(4, []);
  expect(await findings()).toEqual([]);
  await inventory.database.query(`UPDATE observed_version SET hash = 'same'`);
  await inventory.database.query(
    `UPDATE discovery_list SET stale_since = now(), stale_reason = 'x' WHERE scope_id = $1`,
    [scope],
  );
  await inventory.database.query(`UPDATE configuration_change SET kind = 'subnet'`);
  expect(new Set((await findings()).map(([name]) => name))).toEqual(
    new Set(['inventory.versions', 'inventory.gaps', 'inventory.changes']),
  );
  await db.query('BEGIN');
});

async function findings(): Promise<(readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  for (const check of INVENTORY_CHECKS)
    for await (const { subject } of check.run(inventory.database)) found.push([check.name, subject]);
  return found;
}
