import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What discovery reports as in use, how far it has swept, and what waits for a sweep. */
export class ObservedSpace1764000200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE observed_space (
        id                bigint GENERATED ALWAYS AS IDENTITY,
        source            text NOT NULL,
        resource          text NOT NULL,
        cidr              cidr NOT NULL,
        routing_domain_id int,
        within            cidr,
        CONSTRAINT observed_space_pkey PRIMARY KEY (id),
        CONSTRAINT observed_space_once UNIQUE NULLS NOT DISTINCT (source, resource, cidr, routing_domain_id),
        -- the subject of a block is source:resource, and is taken apart at the first colon
        CONSTRAINT observed_space_source CHECK (source <> '' AND position(':' IN source) = 0),
        CONSTRAINT observed_space_within CHECK (within IS NULL OR cidr <<= within)
      );
      CREATE INDEX observed_space_by_cidr ON observed_space USING gist (cidr inet_ops);
      CREATE TABLE swept_scope (
        provider text NOT NULL,
        account  text NOT NULL,
        region   text NOT NULL,
        began_at timestamptz NOT NULL,
        CONSTRAINT swept_scope_pkey PRIMARY KEY (provider, account, region)
      );
      ALTER TABLE block ADD COLUMN since timestamptz,
        ADD CONSTRAINT block_since CHECK ((reason = 'unswept') = (since IS NOT NULL));
      -- tens of thousands of observed blocks lie in one pool: what overlaps a CIDR is one search, as among allocations
      CREATE INDEX block_place ON block USING spgist (allocation_key(pool_cidr_id, cidr));
      CREATE INDEX block_by_subject ON block (subject, cidr);
      CREATE INDEX block_unswept ON block (pool_id, id) WHERE reason = 'unswept';
      ALTER TABLE allocation ADD COLUMN settled_at timestamptz;

      COMMENT ON TABLE observed_space IS 'CIDRs in use in the cloud or declared elsewhere, as each source reported them; what they block follows from it';
      COMMENT ON COLUMN observed_space.routing_domain_id IS 'Where it is in use; null: only GLOBAL pools care. Numbers are never used twice, so no foreign key';
      COMMENT ON COLUMN observed_space.within IS 'Of a part (a subnet): the CIDR that it is a part of; it blocks only pool CIDRs inside that';
      COMMENT ON TABLE swept_scope IS 'Accounts and regions that discovery covers';
      COMMENT ON COLUMN swept_scope.began_at IS 'When the last good sweep began';
      COMMENT ON COLUMN block.since IS 'Of an unswept one: when the allocation expired or was released; a good sweep that began later ends it';
      COMMENT ON COLUMN allocation.settled_at IS 'When discovery made it ALLOCATED; null once its caller has confirmed it';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE allocation DROP COLUMN settled_at;
      DROP INDEX block_place, block_by_subject, block_unswept;
      ALTER TABLE block DROP CONSTRAINT block_since, DROP COLUMN since;
      DROP TABLE swept_scope, observed_space;
    `);
  }
}
