import { Injectable } from '@nestjs/common';
import { Prefix, PrefixSet } from '../../../address/index.js';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Statement } from '../../../platform/database/statement.js';
import type { Conflict } from '../domain/failure.js';
import type { Holder } from '../domain/allocation.js';
import type { Occupant } from '../domain/occupant.js';
import type { Block, BlockReason } from '../domain/pool.js';
import { resourceOf } from '../domain/unswept.js';

/** Pool CIDRs that figures are summed over, and the pools that they belong to. */
export interface Extent {
  readonly poolCidrIds: readonly number[];
  readonly poolIds: readonly number[];
  /** Addresses in the pool's own CIDRs. */
  readonly total: bigint;
}

/** Sums of addresses in pool CIDRs, apart from what is free. */
export interface HeldSpace {
  readonly reserved: bigint;
  readonly quarantined: bigint;
  readonly blocked: bigint;
  readonly delegated: bigint;
}

/** Free blocks of one size as stored, and the lowest of them. */
export interface FreeCount {
  readonly hostBits: number;
  readonly count: number;
  readonly lowest: Prefix;
}

/** Ids from a parameter, unseen by the planner: it would weigh each of thousands, which takes longer than the search. */
const given = (parameter: string): string => `(SELECT ${parameter}::int[])::int[]`;

/** How the space of pools is used, as of one instant. */
@Injectable()
export class SpaceRepository {
  constructor(private readonly database: Database) {}

  async now(reader: Reader = this.database): Promise<Instant> {
    const [row] = await reader.query<{ now: string }>('SELECT cadastre_now() AS now');
    return parseInstant(row!.now);
  }

  /** The CIDRs of a pool; with `below` also those whose source lies in one of them, and so on down. */
  async extent(reader: Reader, poolId: number, below: boolean): Promise<Extent> {
    const rows = await reader.query<{ id: number; pool_id: number; own: string | null }>(
      `WITH RECURSIVE tree AS (
         SELECT id, pool_id, cidr AS own FROM pool_cidr WHERE pool_id = $1
         UNION ALL SELECT c.id, c.pool_id, NULL FROM tree t JOIN pool_cidr c ON c.parent_id = t.id AND $2
       ) SELECT id, pool_id, own FROM tree`,
      [poolId, below],
    );
    return {
      poolCidrIds: rows.map(({ id }) => id),
      poolIds: [...new Set(rows.map((row) => row.pool_id))],
      total: rows.reduce((sum, { own }) => (own === null ? sum : sum + Prefix.must(own).size), 0n),
    };
  }

  /** Exact; with blocks that are not written yet. Reads what is reserved, quarantined, delegated or blocked, not what is simply allocated. */
  async held(
    reader: Reader,
    { poolCidrIds, poolIds }: Extent,
    now: Instant,
    unswept: readonly Block[],
  ): Promise<HeldSpace> {
    const [sums] = await reader.query<{ reserved: string; quarantined: string; delegated: string }>(
      `SELECT
         (SELECT trunc(coalesce(sum(${SIZE}), 0))::text FROM allocation a WHERE a.pool_id = ANY (${given('$1')}) AND a.live_in IN (SELECT unnest($2::int[]))
            AND a.status = 'RESERVED' AND a.expires_at > $3) AS reserved,
         (SELECT trunc(coalesce(sum(${SIZE}), 0))::text FROM allocation a WHERE a.pool_id = ANY (${given('$1')}) AND a.live_in IN (SELECT unnest($2::int[]))
            AND a.status = 'QUARANTINED' AND a.available_at > $3) AS quarantined,
         (SELECT trunc(coalesce(sum(${SIZE}), 0))::text FROM pool_cidr a WHERE a.parent_id = ANY (${given('$2')})) AS delegated`,
      [poolIds, poolCidrIds, formatInstant(now)],
    );
    return {
      reserved: BigInt(sums!.reserved),
      quarantined: BigInt(sums!.quarantined),
      delegated: BigInt(sums!.delegated),
      blocked: await this.blocked(reader, poolCidrIds, now, unswept),
    };
  }

