import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Routing domains of networks, and how far what is observed has been compared with what is allocated. */
export class Networks1764000600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TABLES);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX allocation_held_in;
      DROP TABLE unseen_allocation, reconciled_scope, network_domain;
    `);
  }
}

const TABLES = `
CREATE TABLE network_domain (
  network_id        text COLLATE "C" NOT NULL,
  routing_domain_id int NOT NULL,
  declared          boolean NOT NULL DEFAULT false,
  CONSTRAINT network_domain_pkey PRIMARY KEY (network_id),
  CONSTRAINT network_domain_routing_domain FOREIGN KEY (routing_domain_id) REFERENCES routing_domain (id)
);
CREATE INDEX network_domain_by_routing_domain ON network_domain (routing_domain_id);

CREATE TABLE reconciled_scope (
  scope_id int NOT NULL,
  tried_at timestamptz NOT NULL,
  CONSTRAINT reconciled_scope_pkey PRIMARY KEY (scope_id),
  CONSTRAINT reconciled_scope_scope FOREIGN KEY (scope_id) REFERENCES discovery_scope (id)
);

CREATE TABLE unseen_allocation (
  allocation_id bigint NOT NULL,
  since         timestamptz NOT NULL,
  looks         smallint NOT NULL,
  last_look_at  timestamptz NOT NULL,
  CONSTRAINT unseen_allocation_pkey PRIMARY KEY (allocation_id),
  CONSTRAINT unseen_allocation_looks CHECK (looks > 0),
  CONSTRAINT unseen_allocation_allocation FOREIGN KEY (allocation_id) REFERENCES allocation (id)
);

-- what an account and region holds; nothing else pays for it
CREATE INDEX allocation_held_in ON allocation ((holder ->> 'account'), (holder ->> 'region'))
  WHERE status = 'ALLOCATED' AND holder ? 'resourceId';

COMMENT ON TABLE network_domain IS 'The routing domain of each VPC and external network, from when it was first seen on';
COMMENT ON COLUMN network_domain.declared IS 'Somebody said so; else it is one of its own';
COMMENT ON TABLE reconciled_scope IS 'How far what was observed of a scope has been compared with what is allocated';
COMMENT ON COLUMN reconciled_scope.tried_at IS 'When the last list began that has been compared';
COMMENT ON TABLE unseen_allocation IS 'Allocations to cloud resources that good lists did not have';
COMMENT ON COLUMN unseen_allocation.since IS 'The last change of the allocation when looking began: after another it begins anew';
COMMENT ON COLUMN unseen_allocation.looks IS 'Good lists in a row without it, counted up to what makes an orphan';
COMMENT ON COLUMN unseen_allocation.last_look_at IS 'When the last of them began';
`;
