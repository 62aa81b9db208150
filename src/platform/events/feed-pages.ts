import { formatInstant, type Instant } from '../context/instant.js';
import type { Reader } from '../database/statement.js';
import { type Change, CHANGE_COLUMNS, changeColumns, changeOf, type ChangeRow } from './change.js';

/** Where a consumer resumes: after a position, or after a sequence of one pool. */
export type FeedStart =
  { readonly position: number } | { readonly poolId: number; readonly sequence: number };

/** Changes of the publication `p` between two positions, with their position as `position`. */
const changesBetween = (first: string, last: string): string => `
  SELECT c.*, p.first_position + (c.sequence - p.first_sequence) AS position FROM change c
  WHERE c.pool_id = p.pool_id
    AND c.sequence >= p.first_sequence + (greatest(p.first_position, ${first}) - p.first_position)
    AND c.sequence <= p.last_sequence - (p.last_position - least(p.last_position, ${last}))
  UNION ALL SELECT c.*, p.last_position FROM change c WHERE c.id = p.change_id`;

// A page begins with the first position that there is, so that no gap however large can hold a consumer up.
const AFTER_POSITION = `
WITH ahead AS MATERIALIZED (
  SELECT * FROM publication WHERE last_position > $1::bigint ORDER BY last_position LIMIT $2::bigint
), page AS (SELECT greatest(min(first_position), $1 + 1) AS first, greatest(min(first_position), $1 + 1) + $2 - 1 AS last FROM ahead)
SELECT ${changeColumns('c.position')} FROM page JOIN ahead p ON p.first_position <= page.last
CROSS JOIN LATERAL (${changesBetween('page.first', 'page.last')} OFFSET 0) c ORDER BY c.position`;

const AFTER_SEQUENCE = `
SELECT ${CHANGE_COLUMNS} FROM change c
WHERE c.pool_id = $1 AND c.sequence > $2 AND c.sequence <= (SELECT max(last_sequence) FROM publication WHERE pool_id = $1)
ORDER BY c.sequence LIMIT $3`;

/**
 * Published changes behind `start` in order, at most `limit`; none only where there is none. By position it reads
 * one range of `publication` and one range of `change` per publication in it.
 */
export async function readChanges(reader: Reader, start: FeedStart, limit: number): Promise<Change[]> {
  const rows =
    'poolId' in start
      ? await reader.query<ChangeRow>(AFTER_SEQUENCE, [start.poolId, start.sequence, limit])
      : await reader.query<ChangeRow>(AFTER_POSITION, [start.position, limit]);
  return rows.map(changeOf);
}

// One statement each: what is published between two would be left out of both.
const OLDEST_POSITION = `
SELECT coalesce(
  (SELECT c.position FROM publication p
   CROSS JOIN LATERAL (SELECT position FROM (${changesBetween('$1 + 1', 'p.last_position')}) c
                       WHERE c.recorded_at >= $2 ORDER BY position LIMIT 1) c
   WHERE p.last_position > $1::bigint ORDER BY p.last_position LIMIT 1),
  (SELECT position + 1 FROM publisher)) AS oldest`;

const OLDEST_SEQUENCE = `
SELECT coalesce(min(c.sequence) FILTER (WHERE c.recorded_at >= $3), max(c.sequence) + 1, 1) AS oldest FROM change c
WHERE c.pool_id = $1 AND c.sequence > $2 AND c.sequence <= (SELECT max(last_sequence) FROM publication WHERE pool_id = $1)`;

/** The first position (or sequence of the pool) behind `start` that was recorded since then, or the next one to come. */
export async function oldestKept(reader: Reader, start: FeedStart, keptSince: Instant): Promise<number> {
  const since = formatInstant(keptSince);
  const [row] = await ('poolId' in start
    ? reader.query<{ oldest: number }>(OLDEST_SEQUENCE, [start.poolId, start.sequence, since])
    : reader.query<{ oldest: number }>(OLDEST_POSITION, [start.position, since]));
  return row!.oldest;
}
