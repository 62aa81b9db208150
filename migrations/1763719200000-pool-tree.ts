import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where pool CIDRs and pools stand in their trees: the CIDR that a source lies in, and parent and depth of a pool. */
export class PoolTree1763719200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(PARENT_OF_CIDR);
    await queryRunner.query(PLACE_OF_POOL);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX pool_by_depth, pool_by_parent, pool_cidr_by_parent;
      ALTER TABLE pool DROP CONSTRAINT pool_parent, DROP CONSTRAINT pool_depth, DROP COLUMN parent_id, DROP COLUMN depth;
      ALTER TABLE pool_cidr DROP CONSTRAINT pool_cidr_from_source, DROP CONSTRAINT pool_cidr_source_whole, DROP COLUMN parent_id,
        ADD CONSTRAINT pool_cidr_is_source CHECK ((source_id IS NULL AND source_cidr IS NULL AND source_allocated IS NULL)
          OR (source_id IS NOT NULL AND source_cidr IS NOT DISTINCT FROM cidr AND source_allocated IS TRUE));
      ALTER TABLE allocation DROP CONSTRAINT allocation_source,
        ADD CONSTRAINT allocation_source_target UNIQUE (id, cidr, allocated);
      ALTER TABLE pool_cidr ADD CONSTRAINT pool_cidr_source
        FOREIGN KEY (source_id, source_cidr, source_allocated) REFERENCES allocation (id, cidr, allocated);
    `);
  }
}

const PARENT_OF_CIDR = `
ALTER TABLE pool_cidr DROP CONSTRAINT pool_cidr_source, DROP CONSTRAINT pool_cidr_is_source, ADD COLUMN parent_id int;
ALTER TABLE allocation DROP CONSTRAINT allocation_source_target,
  ADD CONSTRAINT allocation_source UNIQUE (id, cidr, allocated, live_in);
UPDATE pool_cidr c SET parent_id = a.live_in FROM allocation a WHERE a.id = c.source_id;
ALTER TABLE pool_cidr
  -- all four or none: a NULL in one of them would switch the foreign key off (MATCH SIMPLE)
  ADD CONSTRAINT pool_cidr_source_whole CHECK (
    (source_id IS NULL AND source_cidr IS NULL AND source_allocated IS NULL AND parent_id IS NULL)
    OR (source_id IS NOT NULL AND source_cidr IS NOT DISTINCT FROM cidr AND source_allocated IS TRUE AND parent_id IS NOT NULL)),
  ADD CONSTRAINT pool_cidr_from_source FOREIGN KEY (source_id, source_cidr, source_allocated, parent_id)
    REFERENCES allocation (id, cidr, allocated, live_in);
CREATE INDEX pool_cidr_by_parent ON pool_cidr (parent_id);
COMMENT ON COLUMN pool_cidr.parent_id IS 'The pool CIDR that the source lies in; null in a root pool';
`;

const PLACE_OF_POOL = `
ALTER TABLE pool ADD COLUMN parent_id int, ADD COLUMN depth smallint NOT NULL DEFAULT 0;
WITH RECURSIVE oldest AS (
  SELECT DISTINCT ON (c.pool_id) c.pool_id, up.pool_id AS parent_id
  FROM pool_cidr c JOIN pool_cidr up ON up.id = c.parent_id ORDER BY c.pool_id, c.id
), place AS (
  SELECT p.id, NULL::int AS parent_id, 0 AS depth FROM pool p WHERE p.id NOT IN (SELECT pool_id FROM oldest)
  UNION ALL SELECT o.pool_id, o.parent_id, place.depth + 1 FROM place JOIN oldest o ON o.parent_id = place.id
)
UPDATE pool SET parent_id = place.parent_id, depth = place.depth FROM place WHERE pool.id = place.id AND place.depth > 0;
ALTER TABLE pool ADD CONSTRAINT pool_parent FOREIGN KEY (parent_id) REFERENCES pool (id),
  ADD CONSTRAINT pool_depth CHECK ((parent_id IS NULL) = (depth = 0) AND depth >= 0);
CREATE INDEX pool_by_depth ON pool (depth, name);
CREATE INDEX pool_by_parent ON pool (parent_id, name);
COMMENT ON COLUMN pool.parent_id IS 'Derived: the pool that the oldest of its CIDRs comes from; null for a root';
COMMENT ON COLUMN pool.depth IS 'Derived: 0 for a root, else one more than the parent';
`;
