import { sqlCheck } from './sql-check.js';

// One pass each over an index of `change`; 1,000,000 changes take about 2 s.

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
  `SELECT 'change' AS subject, format('after position %s comes %s', before, position) AS message
   FROM (SELECT position, lag(position, 1, 0::bigint) OVER (ORDER BY position) AS before FROM change WHERE position IS NOT NULL) c
   WHERE position <> before + 1
   UNION ALL
   SELECT 'publisher', format('the last position is %s, the publisher stands at %s', last, position)
   FROM (SELECT position, (SELECT coalesce(max(position), 0) FROM change) AS last FROM publisher) p
   WHERE last <> position`,
);
