import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Positions leave the change row: one row per group of changes that were recorded together says where they stand. */
export class Publications1763805900000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TABLES);
    await queryRunner.query(MOVE_POSITIONS);
    await queryRunner.query(KEYS_AND_COMMENTS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE change ADD COLUMN position bigint,
        SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
      UPDATE change c SET position = given.position
      FROM (SELECT m.id, p.first_position + (m.sequence - p.first_sequence) AS position FROM publication p
            -- one index search per publication: a join of ranges by the pool alone would be quadratic
            CROSS JOIN LATERAL (SELECT m.id, m.sequence FROM change m
              WHERE m.pool_id = p.pool_id AND m.sequence BETWEEN p.first_sequence AND p.last_sequence OFFSET 0) m) given
      WHERE c.id = given.id;
      UPDATE change c SET position = p.last_position FROM publication p WHERE p.change_id = c.id;
      CREATE UNIQUE INDEX change_position ON change (position) WHERE position IS NOT NULL;
      CREATE INDEX change_unpublished ON change (id) WHERE position IS NULL;
      COMMENT ON TABLE change IS 'One row per change: audit trail and outbox in one';
      COMMENT ON COLUMN change.position IS 'Gapless over the whole service, given after commit by the publisher';
      DROP TABLE outbox, publication;
    `);
  }
}

const TABLES = `
CREATE TABLE outbox (
  id             bigint GENERATED ALWAYS AS IDENTITY,
  pool_id        int,
  first_sequence bigint,
  last_sequence  bigint,
  change_id      bigint,
  CONSTRAINT outbox_pkey PRIMARY KEY (id),
  CONSTRAINT outbox_changes CHECK ((pool_id IS NULL) = (change_id IS NOT NULL) AND (pool_id IS NULL) = (first_sequence IS NULL)
    AND (pool_id IS NULL) = (last_sequence IS NULL) AND first_sequence <= last_sequence)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

CREATE TABLE publication (
  first_position bigint NOT NULL,
  last_position  bigint NOT NULL,
  first_sequence bigint,
  last_sequence  bigint,
  change_id      bigint,
  pool_id        int,
  CONSTRAINT publication_changes CHECK ((pool_id IS NULL) = (change_id IS NOT NULL) AND (pool_id IS NULL) = (first_sequence IS NULL)
    AND (pool_id IS NULL) = (last_sequence IS NULL)),
  -- the difference is NULL for a change without a pool, which has one position
  CONSTRAINT publication_span CHECK (first_position > 0 AND first_position <= last_position
    AND last_position - first_position = coalesce(last_sequence - first_sequence, 0))
);
`;

// Where both numbers rise by one from change to change, their difference stays the same.
const MOVE_POSITIONS = `
INSERT INTO publication (first_position, last_position, pool_id, first_sequence, last_sequence)
SELECT min(position), max(position), pool_id, min(sequence), max(sequence)
FROM change WHERE pool_id IS NOT NULL AND position IS NOT NULL GROUP BY pool_id, position - sequence ORDER BY 2;
INSERT INTO publication (first_position, last_position, change_id)
SELECT position, position, id FROM change WHERE pool_id IS NULL AND position IS NOT NULL ORDER BY 1;
INSERT INTO outbox (pool_id, first_sequence, last_sequence, change_id)
SELECT pool_id, sequence, sequence, CASE WHEN pool_id IS NULL THEN id END FROM change WHERE position IS NULL ORDER BY id;
`;

const KEYS_AND_COMMENTS = `
ALTER TABLE publication
  ADD CONSTRAINT publication_pkey PRIMARY KEY (last_position),
  ADD CONSTRAINT publication_first_position UNIQUE (first_position),
  ADD CONSTRAINT publication_sequence UNIQUE (pool_id, last_sequence);
CREATE UNIQUE INDEX publication_change ON publication (change_id) WHERE change_id IS NOT NULL;
DROP INDEX change_position, change_unpublished;
ALTER TABLE change DROP COLUMN position,
  RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);

COMMENT ON TABLE change IS 'One row per change: the audit trail, and the events of the feed';
COMMENT ON TABLE outbox IS 'Changes that wait for their positions: one row per group of one transaction';
COMMENT ON COLUMN outbox.id IS 'Of a pool drawn under its lock, so that the order follows the sequence';
COMMENT ON COLUMN outbox.change_id IS 'The change where it belongs to no pool';
COMMENT ON TABLE publication IS 'Positions: gapless over the whole service, given after commit by the publisher to one group after the other';
COMMENT ON COLUMN publication.change_id IS 'The change where it belongs to no pool';
`;
