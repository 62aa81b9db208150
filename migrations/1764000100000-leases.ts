import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work of which exactly one process does each piece. */
export class Leases1764000100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE lease (
        name   text COLLATE "C" NOT NULL,
        holder text,
        token  bigint NOT NULL DEFAULT 1,
        until  timestamptz NOT NULL,
        CONSTRAINT lease_pkey PRIMARY KEY (name),
        CONSTRAINT lease_token CHECK (token > 0)
      ) WITH (fillfactor = 50);

      COMMENT ON TABLE lease IS 'Who does a piece of work of which exactly one process does each';
      COMMENT ON COLUMN lease.holder IS 'The process that took it last; null once it has given it up';
      COMMENT ON COLUMN lease.token IS 'The fence: one more with every taking, so that a former holder can tell';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE lease');
  }
}
