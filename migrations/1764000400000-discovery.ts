import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is discovered, and the sweeps that do it: rows that any process works off. */
export class Discovery1764000400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TABLES);
    await queryRunner.query(COMMENTS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE sweep_scope, sweep, discovery_account');
  }
}

const TABLES = `
CREATE TABLE discovery_account (
  account     text COLLATE "C" NOT NULL,
  name        text NOT NULL DEFAULT '',
  role_arn    text,
  external_id text,
  regions     text[] NOT NULL,
  enabled     boolean NOT NULL DEFAULT true,
  source      text NOT NULL DEFAULT 'list',
  created_at  timestamptz NOT NULL,
  created_by  text NOT NULL,
  updated_at  timestamptz NOT NULL,
  updated_by  text NOT NULL,
  CONSTRAINT discovery_account_pkey PRIMARY KEY (account),
  CONSTRAINT discovery_account_number CHECK (account ~ '^[0-9]{12}$'),
  CONSTRAINT discovery_account_regions CHECK (cardinality(regions) > 0),
  CONSTRAINT discovery_account_source CHECK (source IN ('list', 'organization')),
  CONSTRAINT discovery_account_external_id CHECK (external_id IS NULL OR role_arn IS NOT NULL)
);

CREATE TABLE sweep (
  id            int GENERATED ALWAYS AS IDENTITY (MINVALUE 1),
  status        text NOT NULL DEFAULT 'RUNNING',
  cause         text NOT NULL,
  kinds         text[] NOT NULL,
  started_at    timestamptz NOT NULL,
  started_by    text NOT NULL,
  running_since timestamptz NOT NULL,
  ended_at      timestamptz,
  problem       text,
  CONSTRAINT sweep_pkey PRIMARY KEY (id),
  CONSTRAINT sweep_status CHECK (status IN ('RUNNING', 'DONE', 'CANCELLED')),
  CONSTRAINT sweep_cause CHECK (cause IN ('asked', 'schedule')),
  CONSTRAINT sweep_ended CHECK ((ended_at IS NULL) = (status = 'RUNNING'))
);
CREATE INDEX sweep_running ON sweep (id) WHERE status = 'RUNNING';

CREATE TABLE sweep_scope (
  sweep_id  int NOT NULL,
  scope_id  int NOT NULL,
  status    text NOT NULL DEFAULT 'PENDING',
  token     bigint,
  attempts  smallint NOT NULL DEFAULT 0,
  began_at  timestamptz,
  ended_at  timestamptz,
  calls     bigint NOT NULL DEFAULT 0,
  throttles bigint NOT NULL DEFAULT 0,
  retries   bigint NOT NULL DEFAULT 0,
  objects   bigint NOT NULL DEFAULT 0,
  changed   bigint NOT NULL DEFAULT 0,
  missing   bigint NOT NULL DEFAULT 0,
  good      text[] NOT NULL DEFAULT '{}',
  failures  jsonb NOT NULL DEFAULT '[]',
  CONSTRAINT sweep_scope_pkey PRIMARY KEY (sweep_id, scope_id),
  CONSTRAINT sweep_scope_status CHECK (status IN ('PENDING', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
  CONSTRAINT sweep_scope_token CHECK ((token IS NULL) = (status <> 'RUNNING')),
  CONSTRAINT sweep_scope_ended CHECK ((ended_at IS NULL) = (status IN ('PENDING', 'RUNNING'))),
  CONSTRAINT sweep_scope_of FOREIGN KEY (sweep_id) REFERENCES sweep (id) ON DELETE CASCADE,
  CONSTRAINT sweep_scope_scope FOREIGN KEY (scope_id) REFERENCES discovery_scope (id)
) WITH (fillfactor = 70);
CREATE INDEX sweep_scope_open ON sweep_scope (sweep_id, scope_id) WHERE status IN ('PENDING', 'RUNNING');
`;

const COMMENTS = `
COMMENT ON TABLE discovery_account IS 'An account whose regions are discovered, and how to get in';
COMMENT ON COLUMN discovery_account.role_arn IS 'The role to assume; null: the credentials of the service itself';
COMMENT ON COLUMN discovery_account.source IS 'Who named it: a list, or the organization';
COMMENT ON TABLE sweep IS 'One reading of accounts and regions; any process works off its scopes';
COMMENT ON COLUMN sweep.kinds IS 'Which kinds of objects it reads';
COMMENT ON COLUMN sweep.running_since IS 'When it was started or resumed last';
COMMENT ON COLUMN sweep.problem IS 'What could not be done with what was read, when it ended';
COMMENT ON TABLE sweep_scope IS 'One account and region of a sweep; the counts are of the last attempt';
COMMENT ON COLUMN sweep_scope.token IS 'Of the lease under which it is being swept';
COMMENT ON COLUMN sweep_scope.began_at IS 'When the last attempt began: all that it found is of this instant';
COMMENT ON COLUMN sweep_scope.good IS 'Kinds whose list was good';
COMMENT ON COLUMN sweep_scope.failures IS 'Lists that could not be read: kind, reason, message';
`;
