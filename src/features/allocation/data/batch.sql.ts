import type { Statement } from '../../../platform/database/statement.js';
import { TO_OUTBOX } from '../../../platform/events/index.js';

// Everything is looked up by LATERAL with OFFSET 0: one index search per item, whatever the planner believes about sizes.
// With plain joins it scans a whole pool when its statistics are young.

/** Live by status; spelled out, since a partial index is used only where its condition stands in the query. */
const LIVE = `a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')`;
/** The given instant, or the one that was read after the pool's lock. */
const NOW = `coalesce($2::timestamptz, nullif(current_setting('cadastre.batch_now', true), '')::timestamptz)`;
const FALLEN_DUE = `(a.status = 'RESERVED' AND a.expires_at <= ${NOW} OR a.status = 'QUARANTINED' AND a.available_at <= ${NOW})`;
const FREE = `json_build_object('pool_cidr_id', f.pool_cidr_id, 'cidr', f.cidr)`;

/** As a prefix length: every one. */
export const ALL_LENGTHS = 255;

/**
 * All that most batches need: the pool, its CIDRs, free blocks for searches by length, new ids, and the allocations that
 * the items may touch: their targets, the claims of their keys, what overlaps their CIDRs or the CIDR of an expired
 * claim, and what is due. A row may come more than once. Nothing live overlaps what a free block covers.
 * $1 pool, $2 now (null: as the transaction has it), $3 target ids, $4 keys, $5 CIDRs asked for, $6 most due rows of each kind, $7 keys of which it
 * matters what they released last; $8 to $10 searches (placement, prefix length, near; null takes what the pool says);
 * $11 free blocks per search; $12 number of new ids; $13 most live allocations that overlap one CIDR.
 */
