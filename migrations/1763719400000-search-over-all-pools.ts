import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes for what looks into all pools at once; none that a live allocation pays for. */
export class SearchOverAllPools1763719400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX allocation_past ON allocation (cidr, id) WHERE live_in IS NULL;
      CREATE INDEX pool_cidr_in_order ON pool_cidr (cidr);
      CREATE INDEX pool_cidr_below ON pool_cidr USING spgist (allocation_key(parent_id, cidr)) WHERE parent_id IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX allocation_past, pool_cidr_in_order, pool_cidr_below');
  }
}
