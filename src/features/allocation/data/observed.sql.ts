import type { Statement } from '../../../platform/database/statement.js';

/**
 * Where an observed CIDR blocks: in a root pool CIDR of its scope (GLOBAL, or that of its routing domain) that it overlaps,
 * clipped to that; and below such a root in each child pool CIDR that it lies strictly inside of. A part of something
 * (`within`) only where the pool CIDR lies inside that: in the pools made of the thing, not in those it was taken from.
 * The same rule stands in PLACES (from CIDRs down to pools) and in BLOCKED_FROM_START (from pool CIDRs to what is in them).
 */
const ROOTS = (asked: string): string => `
  SELECT pc.id, pc.pool_id, pc.cidr, pc.source_id FROM pool_cidr pc
  WHERE pc.source_id IS NULL AND pc.cidr && ${asked}.cidr
    AND pc.scope @> CASE WHEN ${asked}.routing_domain_id IS NULL THEN int4range(NULL, NULL)
      ELSE int4range(${asked}.routing_domain_id, ${asked}.routing_domain_id, '[]') END OFFSET 0`;

/** `asked` has n, cidr, routing_domain_id and within. Level by level, as OCCUPANTS does. */
export const PLACES = `
place AS (
  SELECT a.n, a.cidr AS asked, a.within, pc.id, pc.pool_id, pc.cidr FROM asked a CROSS JOIN LATERAL (${ROOTS('a')}) pc
  UNION ALL
  SELECT p.n, p.asked, p.within, pc.id, pc.pool_id, pc.cidr FROM place p CROSS JOIN LATERAL (
    SELECT pc.id, pc.pool_id, pc.cidr FROM pool_cidr pc
    WHERE pc.parent_id IS NOT NULL AND allocation_key(pc.parent_id, pc.cidr) && allocation_key(p.id, p.asked) OFFSET 0) pc
  WHERE p.cidr >> p.asked AND pc.cidr >> p.asked
)`;

/**
 * What the reported rows that overlap changed ones come to, against the blocks that are there. $1 source; $2 resources,
 * $3 CIDRs that were reported or withdrawn.
 */
export const COMPARE_BLOCKS: Statement = {
  name: 'observed-compare',
  text: `
WITH RECURSIVE changed AS MATERIALIZED (
  SELECT DISTINCT c.resource, c.cidr FROM unnest($2::text[], $3::cidr[]) c (resource, cidr)
), asked AS MATERIALIZED (
  SELECT DISTINCT o.id AS n, o.resource, o.cidr, o.routing_domain_id, o.within FROM changed c CROSS JOIN LATERAL (
    SELECT o.* FROM observed_space o WHERE o.source = $1 AND o.resource = c.resource AND o.cidr && c.cidr OFFSET 0) o
), ${PLACES}, due AS (
  SELECT DISTINCT p.pool_id, p.id AS pool_cidr_id, p.cidr AS pool_cidr,
         CASE WHEN p.cidr >>= a.cidr THEN a.cidr ELSE p.cidr END AS cidr, $1 || ':' || a.resource AS subject, a.resource
  FROM place p JOIN asked a ON a.n = p.n WHERE p.within IS NULL OR p.cidr <<= p.within
), there AS (
  SELECT DISTINCT b.pool_id, b.pool_cidr_id, b.cidr, b.subject FROM changed c CROSS JOIN LATERAL (
    SELECT b.* FROM block b WHERE b.subject = $1 || ':' || c.resource AND b.reason = 'observed' AND b.cidr && c.cidr OFFSET 0) b
)
SELECT d.pool_id, d.pool_cidr_id, d.pool_cidr, d.cidr, d.subject, true AS added
FROM due d WHERE EXISTS (SELECT FROM changed c WHERE c.resource = d.resource AND c.cidr && d.cidr)
  AND NOT EXISTS (SELECT FROM there t WHERE (t.pool_cidr_id, t.cidr, t.subject) = (d.pool_cidr_id, d.cidr, d.subject))
UNION ALL
SELECT t.pool_id, t.pool_cidr_id, pc.cidr, t.cidr, t.subject, false
FROM there t JOIN pool_cidr pc ON pc.id = t.pool_cidr_id
WHERE NOT EXISTS (SELECT FROM due d WHERE (d.pool_cidr_id, d.cidr, d.subject) = (t.pool_cidr_id, t.cidr, t.subject))`,
};

