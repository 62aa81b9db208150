import { type Inventory, observed, startInventory, sweepAt } from '../../../test/support/inventory.js';
import { formatInstant, parseInstant } from '../../platform/context/instant.js';
import type { ObservedKind, ObservedObject } from './domain/observed.js';
import type { StoredScope } from './inventory-store.js';

let inventory: Inventory;
let made = 0;
beforeAll(async () => (inventory = await startInventory()));
afterAll(() => inventory.stop());

const allowed = async (): Promise<void> => undefined;

async function newScope(): Promise<StoredScope> {
  const [scope] = await inventory.store.ensureScopes(inventory.ctx, [
    { account: String(++made), region: 'eu-west-1' },
  ]);
  return scope!;
}

const open = (scope: StoredScope, sweep: number, kind: ObservedKind = 'vpc', fence = allowed) =>
  inventory.store.openList(inventory.ctx, scope, kind, sweepAt(sweep), fence);

async function sweep(
  scope: StoredScope,
  n: number,
  objects: readonly ObservedObject[],
  kind: ObservedKind = 'vpc',
) {
  const recorder = await open(scope, n, kind);
  const { changed } = await recorder.page({ objects, available: [] });
  return { changed, ...(await recorder.complete()) };
}

const vpc = (id: string, cidrs: readonly string[] = ['10.0.0.0/16'], tags: Record<string, string> = {}) =>
  observed(
    'vpc',
    id,
    {
      state: 'available',
      ownerId: '1',
      isDefault: false,
      primary: cidrs[0] ?? null,
      cidrs: cidrs.map((cidr) => ({ cidr, state: 'associated' })),
      tags,
    },
    { vpcId: id, prefixes: cidrs },
  );

const many = (count: number, from = 0): ObservedObject[] =>
  Array.from({ length: count }, (_, n) => vpc(`vpc-${String(from + n).padStart(3, '0')}`));

interface VersionRow extends Record<string, unknown> {
  seen_from: string;
  seen_to: string | null;
  missing_since: string | null;
  misses: number;
}

/** `0-2 missing 3 (1)`: sweeps in place of instants. */
async function history(scope: StoredScope, id: string): Promise<string[]> {
  const rows = await inventory.database.query<VersionRow>(
    'SELECT * FROM observed_version WHERE scope_id = $1 AND resource_id = $2 ORDER BY seen_from',
    [scope.id, id],
  );
  const sweepOf = (text: string | null): string =>
    text === null ? '' : String((parseInstant(text) - sweepAt(0)) / 600_000_000);
  return rows.map(
    ({ seen_from, seen_to, missing_since, misses }) =>
      `${sweepOf(seen_from)}-${sweepOf(seen_to)}${missing_since ? ` missing ${sweepOf(missing_since)} (${misses})` : ''}`,
  );
}

async function actions(scope: StoredScope): Promise<string[]> {
  const rows = await inventory.database.query<{ action: string; subject: string }>(
    `SELECT c.action, c.subject FROM change c JOIN configuration_change f ON f.change_id = c.id
     WHERE f.scope_id = $1 ORDER BY c.id`,
    [scope.id],
  );
  return rows.map(({ action, subject }) => `${action} ${subject}`);
}

async function state(scope: StoredScope) {
  const [row] = await inventory.database.query<{
    stale_since: string | null;
    stale_reason: string | null;
    suspicious: number;
    objects: number;
  }>('SELECT * FROM discovery_list WHERE scope_id = $1', [scope.id]);
  return row!;
}