export const LOAD: Statement = {
  name: 'batch-load',
  text: `
WITH rules AS MATERIALIZED (
  SELECT family, min_prefix_length, max_prefix_length, default_prefix_length, required_tags, placement, quarantine_seconds,
         excluded, auto_adopt, CASE family WHEN 4 THEN 32 ELSE 128 END AS width
  FROM pool WHERE id = $1
), search AS MATERIALIZED (
  SELECT k.n, CASE k.prefix_length WHEN ${ALL_LENGTHS} THEN 0 ELSE r.width - coalesce(k.prefix_length, r.default_prefix_length) END AS host_bits, k.near,
         CASE WHEN coalesce(k.placement, r.placement::text) <> 'NEAR' OR family(k.near) = r.family
           THEN coalesce(k.placement, r.placement::text) END AS placement
  FROM unnest($8::text[], $9::smallint[], $10::cidr[]) WITH ORDINALITY k (placement, prefix_length, near, n), rules r
), target AS MATERIALIZED (
  SELECT a.* FROM unnest($3::bigint[]) t (id)
  CROSS JOIN LATERAL (SELECT a.* FROM allocation a WHERE a.id = t.id OFFSET 0) a WHERE a.pool_id = $1
), wanted AS MATERIALIZED (
  SELECT unnest($4::text[]) AS key UNION SELECT key FROM target WHERE key IS NOT NULL
), touched AS MATERIALIZED (
  SELECT * FROM target
  UNION ALL
  SELECT a.* FROM wanted w CROSS JOIN LATERAL (
    SELECT a.* FROM allocation a WHERE a.pool_id = $1 AND a.key = w.key AND a.claim = 'OPEN' OFFSET 0) a
  UNION ALL
  SELECT a.* FROM wanted w CROSS JOIN LATERAL (
    SELECT a.* FROM allocation a WHERE a.pool_id = $1 AND a.key = w.key AND a.claim = 'PENDING' OFFSET 0) a
), place AS MATERIALIZED (
  -- free blocks are disjoint, so none lies between a CIDR and the one that covers it
  SELECT pc.id AS pool_cidr_id, c.cidr, f.cidr AS free
  FROM (SELECT unnest($5::cidr[]) AS cidr
        UNION SELECT a.cidr FROM touched a WHERE a.status = 'EXPIRED' OR ${FALLEN_DUE}) c
  JOIN pool_cidr pc ON pc.pool_id = $1 AND pc.cidr >>= c.cidr
  LEFT JOIN LATERAL (
    SELECT f.cidr FROM free_block f WHERE f.pool_cidr_id = pc.id AND f.cidr <= c.cidr
    ORDER BY f.cidr DESC LIMIT 1) f ON f.cidr >>= c.cidr
), overlapping AS (
  SELECT a.* FROM place p CROSS JOIN LATERAL (
    SELECT a.* FROM allocation a
    WHERE ${LIVE} AND allocation_key(a.pool_cidr_id, a.cidr) && allocation_key(p.pool_cidr_id, p.cidr)
    LIMIT $13) a WHERE p.free IS NULL
  UNION ALL
  SELECT a.* FROM place p CROSS JOIN LATERAL (
    SELECT a.* FROM allocation a
    WHERE ${LIVE} AND allocation_key(a.pool_cidr_id, a.cidr) && allocation_key(p.pool_cidr_id, p.cidr) AND ${FALLEN_DUE}
    OFFSET 0) a WHERE p.free IS NULL
), ending AS MATERIALIZED (
  (SELECT a.* FROM allocation a WHERE a.pool_id = $1 AND a.status = 'EXPIRED' AND a.claim IS NOT NULL
     AND a.expires_at <= ${NOW} - interval '30 days'
   ORDER BY a.expires_at LIMIT $6)
), due AS (
  (SELECT a.* FROM allocation a WHERE a.pool_id = $1 AND a.status = 'RESERVED' AND a.expires_at <= ${NOW}
   ORDER BY a.expires_at LIMIT $6)
  UNION ALL
  (SELECT a.* FROM allocation a WHERE a.pool_id = $1 AND a.status = 'QUARANTINED' AND a.available_at <= ${NOW}
   ORDER BY a.available_at LIMIT $6)
  UNION ALL
  SELECT * FROM ending
)
SELECT
  ${NOW} AS now,
  (SELECT row_to_json(r) FROM rules r) AS pool,
  (SELECT json_agg(json_build_object('id', id, 'cidr', cidr)) FROM pool_cidr WHERE pool_id = $1) AS cidrs,
  (SELECT json_agg(json_build_object('pool_cidr_id', pool_cidr_id, 'cidr', free)) FROM (
     SELECT DISTINCT pool_cidr_id, free FROM place WHERE free IS NOT NULL) p) AS covering,
  (SELECT json_agg(cidr) FROM place WHERE free IS NULL) AS uncovered,
  (SELECT json_agg(a) FROM touched a) AS touched,
  (SELECT json_agg(a) FROM overlapping a) AS overlapping,
  (SELECT json_agg(a) FROM due a) AS due,
  (SELECT json_agg(a) FROM ending e CROSS JOIN LATERAL (
     SELECT a.* FROM allocation a WHERE a.pool_id = $1 AND a.key = e.key AND a.claim = 'PENDING' OFFSET 0) a) AS successors,
  (SELECT json_object_agg(k.key, r.released_at) FROM unnest($7::text[]) k (key) CROSS JOIN LATERAL (
     SELECT max(a.released_at) AS released_at FROM allocation a
     WHERE a.pool_id = $1 AND a.status = 'QUARANTINED' AND a.key = k.key) r WHERE r.released_at IS NOT NULL) AS released,
  (SELECT json_agg(w.blocks ORDER BY k.n) FROM search k
   CROSS JOIN LATERAL (SELECT coalesce(json_agg(${FREE}), '[]') AS blocks FROM (
     (SELECT f.* FROM free_block f
      WHERE k.placement = 'BEST_FIT' AND f.pool_id = $1 AND f.host_bits >= k.host_bits
      ORDER BY f.host_bits, f.cidr LIMIT $11)
     UNION ALL
     (SELECT s.* FROM generate_series(k.host_bits, CASE k.placement WHEN 'LAST' THEN 128 ELSE -1 END) size (host_bits)
      CROSS JOIN LATERAL (SELECT f.* FROM free_block f
        WHERE f.pool_id = $1 AND f.host_bits = size.host_bits ORDER BY f.cidr DESC LIMIT $11) s
      ORDER BY s.host_bits, s.cidr DESC LIMIT $11)
     UNION ALL
     (SELECT s.* FROM generate_series(CASE k.placement WHEN 'SPARSE' THEN 128 ELSE -1 END, k.host_bits, -1) size (host_bits)
      CROSS JOIN LATERAL (SELECT f.* FROM free_block f
        WHERE f.pool_id = $1 AND f.host_bits = size.host_bits ORDER BY f.cidr LIMIT $11) s
      ORDER BY s.host_bits DESC, s.cidr LIMIT $11)
     UNION ALL
     (SELECT f.* FROM free_block f
      WHERE k.placement = 'NEAR' AND f.pool_id = $1 AND f.host_bits >= k.host_bits
      -- blocks that share as much with \`near\` lie on one side of it, so the address orders by distance
      ORDER BY masklen(inet_merge(f.cidr, k.near)) DESC, f.host_bits,
               CASE WHEN f.cidr >= k.near THEN f.cidr END, f.cidr DESC LIMIT $11)) f) w) AS windows,
  (SELECT json_agg(nextval('allocation_id_seq')) FROM generate_series(1, $12::int)) AS ids`,
};

