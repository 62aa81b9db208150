import type { Statement } from '../../../platform/database/statement.js';

/** Live by status; spelled out, since a partial index is used only where its condition stands in the query. */
const LIVE = `a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')`;
const FALLEN_DUE = `(a.status = 'RESERVED' AND a.expires_at <= $2 OR a.status = 'QUARANTINED' AND a.available_at <= $2)`;

/** Live allocations shown as what stands in the way of one CIDR; more would help nobody. */
const MOST_OVERLAPS = 101;

/**
 * The pool, its CIDRs, and the allocations that the items may touch: their targets, the claims of their keys,
 * what overlaps their CIDRs or the CIDR of an expired claim, and what is due. A row may come more than once.
 * $1 pool, $2 now, $3 target ids, $4 keys, $5 CIDRs asked for, $6 most due rows of each kind, $7 keys of which it
 * matters what they released last.
 */
export const LOAD_ALLOCATIONS: Statement = {
  name: 'batch-load-allocations',
  text: `
WITH target AS MATERIALIZED (
  SELECT a.* FROM allocation a WHERE a.pool_id = $1 AND a.id = ANY ($3::bigint[])
), wanted AS MATERIALIZED (
  SELECT unnest($4::text[]) AS key UNION SELECT key FROM target WHERE key IS NOT NULL
), touched AS MATERIALIZED (
  SELECT * FROM target
  UNION ALL
  SELECT a.* FROM wanted w JOIN allocation a ON a.pool_id = $1 AND a.key = w.key AND a.claim = 'OPEN'
  UNION ALL
  SELECT a.* FROM wanted w JOIN allocation a ON a.pool_id = $1 AND a.key = w.key AND a.claim = 'PENDING'
), place AS MATERIALIZED (
  SELECT pc.id AS pool_cidr_id, c.cidr
  FROM (SELECT unnest($5::cidr[]) AS cidr
        UNION SELECT a.cidr FROM touched a WHERE a.status = 'EXPIRED' OR ${FALLEN_DUE}) c
  JOIN pool_cidr pc ON pc.pool_id = $1 AND pc.cidr >>= c.cidr
), overlapping AS (
  SELECT a.* FROM place p CROSS JOIN LATERAL (
    SELECT a.* FROM allocation a
    WHERE ${LIVE} AND allocation_key(a.pool_cidr_id, a.cidr) && allocation_key(p.pool_cidr_id, p.cidr)
    LIMIT ${MOST_OVERLAPS}) a
  UNION ALL
  SELECT a.* FROM place p CROSS JOIN LATERAL (
    SELECT a.* FROM allocation a
    WHERE ${LIVE} AND allocation_key(a.pool_cidr_id, a.cidr) && allocation_key(p.pool_cidr_id, p.cidr) AND ${FALLEN_DUE}
    OFFSET 0) a
), ending AS MATERIALIZED (
  (SELECT a.* FROM allocation a WHERE a.pool_id = $1 AND a.status = 'EXPIRED' AND a.claim IS NOT NULL
     AND a.expires_at <= $2 - interval '30 days'
   ORDER BY a.expires_at LIMIT $6)
), due AS (
  (SELECT a.* FROM allocation a WHERE a.pool_id = $1 AND a.status = 'RESERVED' AND a.expires_at <= $2
   ORDER BY a.expires_at LIMIT $6)
  UNION ALL
  (SELECT a.* FROM allocation a WHERE a.pool_id = $1 AND a.status = 'QUARANTINED' AND a.available_at <= $2
   ORDER BY a.available_at LIMIT $6)
  UNION ALL
  SELECT * FROM ending
)
SELECT
  (SELECT row_to_json(p) FROM (
     SELECT family, min_prefix_length, max_prefix_length, default_prefix_length, required_tags, placement,
            quarantine_seconds, excluded, auto_adopt FROM pool WHERE id = $1) p) AS pool,
  (SELECT json_agg(json_build_object('id', id, 'cidr', cidr)) FROM pool_cidr WHERE pool_id = $1) AS cidrs,
  (SELECT json_agg(a) FROM touched a) AS touched,
  (SELECT json_agg(a) FROM overlapping a) AS overlapping,
  (SELECT json_agg(a) FROM due a) AS due,
  (SELECT json_agg(a) FROM ending e JOIN allocation a ON a.pool_id = $1 AND a.key = e.key AND a.claim = 'PENDING') AS successors,
  (SELECT json_object_agg(r.key, r.released_at) FROM (
     SELECT a.key, max(a.released_at) AS released_at FROM allocation a
     WHERE a.pool_id = $1 AND a.status = 'QUARANTINED' AND a.key = ANY ($7::text[]) GROUP BY a.key) r) AS released`,
};

