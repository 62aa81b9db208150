import { Injectable } from '@nestjs/common';
import { type Address, Prefix, widthOf } from '../../../address/index.js';
import { formatInstant, type Instant } from '../../../platform/context/instant.js';
import type { Reader } from '../../../platform/database/statement.js';
import type { Allocation } from '../domain/allocation.js';
import type { FreeBlock } from '../domain/free-space.js';
import type { Block } from '../domain/pool.js';
import { allocationOf, type AllocationRow } from './allocation.row.js';
import { blockOf, type BlockRow } from './block.row.js';

const LIVE = `(a.status = 'ALLOCATED' OR a.status = 'RESERVED' AND a.expires_at > $3::timestamptz
  OR a.status = 'QUARANTINED' AND a.available_at > $3::timestamptz)`;

/** What lies in a pool, in address order. */
@Injectable()
export class ContentsRepository {
  /** Allocations that are live at `now` and begin at or behind `from`. */
  async live(
    reader: Reader,
    poolId: number,
    from: Address,
    now: Instant,
    limit: number,
  ): Promise<Allocation[]> {
    const rows = await reader.query<{ row: AllocationRow }>(
      `SELECT row_to_json(a) AS row FROM allocation a
       WHERE a.pool_id = $1 AND a.cidr >= $2::cidr AND ${LIVE} ORDER BY a.cidr LIMIT $4`,
      [poolId, firstAt(from), formatInstant(now), limit],
    );
    return rows.map(({ row }) => allocationOf(row));
  }

  /**
   * Free blocks as stored that begin at or behind `from`. Pool CIDRs come in order, and each is looked into by LATERAL,
   * so that the outer LIMIT ends the search where the page is full.
   */
  async free(reader: Reader, poolId: number, from: Address, limit: number): Promise<FreeBlock[]> {
    const rows = await reader.query<{ pool_cidr_id: number; cidr: string }>(
      `SELECT f.pool_cidr_id, f.cidr FROM (SELECT id FROM pool_cidr WHERE pool_id = $1 ORDER BY cidr) c
       CROSS JOIN LATERAL (SELECT f.pool_cidr_id, f.cidr FROM free_block f
         WHERE f.pool_cidr_id = c.id AND f.cidr >= $2::cidr ORDER BY f.cidr LIMIT $3) f
       LIMIT $3`,
      [poolId, firstAt(from), limit],
    );
    return rows.map((row) => ({ poolCidrId: row.pool_cidr_id, cidr: Prefix.must(row.cidr) }));
  }

  /** Blocks that touch any of the CIDRs. */
  async blocks(reader: Reader, poolId: number, cidrs: readonly Prefix[]): Promise<Block[]> {
    if (cidrs.length === 0) return [];
    const rows = await reader.query<BlockRow & Record<string, unknown>>(
      `SELECT DISTINCT b.id, b.pool_cidr_id, b.cidr, b.reason, b.subject, b.since FROM unnest($2::cidr[]) k (cidr)
       JOIN pool_cidr pc ON pc.pool_id = $1 AND pc.cidr >>= k.cidr
       CROSS JOIN LATERAL (SELECT b.* FROM block b
         WHERE allocation_key(b.pool_cidr_id, b.cidr) && allocation_key(pc.id, k.cidr) OFFSET 0) b`,
      [poolId, cidrs.map(String)],
    );
    return rows.map(blockOf);
  }

  /** The last thing, live or free as stored, that begins before `address`; null where nothing does. */
  async before(reader: Reader, poolId: number, address: Address): Promise<Prefix | null> {
    const [row] = await reader.query<{ cidr: string | null }>(
      `SELECT max(cidr)::cidr AS cidr FROM (
         (SELECT a.cidr FROM allocation a WHERE a.pool_id = $1 AND a.cidr < $2::cidr AND a.live_in IS NOT NULL
          ORDER BY a.cidr DESC LIMIT 1)
         UNION ALL
         (SELECT f.cidr FROM (SELECT id FROM pool_cidr WHERE pool_id = $1 AND cidr < $2::cidr ORDER BY cidr DESC) c
          CROSS JOIN LATERAL (SELECT f.cidr FROM free_block f
            WHERE f.pool_cidr_id = c.id AND f.cidr < $2::cidr ORDER BY f.cidr DESC LIMIT 1) f LIMIT 1)) p`,
      [poolId, firstAt(address)],
    );
    return row?.cidr ? Prefix.must(row.cidr) : null;
  }
}

/** In the order of PostgreSQL: the first of all CIDRs that begin at `address`, hence the shortest. */
function firstAt(address: Address): string {
  return Prefix.of(address, widthOf(address.family) - address.trailingZeros()).toString();
}