/**
 * What only batches need that free space, ask for a CIDR that no free block covers, or found too little at first: free
 * blocks around that space, blocks, sources, and the count of all free blocks.
 * $1 pool; $2, $3 probes (host bits, CIDR); $4, $5 first and last address of CIDRs inside which all free blocks are
 * wanted; $6 CIDRs whose blocks are wanted (a block may come more than once); $7 possible sources; $8 whether the free
 * blocks are to be counted; $9, $10 accounts (provider, account) of which it matters when their regions were swept.
 */
export const LOAD_SURROUNDINGS: Statement = {
  name: 'batch-load-surroundings',
  text: `
SELECT
  (SELECT json_agg(${FREE}) FROM unnest($2::smallint[], $3::cidr[]) k (host_bits, cidr)
   CROSS JOIN LATERAL (SELECT f.* FROM free_block f
     WHERE f.pool_id = $1 AND f.host_bits = k.host_bits AND f.cidr = k.cidr OFFSET 0) f) AS probed,
  (SELECT json_agg(${FREE}) FROM unnest($4::cidr[], $5::cidr[]) k (first, last)
   JOIN pool_cidr pc ON pc.pool_id = $1 AND pc.cidr >>= k.first
   CROSS JOIN LATERAL (SELECT f.* FROM free_block f
     WHERE f.pool_cidr_id = pc.id AND f.cidr >= k.first AND f.cidr <= k.last OFFSET 0) f) AS inside,
  (SELECT json_agg(b) FROM unnest($6::cidr[]) c (cidr)
   JOIN pool_cidr pc ON pc.pool_id = $1 AND pc.cidr >>= c.cidr
   CROSS JOIN LATERAL (SELECT b.* FROM block b
     WHERE allocation_key(b.pool_cidr_id, b.cidr) && allocation_key(pc.id, c.cidr) OFFSET 0) b) AS blocks,
  (SELECT json_agg(json_build_array(s.provider, s.account, s.region, s.began_at))
   FROM unnest($9::text[], $10::text[]) k (provider, account)
   CROSS JOIN LATERAL (SELECT s.* FROM swept_scope s WHERE s.provider = k.provider AND s.account = k.account OFFSET 0) s) AS swept,
  (SELECT json_agg(json_build_object('source', pc.source_id, 'pool', p.name)) FROM pool_cidr pc JOIN pool p ON p.id = pc.pool_id
   WHERE pc.source_id = ANY ($7::bigint[])) AS dependents,
  (SELECT json_agg(json_build_array(c.host_bits, c.count)) FROM (
     SELECT f.host_bits, count(*) AS count FROM free_block f WHERE $8 AND f.pool_id = $1 GROUP BY f.host_bits) c) AS counts`,
};

const ALLOCATION_COLUMNS = `id bigint, pool_id int, pool_cidr_id int, pool_cidr cidr, cidr cidr, status allocation_status,
  allocated boolean, live_in int, expires_at timestamptz, available_at timestamptz, released_at timestamptz,
  held_until timestamptz, key text, request text, claim claim_state, replaces bigint, nonce text, holder jsonb,
  tags jsonb, description text, noncompliant text[], version int, created_at timestamptz, created_by text,
  updated_at timestamptz, updated_by text, settled_at timestamptz`;
const COLUMN_NAMES = ALLOCATION_COLUMNS.split(',').map((column) => column.trim().split(' ')[0]!);

const UPDATE_ALLOCATIONS = (parameter: string): string => `
  UPDATE allocation a SET (${CHANGEABLE.join(', ')}) = ROW (${CHANGEABLE.map((name) => `r.${name}`).join(', ')})
  FROM json_to_recordset(${parameter}::json) AS r (${ALLOCATION_COLUMNS}) WHERE a.id = r.id RETURNING a.id`;
