import { type Sent, sentBy } from '../../bench/registry/sent.js';
import { Prefix } from '../../src/address/index.js';
import { ReadRepository } from '../../src/features/inventory/data/read.repository.js';
import type {
  ChangeFilter,
  ObservedFilter,
  ObservedPlace,
} from '../../src/features/inventory/domain/inventory-list.js';
import { plusSeconds } from '../../src/platform/context/instant.js';
import { type Inventory, startInventory, sweepAt } from '../support/inventory.js';
import { explain } from '../support/plan.js';

const PAGE = 51;
const current = (filter: ObservedFilter, after: ObservedPlace | null = null): Promise<Sent> =>
  sentBy((db) => new ReadRepository(db).current(filter, PAGE, after));
const changes = (filter: ChangeFilter): Promise<Sent> =>
  sentBy((db) => new ReadRepository(db).changes(filter, PAGE, null));
const atOf = (n: number) => plusSeconds(sweepAt(0), n);

/** What is asked, the indexes that have to serve it, and the most rows that may be looked at. */
const CASES: [name: string, statement: () => Promise<Sent>, indexes: string[], most: number][] = [
  [
    'what holds an address',
    () => current({ holding: Prefix.must('10.0.3.7/32') }),
    ['observed_version_prefixes'],
    20,
  ],
  [
    'what holds a CIDR',
    () => current({ holding: Prefix.must('10.0.3.0/28') }),
    ['observed_version_prefixes'],
    20,
  ],
  ['objects of a VPC', () => current({ vpcId: 'vpc-7' }), ['observed_version_current_by_vpc'], 700],
  ['what connects a VPC', () => current({ vpcId: 'vpc-1007' }), ['observed_version_attached_to'], 20],
  ['objects by id', () => current({ ids: ['eni-7', 'eni-8'] }), ['observed_version_pkey'], 40],
  ['all objects', () => current({}), ['observed_version_current'], 4 * PAGE],
  [
    'a late page of all objects',
    () => current({}, { scopeId: 3, kind: 'network_interface', id: 'eni-9' }),
    ['observed_version_current'],
    4 * PAGE,
  ],
  [
    'what a VPC was',
    () => sentBy((db) => new ReadRepository(db).versionsAt(db, 'vpc-7', atOf(50))),
    ['observed_version_past_by_vpc', 'observed_version_attached_to'],
    1500,
  ],
  [
    'versions',
    () => sentBy((db) => new ReadRepository(db).versionsOf('eni-7', PAGE)),
    ['observed_version_pkey'],
    20,
  ],
  ['what is missing', () => current({ missing: true }), ['observed_version_absent'], 20],
  [
    'state of lists',
    () => sentBy((db) => new ReadRepository(db).lists({})),
    ['observed_version_absent'],
    100,
  ],
  ['all changes', () => changes({}), ['configuration_change_by_time'], 3 * PAGE],
  ['changes of a VPC', () => changes({ vpcId: 'vpc-7' }), ['configuration_change_vpc_pkey'], 200],
  ['changes of a kind', () => changes({ kind: 'vpc_peering' }), ['configuration_change_by_kind'], 3 * PAGE],
];

const TABLES = ['observed_version', 'configuration_change', 'configuration_change_vpc', 'change'];

let inventory: Inventory;
beforeAll(async () => {
  inventory = await startInventory();
  for (const statement of WORLD) await inventory.database.query(statement);
}, 120_000);
afterAll(() => inventory.stop());

it.each(CASES)('%s: index searches, and few rows', async (_name, statement, indexes, most) => {
  const { scanned, indexes: used, rowsRead } = await explain(inventory.database, await statement());
  expect(scanned.filter((table) => TABLES.includes(table))).toEqual([]);
  expect(used).toEqual(expect.arrayContaining(indexes));
  expect(rowsRead).toBeLessThanOrEqual(most);
});

/** 20,000 interfaces in 50 VPCs of 10 scopes, each with a past, 500 peerings, and 20,000 changes. */
const WORLD = [
  `INSERT INTO discovery_scope (provider, account, region) SELECT 'aws', n::text, 'eu-west-1' FROM generate_series(1, 10) n`,
  `INSERT INTO observed_version (seen_from, seen_to, scope_id, kind, resource_id, vpc_id, hash, prefixes, body)
   SELECT '2026-01-01'::timestamptz + past * interval '1 minute', CASE WHEN past = 0 THEN '2026-01-01 00:01Z'::timestamptz END,
     2 + n % 10, 'network_interface', 'eni-' || n, 'vpc-' || n % 50, 'h', ARRAY[('10.0.0.0'::inet + n)::cidr], '{}'
   FROM generate_series(1, 20000) n, generate_series(0, 1) past`,
  `INSERT INTO observed_version (seen_from, scope_id, kind, resource_id, hash, prefixes, attached_to, body)
   SELECT '2026-01-01', 2 + n % 10, 'vpc_peering', 'pcx-' || n, 'h', '{}', ARRAY['vpc-' || n, 'vpc-' || 1000 + n], '{}'
   FROM generate_series(1, 500) n`,
  `WITH recorded AS (INSERT INTO change (at, recorded_at, actor, correlation, action, subject, detail)
     SELECT '2026-01-01'::timestamptz + n / 10 * interval '1 minute', now(), 'a', 'c', 'x.changed', 'x-' || n,
       jsonb_build_object('kind', CASE WHEN n % 100 = 0 THEN 'vpc_peering' ELSE 'vpc' END, 'vpc', 'vpc-' || n % 500)
     FROM generate_series(1, 20000) n RETURNING id, at, subject, detail),
   filed AS (INSERT INTO configuration_change (change_id, at, scope_id, kind, resource_id)
     SELECT id, at, 2 + id % 10, detail ->> 'kind', subject FROM recorded)
   INSERT INTO configuration_change_vpc (vpc_id, at, change_id) SELECT detail ->> 'vpc', at, id FROM recorded`,
  'ANALYZE',
];