  /** As stored, the largest first. */
  async freeCounts(reader: Reader, poolCidrIds: readonly number[]): Promise<FreeCount[]> {
    const rows = await reader.query<{ host_bits: number; count: number; lowest: string }>(
      `SELECT host_bits, count(*) AS count, min(cidr)::cidr AS lowest FROM free_block
       WHERE pool_cidr_id = ANY (${given('$1')}) GROUP BY host_bits ORDER BY host_bits DESC`,
      [poolCidrIds],
    );
    return rows.map((row) => ({
      hostBits: row.host_bits,
      count: row.count,
      lowest: Prefix.must(row.lowest),
    }));
  }

  /** Free blocks of one size as stored, in address order. */
  async lowestFree(
    reader: Reader,
    poolCidrIds: readonly number[],
    hostBits: number,
    limit: number,
  ): Promise<Prefix[]> {
    const rows = await reader.query<{ cidr: string }>(
      `SELECT cidr FROM free_block WHERE pool_cidr_id = ANY (${given('$1')}) AND host_bits = $2 ORDER BY cidr LIMIT $3`,
      [poolCidrIds, hostBits, limit],
    );
    return rows.map(({ cidr }) => Prefix.must(cidr));
  }

  /** Those of the pools in which something is due that has not been turned. */
  async withDue(reader: Reader, poolIds: readonly number[], now: Instant): Promise<number[]> {
    const rows = await reader.query<{ id: number }>(
      `SELECT pool_id AS id FROM allocation WHERE pool_id = ANY (${given('$1')}) AND status = 'RESERVED' AND expires_at <= $2
       UNION SELECT pool_id FROM allocation WHERE pool_id = ANY (${given('$1')}) AND status = 'QUARANTINED' AND available_at <= $2`,
      [poolIds, formatInstant(now)],
    );
    return rows.map(({ id }) => id);
  }

  /** Free blocks as stored, that a request for `hostBits` fits into, in address order. */
  async freeBlocks(reader: Reader, poolId: number, hostBits: number, limit: number): Promise<Prefix[]> {
    const rows = await reader.query<{ cidr: string }>(FREE_BLOCKS, [poolId, hostBits, limit]);
    return rows.map(({ cidr }) => Prefix.must(cidr));
  }

  /** The same in one statement; null where something is due in the pool that has not been turned. */
  async settledFreeBlocks(poolId: number, hostBits: number, limit: number): Promise<Prefix[] | null> {
    const [row] = await this.database.query<{ cidrs: string[] }>(
      `SELECT ARRAY (SELECT f.cidr::text FROM (${FREE_BLOCKS}) f) AS cidrs
       WHERE NOT EXISTS (SELECT FROM allocation a WHERE a.pool_id = $1 AND a.status = 'RESERVED' AND a.expires_at <= (SELECT cadastre_now()))
         AND NOT EXISTS (SELECT FROM allocation a WHERE a.pool_id = $1 AND a.status = 'QUARANTINED' AND a.available_at <= (SELECT cadastre_now()))`,
      [poolId, hostBits, limit],
    );
    return row?.cidrs.map((cidr) => Prefix.must(cidr)) ?? null;
  }

  /**
   * For each CIDR: the pool CIDRs that it touches in the scope of a routing domain (null: GLOBAL), and in them the
   * live allocations and blocks that overlap it, at most 100 of each.
   */
  async occupants(cidrs: readonly Prefix[], routingDomainId: number | null): Promise<Occupant[]> {
    const rows = await this.database.query<OccupantRow>(OCCUPANTS, [cidrs.map(String), routingDomainId]);
    return rows.map((row) => ({
      asked: Prefix.must(row.asked),
      poolId: row.pool_id,
      poolCidr: Prefix.must(row.pool_cidr),
      cidr: row.cidr === null ? null : Prefix.must(row.cidr),
      allocationId: row.allocation_id,
      key: row.key,
      holder: row.holder,
      reason: row.reason,
      resource: row.reason === 'observed' ? resourceOf({ subject: row.subject! }) : null,
      feeds: row.feeds,
    }));
  }

