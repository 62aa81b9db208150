import { loadCompany } from '../../bench/registry/world.js';
import { Address, Prefix } from '../../src/address/index.js';
import { RegisterRepository } from '../../src/features/allocation/data/register.repository.js';
import type { Allocation } from '../../src/features/allocation/domain/allocation.js';
import {
  ALLOCATION_ORDERS,
  type AllocationFilter,
  type AllocationOrder,
} from '../../src/features/allocation/domain/allocation-list.js';
import { ALLOCATION_CHECKS } from '../../src/features/allocation/fsck/checks.js';
import { type Core, startCore } from '../support/core.js';
import { Random } from '../support/random.js';

const PAGE = 40;

let core: Core;
let register: RegisterRepository;

beforeAll(async () => {
  core = await startCore();
  await loadCompany(core.url, { allocations: 3000, pools: 50, seed: 42 });
  register = new RegisterRepository(core.database);
});
afterAll(() => core.stop());

it('begins with a register that fsck finds clean', async () => {
  const found: string[] = [];
  for (const check of ALLOCATION_CHECKS)
    for await (const { message } of check.run(core.database)) found.push(`${check.name}: ${message}`);
  expect(found).toEqual([]);
});

describe('finds what reading all allocations finds', () => {
  beforeAll(async () => {
    const six = await core.pool({ cidrs: ['2001:db8::/32', '2001:db9::/32'] });
    await core.database.query(TAKEN_IN, [six, '2001:db8::/32', '2001:db8:1::/48', 'ALLOCATED']);
    await core.database.query(TAKEN_IN, [six, '2001:db9::/32', '2001:db9::/32', 'ALLOCATED']);
    // what is over outlives its pool CIDR and its pool
    await core.database.query(OF_A_POOL_THAT_IS_GONE);
  });

  const random = new Random(42);
  const lengths = [0, 3, 4, 6, 7, 9, 13, 16, 18, 20, 24, 25, 26, 28, 32];
  const cidrs = [
    ...Array.from({ length: 30 }, () => {
      const address = Address.of(4, (16n << 24n) + BigInt(random.below(2 ** 28)));
      return Prefix.of(address, random.pick(lengths));
    }),
    ...[
      '16.0.0.0/18',
      '16.0.0.0/25',
      '40.0.0.0/24',
      '40.0.0.0/8',
      '::/0',
      '2001:db8:1::/48',
      '2001:db8::/31',
    ].map((cidr) => Prefix.must(cidr)),
  ];

  it.each(ALLOCATION_ORDERS)('by CIDRs, in the order %s', async (order) => {
    for (const cidr of cidrs) {
      await compare({ cidrContaining: cidr }, order, 'cidr >>= $1::cidr', cidr.toString());
      await compare({ cidrWithin: cidr }, order, 'cidr <<= $1::cidr', cidr.toString());
    }
  });

  it.each(ALLOCATION_ORDERS)(
    'all of them, those that are over, and those with a tag, in the order %s',
    async (order) => {
      await compare({}, order, '$1::text IS NOT NULL', '');
      await compare(
        { statuses: ['RELEASED', 'EXPIRED'] },
        order,
        `live_in IS NULL AND $1::text IS NOT NULL`,
        '',
      );
      await compare({ tag: { key: 'team', value: 'team-7' } }, order, `tags ->> 'team' = $1`, 'team-7');
      await compare(
        { cidrWithin: Prefix.must('16.0.0.0/7'), tag: { key: 'team', value: 'team-7' } },
        order,
        `cidr <<= '16.0.0.0/7' AND tags ->> 'team' = $1`,
        'team-7',
      );
    },
  );
});

async function compare(
  filter: AllocationFilter,
  order: AllocationOrder,
  sql: string,
  value: string,
): Promise<void> {
  const by = order === 'CIDR' ? 'cidr, id' : 'id';
  const rows = await core.database.query<{ id: number }>(
    `SELECT id FROM allocation WHERE ${sql} ORDER BY ${by}`,
    [value],
  );
  const found = await pagesOf(filter, order);
  expect([filter, found.map(({ id }) => id)]).toEqual([filter, rows.map(({ id }) => id)]);
  expect(await register.count(filter)).toBe(rows.length);
}

async function pagesOf(filter: AllocationFilter, order: AllocationOrder): Promise<Allocation[]> {
  const found: Allocation[] = [];
  for (;;) {
    const last = found.at(-1);
    const after = last ? { cidr: last.cidr.toString(), id: last.id } : null;
    const page = await register.list(filter, order, PAGE, after);
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}

const TAKEN_IN = `
INSERT INTO allocation (pool_id, pool_cidr_id, pool_cidr, cidr, status, allocated, live_in, created_at, created_by, updated_at, updated_by)
SELECT pool_id, id, cidr, $3::cidr, $4, true, id, now(), 'test', now(), 'test' FROM pool_cidr WHERE pool_id = $1 AND cidr = $2::cidr`;

const OF_A_POOL_THAT_IS_GONE = `
INSERT INTO allocation (pool_id, pool_cidr_id, pool_cidr, cidr, status, allocated, created_at, created_by, updated_at, updated_by)
SELECT 999999, 999999, '40.0.0.0/8', set_masklen('40.0.0.0'::inet + n / 2 * 64, 26)::cidr, 'RELEASED', false, now(), 'test', now(), 'test'
FROM generate_series(0, 199) n`;