describe('versions', () => {
  it('a row only where something changed, and a first list is no change', async () => {
    const scope = await newScope();
    expect(await sweep(scope, 0, [vpc('vpc-a'), vpc('vpc-b')])).toMatchObject({ good: true, changed: 2 });
    expect(await sweep(scope, 1, [vpc('vpc-b'), vpc('vpc-a')])).toMatchObject({ good: true, changed: 0 });
    expect(await sweep(scope, 2, [vpc('vpc-a', ['10.0.0.0/16', '10.1.0.0/16']), vpc('vpc-b')])).toMatchObject(
      {
        changed: 1,
      },
    );
    expect(await history(scope, 'vpc-a')).toEqual(['0-2', '2-']);
    expect(await history(scope, 'vpc-b')).toEqual(['0-']);
    expect(await actions(scope)).toEqual([
      `inventory.baseline aws/${scope.account}/eu-west-1`,
      'vpc.cidr_associated vpc-a',
    ]);
  });

  it('what one list shows twice is what it shows last', async () => {
    const scope = await newScope();
    await sweep(scope, 0, [vpc('vpc-a')]);
    const recorder = await open(scope, 1);
    const second = vpc('vpc-a', ['10.0.0.0/16', '10.1.0.0/16']);
    await recorder.page({ objects: [second], available: [] });
    await recorder.page({ objects: [second], available: [] });
    expect(await history(scope, 'vpc-a')).toEqual(['0-1', '1-']);
    await recorder.page({ objects: [vpc('vpc-a')], available: [] });
    await recorder.complete();
    expect(await history(scope, 'vpc-a')).toEqual(['0-']);
    expect((await actions(scope)).slice(1)).toEqual([
      'vpc.cidr_associated vpc-a',
      'vpc.cidr_disassociated vpc-a',
    ]);
  });

  it('a page delivered again, also to another recorder, changes nothing', async () => {
    const scope = await newScope();
    await sweep(scope, 0, many(3));
    const page = { objects: [...many(3), vpc('vpc-new')], available: [] };
    const first = await open(scope, 1);
    expect(await first.page(page)).toEqual({ seen: 4, changed: 1 });
    expect(await first.page(page)).toEqual({ seen: 4, changed: 0 });
    // the process ends here, before the list is complete
    const second = await open(scope, 1);
    expect(await second.page(page)).toEqual({ seen: 4, changed: 0 });
    expect(await second.complete()).toEqual({ good: true, suspicious: false, missing: 0, ended: 0 });
    expect(await second.complete()).toEqual({ good: true, suspicious: false, missing: 0, ended: 0 });
    expect((await actions(scope)).slice(1)).toEqual(['vpc.created vpc-new']);
  });

  it('what changes in a list that fails later has changed', async () => {
    const scope = await newScope();
    await sweep(scope, 0, many(3));
    const recorder = await open(scope, 1);
    await recorder.page({ objects: [vpc('vpc-000', [], { owner: 'a' })], available: [] });
    await recorder.fail('FORBIDDEN: no');
    expect(await history(scope, 'vpc-000')).toEqual(['0-1', '1-']);
    expect(await history(scope, 'vpc-001')).toEqual(['0-']);
    expect(await actions(scope)).toHaveLength(4);
  });

  it('tells nothing of interfaces, whose versions are kept', async () => {
    const scope = await newScope();
    const eni = (id: string) => observed('network_interface', id, { status: 'in-use' });
    await sweep(scope, 0, [eni('eni-1')], 'network_interface');
    await sweep(scope, 1, [eni('eni-2')], 'network_interface');
    expect(await history(scope, 'eni-2')).toEqual(['1-']);
    expect(await actions(scope)).toHaveLength(1);
  });
});