/**
 * Pools that a report may concern: a superset, for their locks. $1 source; $2 resources, $3 CIDRs, $4 routing domains of
 * what is reported or withdrawn.
 */
export const POOLS_CONCERNED: Statement = {
  name: 'observed-pools',
  text: `
WITH RECURSIVE asked AS MATERIALIZED (
  SELECT row_number() OVER () AS n, c.cidr, c.routing_domain_id, NULL::cidr AS within, c.resource
  FROM unnest($2::text[], $3::cidr[], $4::int[]) c (resource, cidr, routing_domain_id)
), ${PLACES}
SELECT pool_id AS id FROM place
UNION
SELECT b.pool_id FROM asked c CROSS JOIN LATERAL (
  SELECT b.pool_id FROM block b WHERE b.subject = $1 || ':' || c.resource AND b.cidr && c.cidr OFFSET 0) b`,
};

/**
 * What blocks pool CIDRs from the start: what is observed in them, whoever reported it, and what is unswept in the pool CIDR
 * that their source lies in. $1 ids of pool CIDRs.
 */
export const BLOCKED_FROM_START = `
WITH RECURSIVE up AS (
  SELECT c.id AS pool_cidr_id, c.parent_id, c.scope FROM pool_cidr c WHERE c.id = ANY ($1::int[])
  UNION ALL SELECT u.pool_cidr_id, p.parent_id, p.scope FROM up u CROSS JOIN LATERAL (
    SELECT p.parent_id, p.scope FROM pool_cidr p WHERE p.id = u.parent_id OFFSET 0) p
)
SELECT DISTINCT c.id AS pool_cidr_id, CASE WHEN c.cidr >>= o.cidr THEN o.cidr ELSE c.cidr END AS cidr, 'observed' AS reason,
       o.source || ':' || o.resource AS subject, NULL::timestamptz AS since
FROM up u CROSS JOIN LATERAL (SELECT c.* FROM pool_cidr c WHERE c.id = u.pool_cidr_id OFFSET 0) c
CROSS JOIN LATERAL (SELECT o.* FROM observed_space o WHERE o.cidr && c.cidr OFFSET 0) o
WHERE u.parent_id IS NULL
  AND u.scope @> CASE WHEN o.routing_domain_id IS NULL THEN int4range(NULL, NULL)
    ELSE int4range(o.routing_domain_id, o.routing_domain_id, '[]') END
  AND (c.parent_id IS NULL OR o.cidr << c.cidr) AND (o.within IS NULL OR c.cidr <<= o.within)
UNION ALL
SELECT c.id, b.cidr, b.reason, b.subject, b.since FROM pool_cidr c CROSS JOIN LATERAL (
  SELECT b.* FROM block b WHERE allocation_key(b.pool_cidr_id, b.cidr) << allocation_key(c.parent_id, c.cidr) AND b.reason = 'unswept' OFFSET 0) b
WHERE c.id = ANY ($1::int[]) AND c.parent_id IS NOT NULL`;

/** $1 source; $2 resources, $3 CIDRs, $4 routing domains, $5 within. Each row once. */
export const ENTER_OBSERVED: Statement = {
  name: 'observed-enter',
  text: `
INSERT INTO observed_space AS o (source, resource, cidr, routing_domain_id, within)
SELECT $1, k.* FROM unnest($2::text[], $3::cidr[], $4::int[], $5::cidr[]) k
ON CONFLICT ON CONSTRAINT observed_space_once DO UPDATE SET within = excluded.within
WHERE o.within IS DISTINCT FROM excluded.within`,
};

