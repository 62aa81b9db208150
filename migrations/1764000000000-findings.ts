import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is wrong, in one table with waivers. */
export class Findings1764000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TABLE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE finding');
  }
}

const TABLE = `
CREATE TABLE finding (
  id             bigint GENERATED ALWAYS AS IDENTITY,
  kind           text NOT NULL,
  subject        text NOT NULL,
  area           text NOT NULL,
  severity       text NOT NULL,
  message        text NOT NULL,
  detail         jsonb NOT NULL,
  first_seen     timestamptz NOT NULL,
  last_seen      timestamptz NOT NULL,
  ended_at       timestamptz,
  waived_until   timestamptz,
  waiver_reason  text,
  waiver_contact text,
  waived_by      text,
  waived_at      timestamptz,
  CONSTRAINT finding_pkey PRIMARY KEY (id),
  CONSTRAINT finding_severity CHECK (severity IN ('INFO', 'WARNING', 'CRITICAL')),
  CONSTRAINT finding_subject CHECK (subject <> ''),
  CONSTRAINT finding_times CHECK (first_seen <= last_seen AND last_seen <= ended_at),
  CONSTRAINT finding_waiver CHECK (num_nulls(waived_until, waiver_reason, waiver_contact, waived_by, waived_at) IN (0, 5))
);
CREATE UNIQUE INDEX finding_open ON finding (kind, subject) WHERE ended_at IS NULL;
CREATE INDEX finding_open_in_area ON finding (area, kind) WHERE ended_at IS NULL;
CREATE INDEX finding_by_subject ON finding (subject, kind, id);

COMMENT ON TABLE finding IS 'What is wrong: one row from when it was first seen until it was not seen any more';
COMMENT ON COLUMN finding.subject IS 'What it is about, as it names itself; at most one open row per kind and subject';
COMMENT ON COLUMN finding.area IS 'Who looks whether it is still so: an account and region, a whole feature';
COMMENT ON COLUMN finding.last_seen IS 'Within an hour: an unchanged finding is not written with every look';
COMMENT ON COLUMN finding.waived_until IS 'Somebody has answered for it until then; all of the waiver or nothing';
`;