const FREE = `json_build_object('pool_cidr_id', f.pool_cidr_id, 'cidr', f.cidr)`;

/**
 * Free blocks, blocks, new ids and sources.
 * $1 pool; $2, $3 probes (host bits, CIDR); $4, $5 first and last address of CIDRs inside which all free blocks are
 * wanted; $6 CIDRs whose blocks are wanted; $7 to $9 windows (placement, host bits, near); $10 their length;
 * $11 number of new ids; $12 possible sources; $13 whether the free blocks are to be counted.
 */
export const LOAD_SPACE: Statement = {
  name: 'batch-load-space',
  text: `
SELECT
  (SELECT json_agg(${FREE}) FROM unnest($2::smallint[], $3::cidr[]) k (host_bits, cidr)
   JOIN free_block f ON f.pool_id = $1 AND f.host_bits = k.host_bits AND f.cidr = k.cidr) AS probed,
  (SELECT json_agg(${FREE}) FROM unnest($4::cidr[], $5::cidr[]) k (first, last)
   JOIN pool_cidr pc ON pc.pool_id = $1 AND pc.cidr >>= k.first
   JOIN free_block f ON f.pool_cidr_id = pc.id AND f.cidr >= k.first AND f.cidr <= k.last) AS inside,
  (SELECT json_agg(b) FROM block b
   WHERE b.pool_id = $1 AND EXISTS (SELECT FROM unnest($6::cidr[]) c WHERE b.cidr && c)) AS blocks,
  (SELECT json_agg(w.blocks ORDER BY k.n) FROM unnest($7::text[], $8::smallint[], $9::cidr[]) WITH ORDINALITY k (placement, host_bits, near, n)
   CROSS JOIN LATERAL (SELECT coalesce(json_agg(${FREE}), '[]') AS blocks FROM (
     (SELECT f.* FROM free_block f
      WHERE k.placement = 'BEST_FIT' AND f.pool_id = $1 AND f.host_bits >= k.host_bits
      ORDER BY f.host_bits, f.cidr LIMIT $10)
     UNION ALL
     (SELECT s.* FROM generate_series(k.host_bits, 128) size (host_bits)
      CROSS JOIN LATERAL (SELECT f.* FROM free_block f
        WHERE k.placement = 'LAST' AND f.pool_id = $1 AND f.host_bits = size.host_bits ORDER BY f.cidr DESC LIMIT $10) s
      ORDER BY s.host_bits, s.cidr DESC LIMIT $10)
     UNION ALL
     (SELECT s.* FROM generate_series(128, k.host_bits, -1) size (host_bits)
      CROSS JOIN LATERAL (SELECT f.* FROM free_block f
        WHERE k.placement = 'SPARSE' AND f.pool_id = $1 AND f.host_bits = size.host_bits ORDER BY f.cidr LIMIT $10) s
      ORDER BY s.host_bits DESC, s.cidr LIMIT $10)
     UNION ALL
     (SELECT f.* FROM free_block f
      WHERE k.placement = 'NEAR' AND f.pool_id = $1 AND f.host_bits >= k.host_bits
      -- blocks that share as much with \`near\` lie on one side of it, so the address orders by distance
      ORDER BY masklen(inet_merge(f.cidr, k.near)) DESC, f.host_bits,
               CASE WHEN f.cidr >= k.near THEN f.cidr END, f.cidr DESC LIMIT $10)) f) w) AS windows,
  (SELECT json_agg(nextval('allocation_id_seq')) FROM generate_series(1, $11::int)) AS ids,
  (SELECT json_agg(json_build_object('source', pc.source_id, 'pool', p.name)) FROM pool_cidr pc JOIN pool p ON p.id = pc.pool_id
   WHERE pc.source_id = ANY ($12::bigint[])) AS dependents,
  (SELECT json_agg(json_build_array(c.host_bits, c.count)) FROM (
     SELECT f.host_bits, count(*) AS count FROM free_block f WHERE $13 AND f.pool_id = $1 GROUP BY f.host_bits) c) AS counts`,
};