  /** What was observed on each CIDR, whatever pools say, in a routing domain or (null) anywhere; at most 100 of each. */
  async observedOn(
    cidrs: readonly Prefix[],
    routingDomainId: number | null,
  ): Promise<Map<string, Conflict[]>> {
    const rows = await this.database.query<{ asked: string; cidr: string; resource: string }>(OBSERVED_ON, [
      cidrs.map(String),
      routingDomainId,
    ]);
    const found = new Map<string, Conflict[]>();
    for (const { asked, cidr, resource } of rows) {
      const conflict = { allocationId: null, holder: null, key: null, reason: 'observed', resource } as const;
      found.set(asked, [...(found.get(asked) ?? []), { cidr: Prefix.must(cidr), ...conflict }]);
    }
    return found;
  }

  /** What blocks cover of pool CIDRs and nobody holds; the same addresses may lie in several pool CIDRs. */
  private async blocked(
    reader: Reader,
    poolCidrIds: readonly number[],
    now: Instant,
    unswept: readonly Block[],
  ): Promise<bigint> {
    const stored = await reader.query<InPoolCidr>(
      `SELECT pool_cidr_id, cidr FROM block WHERE pool_cidr_id = ANY (${given('$1')})`,
      [poolCidrIds],
    );
    // nothing live lies on what has just died
    const blocks = [
      ...stored,
      ...unswept.map(({ poolCidrId, cidr }) => ({ pool_cidr_id: poolCidrId, cidr: cidr.toString() })),
    ];
    if (blocks.length === 0) return 0n;
    const live = await reader.query<InPoolCidr>(
      `SELECT DISTINCT b.pool_cidr_id, a.cidr FROM block b CROSS JOIN LATERAL (
         SELECT a.cidr FROM allocation a
         WHERE a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')
           AND allocation_key(a.pool_cidr_id, a.cidr) && allocation_key(b.pool_cidr_id, b.cidr)
           AND (a.status <> 'RESERVED' OR a.expires_at > $2) AND (a.status <> 'QUARANTINED' OR a.available_at > $2)) a
       WHERE b.pool_cidr_id = ANY (${given('$1')})`,
      [poolCidrIds, formatInstant(now)],
    );
    const held = setsByPoolCidr(live);
    return [...setsByPoolCidr(blocks)].reduce(
      (sum, [id, set]) => sum + set.subtract(held.get(id) ?? PrefixSet.empty).size(),
      0n,
    );
  }
}

interface InPoolCidr extends Record<string, unknown> {
  pool_cidr_id: number;
  cidr: string;
}

function setsByPoolCidr(rows: readonly InPoolCidr[]): Map<number, PrefixSet> {
  const prefixes = new Map<number, Prefix[]>();
  for (const { pool_cidr_id: id, cidr } of rows) {
    const list = prefixes.get(id);
    if (list) list.push(Prefix.must(cidr));
    else prefixes.set(id, [Prefix.must(cidr)]);
  }
  return new Map([...prefixes].map(([id, list]) => [id, PrefixSet.of(list)]));
}

/** A part of a network says no more than the network; what a pool only avoids is used elsewhere. */
const OBSERVED_ON: Statement = {
  name: 'observed-on',
  text: `
SELECT a.cidr AS asked, o.cidr, o.resource FROM unnest($1::cidr[]) AS a (cidr) CROSS JOIN LATERAL (
  SELECT DISTINCT o.cidr, o.resource FROM observed_space o
  WHERE o.cidr && a.cidr AND ($2::int IS NULL OR o.routing_domain_id = $2) AND o.within IS NULL AND o.source <> 'reach'
  ORDER BY o.cidr, o.resource LIMIT 100) o`,
};

/** The first of each size, merged. $1 pool, $2 host bits, $3 how many. */
const FREE_BLOCKS = `
SELECT f.cidr FROM generate_series($2::int, 128) size (host_bits) CROSS JOIN LATERAL (
  SELECT f.cidr FROM free_block f WHERE f.pool_id = $1 AND f.host_bits = size.host_bits ORDER BY f.cidr LIMIT $3) f
ORDER BY f.cidr LIMIT $3`;

const SIZE = `trunc(power(2::numeric, CASE family(a.cidr) WHEN 4 THEN 32 ELSE 128 END - masklen(a.cidr)))`;

