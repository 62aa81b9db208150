import { Prefix, PrefixSet } from '../../src/address/index.js';
import { freeOf } from '../../src/features/allocation/domain/blocked.js';
import type { Tx } from '../../src/platform/database/statement.js';
import { startCore } from '../../test/support/core.js';

export interface CompanyPlan {
  /** Rows in `allocation`: the sources of child pools, and subnets of every status. */
  readonly allocations: number;
  readonly pools: number;
  readonly seed: number;
  /** Whether PostgreSQL gets to know how much there is; true if left out. */
  readonly hasStatistics?: boolean;
}

/** Pools have ids in the order root, regions, accounts, VPCs; VPC number N, from 0 on, has the id `firstVpc + N`. */
export interface Company {
  readonly url: string;
  readonly pools: number;
  readonly firstVpc: number;
}

export const ROOT_CIDR = Prefix.must('16.0.0.0/4');
const REGIONS = 8;
const ACCOUNTS_PER_REGION = 64;
const VPCS_PER_ACCOUNT = 32;
const SUBNETS_PER_VPC = 128;
const DEEPEST = 3;
const POOLS_AT_ONCE = 500;

/**
 * The register of a company: a GLOBAL root, below it regions (/7), accounts (/13) and VPCs (/18), and in these subnets in
 * slots of a /25, of which every eighth is a /26. Of 100 subnets 92 are allocated; the others are reserved, in quarantine,
 * released or expired. Without history.
 */
export async function loadCompany(
  url: string,
  { allocations, pools, seed, hasStatistics = true }: CompanyPlan,
): Promise<Company> {
  const accounts = Math.max(REGIONS, Math.round(pools * 0.04));
  const firstVpc = 1 + REGIONS + accounts + 1;
  const vpcs = pools - firstVpc + 1;
  const subnets = allocations - pools + 1;
  const fits =
    accounts <= REGIONS * ACCOUNTS_PER_REGION &&
    vpcs >= 1 &&
    vpcs <= accounts * VPCS_PER_ACCOUNT &&
    subnets >= 0 &&
    subnets <= vpcs * SUBNETS_PER_VPC;
  if (!fits)
    throw new RangeError(`${allocations} allocations in ${pools} pools do not fit into the company.`);
  const core = await startCore({ url, poolSize: 2 });
  try {
    await core.unitOfWork.run(core.ctx, async (tx) => {
      await tx.query('SET LOCAL statement_timeout = 0');
      await tx.query('SET LOCAL lock_timeout = 0');
      await tx.query(NODES, [ROOT_CIDR.toString(), REGIONS, accounts, vpcs]);
      await tx.query(POOLS);
      for (let depth = 0; depth <= DEEPEST; depth++) {
        await tx.query(SOURCES, [depth]);
        await tx.query(POOL_CIDRS, [depth]);
      }
      await tx.query(SUBNETS, [firstVpc, vpcs, subnets, seed]);
      await tx.query(`SELECT setval('pool_id_seq', max(id)), setval('pool_cidr_id_seq', max(id)) FROM pool`);
      await tx.query(`SELECT setval('allocation_id_seq', max(id)) FROM allocation`);
      for (let from = 1; from <= pools; from += POOLS_AT_ONCE) await writeFreeBlocks(tx, from);
    });
    if (hasStatistics) await core.database.query('VACUUM ANALYZE');
    return { url, pools, firstVpc };
  } finally {
    await core.stop();
  }
}

/** Pools, their CIDRs and the allocations that these come from have the same numbers. */
const NODES = `
CREATE TEMP TABLE node ON COMMIT DROP AS
SELECT 1 AS id, NULL::int AS parent, 0 AS depth, 'company' AS name, $1::cidr AS cidr
UNION ALL
SELECT 2 + r, 1, 1, 'region-' || r, set_masklen($1::inet + r * 33554432, 7)::cidr
FROM generate_series(0, $2::bigint - 1) r
UNION ALL
SELECT 2 + $2 + a, 2 + a % $2, 2, 'account-' || a,
  set_masklen($1::inet + a % $2 * 33554432 + a / $2 * 524288, 13)::cidr
FROM generate_series(0, $3::bigint - 1) a
UNION ALL
SELECT 2 + $2 + $3 + v, 2 + $2 + v % $3, 3, 'vpc-' || v,
  set_masklen($1::inet + v % $3 % $2 * 33554432 + v % $3 / $2 * 524288 + v / $3 * 16384, 18)::cidr
FROM generate_series(0, $4::bigint - 1) v`;

const POOLS = `
INSERT INTO pool (id, name, family, scope, tags, parent_id, depth, created_at, created_by) OVERRIDING SYSTEM VALUE
SELECT id, name, 4, CASE WHEN parent IS NULL THEN '(,)' ELSE 'empty' END::int4range,
  jsonb_build_object('team', 'team-' || id % 40), parent, depth, now(), 'token:bench'
FROM node ORDER BY id`;