const ALLOCATION_COLUMNS = `id bigint, pool_id int, pool_cidr_id int, pool_cidr cidr, cidr cidr, status allocation_status,
  allocated boolean, live_in int, expires_at timestamptz, available_at timestamptz, released_at timestamptz,
  held_until timestamptz, key text, request text, claim claim_state, replaces bigint, nonce text, holder jsonb,
  tags jsonb, description text, noncompliant text[], version int, created_at timestamptz, created_by text,
  updated_at timestamptz, updated_by text`;
const COLUMN_NAMES = ALLOCATION_COLUMNS.split(',').map((column) => column.trim().split(' ')[0]!);

const UPDATE_ALLOCATIONS = (parameter: string): string => `
  UPDATE allocation a SET (${CHANGEABLE.join(', ')}) = ROW (${CHANGEABLE.map((name) => `r.${name}`).join(', ')})
  FROM json_to_recordset(${parameter}::json) AS r (${ALLOCATION_COLUMNS}) WHERE a.id = r.id RETURNING a.id`;
const CHANGEABLE = COLUMN_NAMES.filter(
  (name) =>
    !['id', 'pool_id', 'pool_cidr_id', 'pool_cidr', 'cidr', 'created_at', 'created_by'].includes(name),
);

/** Everything that leaves. $1 pool; $2, $3 free blocks that go (host bits, CIDR); $4 rows as they are to be for now. */
export const WRITE_LEAVING: Statement = {
  name: 'batch-write-leaving',
  text: `
WITH taken AS (
  DELETE FROM free_block f USING unnest($2::smallint[], $3::cidr[]) k (host_bits, cidr)
  WHERE f.pool_id = $1 AND f.host_bits = k.host_bits AND f.cidr = k.cidr RETURNING 1
), left_rows AS (${UPDATE_ALLOCATIONS('$4')})
SELECT (SELECT count(*) FROM taken) AS free_blocks, (SELECT count(*) FROM left_rows) AS allocations`,
};

/**
 * Everything that enters. $1 pool; $2 revived and claiming rows; $3 new rows; $4 to $6 free blocks that come (host bits,
 * CIDR, pool CIDR); $7 changes; $8 the pool's sequence; $9 when that was recorded.
 */
export const WRITE_ENTERING: Statement = {
  name: 'batch-write-entering',
  text: `
WITH entered AS (${UPDATE_ALLOCATIONS('$2')}), made AS (
  INSERT INTO allocation (${COLUMN_NAMES.join(', ')})
  SELECT ${COLUMN_NAMES.join(', ')} FROM json_to_recordset($3::json) AS r (${ALLOCATION_COLUMNS}) RETURNING 1
), freed AS (
  INSERT INTO free_block (pool_id, host_bits, cidr, pool_cidr_id)
  SELECT $1, k.host_bits, k.cidr, k.pool_cidr_id
  FROM unnest($4::smallint[], $5::cidr[], $6::int[]) k (host_bits, cidr, pool_cidr_id) RETURNING 1
), recorded AS (
  INSERT INTO change (pool_id, sequence, at, recorded_at, actor, correlation, action, subject, detail)
  SELECT $1, c.sequence, c.at, $9, c.actor, c.correlation, c.action, c.subject, c.detail
  FROM json_to_recordset($7::json) AS c (sequence bigint, at timestamptz, actor text, correlation text, action text,
    subject text, detail jsonb)
  ORDER BY c.sequence RETURNING 1
), counted AS (
  UPDATE pool SET sequence = $8, recorded_at = $9 WHERE id = $1 RETURNING 1
)
SELECT (SELECT count(*) FROM entered) AS entered, (SELECT count(*) FROM made) AS made,
       (SELECT count(*) FROM freed) AS freed, (SELECT count(*) FROM recorded) AS recorded`,
};
