import { type Sent, sentBy } from '../../bench/registry/sent.js';
import { loadCompany } from '../../bench/registry/world.js';
import { Prefix } from '../../src/address/index.js';
import { ContentsRepository } from '../../src/features/allocation/data/contents.repository.js';
import { PoolListRepository } from '../../src/features/allocation/data/pool-list.repository.js';
import { RegisterRepository } from '../../src/features/allocation/data/register.repository.js';
import { SpaceRepository } from '../../src/features/allocation/data/space.repository.js';
import type {
  AllocationFilter,
  AllocationPlace,
} from '../../src/features/allocation/domain/allocation-list.js';
import type { PoolFilter, PoolPlace } from '../../src/features/allocation/domain/pool-list.js';
import { parseInstant } from '../../src/platform/context/instant.js';
import { type Core, startCore } from '../support/core.js';
import { explain } from '../support/plan.js';

const NOW = parseInstant('2026-11-20T00:00:00Z');
const PAGE = 51;
const [ACCOUNT, VPC] = [10, 100];

const pools = (filter: PoolFilter, after: PoolPlace | null = null): Promise<Sent> =>
  sentBy((db) => new PoolListRepository(db).list(filter, 'DEPTH', PAGE, after));
const allocations = (filter: AllocationFilter, after: AllocationPlace | null = null): Promise<Sent> =>
  sentBy((db) => new RegisterRepository(db).list(filter, 'CIDR', PAGE, after));
const contents = new ContentsRepository();
const { first } = Prefix.must('16.0.0.0/4');

/** What is asked, the indexes that have to serve it, and the most rows that may be looked at. */
const CASES: [name: string, statement: () => Promise<Sent>, indexes: string[], most: number][] = [
  ['pools by depth', () => pools({}), ['pool_by_depth'], 2 * PAGE],
  ['a late page of pools', () => pools({}, { depth: 3, name: 'vpc-9' }), ['pool_by_depth'], 2 * PAGE],
  ['children of a pool', () => pools({ parentId: ACCOUNT }), ['pool_by_parent'], 2 * PAGE],
  [
    'pools that contain a CIDR',
    () => pools({ cidrContaining: Prefix.must('18.0.1.0/28') }),
    ['pool_cidr_overlap'],
    20,
  ],
  [
    'pools that lie in a CIDR',
    () => pools({ cidrWithin: Prefix.must('18.0.0.0/13') }),
    ['pool_cidr_overlap'],
    100,
  ],
  [
    'allocations that contain a CIDR',
    () => allocations({ cidrContaining: Prefix.must('18.0.1.0/28') }),
    ['allocation_overlap', 'allocation_past', 'pool_cidr_overlap'],
    20,
  ],
  [
    'allocations that lie in the CIDR of an account',
    () => allocations({ cidrWithin: Prefix.must('18.0.0.0/13') }),
    ['allocation_by_pool', 'allocation_past'],
    2000,
  ],
  ['all allocations', () => allocations({}), ['allocation_by_pool', 'allocation_past'], 2500],
  [
    'a late page of all allocations',
    () => allocations({}, { cidr: '30.0.1.0/25', id: 5 }),
    ['allocation_by_pool', 'allocation_past'],
    2500,
  ],
  ['allocations of a pool', () => allocations({ poolId: VPC }), ['allocation_by_pool'], PAGE],
  [
    'live ones of a page of blocks',
    () => sentBy((db) => contents.live(db, VPC, first, NOW, PAGE)),
    ['allocation_by_pool'],
    PAGE,
  ],
  [
    'free ones of a page of blocks',
    () => sentBy((db) => contents.free(db, VPC, first, PAGE)),
    ['free_block_by_pool_cidr'],
    PAGE + 1,
  ],
  [
    'free blocks of a pool',
    () => sentBy((db) => new SpaceRepository(db).freeBlocks(db, VPC, 4, PAGE)),
    ['free_block_pkey'],
    PAGE,
  ],
  [
    'checked CIDRs',
    () => {
      const asked = Array.from({ length: 100 }, (_, n) => Prefix.must(`18.0.${n}.0/28`));
      return sentBy((db) => new SpaceRepository(db).occupants(asked, null));
    },
    ['allocation_overlap', 'pool_cidr_below'],
    1500,
  ],
];