/** $1 source; $2 resources, $3 CIDRs, $4 routing domains. */
export const WITHDRAW_OBSERVED: Statement = {
  name: 'observed-withdraw',
  text: `
DELETE FROM observed_space o USING unnest($2::text[], $3::cidr[], $4::int[]) k (resource, cidr, routing_domain_id)
WHERE o.source = $1 AND o.resource = k.resource AND o.cidr = k.cidr AND o.routing_domain_id IS NOT DISTINCT FROM k.routing_domain_id`,
};

/** The free space around blocks that come and go: $1 pool CIDRs, $2 CIDRs, $3 their last addresses; $4 to $6 probes (pool, host bits, CIDR); $7 pool CIDRs, $8 CIDRs that go. */
export const FREE_AROUND: Statement = {
  name: 'blocks-free-around',
  text: `
SELECT f.pool_id, f.pool_cidr_id, f.cidr, 'free' AS kind FROM unnest($1::int[], $2::cidr[], $3::cidr[]) k (pool_cidr_id, cidr, last)
CROSS JOIN LATERAL (
  (SELECT f.* FROM (SELECT f.* FROM free_block f WHERE f.pool_cidr_id = k.pool_cidr_id AND f.cidr <= k.cidr ORDER BY f.cidr DESC LIMIT 1) f
   WHERE f.cidr >>= k.cidr)
  UNION ALL
  (SELECT f.* FROM free_block f WHERE f.pool_cidr_id = k.pool_cidr_id AND f.cidr > k.cidr AND f.cidr <= k.last)) f
UNION ALL
SELECT f.pool_id, f.pool_cidr_id, f.cidr, 'free' FROM unnest($4::int[], $5::smallint[], $6::cidr[]) k (pool_id, host_bits, cidr)
CROSS JOIN LATERAL (SELECT f.* FROM free_block f WHERE f.pool_id = k.pool_id AND f.host_bits = k.host_bits AND f.cidr = k.cidr OFFSET 0) f
UNION ALL
SELECT a.pool_id, a.pool_cidr_id, a.cidr, 'taken' FROM unnest($7::int[], $8::cidr[]) k (pool_cidr_id, cidr)
CROSS JOIN LATERAL (SELECT a.pool_id, a.pool_cidr_id, a.cidr FROM allocation a
  WHERE a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')
    AND allocation_key(a.pool_cidr_id, a.cidr) && allocation_key(k.pool_cidr_id, k.cidr) OFFSET 0) a
UNION ALL
SELECT b.pool_id, b.pool_cidr_id, b.cidr, 'taken' FROM unnest($7::int[], $8::cidr[]) k (pool_cidr_id, cidr)
CROSS JOIN LATERAL (SELECT b.pool_id, b.pool_cidr_id, b.cidr FROM block b
  WHERE allocation_key(b.pool_cidr_id, b.cidr) && allocation_key(k.pool_cidr_id, k.cidr) OFFSET 0) b`,
};

/**
 * Free blocks that go and come. $1 pools, $2 host bits, $3 CIDRs; $4 pools, $5 host bits, $6 CIDRs, $7 pool CIDRs.
 */
export const WRITE_FREE: Statement = {
  name: 'blocks-write-free',
  text: `
WITH taken AS (
  DELETE FROM free_block WHERE ctid = ANY (ARRAY (
    SELECT f.ctid FROM unnest($1::int[], $2::smallint[], $3::cidr[]) k (pool_id, host_bits, cidr)
    CROSS JOIN LATERAL (SELECT f.ctid FROM free_block f
      WHERE f.pool_id = k.pool_id AND f.host_bits = k.host_bits AND f.cidr = k.cidr OFFSET 0) f)) RETURNING 1
), freed AS (
  INSERT INTO free_block (pool_id, host_bits, cidr, pool_cidr_id)
  SELECT k.* FROM unnest($4::int[], $5::smallint[], $6::cidr[], $7::int[]) k RETURNING 1
)
SELECT cadastre_expect('free blocks taken', (SELECT count(*) FROM taken), cardinality($3::cidr[]))`,
};
