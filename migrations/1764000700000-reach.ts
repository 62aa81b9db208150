import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which routing domains reach which, with history: the steps that packets can take, each while it could be taken. */
export class Reach1764000700000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE reach_edge (
        id         bigint GENERATED ALWAYS AS IDENTITY,
        from_node  text COLLATE "C" NOT NULL,
        to_node    text COLLATE "C" NOT NULL,
        how        text NOT NULL,
        resource   text NOT NULL,
        valid_from timestamptz NOT NULL,
        valid_to   timestamptz,
        CONSTRAINT reach_edge_pkey PRIMARY KEY (id),
        CONSTRAINT reach_edge_how CHECK (how IN ('PEERING', 'TRANSIT_GATEWAY', 'VPN', 'DIRECT_CONNECT', 'DECLARED')),
        CONSTRAINT reach_edge_span CHECK (valid_to >= valid_from)
      );
      CREATE UNIQUE INDEX reach_edge_open ON reach_edge (from_node, to_node, how, resource) WHERE valid_to IS NULL;
      CREATE INDEX reach_edge_by_time ON reach_edge (valid_from);
      COMMENT ON TABLE reach_edge IS 'Steps that packets can take between routing domains and route tables of transit gateways, as [from, to)';
      COMMENT ON COLUMN reach_edge.from_node IS 'dom_1, or the id of a route table; between two routing domains without a direction';
      COMMENT ON COLUMN reach_edge.resource IS 'The peering, transit gateway, VPN connection, Direct Connect gateway or declared link';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE reach_edge');
  }
}
