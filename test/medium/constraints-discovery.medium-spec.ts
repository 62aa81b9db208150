import type { PoolClient } from 'pg';
import { type Core, startCore } from '../support/core.js';

/** What the database holds of everything that is discovered, whatever the code does. Every attempt is rolled back. */

let core: Core;
let db: PoolClient;
const AT = '2026-01-02T00:00:00Z';
const EARLIER = '2026-01-01T00:00:00Z';
const LATER = '2026-01-03T00:00:00Z';

type Row = Readonly<Record<string, unknown>>;
type Case = readonly [difference: Row, constraint: string | null];

beforeAll(async () => {
  core = await startCore();
  db = await core.database.connect();
});
afterAll(async () => {
  db.release();
  await core.stop();
});
beforeEach(async () => {
  await db.query('BEGIN');
});
afterEach(() => db.query('ROLLBACK'));

async function insert(table: string, row: Row): Promise<void> {
  const places = Object.keys(row).map((_, index) => `$${index + 1}`);
  await db.query(
    `INSERT INTO ${table} (${Object.keys(row).join()}) OVERRIDING SYSTEM VALUE VALUES (${places.join()})`,
    Object.values(row),
  );
}

/** The constraint that refuses what `work` does, or null where it goes through; taken back either way. */
async function attempt(work: () => Promise<unknown>): Promise<string | null> {
  await db.query('SAVEPOINT attempt');
  try {
    await work();
    return null;
  } catch (error) {
    const { constraint, message } = error as { constraint?: string; message: string };
    return constraint ?? message;
  } finally {
    await db.query('ROLLBACK TO attempt');
  }
}

/** The good row goes in; with each of the differences the named constraint refuses it, beside the good one for `again`. */
async function holds(
  table: string,
  good: Row,
  cases: readonly Case[],
  again: readonly Case[] = [],
): Promise<void> {
  for (const [difference, constraint] of cases)
    expect([difference, await attempt(() => insert(table, { ...good, ...difference }))]).toEqual([
      difference,
      constraint,
    ]);
  await insert(table, good);
  for (const [difference, constraint] of again)
    expect([difference, await attempt(() => insert(table, { ...good, ...difference }))]).toEqual([
      difference,
      constraint,
    ]);
}

async function one(text: string, values: unknown[] = []): Promise<number> {
  const { rows } = await db.query<{ id: number }>(text, values);
  return rows[0]!.id;
}

const domain = () =>
  one(
    `INSERT INTO routing_domain (name, created_at, created_by) VALUES ('constraints', now(), 't') RETURNING id`,
  );
const scope = () =>
  one(`INSERT INTO discovery_scope (account, region) VALUES ('1', 'eu-west-1') RETURNING id`);
const SWEEP = { cause: 'asked', kinds: '{vpc}', started_at: AT, started_by: 't', running_since: AT };

it('a lease is one row per name, and its fence counts from 1', () =>
  holds(
    'lease',
    { name: 'scope 1', holder: 'a', until: AT },
    [[{ token: 0 }, 'lease_token']],
    [
      [{ holder: 'b', token: 2 }, 'lease_pkey'],
      [{ name: 'scope 2', holder: null }, null],
    ],
  ));

it('observed space is told once per source, resource, CIDR and routing domain, and lies in what it is a part of', () =>
  holds(
    'observed_space',
    { source: 'aws', resource: 'vpc-1', cidr: '10.0.0.0/16', routing_domain_id: null, within: null },
    [
      [{ source: '' }, 'observed_space_source'],
      [{ source: 'a:b' }, 'observed_space_source'],
      [{ within: '10.0.0.0/24' }, 'observed_space_within'],
      [{ within: '10.0.0.0/8' }, null],
    ],
    [
      [{}, 'observed_space_once'],
      [{ within: '10.0.0.0/8' }, 'observed_space_once'],
      [{ routing_domain_id: 1 }, null],
      [{ source: 'reach' }, null],
    ],
  ));

it('a swept scope is there once', () =>
  holds(
    'swept_scope',
    { provider: 'aws', account: '1', region: 'eu-west-1', began_at: AT },
    [],
    [
      [{ began_at: LATER }, 'swept_scope_pkey'],
      [{ region: 'us-east-1' }, null],
    ],
  ));

it('a block says since when it is unswept, and only such a one does', async () => {
  const poolId = await core.pool({ cidrs: ['10.0.0.0/8'] });
  const cidrId = await one('SELECT id FROM pool_cidr WHERE pool_id = $1', [poolId]);
  await holds(
    'block',
    {
      pool_id: poolId,
      pool_cidr_id: cidrId,
      cidr: '10.1.0.0/16',
      reason: 'unswept',
      subject: '1',
      since: AT,
    },
    [
      [{ since: null }, 'block_since'],
      [{ reason: 'observed' }, 'block_since'],
      [{ reason: 'observed', since: null }, null],
      [{ reason: 'felt', since: null }, 'block_reason'],
    ],
    [[{}, 'block_once']],
  );
});

