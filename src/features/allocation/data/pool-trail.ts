import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import type { Tx } from '../../../platform/database/statement.js';
import { type ChangeNote, TO_OUTBOX } from '../../../platform/events/index.js';

const READ_CLOCK = `SELECT set_config('cadastre.batch_now', cadastre_now()::text, true) AS now,
  set_config('plan_cache_mode', 'force_generic_plan', true)`;

/**
 * Statements that lock pools and read the clock, to travel with BEGIN. Locks are taken in ascending order of the ids, so
 * that no two transactions wait for each other. The clock is a statement of its own after the locks: in one with them, it
 * would be read before the wait. Later statements of the transaction find it in the setting `cadastre.batch_now`, so that
 * they need not wait for the answer. Their plans serve every mix of items: planning them anew would cost more than
 * running them.
 */
export function lockPools(poolIds: readonly number[]): string[] {
  if (poolIds.length === 0 || !poolIds.every(Number.isSafeInteger))
    throw new RangeError(`not pool ids: ${poolIds}`);
  return [
    `SELECT id, sequence, recorded_at FROM pool WHERE id IN (${poolIds}) ORDER BY id FOR NO KEY UPDATE`,
    READ_CLOCK,
  ];
}

/**
 * What is observed and where pools are, in that order: a report looks for the pools that it concerns, and a new pool CIDR
 * for what was reported in it. Each would miss what the other has not committed yet, so reports share this lock and
 * whatever provisions has it alone, until they commit. It comes before the locks of pools and after that of the tree.
 */
const OBSERVED_LOCK = 0x00cadab5;

/** To open a transaction that reports. */
export function shareObserved(): string {
  return `SELECT pg_advisory_xact_lock_shared(${OBSERVED_LOCK})`;
}

/** To open a transaction that provisions. */
export function keepObserved(): string {
  return `SELECT pg_advisory_xact_lock(${OBSERVED_LOCK})`;
}

/** One change of the tree after the other, in all processes; any constant will do, as long as all versions agree. */
const TREE_LOCK = 0x00cada7e;

/**
 * As `lockPools`, for what gives a child pool CIDRs or takes some away: with the pools that stand below `moving`, since
 * their places change with its own. Which those are changes only under the lock of the tree, so it comes first.
 */
export function lockTree(poolIds: readonly number[], moving: number | null): string[] {
  if (![...poolIds, moving ?? 0].every(Number.isSafeInteger))
    throw new RangeError(`not pool ids: ${poolIds.join()}`);
  return [
    `SELECT pg_advisory_xact_lock(${TREE_LOCK})`,
    // alone also where CIDRs only go: one order of locks for all that change the tree
    keepObserved(),
    `WITH RECURSIVE below AS (
       SELECT id FROM pool WHERE parent_id = ${moving} UNION SELECT c.id FROM below JOIN pool c ON c.parent_id = below.id
     )
     SELECT id, sequence, recorded_at FROM pool WHERE id IN (${poolIds.join()}) OR id IN (SELECT id FROM below)
     ORDER BY id FOR NO KEY UPDATE`,
    READ_CLOCK,
  ];
}

export function lockPool(poolId: number): string[] {
  return lockPools([poolId]);
}

/** What the statements of `lockPools` found, by pool; one that does not exist is missing. */
export function trailsOf(opened: readonly Record<string, unknown>[][]): Map<number, PoolTrail> {
  const [locks, clock] = opened.slice(-2) as [
    { id: number; sequence: number; recorded_at: string }[],
    { now: string }[],
  ];
  const now = parseInstant(clock[0]!.now);
  return new Map(
    locks.map(({ id, sequence, recorded_at }) => [
      id,
      { poolId: id, sequence, recordedAt: parseInstant(recorded_at), now },
    ]),
  );
}

/** What the statements of `lockPools` found of one pool; null where it does not exist. */
export function trailOf(poolId: number, opened: readonly Record<string, unknown>[][]): PoolTrail | null {
  return trailsOf(opened).get(poolId) ?? null;
}

/** A pool whose row this transaction has locked, and where its trail stands. */
export interface PoolTrail {
  readonly poolId: number;
  readonly sequence: number;
  readonly recordedAt: Instant;
  /** The instant that all decisions of the transaction use. */
  readonly now: Instant;
}

/** Records changes of a locked pool, at `trail.now`, in the given order. Draws their sequence. */
export async function recordPoolChanges(
  tx: Tx,
  ctx: RequestContext,
  trail: PoolTrail,
  notes: readonly ChangeNote[],
): Promise<void> {
  const rows = notes.map((note, index) => ({ ...note, sequence: trail.sequence + index + 1 }));
  await tx.query(
    `WITH recorded AS (
       INSERT INTO change (pool_id, sequence, at, recorded_at, actor, correlation, action, subject, detail)
       SELECT $1, c.sequence, $2, $3, $4, $5, c.action, c.subject, c.detail
       FROM json_to_recordset($6::json) AS c (sequence bigint, action text, subject text, detail jsonb) ORDER BY c.sequence
       RETURNING pool_id, sequence
     ), waiting AS (${TO_OUTBOX})
     UPDATE pool SET sequence = $7, recorded_at = $3 WHERE id = $1`,
    [
      trail.poolId,
      formatInstant(trail.now),
      formatInstant(Math.max(trail.now, trail.recordedAt)),
      ctx.actor,
      ctx.correlation,
      JSON.stringify(rows),
      trail.sequence + rows.length,
    ],
  );
}