const TABLES = ['allocation', 'free_block', 'pool_cidr'];

describe.each([
  ['with statistics', true],
  ['while PostgreSQL knows nothing of the sizes', false],
])('%s', (_, hasStatistics) => {
  let core: Core;
  beforeAll(async () => {
    core = await startCore();
    await loadCompany(core.url, { allocations: 20_000, pools: 1000, seed: 42, hasStatistics });
  });
  afterAll(() => core.stop());

  it.each(CASES)('%s: index searches, and few rows', async (_name, statement, indexes, most) => {
    const { scanned, indexes: used, rowsRead } = await explain(core.database, await statement());
    expect(scanned.filter((table) => TABLES.includes(table))).toEqual([]);
    expect(used).toEqual(expect.arrayContaining(indexes));
    expect(rowsRead).toBeLessThanOrEqual(most);
  });
});

describe('checked CIDRs, one index search per level', () => {
  let core: Core;
  beforeAll(async () => {
    core = await startCore();
  });
  afterAll(() => core.stop());

  const rowsRead = async (cidr: string, routingDomain: number): Promise<number> => {
    const sent = await sentBy((db) => new SpaceRepository(db).occupants([Prefix.must(cidr)], routingDomain));
    const { scanned, rowsRead: rows } = await explain(core.database, sent);
    expect(scanned.filter((table) => TABLES.includes(table))).toEqual([]);
    return rows;
  };

  it('below a parent of 10,000, and where 300 routing domains hold the same CIDR', async () => {
    await core.database.query(DOMAINS);
    for (const statement of CHILDREN) await core.database.query(statement);
    // the root CIDR of the domain and its source of a child, the child's CIDR
    expect(await rowsRead('172.31.7.0/28', 7)).toBeLessThanOrEqual(10);
    await core.database.query('ANALYZE');
    expect(await rowsRead('172.31.7.0/28', 7)).toBeLessThanOrEqual(10);
    expect(await rowsRead('10.7.7.0/28', 7)).toBeLessThanOrEqual(10);
  });
});

/** 300 routing domains, in each a root pool of the same CIDR. */
const DOMAINS = `
WITH domain AS (INSERT INTO routing_domain (name, created_at, created_by)
  SELECT 'domain ' || n, now(), 'test' FROM generate_series(1, 300) n RETURNING id),
made AS (INSERT INTO pool (name, family, scope, routing_domain_id, created_at, created_by)
  SELECT 'default ' || id, 4, int4range(id, id, '[]'), id, now(), 'test' FROM domain RETURNING id, scope)
INSERT INTO pool_cidr (pool_id, family, scope, cidr) SELECT id, 4, scope, '172.31.0.0/16' FROM made`;

/** In the GLOBAL 10.0.0.0/8 10,000 child pools of a /24. */
const CHILDREN = [
  `WITH root AS (INSERT INTO pool (name, family, scope, created_at, created_by) VALUES ('root', 4, '(,)', now(), 'test') RETURNING id)
   INSERT INTO pool_cidr (pool_id, family, scope, cidr) SELECT id, 4, '(,)', '10.0.0.0/8' FROM root`,
  `INSERT INTO allocation (pool_id, pool_cidr_id, pool_cidr, cidr, status, allocated, live_in, created_at, created_by, updated_at, updated_by)
   SELECT c.pool_id, c.id, c.cidr, set_masklen('10.0.0.0'::inet + n * 256, 24)::cidr, 'ALLOCATED', true, c.id, now(), 'test', now(), 'test'
   FROM pool_cidr c, generate_series(0, 9999) n WHERE c.cidr = '10.0.0.0/8'`,
  `WITH child AS (INSERT INTO pool (name, family, scope, parent_id, depth, created_at, created_by)
     SELECT 'child ' || a.id, 4, 'empty', a.pool_id, 1, now(), 'test' FROM allocation a RETURNING id, name)
   INSERT INTO pool_cidr (pool_id, family, scope, cidr, source_id, source_cidr, source_allocated, parent_id)
   SELECT child.id, 4, 'empty', a.cidr, a.id, a.cidr, true, a.live_in FROM child JOIN allocation a ON child.name = 'child ' || a.id`,
];