const CHANGEABLE = COLUMN_NAMES.filter(
  (name) =>
    !['id', 'pool_id', 'pool_cidr_id', 'pool_cidr', 'cidr', 'created_at', 'created_by'].includes(name),
);

/** Allocations that leave, as they are to be for now. $1 rows, $2 how many. */
export const WRITE_LEAVING: Statement = {
  name: 'batch-write-leaving',
  text: `WITH left_rows AS (${UPDATE_ALLOCATIONS('$1')})
SELECT cadastre_expect('allocations that leave', (SELECT count(*) FROM left_rows), $2)`,
};

/**
 * Everything that enters, and the free blocks that go, which nothing that comes can collide with. $1 pool; $2 revived
 * and claiming rows; $3 new rows; $4, $5 free blocks that go (host bits, CIDR); $6 to $8 free blocks that come (host
 * bits, CIDR, pool CIDR); $9 changes; $10 the pool's sequence; $11 when that was recorded; $12 how many rows of $2.
 */
export const WRITE_ENTERING: Statement = {
  name: 'batch-write-entering',
  text: `
WITH taken AS (
  DELETE FROM free_block WHERE ctid = ANY (ARRAY (
    SELECT f.ctid FROM unnest($4::smallint[], $5::cidr[]) k (host_bits, cidr)
    CROSS JOIN LATERAL (SELECT f.ctid FROM free_block f
      WHERE f.pool_id = $1 AND f.host_bits = k.host_bits AND f.cidr = k.cidr OFFSET 0) f)) RETURNING 1
), entered AS (${UPDATE_ALLOCATIONS('$2')}), made AS (
  INSERT INTO allocation (${COLUMN_NAMES.join(', ')})
  SELECT ${COLUMN_NAMES.join(', ')} FROM json_to_recordset($3::json) AS r (${ALLOCATION_COLUMNS}) RETURNING 1
), freed AS (
  INSERT INTO free_block (pool_id, host_bits, cidr, pool_cidr_id)
  SELECT $1, k.host_bits, k.cidr, k.pool_cidr_id
  FROM unnest($6::smallint[], $7::cidr[], $8::int[]) k (host_bits, cidr, pool_cidr_id) RETURNING 1
), recorded AS (
  INSERT INTO change (pool_id, sequence, at, recorded_at, actor, correlation, action, subject, detail)
  SELECT $1, c.sequence, c.at, $11, c.actor, c.correlation, c.action, c.subject, c.detail
  FROM json_to_recordset($9::json) AS c (sequence bigint, at timestamptz, actor text, correlation text, action text,
    subject text, detail jsonb)
  ORDER BY c.sequence RETURNING pool_id, sequence
), waiting AS (${TO_OUTBOX}
), counted AS (
  UPDATE pool SET sequence = $10, recorded_at = $11 WHERE id = $1 RETURNING 1
)
SELECT cadastre_expect('free blocks taken', (SELECT count(*) FROM taken), cardinality($4::smallint[])),
       cadastre_expect('allocations that enter', (SELECT count(*) FROM entered), $12)`,
};

/**
 * Blocks that a batch took away and made. $1 pool; $2 to $4 those that go (pool CIDR, CIDR, subject; all unswept); $5 to $8
 * those that come (pool CIDR, CIDR, subject, since).
 */
export const WRITE_UNSWEPT: Statement = {
  name: 'batch-write-unswept',
  text: `
WITH gone AS (
  DELETE FROM block b USING unnest($2::int[], $3::cidr[], $4::text[]) k (pool_cidr_id, cidr, subject)
  WHERE b.pool_cidr_id = k.pool_cidr_id AND b.cidr = k.cidr AND b.reason = 'unswept' AND b.subject = k.subject RETURNING 1
), made AS (
  INSERT INTO block (pool_id, pool_cidr_id, cidr, reason, subject, since)
  SELECT $1, k.pool_cidr_id, k.cidr, 'unswept', k.subject, k.since FROM unnest($5::int[], $6::cidr[], $7::text[], $8::timestamptz[]) k (pool_cidr_id, cidr, subject, since) RETURNING 1
)
SELECT cadastre_expect('unswept blocks that go', (SELECT count(*) FROM gone), cardinality($3::cidr[]))`,
};
