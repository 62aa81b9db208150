import { Injectable } from '@nestjs/common';
import { Prefix } from '../../../address/index.js';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import type { Tx } from '../../../platform/database/statement.js';
import type { Allocation, AllocationStatus } from '../domain/allocation.js';
import type { Blocker } from '../domain/deprovision.js';
import { isDue } from '../domain/due.js';
import type { LoadedState } from '../domain/ledger.js';
import type { PoolFacts } from '../domain/pool.js';
import { scopeKey, scopeOf } from '../domain/unswept.js';
import { allocationOf, type AllocationRow } from './allocation.row.js';

/** One more than is listed, so that the list can say that there is more. */
const MOST_BLOCKERS = 101;

/** What has to be known and written before pool CIDRs go. Needs the pool's lock. */
@Injectable()
export class RemovalRepository {
  /** In address order, at most 101. */
  async blockers(tx: Tx, poolId: number, poolCidrIds: readonly number[], now: Instant): Promise<Blocker[]> {
    const rows = await tx.query<{ id: number; cidr: string; status: AllocationStatus; pool: string | null }>(
      `SELECT a.id, a.cidr, a.status, p.name AS pool FROM allocation a
       LEFT JOIN pool_cidr c ON c.source_id = a.id LEFT JOIN pool p ON p.id = c.pool_id
       WHERE a.pool_id = $1 AND a.live_in = ANY ($2::int[]) AND (a.status = 'ALLOCATED' OR a.status = 'RESERVED' AND a.expires_at > $3)
       ORDER BY a.cidr LIMIT ${MOST_BLOCKERS}`,
      [poolId, poolCidrIds, formatInstant(now)],
    );
    return rows.map(({ id, cidr, status, pool }) => ({
      allocation: { id, cidr: Prefix.must(cidr), status },
      pool,
    }));
  }

  /** What rests or has a claim in the pool CIDRs, and the claims of the same keys elsewhere in the pool. */
  async load(tx: Tx, pool: PoolFacts, poolCidrIds: readonly number[], now: Instant): Promise<LoadedState> {
    const rows = await tx.query<{ row: AllocationRow; began_at: string | null }>(
      `WITH ending AS (
         SELECT a.* FROM allocation a WHERE a.pool_id = $1 AND a.pool_cidr_id = ANY ($2::int[])
           AND (a.status IN ('RESERVED', 'QUARANTINED') OR a.status = 'EXPIRED' AND a.claim IS NOT NULL)
       )
       SELECT row_to_json(e) AS row, s.began_at FROM ending e LEFT JOIN swept_scope s ON s.provider = coalesce(e.holder->>'provider', 'aws')
         AND s.account = e.holder->>'account' AND s.region = e.holder->>'region'
       UNION ALL SELECT row_to_json(a), NULL FROM ending e JOIN allocation a
         ON a.pool_id = $1 AND a.key = e.key AND a.claim = 'PENDING' AND a.pool_cidr_id <> ALL ($2::int[])`,
      [pool.id, poolCidrIds],
    );
    const allocations: Allocation[] = rows.map(({ row }) => allocationOf(row));
    const swept = rows.flatMap(({ row, began_at: beganAt }) => {
      const scope = scopeOf(row.holder);
      return scope && beganAt !== null ? [[scopeKey(scope), parseInstant(beganAt)] as const] : [];
    });
    return {
      pool,
      now,
      due: allocations.filter((row) => poolCidrIds.includes(row.poolCidrId) && isDue(row, now)),
      moreDue: false,
      allocations,
      blocks: [],
      swept: new Map(swept),
      probed: [],
      windows: [],
      freeCounts: null,
      lastReleased: new Map(),
      newIds: [],
      dependents: new Map(),
    };
  }

  /**
   * Takes pool CIDRs away in which nothing is live. What is unswept in them waits on in the pool CIDRs that their sources
   * lie in: the sources may be released before a sweep. Needs the locks of both pools.
   */
  async remove(tx: Tx, poolCidrIds: readonly number[]): Promise<void> {
    await tx.query('DELETE FROM free_block WHERE pool_cidr_id = ANY ($1::int[])', [poolCidrIds]);
    await tx.query(
      `WITH gone AS (DELETE FROM block WHERE pool_cidr_id = ANY ($1::int[]) RETURNING *)
       INSERT INTO block (pool_id, pool_cidr_id, cidr, reason, subject, since)
       SELECT up.pool_id, up.id, b.cidr, b.reason, b.subject, b.since
       FROM gone b JOIN pool_cidr c ON c.id = b.pool_cidr_id JOIN pool_cidr up ON up.id = c.parent_id WHERE b.reason = 'unswept'
       ON CONFLICT ON CONSTRAINT block_once DO UPDATE SET since = greatest(block.since, excluded.since)`,
      [poolCidrIds],
    );
    await tx.query('DELETE FROM pool_cidr WHERE id = ANY ($1::int[])', [poolCidrIds]);
  }

  /** Lets the source of a pool CIDR rest at least until then once it is released. Needs the lock of its pool. */
  async hold(tx: Tx, allocationId: number, until: Instant): Promise<void> {
    await tx.query('UPDATE allocation SET held_until = greatest(held_until, $2) WHERE id = $1', [
      allocationId,
      formatInstant(until),
    ]);
  }

  async removePool(tx: Tx, poolId: number): Promise<void> {
    await tx.query('DELETE FROM pool WHERE id = $1', [poolId]);
  }
}
