import { sqlCheck } from './sql-check.js';

// What the constraints of the database hold row by row, asked of the whole register: 1,000,000 allocations take a second
// or two each, in the memory that PostgreSQL gives a sort or a hash.

const LIVE = `a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')`;

export const insidePoolCidr = sqlCheck(
  'allocation.inside',
  'A live allocation lies inside one pool CIDR of its pool.',
  `SELECT 'alloc_' || a.id AS subject,
          format('%s is live in pool_%s, of which %s', a.cidr, a.pool_id,
            CASE WHEN c.id IS NULL THEN a.pool_cidr || ' is no CIDR (any more); provision that CIDR again, or release it'
                 ELSE c.cidr || ' does not contain it; release it' END) AS message
   FROM allocation a LEFT JOIN pool_cidr c ON c.id = a.live_in AND c.pool_id = a.pool_id AND c.cidr = a.pool_cidr
   WHERE (${LIVE} OR a.live_in IS NOT NULL)
     AND (c.id IS NULL OR NOT ${LIVE} OR a.live_in IS DISTINCT FROM a.pool_cidr_id OR NOT a.cidr <<= c.cidr)`,
);

export const sources = sqlCheck(
  'allocation.sources',
  'A child pool CIDR equals one ALLOCATED allocation, which is the source of nothing else.',
  `SELECT 'pool_' || c.pool_id AS subject,
          CASE WHEN a.id IS NULL THEN format('the source of %s, alloc_%s, does not exist', c.cidr, c.source_id)
               WHEN a.status <> 'ALLOCATED' THEN format('the source of %s, alloc_%s, is %s', c.cidr, a.id, a.status)
               WHEN a.cidr <> c.cidr THEN format('the source of %s, alloc_%s, is %s', c.cidr, a.id, a.cidr)
               ELSE format('the source of %s, alloc_%s, is the source of %s pool CIDRs', c.cidr, a.id, c.uses) END AS message
   FROM (SELECT c.*, count(*) OVER (PARTITION BY source_id) AS uses FROM pool_cidr c WHERE source_id IS NOT NULL) c
   LEFT JOIN allocation a ON a.id = c.source_id
   WHERE a.id IS NULL OR a.status <> 'ALLOCATED' OR a.cidr <> c.cidr OR c.uses > 1`,
);

export const pools = sqlCheck(
  'allocation.pools',
  'A pool has one family and one scope, and is root or child, as all its CIDRs are.',
  `SELECT 'pool_' || c.pool_id AS subject,
          CASE WHEN p.id IS NULL THEN format('%s belongs to a pool that does not exist', c.cidr)
               WHEN family(c.cidr) <> p.family THEN format('%s is not of the pool''s family, IPv%s', c.cidr, p.family)
               WHEN c.scope <> p.scope THEN format('%s has the scope %s, the pool %s', c.cidr, c.scope, p.scope)
               ELSE format('%s is %s in a %s pool', c.cidr, CASE WHEN c.source_id IS NULL THEN 'without source' ELSE 'from a source' END,
                           CASE WHEN isempty(p.scope) THEN 'child' ELSE 'root' END) END AS message
   FROM pool_cidr c LEFT JOIN pool p ON p.id = c.pool_id
   WHERE p.id IS NULL OR family(c.cidr) <> p.family OR c.scope <> p.scope OR (c.source_id IS NULL) = isempty(p.scope)`,
);

export const blocks = sqlCheck(
  'allocation.blocks',
  'A block lies inside its pool CIDR.',
  `SELECT 'pool_' || b.pool_id AS subject,
          format('the block %s (%s: %s) is not inside a CIDR of its pool', b.cidr, b.reason, b.subject) AS message
   FROM block b LEFT JOIN pool_cidr c ON c.id = b.pool_cidr_id AND c.pool_id = b.pool_id
   WHERE c.id IS NULL OR NOT b.cidr <<= c.cidr`,
);

