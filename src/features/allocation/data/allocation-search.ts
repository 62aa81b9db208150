// Where a list over all pools finds its rows: FROM items, as `a`. No index orders all live allocations by CIDR, since it
// would cost every allocation. The pool CIDRs are few and have one, and in each of them an index search finds the live
// rows. Rows that are over have a partial index of their own, which also finds those whose pool CIDR is gone.

/** Live by status; spelled out, since a partial index is used only where its condition stands in the query. */
const LIVE = `a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')`;
/** Pool CIDRs that are searched to learn how far a page reaches. */
const PROBED = 32;

/** Allocations that contain `cidr` or are it: one search per pool CIDR that contains it. */
export function containing(cidr: string): string {
  return `(
  SELECT a.* FROM pool_cidr c CROSS JOIN LATERAL (
    SELECT a.* FROM allocation a
    WHERE ${LIVE} AND allocation_key(a.pool_cidr_id, a.cidr) >>= allocation_key(c.id, ${cidr}::cidr) OFFSET 0) a
  WHERE c.cidr >>= ${cidr}::cidr
  UNION ALL
  SELECT a.* FROM allocation a WHERE a.live_in IS NULL AND a.cidr = ANY (ARRAY (
    SELECT network(set_masklen(${cidr}::inet, length)) FROM generate_series(0, masklen(${cidr}::inet)) length))) a`;
}

/** Allocations that lie in `cidr` or are it: O(what lies in it). `last` is the last address of `cidr`, as a CIDR. */
export function within(cidr: string, last: string): string {
  return `(
  SELECT a.* FROM pool_cidr c CROSS JOIN LATERAL (
    SELECT a.* FROM allocation a
    WHERE ${LIVE} AND allocation_key(a.pool_cidr_id, a.cidr)
      <<= allocation_key(c.id, CASE WHEN c.cidr >>= ${cidr}::cidr THEN ${cidr}::cidr ELSE c.cidr END) OFFSET 0) a
  WHERE c.cidr && ${cidr}::cidr
  UNION ALL
  SELECT a.* FROM allocation a WHERE a.live_in IS NULL AND a.cidr >= ${cidr}::cidr AND a.cidr <= ${last}::cidr) a`;
}

/**
 * Of the allocations from `first` to `last` in the order of CIDRs those that fulfil `condition`, as far as the first
 * `limit` of them by CIDR and id. Whatever lies in a pool CIDR follows it in that order, so once the first pool CIDRs
 * have given `limit` rows, none that begins behind the last of these matters.
 */
export function firstInOrder(first: string, last: string, condition: string, limit: string): string {
  const live = (what: string): string => `
    SELECT ${what} FROM allocation a
    WHERE a.pool_id = c.pool_id AND a.live_in = c.id AND a.cidr >= greatest(${first}::cidr, c.cidr)
      AND a.cidr <= least(${last}::cidr, host(broadcast(c.cidr))::cidr) AND ${condition}
    ORDER BY a.cidr LIMIT ${limit}`;
  const around = `SELECT c.id, c.pool_id, c.cidr FROM pool_cidr c WHERE c.cidr >> ${first}::cidr`;
  return `(
  WITH probed AS MATERIALIZED (
    ${around}
    UNION ALL
    (SELECT c.id, c.pool_id, c.cidr FROM pool_cidr c WHERE c.cidr >= ${first}::cidr AND c.cidr <= ${last}::cidr
     ORDER BY c.cidr LIMIT ${PROBED})
  ), reach AS MATERIALIZED (
    SELECT a.cidr FROM probed c CROSS JOIN LATERAL (${live('a.cidr')}) a ORDER BY a.cidr LIMIT 1 OFFSET ${limit} - 1
  ), searched AS (
    ${around}
    UNION ALL
    SELECT c.id, c.pool_id, c.cidr FROM pool_cidr c
    WHERE c.cidr >= ${first}::cidr AND c.cidr <= coalesce((SELECT cidr FROM reach), ${last}::cidr)
  )
  SELECT a.* FROM searched c CROSS JOIN LATERAL (${live('a.*')}) a
  UNION ALL
  (SELECT a.* FROM allocation a
   WHERE a.live_in IS NULL AND a.cidr >= ${first}::cidr AND a.cidr <= ${last}::cidr AND ${condition}
   ORDER BY a.cidr, a.id LIMIT ${limit})) a`;
}
