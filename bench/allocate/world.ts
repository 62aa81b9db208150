import { Address, Prefix } from '../../src/address/index.js';
import type { Core } from '../../test/support/core.js';
import { startCore } from '../../test/support/core.js';
import type { BenchServer } from '../harness/server.js';

export interface WorldPlan {
  /** Existing allocations, spread evenly over the pools. */
  readonly allocations: number;
  readonly pools: number;
  readonly seed: number;
}

/** A database with a history: pools that have handed out part of their space. Nobody is connected to it. */
export interface World {
  readonly url: string;
  readonly pools: readonly WorldPool[];
}

export interface WorldPool {
  readonly id: number;
  readonly cidrId: number;
  readonly cidr: Prefix;
  /** Existing allocations have these ids and the sequences from 1 on. */
  readonly firstId: number;
  readonly existing: number;
  /** The first address behind them; everything from there on is free. */
  readonly freeFrom: Prefix;
}

/** Every existing allocation lies in a /28 of its own. */
const SLOT = 28;
const WHOLE_SPACE = Prefix.must('16.0.0.0/4');

/**
 * One /28 beside the other from the pool's start, of which about every eighth holds a /29 only: its other half
 * stays free, too small for the requests to come, so that free blocks are as many as a used pool has. Every second
 * one has a key.
 */
export async function buildWorld(server: BenchServer, plan: WorldPlan): Promise<World> {
  const url = await server.createDatabase();
  const core = await startCore({ url });
  try {
    const length = WHOLE_SPACE.length + Math.log2(plan.pools);
    const existing = Math.floor(plan.allocations / plan.pools);
    const pools: WorldPool[] = [];
    for (let index = 0; index < plan.pools; index++) {
      const cidr = Prefix.of(advanced(WHOLE_SPACE, index, length), length);
      pools.push(await fillPool(core, cidr, existing, index * existing + 1, plan.seed));
    }
    await core.database.query(`UPDATE publisher SET position = (SELECT count(*) FROM change)`);
    // a new installation has no statistics
    if (plan.allocations > 0) await core.database.query('VACUUM ANALYZE');
    return { url, pools };
  } finally {
    await core.stop();
  }
}

async function fillPool(
  core: Core,
  cidr: Prefix,
  existing: number,
  firstId: number,
  seed: number,
): Promise<WorldPool> {
  const id = await core.pool({ cidrs: [cidr.toString()] });
  const [poolCidr] = await core.pools.cidrsOf(core.database, id);
  const cidrId = poolCidr!.id;
  await core.unitOfWork.run(core.ctx, async (tx) => {
    await tx.query(`SET LOCAL statement_timeout = 0`);
    await tx.query(
      `INSERT INTO allocation (pool_id, pool_cidr_id, pool_cidr, cidr, status, allocated, live_in, key, request,
         claim, holder, tags, created_at, created_by, updated_at, updated_by)
       SELECT $1, $2, $3::cidr, set_masklen($3::inet + s * 16, CASE WHEN hashint8(s + $5) % 8 = 0 THEN 29 ELSE 28 END)::cidr,
         'ALLOCATED', true, $2,
         k.key, CASE WHEN k.key IS NOT NULL THEN '/28' END, CASE WHEN k.key IS NOT NULL THEN 'OPEN' END::claim_state,
         jsonb_build_object('provider', 'aws', 'account', lpad((s % 75)::text, 12, '1'), 'region', 'eu-central-1',
           'resourceType', 'subnet', 'resourceId', 'subnet-' || lpad(to_hex(s), 17, '0')),
         jsonb_build_object('team', 'team-' || s % 40, 'environment', 'production'),
         now(), 'token:bench', now(), 'token:bench'
       FROM generate_series(0, $4::bigint - 1) s, LATERAL (SELECT CASE WHEN s % 2 = 0 THEN 'subnet-' || s END AS key) k ORDER BY s`,
      [id, cidrId, cidr.toString(), existing, seed],
    );
    await tx.query(
      `INSERT INTO change (pool_id, sequence, at, recorded_at, actor, correlation, action, subject, detail)
       SELECT $1, a.id - $2 + 1, a.created_at, a.created_at, a.created_by, 'bench-' || a.id, 'allocation.allocated', 'alloc_' || a.id,
         jsonb_build_object('cidr', a.cidr, 'status', a.status, 'holder', a.holder, 'tags', a.tags, 'version', 1)
       FROM allocation a WHERE a.pool_id = $1 ORDER BY a.id`,
      [id, firstId],
    );
    await tx.query(
      `INSERT INTO publication (first_position, last_position, pool_id, first_sequence, last_sequence)
       SELECT a.id, a.id, $1, a.id - $2 + 1, a.id - $2 + 1 FROM allocation a WHERE a.pool_id = $1 ORDER BY a.id`,
      [id, firstId],
    );
    await tx.query('UPDATE pool SET sequence = $2, recorded_at = now() WHERE id = $1', [id, existing]);
    await core.pools.rebuildFreeBlocks(tx, id, { id: cidrId, cidr });
  });
  const freeFrom = Prefix.of(advanced(cidr, existing, SLOT), SLOT);
  return { id, cidrId, cidr, firstId, existing, freeFrom };
}

/** The address `steps` prefixes of that length behind the start of `cidr`. */
function advanced(cidr: Prefix, steps: number, length: number): Address {
  return Address.of(4, cidr.address.value + BigInt(steps) * 2n ** BigInt(32 - length));
}