export const observedBlocks = sqlCheck(
  'allocation.observed_blocks',
  'What is observed blocks each pool CIDR that it counts in, and nothing else does.',
  `WITH RECURSIVE tree AS (
     SELECT c.id, c.id AS root_id, c.scope FROM pool_cidr c WHERE c.parent_id IS NULL
     UNION ALL SELECT c.id, t.root_id, t.scope FROM tree t JOIN pool_cidr c ON c.parent_id = t.id
   ), derived AS (
     SELECT DISTINCT c.pool_id, c.id AS pool_cidr_id, CASE WHEN o.cidr <<= c.cidr THEN o.cidr ELSE c.cidr END AS cidr,
            o.source || ':' || o.resource AS subject
     FROM observed_space o JOIN pool_cidr c ON c.cidr && o.cidr JOIN tree t ON t.id = c.id
     WHERE (lower_inf(t.scope) OR lower(t.scope) = o.routing_domain_id)
       AND (c.source_id IS NULL OR c.cidr >> o.cidr) AND (o.within IS NULL OR o.within >>= c.cidr)
   ), stored AS (SELECT pool_id, pool_cidr_id, cidr, subject FROM block WHERE reason = 'observed')
   SELECT 'pool_' || pool_id AS subject, format('%s is in use (%s) and not blocked; report it again', cidr, subject) AS message
   FROM (SELECT * FROM derived EXCEPT SELECT * FROM stored) missing
   UNION ALL
   SELECT 'pool_' || pool_id, format('%s is blocked for %s, which nothing reports', cidr, subject)
   FROM (SELECT * FROM stored EXCEPT SELECT * FROM derived) extra`,
);

export const unsweptBlocks = sqlCheck(
  'allocation.unswept_blocks',
  'An unswept block keeps the space of an allocation that is over.',
  `SELECT 'pool_' || b.pool_id AS subject, format('the block %s (unswept: %s) is %s', b.cidr, b.subject,
            CASE WHEN a.id IS NULL THEN 'of no allocation' WHEN a.live_in IS NOT NULL THEN 'of one that is ' || a.status
                 ELSE 'not its CIDR, ' || a.cidr END) AS message
   FROM block b LEFT JOIN allocation a ON a.id = substring(b.subject FROM '^alloc_([0-9]+)$')::bigint
   WHERE b.reason = 'unswept' AND (a.id IS NULL OR a.live_in IS NOT NULL OR a.cidr <> b.cidr)`,
);

export const claims = sqlCheck(
  'allocation.claims',
  'A key has at most one open claim, and at most one pending claim beside it.',
  `SELECT 'pool_' || pool_id AS subject,
          CASE WHEN open > 1 THEN format('the key %L has %s open claims: %s', key, open, ids)
               WHEN pending > 1 THEN format('the key %L has %s pending claims: %s', key, pending, ids)
               ELSE format('the pending claim of the key %L stands beside no open one: %s', key, ids) END AS message
   FROM (SELECT pool_id, key, count(*) FILTER (WHERE claim = 'OPEN') AS open, count(*) FILTER (WHERE claim = 'PENDING') AS pending,
                string_agg('alloc_' || id, ', ' ORDER BY id) AS ids
         FROM allocation WHERE claim IS NOT NULL GROUP BY pool_id, key HAVING count(*) <> 1 OR bool_or(claim = 'PENDING')) k
   WHERE open <> 1 OR pending > 1`,
);

export const places = sqlCheck(
  'allocation.places',
  'A child CIDR lies below the CIDR that its source lies in; parent and depth of a pool follow its oldest CIDR.',
  `WITH RECURSIVE oldest AS (
     SELECT DISTINCT ON (c.pool_id) c.pool_id, up.pool_id AS parent_id
     FROM pool_cidr c LEFT JOIN pool_cidr up ON up.id = c.parent_id ORDER BY c.pool_id, c.id
   ), place AS (
     SELECT p.id, NULL::int AS parent_id, 0 AS depth FROM pool p LEFT JOIN oldest o ON o.pool_id = p.id WHERE o.parent_id IS NULL
     UNION ALL SELECT o.pool_id, o.parent_id, place.depth + 1 FROM place JOIN oldest o ON o.parent_id = place.id
   )
   SELECT 'pool_' || p.id AS subject,
          format('stands below %s at depth %s, its oldest CIDR says below %s at depth %s', coalesce('pool_' || p.parent_id, 'nothing'),
            p.depth, coalesce('pool_' || place.parent_id, 'nothing'), coalesce(place.depth::text, 'unknown')) AS message
   FROM pool p LEFT JOIN place ON place.id = p.id
   WHERE (p.parent_id, p.depth) IS DISTINCT FROM (place.parent_id, place.depth)
   UNION ALL
   SELECT 'pool_' || c.pool_id, format('%s is said to lie below the pool CIDR %s, its source lies in %s', c.cidr, c.parent_id, a.pool_cidr_id)
   FROM pool_cidr c JOIN allocation a ON a.id = c.source_id WHERE c.parent_id IS DISTINCT FROM a.pool_cidr_id`,
);