describe('what a list leaves out', () => {
  it('is missing at once and ends at the last list that had it, after three', async () => {
    const scope = await newScope();
    await sweep(scope, 0, many(4));
    expect(await sweep(scope, 1, many(3))).toMatchObject({ missing: 1, ended: 0 });
    expect(await history(scope, 'vpc-003')).toEqual(['0- missing 1 (1)']);
    expect(await sweep(scope, 2, many(3))).toMatchObject({ missing: 0, ended: 0 });
    expect(await sweep(scope, 3, many(3))).toMatchObject({ missing: 0, ended: 1 });
    expect(await history(scope, 'vpc-003')).toEqual(['0-0 missing 1 (3)']);
    await sweep(scope, 4, many(4));
    expect(await history(scope, 'vpc-003')).toEqual(['0-0 missing 1 (3)', '4-']);
    expect((await actions(scope)).slice(1)).toEqual([
      'vpc.missing vpc-003',
      'vpc.deleted vpc-003',
      'vpc.created vpc-003',
    ]);
  });

  it('is there again as if nothing had been, whatever it looks like then', async () => {
    const scope = await newScope();
    await sweep(scope, 0, many(4));
    await sweep(scope, 1, many(2));
    await sweep(scope, 2, [...many(3), vpc('vpc-003', [], { owner: 'b' })]);
    expect(await history(scope, 'vpc-002')).toEqual(['0-']);
    expect(await history(scope, 'vpc-003')).toEqual(['0-2', '2-']);
    expect(await actions(scope)).toContain('vpc.returned vpc-002');
  });

  it('of lists that fail is nothing, however many they are', async () => {
    const scope = await newScope();
    await sweep(scope, 0, many(4));
    for (const n of [1, 2, 3, 4]) {
      const recorder = await open(scope, n);
      await recorder.page({ objects: many(1), available: [] });
      await recorder.fail(`TIMEOUT: ${n}`);
      await recorder.fail(`TIMEOUT: ${n}`);
    }
    expect(await state(scope)).toMatchObject({ stale_reason: 'TIMEOUT: 4', objects: 4 });
    expect(parseInstant((await state(scope)).stale_since!)).toBe(sweepAt(1));
    expect(await history(scope, 'vpc-003')).toEqual(['0-']);
    expect(await sweep(scope, 5, many(4))).toEqual({
      changed: 0,
      good: true,
      suspicious: false,
      missing: 0,
      ended: 0,
    });
    const gaps = await inventory.database.query('SELECT * FROM discovery_gap WHERE scope_id = $1', [
      scope.id,
    ]);
    expect(gaps).toHaveLength(1);
    expect(await state(scope)).toMatchObject({ stale_since: null });
  });

  it('is held back where more than half is gone, until three lists say so', async () => {
    const scope = await newScope();
    await sweep(scope, 0, many(10));
    for (const n of [1, 2]) {
      expect(await sweep(scope, n, many(2))).toEqual({
        changed: 0,
        good: false,
        suspicious: true,
        heldBack: '8 of 10 gone at once: held back; `cadastre observed accept-drop` accepts it',
        missing: 0,
        ended: 0,
      });
      expect(await state(scope)).toMatchObject({ suspicious: n, objects: 10 });
    }
    expect((await state(scope)).stale_reason).toContain('8 of 10');
    expect(await sweep(scope, 3, many(2))).toMatchObject({ good: true, missing: 8, ended: 0 });
    expect(await history(scope, 'vpc-009')).toEqual(['0- missing 3 (1)']);
    expect(await state(scope)).toMatchObject({ suspicious: 0, objects: 2, stale_since: null });
  });

  it('counts suspicious lists in a row only', async () => {
    const scope = await newScope();
    await sweep(scope, 0, many(10));
    await sweep(scope, 1, []);
    await sweep(scope, 2, many(10));
    await sweep(scope, 3, []);
    expect(await sweep(scope, 4, [])).toMatchObject({ suspicious: true });
    expect(await sweep(scope, 5, [])).toMatchObject({ suspicious: false, missing: 10 });
  });

  it('is believed at once where somebody says that it is so, also while the list is read', async () => {
    const scope = await newScope();
    await sweep(scope, 0, many(10));
    const accept = () =>
      inventory.unitOfWork.run(inventory.ctx, (tx) =>
        inventory.lists.acceptDrop(tx, { ...scope, kind: 'vpc' }),
      );
    expect(await accept()).toBeNull();
    await sweep(scope, 1, []);
    const recorder = await open(scope, 2);
    expect([await accept(), await accept()]).toEqual([true, false]);
    expect(await recorder.complete()).toMatchObject({ good: true, missing: 10 });
  });

  it('of the same sweep, read again after a crash, is nothing that the first attempt showed', async () => {
    const scope = await newScope();
    await sweep(scope, 0, []);
    await (await open(scope, 1)).page({ objects: many(1), available: [] });
    expect(await sweep(scope, 1, [])).toMatchObject({ missing: 0 });
    expect(await history(scope, 'vpc-000')).toEqual(['1-']);
    expect(await sweep(scope, 2, [])).toMatchObject({ missing: 1 });
    expect(await history(scope, 'vpc-000')).toEqual(['1- missing 2 (1)']);
  });
});

describe('who may write', () => {
  it('nobody who has lost the lease, and what he wrote is undone', async () => {
    const scope = await newScope();
    await sweep(scope, 0, many(2));
    let isHeld = true;
    const recorder = await open(scope, 1, 'vpc', async () => {
      if (!isHeld) throw new Error('lost');
    });
    await recorder.page({ objects: [vpc('vpc-new')], available: [] });
    isHeld = false;
    await expect(recorder.page({ objects: [vpc('vpc-late')], available: [] })).rejects.toThrow('lost');
    await expect(recorder.complete()).rejects.toThrow('lost');
    await expect(recorder.fail('x')).rejects.toThrow('lost');
    expect(await history(scope, 'vpc-late')).toEqual([]);
    expect(await history(scope, 'vpc-000')).toEqual(['0-']);
    isHeld = true;
    await recorder.page({ objects: [...many(2), vpc('vpc-late')], available: [] });
    expect(await recorder.complete()).toMatchObject({ good: true, missing: 0 });
  });

  it('no sweep that began before one that was recorded', async () => {
    const scope = await newScope();
    await sweep(scope, 5, many(2));
    await expect(open(scope, 4)).rejects.toThrow(RangeError);
  });
});

it('keeps free addresses of subnets apart, and writes only those that differ', async () => {
  const scope = await newScope();
  const subnet = observed('subnet', 'subnet-1', { vpcId: 'vpc-1' });
  const usage = () =>
    inventory.database.query<{ available: number; at: string }>(
      'SELECT available, at FROM subnet_usage WHERE scope_id = $1',
      [scope.id],
    );
  for (const [n, addresses] of [250, 250, 249].entries()) {
    const recorder = await open(scope, n, 'subnet');
    await recorder.page({ objects: [subnet], available: [{ subnetId: 'subnet-1', addresses }] });
    await recorder.complete();
    const [row] = await usage();
    expect([row!.available, formatInstant(parseInstant(row!.at))]).toEqual([
      addresses,
      formatInstant(sweepAt(n === 1 ? 0 : n)),
    ]);
  }
  for (const n of [3, 4, 5]) await sweep(scope, n, [], 'subnet');
  expect(await usage()).toEqual([]);
});
