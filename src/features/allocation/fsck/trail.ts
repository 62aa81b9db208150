import { sqlCheck } from './sql-check.js';

// One pass each over an index of `change` or over `publication`; 1,000,000 changes take about 2 s.

export const sequences = sqlCheck(
  'changes.sequences',
  "Changes of one pool have a gapless sequence up to the pool's own, and are never recorded earlier than those before.",
  `SELECT 'pool_' || pool_id AS subject,
          CASE WHEN sequence <> before + 1 THEN format('after change %s of the pool comes %s', before, sequence)
               ELSE format('change %s was recorded before the one before it', sequence) END AS message
   FROM (SELECT pool_id, sequence, recorded_at, lag(sequence, 1, 0::bigint) OVER trail AS before,
                lag(recorded_at, 1, '-infinity') OVER trail AS recorded_before
         FROM change WHERE pool_id IS NOT NULL WINDOW trail AS (PARTITION BY pool_id ORDER BY sequence)) c
   WHERE sequence <> before + 1 OR recorded_at < recorded_before
   UNION ALL
   SELECT 'pool_' || id, format('the last change is %s, the pool stands at %s', last, sequence)
   FROM (SELECT p.id, p.sequence, (SELECT coalesce(max(c.sequence), 0) FROM change c WHERE c.pool_id = p.id) AS last FROM pool p) p
   WHERE last <> sequence`,
);

export const positions = sqlCheck(
  'changes.positions',
  "Published changes have a gapless position up to the publisher's own.",
  `SELECT 'publication' AS subject, format('after position %s comes %s', before, first_position) AS message
   FROM (SELECT first_position, lag(last_position, 1, 0::bigint) OVER (ORDER BY last_position) AS before FROM publication) p
   WHERE first_position <> before + 1
   UNION ALL
   SELECT 'publisher', format('the last position is %s, the publisher stands at %s', last, position)
   FROM (SELECT position, (SELECT coalesce(max(last_position), 0) FROM publication) AS last FROM publisher) p
   WHERE last <> position`,
);

export const publications = sqlCheck(
  'changes.publications',
  'Every change is published once or waits in the outbox; those of one pool are published in the order of their sequence.',
  `WITH of_pool AS MATERIALIZED (
     SELECT pool_id, first_sequence, last_sequence, last_position AS place, 'published' AS state FROM publication WHERE pool_id IS NOT NULL
     UNION ALL
     -- what waits comes after all that is published
     SELECT pool_id, first_sequence, last_sequence, id + (SELECT coalesce(max(last_position), 0) FROM publication), 'waiting'
     FROM outbox WHERE pool_id IS NOT NULL
   ), alone AS (
     SELECT change_id FROM publication WHERE change_id IS NOT NULL UNION ALL SELECT change_id FROM outbox WHERE change_id IS NOT NULL
   )
   SELECT 'pool_' || pool_id AS subject,
          CASE WHEN first_sequence <> before + 1 THEN format('after change %s of the pool, change %s is %s', before, first_sequence, state)
               ELSE format('change %s is %s before the one before it', first_sequence, state) END AS message
   FROM (SELECT *, lag(last_sequence, 1, 0::bigint) OVER trail AS before, lag(place, 1, 0::bigint) OVER trail AS place_before
         FROM of_pool WINDOW trail AS (PARTITION BY pool_id ORDER BY last_sequence)) g
   WHERE first_sequence <> before + 1 OR place <= place_before
   UNION ALL
   SELECT 'pool_' || pool_id, format('the last change is %s, the last that is published or waits is %s', coalesce(c.last, 0), coalesce(g.last, 0))
   FROM (SELECT pool_id, max(sequence) AS last FROM change WHERE pool_id IS NOT NULL GROUP BY 1) c
   FULL JOIN (SELECT pool_id, max(last_sequence) AS last FROM of_pool GROUP BY 1) g USING (pool_id)
   WHERE c.last IS DISTINCT FROM g.last
   UNION ALL
   SELECT 'change ' || coalesce(c.id, g.id),
          CASE WHEN c.id IS NULL THEN 'there is no such change, and it is published or waits'
               ELSE format('it is published or waits %s times instead of once', coalesce(g.times, 0)) END
   FROM (SELECT id FROM change WHERE pool_id IS NULL) c
   FULL JOIN (SELECT change_id AS id, count(*) AS times FROM alone GROUP BY 1) g ON g.id = c.id
   WHERE c.id IS NULL OR g.times IS DISTINCT FROM 1`,
);