const TAKEN = `INSERT INTO allocation (id, pool_id, pool_cidr_id, pool_cidr, cidr, status, allocated, live_in, expires_at,
  available_at, released_at, key, request, claim, holder, tags, created_at, created_by, updated_at, updated_by)`;

const SOURCES = `
${TAKEN} OVERRIDING SYSTEM VALUE
SELECT n.id, p.id, p.id, p.cidr, n.cidr, 'ALLOCATED', true, p.id, NULL, NULL, NULL, NULL, NULL, NULL,
  jsonb_build_object('resourceType', 'pool', 'resourceId', n.name), '{}', now(), 'token:bench', now(), 'token:bench'
FROM node n JOIN node p ON p.id = n.parent WHERE n.depth = $1 ORDER BY n.id`;

const POOL_CIDRS = `
INSERT INTO pool_cidr (id, pool_id, family, scope, cidr, source_id, source_cidr, source_allocated, parent_id)
OVERRIDING SYSTEM VALUE
SELECT id, id, 4, CASE WHEN parent IS NULL THEN '(,)' ELSE 'empty' END::int4range, cidr,
  CASE WHEN parent IS NOT NULL THEN id END, CASE WHEN parent IS NOT NULL THEN cidr END,
  CASE WHEN parent IS NOT NULL THEN true END, parent
FROM node WHERE depth = $1 ORDER BY id`;

const SUBNETS = `
${TAKEN} OVERRIDING SYSTEM VALUE
SELECT $1 + $2 + s, p.id, p.id, p.cidr,
  set_masklen(p.cidr::inet + s / $2 * 128, CASE WHEN hashint8(s + $4) % 8 = 0 THEN 26 ELSE 25 END)::cidr,
  k.status::allocation_status, k.status = 'ALLOCATED', CASE WHEN k.status NOT IN ('RELEASED', 'EXPIRED') THEN p.id END,
  CASE k.status WHEN 'RESERVED' THEN now() + interval '30 days' WHEN 'EXPIRED' THEN now() - interval '1 day' END,
  CASE k.status WHEN 'QUARANTINED' THEN now() + interval '30 days' WHEN 'RELEASED' THEN now() - interval '1 day' END,
  CASE WHEN k.status IN ('QUARANTINED', 'RELEASED') THEN now() - interval '2 days' END,
  CASE WHEN s % 2 = 0 THEN 'subnet-' || s END,
  CASE WHEN s % 2 = 0 THEN '/25' END,
  CASE WHEN s % 2 = 0 AND k.status IN ('ALLOCATED', 'RESERVED') THEN 'OPEN' END::claim_state,
  jsonb_build_object('provider', 'aws', 'account', lpad(p.parent::text, 12, '1'), 'resourceType', 'subnet',
    'resourceId', 'subnet-' || lpad(to_hex(s), 17, '0')),
  jsonb_build_object('team', 'team-' || s % 40, 'environment', 'production'), now(), 'token:bench', now(), 'token:bench'
FROM generate_series(0, $3::bigint - 1) s JOIN node p ON p.id = $1 + s % $2
CROSS JOIN LATERAL (SELECT CASE abs(hashint8(s + $4 + 1) % 100) WHEN 0 THEN 'RESERVED' WHEN 1 THEN 'RESERVED'
  WHEN 2 THEN 'QUARANTINED' WHEN 3 THEN 'QUARANTINED' WHEN 4 THEN 'RELEASED' WHEN 5 THEN 'RELEASED' WHEN 6 THEN 'RELEASED'
  WHEN 7 THEN 'EXPIRED' ELSE 'ALLOCATED' END AS status) k
ORDER BY s % $2, s`;

/** Of the next pools, each of which has one CIDR. */
async function writeFreeBlocks(tx: Tx, from: number): Promise<void> {
  const rows = await tx.query<{ id: number; cidr: string; taken: string[] }>(
    `SELECT c.id, c.cidr, ARRAY (SELECT a.cidr::text FROM allocation a WHERE a.pool_id = c.pool_id AND a.live_in = c.id) AS taken
     FROM pool_cidr c WHERE c.id >= $1 AND c.id < $2`,
    [from, from + POOLS_AT_ONCE],
  );
  const free = rows.flatMap(({ id, cidr, taken }) =>
    freeOf(Prefix.must(cidr), PrefixSet.of(taken.map((text) => Prefix.must(text)))).map((block) => ({
      id,
      block,
    })),
  );
  await tx.query(
    `INSERT INTO free_block (pool_id, host_bits, cidr, pool_cidr_id)
     SELECT f.id, f.host_bits, f.cidr, f.id FROM unnest($1::int[], $2::smallint[], $3::cidr[]) f (id, host_bits, cidr)`,
    [
      free.map(({ id }) => id),
      free.map(({ block }) => block.hostBits),
      free.map(({ block }) => block.toString()),
    ],
  );
}
