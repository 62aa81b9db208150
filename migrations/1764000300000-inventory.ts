import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is observed: scopes, the state of their lists, versions of objects, and the changes between them. */
export class Inventory1764000300000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(LISTS);
    await queryRunner.query(VERSIONS);
    await queryRunner.query(CHANGES);
    await queryRunner.query(COMMENTS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE subnet_usage, configuration_change_vpc, configuration_change, observed_version, discovery_gap,
        discovery_list, discovery_scope;
    `);
  }
}

const LISTS = `
CREATE TABLE discovery_scope (
  id       int GENERATED ALWAYS AS IDENTITY (MINVALUE 1),
  provider text NOT NULL DEFAULT 'aws',
  account  text NOT NULL,
  region   text NOT NULL,
  CONSTRAINT discovery_scope_pkey PRIMARY KEY (id),
  CONSTRAINT discovery_scope_once UNIQUE (provider, account, region)
);
-- where what people declare is kept like what was observed
INSERT INTO discovery_scope (provider, account, region) VALUES ('declared', '', '');

CREATE TABLE discovery_list (
  scope_id      int NOT NULL,
  kind          text COLLATE "C" NOT NULL,
  baseline      boolean NOT NULL DEFAULT false,
  covered_since timestamptz,
  last_good_at  timestamptz,
  last_tried_at timestamptz,
  objects       int NOT NULL DEFAULT 0,
  stale_since   timestamptz,
  stale_reason  text,
  suspicious    smallint NOT NULL DEFAULT 0,
  drop_accepted boolean NOT NULL DEFAULT false,
  CONSTRAINT discovery_list_pkey PRIMARY KEY (scope_id, kind),
  CONSTRAINT discovery_list_stale CHECK ((stale_since IS NULL) = (stale_reason IS NULL)),
  CONSTRAINT discovery_list_good CHECK ((last_good_at IS NULL) = (covered_since IS NULL) AND (last_good_at IS NOT NULL) = baseline),
  CONSTRAINT discovery_list_counts CHECK (objects >= 0 AND suspicious >= 0),
  CONSTRAINT discovery_list_scope FOREIGN KEY (scope_id) REFERENCES discovery_scope (id)
);
INSERT INTO discovery_list (scope_id, kind, baseline, covered_since, last_good_at)
SELECT id, 'external_network', true, '-infinity', '-infinity' FROM discovery_scope WHERE provider = 'declared';

CREATE TABLE discovery_gap (
  scope_id int NOT NULL,
  kind     text COLLATE "C" NOT NULL,
  began_at timestamptz NOT NULL,
  ended_at timestamptz,
  reason   text NOT NULL,
  CONSTRAINT discovery_gap_pkey PRIMARY KEY (scope_id, kind, began_at),
  CONSTRAINT discovery_gap_span CHECK (ended_at > began_at),
  CONSTRAINT discovery_gap_list FOREIGN KEY (scope_id, kind) REFERENCES discovery_list (scope_id, kind)
);
CREATE UNIQUE INDEX discovery_gap_open ON discovery_gap (scope_id, kind) WHERE ended_at IS NULL;

CREATE TABLE subnet_usage (
  scope_id  int NOT NULL,
  subnet_id text COLLATE "C" NOT NULL,
  available int NOT NULL,
  at        timestamptz NOT NULL,
  CONSTRAINT subnet_usage_pkey PRIMARY KEY (subnet_id, scope_id),
  CONSTRAINT subnet_usage_available CHECK (available >= 0),
  CONSTRAINT subnet_usage_scope FOREIGN KEY (scope_id) REFERENCES discovery_scope (id)
);
`;

const VERSIONS = `
CREATE TABLE observed_version (
  seen_from     timestamptz NOT NULL,
  seen_to       timestamptz,
  missing_since timestamptz,
  last_seen     timestamptz,
  scope_id      int NOT NULL,
  misses        smallint NOT NULL DEFAULT 0,
  kind          text COLLATE "C" NOT NULL,
  resource_id   text COLLATE "C" NOT NULL,
  vpc_id        text COLLATE "C",
  name          text,
  hash          text COLLATE "C" NOT NULL,
  prefixes      cidr[] NOT NULL,
  attached_to   text[] COLLATE "C",
  body          jsonb NOT NULL,
  CONSTRAINT observed_version_pkey PRIMARY KEY (resource_id, scope_id, kind, seen_from),
  -- an object seen in one list only and then never again has the interval of an instant
  CONSTRAINT observed_version_span CHECK (seen_to > seen_from OR (seen_to = seen_from AND missing_since IS NOT NULL)),
  CONSTRAINT observed_version_missing CHECK ((missing_since IS NULL) = (last_seen IS NULL) AND (missing_since IS NULL) = (misses = 0)
    AND last_seen >= seen_from AND missing_since > last_seen),
  CONSTRAINT observed_version_ended CHECK (seen_to IS NULL OR last_seen IS NULL OR seen_to = last_seen)
);
-- also what the next list is compared with
CREATE UNIQUE INDEX observed_version_current ON observed_version (scope_id, kind, resource_id) WHERE seen_to IS NULL;
CREATE INDEX observed_version_current_by_vpc ON observed_version (vpc_id) WHERE seen_to IS NULL AND vpc_id IS NOT NULL;
CREATE INDEX observed_version_past_by_vpc ON observed_version (vpc_id, coalesce(missing_since, seen_to))
  WHERE seen_to IS NOT NULL AND vpc_id IS NOT NULL;
CREATE INDEX observed_version_absent ON observed_version (scope_id, kind, resource_id) WHERE seen_to IS NULL AND missing_since IS NOT NULL;
CREATE INDEX observed_version_attached_to ON observed_version USING gin (attached_to) WHERE attached_to IS NOT NULL;
CREATE INDEX observed_version_prefixes ON observed_version USING gin (prefixes) WHERE seen_to IS NULL AND prefixes <> '{}';
`;

const CHANGES = `
CREATE TABLE configuration_change (
  change_id   bigint NOT NULL,
  at          timestamptz NOT NULL,
  scope_id    int NOT NULL,
  kind        text COLLATE "C" NOT NULL,
  resource_id text COLLATE "C" NOT NULL,
  CONSTRAINT configuration_change_pkey PRIMARY KEY (change_id),
  CONSTRAINT configuration_change_of FOREIGN KEY (change_id) REFERENCES change (id),
  CONSTRAINT configuration_change_scope FOREIGN KEY (scope_id) REFERENCES discovery_scope (id)
);
CREATE INDEX configuration_change_by_time ON configuration_change (at, change_id);
CREATE INDEX configuration_change_by_scope ON configuration_change (scope_id, at, change_id);
CREATE INDEX configuration_change_by_kind ON configuration_change (kind, at, change_id);

CREATE TABLE configuration_change_vpc (
  vpc_id    text COLLATE "C" NOT NULL,
  at        timestamptz NOT NULL,
  change_id bigint NOT NULL,
  CONSTRAINT configuration_change_vpc_pkey PRIMARY KEY (vpc_id, at, change_id),
  CONSTRAINT configuration_change_vpc_of FOREIGN KEY (change_id) REFERENCES configuration_change (change_id)
);
`;

const COMMENTS = `
COMMENT ON TABLE discovery_scope IS 'An account and region that is swept; one more for what people declare';
COMMENT ON TABLE discovery_list IS 'State of each list: everything of one kind in one scope';
COMMENT ON COLUMN discovery_list.baseline IS 'A first good list is there; from then on differences are changes';
COMMENT ON COLUMN discovery_list.covered_since IS 'When the first good list began';
COMMENT ON COLUMN discovery_list.last_good_at IS 'When the last good list began';
COMMENT ON COLUMN discovery_list.objects IS 'How many the last good list had';
COMMENT ON COLUMN discovery_list.stale_since IS 'When the first list began that was not good, of those since the last good one';
COMMENT ON COLUMN discovery_list.suspicious IS 'Suspicious lists in a row';
COMMENT ON COLUMN discovery_list.drop_accepted IS 'The next suspicious list counts as good, as somebody said';
COMMENT ON TABLE discovery_gap IS 'When a list was not good: what it would have shown then is unknown';
COMMENT ON TABLE subnet_usage IS 'Free IPv4 addresses of subnets, as the provider counts them';
COMMENT ON COLUMN subnet_usage.at IS 'When this number was first seen';
COMMENT ON TABLE observed_version IS 'What was observed of an object in [seen_from, seen_to); a row only where something changed';
COMMENT ON COLUMN observed_version.seen_to IS 'Null: current. Of an object that ended the last list that had it';
COMMENT ON COLUMN observed_version.missing_since IS 'The first good list without it; between last_seen and this nobody knows';
COMMENT ON COLUMN observed_version.last_seen IS 'The last good list that had it; kept only once it is missing';
COMMENT ON COLUMN observed_version.misses IS 'Good lists in a row without it';
COMMENT ON COLUMN observed_version.attached_to IS 'VPCs that it connects or serves; only of peerings, attachments and gateways';
COMMENT ON TABLE configuration_change IS 'Changes of what is observed, to filter by; the facts are in the row of change';
COMMENT ON TABLE configuration_change_vpc IS 'The VPCs that a configuration change concerns';
`;
