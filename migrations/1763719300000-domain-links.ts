import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions of routing domains and declared links between them; names stop short of the prefix of a link's id. */
export class DomainLinks1763719300000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(LINKS);
    for (const table of ['pool', 'routing_domain']) {
      const kept = await quotedNames(queryRunner, table);
      await queryRunner.query(`
        ALTER TABLE ${table} DROP CONSTRAINT ${table}_name, ADD CONSTRAINT ${table}_name_is_no_id
          CHECK (name <> '' AND name !~ '^(pool|alloc|dom|link)_'${kept && ` OR name IN (${kept})`});
      `);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['pool', 'routing_domain']) {
      await queryRunner.query(`
        ALTER TABLE ${table} DROP CONSTRAINT ${table}_name_is_no_id,
          ADD CONSTRAINT ${table}_name CHECK (name <> '' AND name !~ '^(pool|alloc|dom)_');
      `);
    }
    await queryRunner.query(`
      DROP TABLE routing_domain_link;
      ALTER TABLE routing_domain DROP COLUMN version;
    `);
  }
}

/**
 * Names that only the wider check forbids, as a list of literals; '' where there are none. They stay allowed: clients
 * ask for their things by name, and a check that a row breaks would refuse every update of the row.
 */
async function quotedNames(queryRunner: QueryRunner, table: string): Promise<string> {
  const rows = (await queryRunner.query(
    `SELECT coalesce(string_agg(quote_literal(name), ', ' ORDER BY name), '') AS names FROM ${table} WHERE name ~ '^link_'`,
  )) as { names: string }[];
  return rows[0]!.names;
}

const LINKS = `
ALTER TABLE routing_domain ADD COLUMN version int NOT NULL DEFAULT 1;

CREATE TABLE routing_domain_link (
  id         int GENERATED ALWAYS AS IDENTITY (MINVALUE 1),
  a_id       int NOT NULL,
  b_id       int NOT NULL,
  via        text NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT routing_domain_link_pkey PRIMARY KEY (id),
  -- a link has no direction, so that either order of its ends is the same row
  CONSTRAINT routing_domain_link_ends CHECK (a_id < b_id),
  CONSTRAINT routing_domain_link_via CHECK (via <> ''),
  CONSTRAINT routing_domain_link_once UNIQUE (a_id, b_id, via),
  CONSTRAINT routing_domain_link_a FOREIGN KEY (a_id) REFERENCES routing_domain (id),
  CONSTRAINT routing_domain_link_b FOREIGN KEY (b_id) REFERENCES routing_domain (id)
);
CREATE INDEX routing_domain_link_by_b ON routing_domain_link (b_id);

COMMENT ON TABLE routing_domain_link IS 'Two routing domains reach each other, as somebody declared';
COMMENT ON COLUMN routing_domain_link.via IS 'What connects them: a peering, a transit gateway, a VPN';
`;