it('a discovered account has a number, regions, a known source and no external id without a role', () =>
  holds(
    'discovery_account',
    {
      ...{ account: '111122223333', regions: '{eu-west-1}', role_arn: 'arn', external_id: 'x' },
      ...{ created_at: AT, created_by: 't', updated_at: AT, updated_by: 't' },
    },
    [
      [{ account: '11112222333' }, 'discovery_account_number'],
      [{ account: '11112222333x' }, 'discovery_account_number'],
      [{ regions: '{}' }, 'discovery_account_regions'],
      [{ source: 'rumour' }, 'discovery_account_source'],
      [{ role_arn: null }, 'discovery_account_external_id'],
      [{ role_arn: null, external_id: null }, null],
    ],
    [[{ source: 'organization' }, 'discovery_account_pkey']],
  ));

it('a sweep has an end if and only if it does not run', () =>
  holds('sweep', SWEEP, [
    [{ status: 'PAUSED', ended_at: AT }, 'sweep_status'],
    [{ cause: 'mood' }, 'sweep_cause'],
    [{ status: 'DONE' }, 'sweep_ended'],
    [{ ended_at: LATER }, 'sweep_ended'],
    [{ status: 'CANCELLED', ended_at: LATER }, null],
  ]));

it('a scope is in a sweep once, holds a token while it is read, and goes with its sweep', async () => {
  await insert('sweep', SWEEP);
  const sweep_id = await one('SELECT max(id) AS id FROM sweep');
  await holds(
    'sweep_scope',
    { sweep_id, scope_id: await scope(), status: 'RUNNING', token: 7, began_at: AT },
    [
      [{ status: 'WAITING', token: null, ended_at: LATER }, 'sweep_scope_status'],
      [{ token: null }, 'sweep_scope_token'],
      [{ status: 'PENDING' }, 'sweep_scope_token'],
      [{ status: 'DONE', token: null }, 'sweep_scope_ended'],
      [{ ended_at: LATER }, 'sweep_scope_ended'],
      [{ status: 'FAILED', token: null, ended_at: LATER }, null],
      [{ sweep_id: 999_999 }, 'sweep_scope_of'],
      [{ scope_id: 999_999 }, 'sweep_scope_scope'],
    ],
    [[{ token: 8 }, 'sweep_scope_pkey']],
  );
  await db.query('DELETE FROM sweep WHERE id = $1', [sweep_id]);
  expect((await db.query('SELECT FROM sweep_scope WHERE sweep_id = $1', [sweep_id])).rowCount).toBe(0);
});

it('a scope is one account and region of one provider, and does not go while a list is of it', async () => {
  await holds(
    'discovery_scope',
    { account: '1', region: 'eu-west-1' },
    [],
    [
      [{}, 'discovery_scope_once'],
      [{ provider: 'declared' }, null],
    ],
  );
  const id = await one(`SELECT id FROM discovery_scope WHERE account = '1'`);
  await insert('discovery_list', { scope_id: id, kind: 'vpc' });
  expect(await attempt(() => db.query('DELETE FROM discovery_scope WHERE id = $1', [id]))).toBe(
    'discovery_list_scope',
  );
});

it('a network is in one routing domain, which does not go while it is', async () => {
  const routing_domain_id = await domain();
  await holds(
    'network_domain',
    { network_id: 'vpc-1', routing_domain_id },
    [[{ routing_domain_id: 999_999 }, 'network_domain_routing_domain']],
    [[{ declared: true }, 'network_domain_pkey']],
  );
  expect(await attempt(() => db.query('DELETE FROM routing_domain WHERE id = $1', [routing_domain_id]))).toBe(
    'network_domain_routing_domain',
  );
});

it('only a scope that is there is reconciled, and how far is one row', async () => {
  await holds(
    'reconciled_scope',
    { scope_id: await scope(), tried_at: AT },
    [[{ scope_id: 999_999 }, 'reconciled_scope_scope']],
    [[{ tried_at: LATER }, 'reconciled_scope_pkey']],
  );
});

it('an allocation is looked for in vain at least once, and only one that is there', async () => {
  const row = { allocation_id: 999_999, since: AT, looks: 1, last_look_at: AT };
  const refused = (difference: Row) => attempt(() => insert('unseen_allocation', { ...row, ...difference }));
  expect(await refused({ looks: 0 })).toBe('unseen_allocation_looks');
  expect(await refused({})).toBe('unseen_allocation_allocation');
});

it('a subnet does not have less than no free address', async () => {
  await holds('subnet_usage', { scope_id: await scope(), subnet_id: 'subnet-1', available: 0, at: AT }, [
    [{ available: -1 }, 'subnet_usage_available'],
    [{ scope_id: 999_999 }, 'subnet_usage_scope'],
  ]);
});

it('a step of reach is open once, of a known kind, and does not end before it begins', () =>
  holds(
    'reach_edge',
    { from_node: 'dom_1', to_node: 'dom_2', how: 'PEERING', resource: 'pcx-1', valid_from: AT },
    [
      [{ how: 'MAGIC' }, 'reach_edge_how'],
      [{ valid_to: EARLIER }, 'reach_edge_span'],
      [{ valid_to: AT }, null],
    ],
    [
      [{ valid_from: LATER }, 'reach_edge_open'],
      [{ valid_from: EARLIER, valid_to: AT }, null],
      [{ resource: 'pcx-2' }, null],
    ],
  ));
