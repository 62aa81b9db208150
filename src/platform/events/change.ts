import { type Instant, parseInstant } from '../context/instant.js';
import type { RequestContext } from '../context/request-context.js';
import type { Tx } from '../database/statement.js';

/** One change as it was recorded: audit trail and event in one. */
export interface Change {
  readonly id: number;
  /** Null for what belongs to no pool. */
  readonly poolId: number | null;
  /** Gapless within the pool. */
  readonly sequence: number | null;
  /** Gapless over the whole service; null until the publisher has given it. */
  readonly position: number | null;
  /** When it took effect; of an expiry the due time. */
  readonly at: Instant;
  readonly recordedAt: Instant;
  readonly actor: string;
  readonly correlation: string;
  /** `<noun>.<what happened>`, as `allocation.released`. */
  readonly action: string;
  /** Id of what changed, as clients write it. */
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ChangeRow extends Record<string, unknown> {
  id: number;
  pool_id: number | null;
  sequence: number | null;
  position: number | null;
  at: string;
  recorded_at: string;
  actor: string;
  correlation: string;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
}

/** The columns of a `ChangeRow`, of a change `c` whose position is the SQL expression `position`. */
export const changeColumns = (position: string): string =>
  `c.id, c.pool_id, c.sequence, ${position} AS position, c.at, c.recorded_at, c.actor, c.correlation, c.action, c.subject, c.detail`;

/** The columns of a `ChangeRow`, of a change `c`. One index search for its position. */
export const CHANGE_COLUMNS = changeColumns(`
  CASE WHEN c.pool_id IS NULL THEN (SELECT p.last_position FROM publication p WHERE p.change_id = c.id)
  ELSE (SELECT p.first_position + (c.sequence - p.first_sequence) FROM publication p
        WHERE p.pool_id = c.pool_id AND p.last_sequence >= c.sequence AND p.first_sequence <= c.sequence
        ORDER BY p.last_sequence LIMIT 1) END`);

export function changeOf(row: ChangeRow): Change {
  const { id, sequence, position, actor, correlation, action, subject, detail } = row;
  const times = { at: parseInstant(row.at), recordedAt: parseInstant(row.recorded_at) };
  return {
    id,
    poolId: row.pool_id,
    sequence,
    position,
    ...times,
    actor,
    correlation,
    action,
    subject,
    detail,
  };
}

/** What happened, as a feature says it. */
export interface ChangeNote {
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Records a change that belongs to no pool, in the transaction that makes it. */
export async function recordChange(tx: Tx, ctx: RequestContext, note: ChangeNote): Promise<void> {
  await recordChanges(tx, ctx, [note]);
}

/** As `recordChange`, of any number in one statement, in their order; all take effect at one instant. */
export async function recordChanges(
  tx: Tx,
  ctx: RequestContext,
  notes: readonly ChangeNote[],
): Promise<void> {
  if (notes.length === 0) return;
  await tx.query(
    `WITH recorded AS (
       INSERT INTO change (at, recorded_at, actor, correlation, action, subject, detail)
       SELECT now, now, $1, $2, n.action, n.subject, n.detail
       FROM (SELECT cadastre_now() AS now) c,
         ROWS FROM (jsonb_to_recordset($3) AS (action text, subject text, detail jsonb)) WITH ORDINALITY n
       ORDER BY n.ordinality RETURNING id)
     INSERT INTO outbox (change_id) SELECT id FROM recorded ORDER BY id`,
    [ctx.actor, ctx.correlation, JSON.stringify(notes)],
  );
}

/**
 * Part of a statement that records changes of a locked pool: what tells the publisher of them, once they are
 * committed. The changes are in `recorded`, which returns `pool_id` and `sequence`.
 */
export const TO_OUTBOX = `
  INSERT INTO outbox (pool_id, first_sequence, last_sequence)
  SELECT pool_id, min(sequence), max(sequence) FROM recorded GROUP BY pool_id`;