interface OccupantRow extends Record<string, unknown> {
  asked: string;
  pool_id: number;
  pool_cidr: string;
  cidr: string | null;
  allocation_id: number | null;
  key: string | null;
  holder: Holder | null;
  reason: BlockReason | null;
  subject: string | null;
  feeds: boolean;
}

/** What a pool CIDR and another have in common, where they touch. */
function inCommon(poolCidr: string, cidr: string): string {
  return `CASE WHEN ${poolCidr}.cidr >>= ${cidr} THEN ${cidr} ELSE ${poolCidr}.cidr END`;
}

/**
 * Level by level, one index search for each CIDR and pool CIDR that it touches, whatever the planner believes about sizes
 * and however many children a pool CIDR has. $1 CIDRs, $2 routing domain.
 */
const OCCUPANTS: Statement = {
  name: 'occupants',
  text: `
WITH RECURSIVE place AS (
  SELECT a.cidr AS asked, pc.id, pc.pool_id, pc.cidr, ${inCommon('pc', 'a.cidr')} AS common
  FROM (SELECT DISTINCT unnest($1::cidr[]) AS cidr) a CROSS JOIN LATERAL (
    SELECT pc.id, pc.pool_id, pc.cidr FROM pool_cidr pc
    WHERE pc.source_id IS NULL AND pc.cidr && a.cidr
      AND pc.scope @> CASE WHEN $2::int IS NULL THEN int4range(NULL, NULL) ELSE int4range($2, $2, '[]') END OFFSET 0) pc
  UNION ALL
  SELECT p.asked, pc.id, pc.pool_id, pc.cidr, ${inCommon('pc', 'p.asked')}
  FROM place p CROSS JOIN LATERAL (
    SELECT pc.id, pc.pool_id, pc.cidr FROM pool_cidr pc
    WHERE pc.parent_id IS NOT NULL AND allocation_key(pc.parent_id, pc.cidr) && allocation_key(p.id, p.common) OFFSET 0) pc
), now AS MATERIALIZED (SELECT cadastre_now() AS now)
SELECT p.asked, p.pool_id, p.cidr AS pool_cidr, o.cidr, o.allocation_id, o.key, o.holder, o.reason, o.subject,
       (SELECT true FROM pool_cidr c WHERE c.source_id = o.allocation_id OFFSET 0) IS TRUE AS feeds
FROM place p LEFT JOIN LATERAL (
  (SELECT a.cidr, a.id AS allocation_id, a.key, a.holder, NULL AS reason, NULL AS subject
   FROM allocation a, now
   WHERE a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')
     AND allocation_key(a.pool_cidr_id, a.cidr) && allocation_key(p.id, p.common)
     AND (a.status <> 'RESERVED' OR a.expires_at > now.now) AND (a.status <> 'QUARANTINED' OR a.available_at > now.now)
   LIMIT 100)
  UNION ALL
  (SELECT b.cidr, NULL, NULL, NULL, b.reason, b.subject FROM block b
   WHERE allocation_key(b.pool_cidr_id, b.cidr) && allocation_key(p.id, p.common) LIMIT 100)
  UNION ALL
  -- what has fallen due and was not turned yet: unswept as domain/unswept.ts says
  (SELECT a.cidr, NULL, NULL, NULL, 'unswept', NULL
   FROM allocation a, now
   WHERE a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')
     AND allocation_key(a.pool_cidr_id, a.cidr) && allocation_key(p.id, p.common)
     AND (a.status = 'RESERVED' AND a.expires_at <= now.now OR a.status = 'QUARANTINED' AND a.available_at <= now.now)
     AND EXISTS (SELECT FROM swept_scope s WHERE s.provider = coalesce(a.holder->>'provider', 'aws')
       AND s.account = a.holder->>'account' AND s.region = a.holder->>'region' AND a.holder->>'account' <> '' AND a.holder->>'region' <> ''
       AND s.began_at <= CASE a.status WHEN 'RESERVED' THEN a.expires_at ELSE a.released_at END)
   LIMIT 100)) o ON true
ORDER BY p.asked, p.cidr, o.cidr`,
};
