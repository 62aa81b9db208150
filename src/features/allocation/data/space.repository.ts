import { Injectable } from '@nestjs/common';
import { Prefix, PrefixSet } from '../../../address/index.js';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader } from '../../../platform/database/statement.js';
import type { Holder } from '../domain/allocation.js';
import type { Occupant } from '../domain/occupant.js';
import type { BlockReason } from '../domain/pool.js';

/** Sums of addresses in one pool, apart from what is free. */
export interface HeldSpace {
  readonly reserved: bigint;
  readonly quarantined: bigint;
  readonly blocked: bigint;
  readonly delegated: bigint;
}

/** How the space of pools is used, as of one instant. */
@Injectable()
export class SpaceRepository {
  constructor(private readonly database: Database) {}

  async now(reader: Reader = this.database): Promise<Instant> {
    const [row] = await reader.query<{ now: string }>('SELECT cadastre_now() AS now');
    return parseInstant(row!.now);
  }

  /** Exact. Reads what is reserved, quarantined, delegated or blocked, not what is simply allocated. */
  async held(reader: Reader, poolId: number, now: Instant): Promise<HeldSpace> {
    const [sums] = await reader.query<{ reserved: string; quarantined: string; delegated: string }>(
      `SELECT
         (SELECT trunc(coalesce(sum(${SIZE}), 0))::text FROM allocation a WHERE a.pool_id = $1 AND a.status = 'RESERVED' AND a.expires_at > $2) AS reserved,
         (SELECT trunc(coalesce(sum(${SIZE}), 0))::text FROM allocation a WHERE a.pool_id = $1 AND a.status = 'QUARANTINED' AND a.available_at > $2) AS quarantined,
         (SELECT trunc(coalesce(sum(${SIZE}), 0))::text FROM pool_cidr c JOIN allocation a ON a.id = c.source_id WHERE a.pool_id = $1) AS delegated`,
      [poolId, formatInstant(now)],
    );
    return {
      reserved: BigInt(sums!.reserved),
      quarantined: BigInt(sums!.quarantined),
      delegated: BigInt(sums!.delegated),
      blocked: await this.blocked(reader, poolId, now),
    };
  }

  /** Free blocks as stored, that a request for `hostBits` fits into, in address order. */
  async freeBlocks(reader: Reader, poolId: number, hostBits: number, limit: number): Promise<Prefix[]> {
    const rows = await reader.query<{ cidr: string }>(
      'SELECT cidr FROM free_block WHERE pool_id = $1 AND host_bits >= $2 ORDER BY cidr LIMIT $3',
      [poolId, hostBits, limit],
    );
    return rows.map(({ cidr }) => Prefix.must(cidr));
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
    }));
  }

  private async blocked(reader: Reader, poolId: number, now: Instant): Promise<bigint> {
    const blocks = await reader.query<{ cidr: string }>('SELECT cidr FROM block WHERE pool_id = $1', [
      poolId,
    ]);
    if (blocks.length === 0) return 0n;
    const live = await reader.query<{ cidr: string }>(
      `SELECT DISTINCT a.cidr FROM block b CROSS JOIN LATERAL (
         SELECT a.cidr FROM allocation a
         WHERE a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')
           AND allocation_key(a.pool_cidr_id, a.cidr) && allocation_key(b.pool_cidr_id, b.cidr)
           AND (a.status <> 'RESERVED' OR a.expires_at > $2) AND (a.status <> 'QUARANTINED' OR a.available_at > $2)) a
       WHERE b.pool_id = $1`,
      [poolId, formatInstant(now)],
    );
    const setOf = (rows: { cidr: string }[]): PrefixSet =>
      PrefixSet.of(rows.map(({ cidr }) => Prefix.must(cidr)));
    return setOf(blocks).subtract(setOf(live)).size();
  }
}

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
}

const OCCUPANTS = `
WITH RECURSIVE asked AS (SELECT DISTINCT c AS cidr FROM unnest($1::cidr[]) c), place AS (
  SELECT a.cidr AS asked, pc.id, pc.pool_id, pc.cidr
  FROM asked a JOIN pool_cidr pc ON pc.source_id IS NULL AND pc.cidr && a.cidr
    AND pc.scope @> CASE WHEN $2::int IS NULL THEN int4range(NULL, NULL) ELSE int4range($2, $2, '[]') END
  UNION ALL
  SELECT p.asked, pc.id, pc.pool_id, pc.cidr
  FROM place p JOIN pool_cidr pc ON pc.source_id IS NOT NULL AND pc.cidr && p.asked
  CROSS JOIN LATERAL (SELECT FROM allocation s WHERE s.id = pc.source_id AND s.live_in = p.id OFFSET 0) s
), now AS MATERIALIZED (SELECT cadastre_now() AS now)
SELECT p.asked, p.pool_id, p.cidr AS pool_cidr, o.cidr, o.allocation_id, o.key, o.holder, o.reason
FROM place p LEFT JOIN LATERAL (
  (SELECT a.cidr, a.id AS allocation_id, a.key, a.holder, NULL AS reason
   FROM allocation a, now
   WHERE a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')
     AND allocation_key(a.pool_cidr_id, a.cidr) && allocation_key(p.id, CASE WHEN p.cidr >>= p.asked THEN p.asked ELSE p.cidr END)
     AND (a.status <> 'RESERVED' OR a.expires_at > now.now) AND (a.status <> 'QUARANTINED' OR a.available_at > now.now)
   LIMIT 100)
  UNION ALL
  (SELECT b.cidr, NULL, NULL, NULL, b.reason FROM block b WHERE b.pool_cidr_id = p.id AND b.cidr && p.asked LIMIT 100)) o ON true
ORDER BY p.asked, p.cidr, o.cidr`;
