import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens, routing domains, the allocation core with its constraints, changes and their publisher. */
export class Core1763632800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CLOCK_AND_KEY);
    await queryRunner.query(ACCESS);
    await queryRunner.query(ALLOCATION_CORE);
    await queryRunner.query(EVENTS);
    await queryRunner.query(COMMENTS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE pool_cidr DROP CONSTRAINT pool_cidr_source;
      DROP TABLE publisher, change, block, free_block, allocation, pool_cidr, pool, routing_domain, token;
      DROP TYPE claim_state, allocation_status, placement;
      DROP FUNCTION allocation_key(int, cidr), cadastre_expect(text, bigint, bigint), cadastre_now();
    `);
  }
}

const CLOCK_AND_KEY = `
-- The only clock that decides about validity. Volatile: never bare in a WHERE clause, where it is no index condition.
CREATE FUNCTION cadastre_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT clock_timestamp() + coalesce(nullif(current_setting('cadastre.clock_offset', true), '')::interval, interval '0')
$$;

-- Refuses the whole transaction where a statement did not touch as many rows as was decided.
CREATE FUNCTION cadastre_expect(what text, counted bigint, expected bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF counted <> expected THEN
    RAISE EXCEPTION '%: % instead of %', what, counted, expected USING HINT = 'Run cadastre fsck.';
  END IF;
END $$;

-- Owner id and prefix in one inet, so that SP-GiST, which has single-column indexes only, can exclude overlaps per owner.
-- v4: ::<id>:<address>/(96+len); v6: the id (>= 1) in place of the first 32 bits, mask unchanged.
CREATE FUNCTION allocation_key(owner int, c cidr) RETURNS inet LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE family(c)
    WHEN 4 THEN set_masklen('::'::inet + ((owner::bigint << 32) + (set_masklen(c::inet, 32) - '0.0.0.0'::inet)), 96 + masklen(c))
    ELSE set_masklen(regexp_replace(lpad(to_hex(owner), 8, '0') || substr(encode(inet_send(c::inet), 'hex'), 17, 24),
                     '(....)(?!$)', '\\1:', 'g')::inet, masklen(c)) END
$$;
`;

const ACCESS = `
CREATE TABLE token (
  id         int GENERATED ALWAYS AS IDENTITY,
  name       text NOT NULL,
  role       text NOT NULL,
  hash       bytea NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT token_pkey PRIMARY KEY (id),
  CONSTRAINT token_name_taken UNIQUE (name),
  CONSTRAINT token_hash UNIQUE (hash),
  CONSTRAINT token_role CHECK (role IN ('reader', 'operator', 'admin'))
);

CREATE TABLE routing_domain (
  id          int GENERATED ALWAYS AS IDENTITY (MINVALUE 1),
  name        text NOT NULL,
  description text NOT NULL DEFAULT '',
  tags        jsonb NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL,
  created_by  text NOT NULL,
  CONSTRAINT routing_domain_pkey PRIMARY KEY (id),
  CONSTRAINT routing_domain_name_taken UNIQUE (name),
  CONSTRAINT routing_domain_name CHECK (name <> '' AND name !~ '^(pool|alloc|dom)_')
);
`;

const ALLOCATION_CORE = `
CREATE TYPE allocation_status AS ENUM ('RESERVED', 'ALLOCATED', 'QUARANTINED', 'RELEASED', 'EXPIRED');
CREATE TYPE claim_state AS ENUM ('OPEN', 'PENDING');
CREATE TYPE placement AS ENUM ('BEST_FIT', 'SPARSE', 'LAST', 'NEAR');

CREATE TABLE pool (
  id                    int GENERATED ALWAYS AS IDENTITY (MINVALUE 1),
  name                  text NOT NULL,
  description           text NOT NULL DEFAULT '',
  family                smallint NOT NULL,
  -- '(,)' GLOBAL root, '[d,d]' root of routing domain d, 'empty' child: a child has no scope of its own
  scope                 int4range NOT NULL,
  routing_domain_id     int,
  min_prefix_length     smallint,
  max_prefix_length     smallint,
  default_prefix_length smallint,
  required_tags         text[] NOT NULL DEFAULT '{}',
  placement             placement NOT NULL DEFAULT 'BEST_FIT',
  quarantine_seconds    int NOT NULL DEFAULT 86400,
  excluded              cidr[] NOT NULL DEFAULT '{}',
  auto_adopt            boolean NOT NULL DEFAULT false,
  tags                  jsonb NOT NULL DEFAULT '{}',
  version               int NOT NULL DEFAULT 1,
  created_at            timestamptz NOT NULL,
  created_by            text NOT NULL,
  -- written once per batch and in no index, so that the update stays HOT
  sequence              bigint NOT NULL DEFAULT 0,
  recorded_at           timestamptz NOT NULL DEFAULT '-infinity',
  CONSTRAINT pool_pkey PRIMARY KEY (id),
  CONSTRAINT pool_name_taken UNIQUE (name),
  CONSTRAINT pool_name CHECK (name <> '' AND name !~ '^(pool|alloc|dom)_'),
  CONSTRAINT pool_family CHECK (family IN (4, 6)),
  CONSTRAINT pool_quarantine CHECK (quarantine_seconds >= 0),
  CONSTRAINT pool_scope_of_domain CHECK (CASE WHEN routing_domain_id IS NULL
    THEN isempty(scope) OR scope = int4range(NULL, NULL) ELSE scope = int4range(routing_domain_id, routing_domain_id, '[]') END),
  CONSTRAINT pool_family_scope UNIQUE (id, family, scope),
  CONSTRAINT pool_routing_domain FOREIGN KEY (routing_domain_id) REFERENCES routing_domain (id)
) WITH (fillfactor = 50);
CREATE INDEX pool_by_routing_domain ON pool (routing_domain_id);

CREATE TABLE pool_cidr (
  id               int GENERATED ALWAYS AS IDENTITY (MINVALUE 1),
  pool_id          int NOT NULL,
  family           smallint NOT NULL,
  scope            int4range NOT NULL,
  cidr             cidr NOT NULL,
  source_id        bigint,
  source_cidr      cidr,
  source_allocated boolean,
  CONSTRAINT pool_cidr_pkey PRIMARY KEY (id),
  CONSTRAINT pool_cidr_family CHECK (family = family(cidr) AND (family = 4 OR masklen(cidr) >= 32)),
  CONSTRAINT pool_cidr_root_or_child CHECK ((source_id IS NULL) = (NOT isempty(scope))),
  -- all three or none: a NULL in one of them would switch the foreign key off (MATCH SIMPLE)
  CONSTRAINT pool_cidr_is_source CHECK ((source_id IS NULL AND source_cidr IS NULL AND source_allocated IS NULL)
    OR (source_id IS NOT NULL AND source_cidr IS NOT DISTINCT FROM cidr AND source_allocated IS TRUE)),
  CONSTRAINT pool_cidr_source_once UNIQUE (source_id),
  CONSTRAINT pool_cidr_target UNIQUE (id, pool_id, cidr),
  CONSTRAINT pool_cidr_pool FOREIGN KEY (pool_id, family, scope) REFERENCES pool (id, family, scope) ON UPDATE CASCADE,
  CONSTRAINT root_cidr_overlap EXCLUDE USING gist (cidr inet_ops WITH &&, scope WITH &&) WHERE (source_id IS NULL),
  -- a range, since GiST has no equality of integers without an extension; allocation_key would drop the first 32 bits of IPv6
  CONSTRAINT pool_cidr_overlap EXCLUDE USING gist (cidr inet_ops WITH &&, int4range(pool_id, pool_id, '[]') WITH &&)
);
CREATE INDEX pool_cidr_by_pool ON pool_cidr (pool_id);

CREATE TABLE allocation (
  id           bigint GENERATED BY DEFAULT AS IDENTITY,
  pool_id      int NOT NULL,
  pool_cidr_id int NOT NULL,
  pool_cidr    cidr NOT NULL,
  cidr         cidr NOT NULL,
  status       allocation_status NOT NULL,
  -- these two follow from status, held by checks: plain columns, since TypeORM sees drift in generated ones of a clone
  allocated    boolean NOT NULL,
  live_in      int,
  expires_at   timestamptz,
  available_at timestamptz,
  released_at  timestamptz,
  held_until   timestamptz,
  key          text,
  request      text,
  claim        claim_state,
  replaces     bigint,
  nonce        text,
  holder       jsonb NOT NULL DEFAULT '{}',
  tags         jsonb NOT NULL DEFAULT '{}',
  description  text NOT NULL DEFAULT '',
  noncompliant text[] NOT NULL DEFAULT '{}',
  version      int NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL,
  created_by   text NOT NULL,
  updated_at   timestamptz NOT NULL,
  updated_by   text NOT NULL,
  CONSTRAINT allocation_pkey PRIMARY KEY (id),
  CONSTRAINT allocation_allocated CHECK (allocated = (status = 'ALLOCATED')),
  CONSTRAINT allocation_live CHECK (live_in IS NOT DISTINCT FROM
    CASE WHEN status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED') THEN pool_cidr_id END),
  CONSTRAINT allocation_inside CHECK (cidr <<= pool_cidr),
  CONSTRAINT allocation_deadlines CHECK ((status <> 'RESERVED' OR expires_at IS NOT NULL)
    AND (status <> 'QUARANTINED' OR available_at IS NOT NULL)),
  CONSTRAINT allocation_claim CHECK (claim IS NULL
    OR (key IS NOT NULL AND request IS NOT NULL AND status IN ('RESERVED', 'ALLOCATED', 'EXPIRED'))),
  CONSTRAINT allocation_pending CHECK (claim <> 'PENDING' OR (replaces IS NOT NULL AND status IN ('RESERVED', 'EXPIRED'))),
  CONSTRAINT allocation_source_target UNIQUE (id, cidr, allocated),
  CONSTRAINT allocation_in_pool_cidr FOREIGN KEY (live_in, pool_id, pool_cidr) REFERENCES pool_cidr (id, pool_id, cidr),
  CONSTRAINT allocation_overlap EXCLUDE USING spgist (allocation_key(pool_cidr_id, cidr) inet_ops WITH &&)
    WHERE (status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED'))
);
CREATE UNIQUE INDEX allocation_open_claim    ON allocation (pool_id, key) WHERE claim = 'OPEN';
CREATE UNIQUE INDEX allocation_pending_claim ON allocation (pool_id, key) WHERE claim = 'PENDING';
CREATE INDEX allocation_expiring    ON allocation (pool_id, expires_at)   WHERE status = 'RESERVED';
CREATE INDEX allocation_quarantined ON allocation (pool_id, available_at) WHERE status = 'QUARANTINED';
CREATE INDEX allocation_claim_ending ON allocation (pool_id, expires_at) WHERE status = 'EXPIRED' AND claim IS NOT NULL;
CREATE INDEX allocation_released_key ON allocation (pool_id, key) WHERE status = 'QUARANTINED' AND key IS NOT NULL;
-- also what the foreign key from pool_cidr looks through: an index on live_in would cost every allocation 12 µs
CREATE INDEX allocation_by_pool     ON allocation (pool_id, cidr);

ALTER TABLE pool_cidr ADD CONSTRAINT pool_cidr_source
  FOREIGN KEY (source_id, source_cidr, source_allocated) REFERENCES allocation (id, cidr, allocated);

CREATE TABLE free_block (
  pool_id      int NOT NULL,
  -- 32 or 128 minus the prefix length, so that plain ascending order is best fit
  host_bits    smallint NOT NULL,
  cidr         cidr NOT NULL,
  pool_cidr_id int NOT NULL,
  CONSTRAINT free_block_pkey PRIMARY KEY (pool_id, host_bits, cidr),
  CONSTRAINT free_block_length CHECK (host_bits = CASE family(cidr) WHEN 4 THEN 32 ELSE 128 END - masklen(cidr)),
  CONSTRAINT free_block_pool_cidr FOREIGN KEY (pool_cidr_id) REFERENCES pool_cidr (id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX free_block_by_pool_cidr ON free_block (pool_cidr_id, cidr);

CREATE TABLE block (
  id           bigint GENERATED ALWAYS AS IDENTITY,
  pool_id      int NOT NULL,
  pool_cidr_id int NOT NULL,
  cidr         cidr NOT NULL,
  reason       text NOT NULL,
  subject      text NOT NULL,
  until        timestamptz,
  CONSTRAINT block_pkey PRIMARY KEY (id),
  CONSTRAINT block_reason CHECK (reason IN ('excluded', 'observed', 'unswept', 'growth')),
  CONSTRAINT block_once UNIQUE (pool_cidr_id, cidr, reason, subject),
  CONSTRAINT block_pool_cidr FOREIGN KEY (pool_cidr_id) REFERENCES pool_cidr (id)
);
CREATE INDEX block_by_pool ON block (pool_id);
`;

const EVENTS = `
CREATE TABLE change (
  id          bigint GENERATED ALWAYS AS IDENTITY,
  pool_id     int,
  sequence    bigint,
  at          timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  actor       text NOT NULL,
  correlation text NOT NULL,
  action      text NOT NULL,
  subject     text NOT NULL,
  detail      jsonb NOT NULL,
  position    bigint,
  CONSTRAINT change_pkey PRIMARY KEY (id),
  CONSTRAINT change_sequence UNIQUE (pool_id, sequence),
  CONSTRAINT change_in_pool CHECK ((pool_id IS NULL) = (sequence IS NULL))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
-- partial: an entry for every row without a position would be written only to be replaced
CREATE UNIQUE INDEX change_position ON change (position) WHERE position IS NOT NULL;
CREATE INDEX change_unpublished ON change (id) WHERE position IS NULL;
CREATE INDEX change_by_subject ON change (subject, id);

-- One row. The token is the fence: whoever takes the lease raises it, and positions are drawn only through this row.
CREATE TABLE publisher (
  only_row boolean NOT NULL DEFAULT true,
  holder   text,
  token    bigint NOT NULL DEFAULT 0,
  until    timestamptz,
  position bigint NOT NULL DEFAULT 0,
  CONSTRAINT publisher_pkey PRIMARY KEY (only_row),
  CONSTRAINT publisher_only_row CHECK (only_row)
);
INSERT INTO publisher DEFAULT VALUES;
`;

const COMMENTS = `
COMMENT ON TABLE token IS 'Bearer tokens of the API; only the SHA-256 of the secret is kept';
COMMENT ON TABLE routing_domain IS 'A set of networks in which an address means one thing';
COMMENT ON TABLE pool IS 'Address space to hand out from: one family, one or more pool CIDRs, rules';
COMMENT ON COLUMN pool.scope IS 'Uniqueness scope: (,) GLOBAL root, [d,d] root of routing domain d, empty for a child pool';
COMMENT ON COLUMN pool.sequence IS 'Last sequence drawn for a change of this pool; gapless';
COMMENT ON COLUMN pool.recorded_at IS 'When the last change of this pool was recorded; never runs back';
COMMENT ON COLUMN pool.quarantine_seconds IS 'Seconds for which a released CIDR is handed out to nobody else';
COMMENT ON TABLE pool_cidr IS 'A CIDR that was provisioned into a pool; of a child pool it is one ALLOCATED allocation, its source';
COMMENT ON TABLE allocation IS 'A CIDR taken from a pool; the register itself';
COMMENT ON COLUMN allocation.live_in IS 'pool_cidr_id while the allocation is live, else NULL: the reference that keeps a pool CIDR in place';
COMMENT ON COLUMN allocation.request IS 'Canonical request under the key: /24, 10.0.0.0/24 or default';
COMMENT ON COLUMN allocation.claim IS 'OPEN answers the key; PENDING stands beside an OPEN one that it is to replace';
COMMENT ON COLUMN allocation.noncompliant IS 'Rules of the pool that it broke when it was adopted';
COMMENT ON TABLE free_block IS 'Derived: maximal aligned free CIDRs of each pool CIDR; cadastre fsck compares and --repair rebuilds';
COMMENT ON TABLE block IS 'Reasons why space is not handed out; rows may overlap each other and live allocations';
COMMENT ON TABLE change IS 'One row per change: audit trail and outbox in one';
COMMENT ON COLUMN change.at IS 'When it took effect; of an expiry the due time';
COMMENT ON COLUMN change.sequence IS 'Gapless within the pool, drawn under its lock';
COMMENT ON COLUMN change.position IS 'Gapless over the whole service, given after commit by the publisher';
COMMENT ON TABLE publisher IS 'The lease and the counter from which positions are drawn; one row';
`;
