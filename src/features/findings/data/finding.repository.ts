import { Injectable } from '@nestjs/common';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Statement, Tx } from '../../../platform/database/statement.js';
import {
  type Finding,
  type FindingFilter,
  type FindingKind,
  type FindingPlace,
  type GivenWaiver,
  type Observation,
  SEVERITIES,
  type Severity,
  type Waiver,
} from '../domain/finding.js';
import type { OpenFinding, Within } from '../domain/sync.js';
import { conditionsOf, RANK } from './conditions.js';

interface Row extends Record<string, unknown> {
  id: number;
  kind: FindingKind;
  subject: string;
  area: string;
  severity: Severity;
  message: string;
  detail: Record<string, unknown>;
  first_seen: string;
  last_seen: string;
  ended_at: string | null;
  waived_until: string | null;
  waiver_reason: string | null;
  waiver_contact: string | null;
  waived_by: string | null;
  waived_at: string | null;
  waived: boolean;
}

const COLUMNS = `f.id, f.kind, f.subject, f.area, f.severity, f.message, f.detail, f.first_seen, f.last_seen, f.ended_at,
  f.waived_until, f.waiver_reason, f.waiver_contact, f.waived_by, f.waived_at,
  coalesce(f.waived_until > (SELECT cadastre_now()), false) AS waived`;

/** With the area, what one sync excludes another from. Any constant will do. */
const SYNC_LOCK = 0x0f14d;

const LOCK_AREA: Statement = {
  name: 'finding-lock-area',
  text: 'SELECT pg_advisory_xact_lock($1, hashtext($2))',
};

const OPEN: Statement = {
  name: 'finding-open',
  text: `
SELECT f.id, f.kind, f.subject, f.area, f.severity, f.message, f.detail, f.last_seen FROM finding f
WHERE f.ended_at IS NULL AND f.kind = ANY ($1::text[]) AND (f.area = $2 OR f.subject = ANY ($3::text[]))`,
};

@Injectable()
export class FindingRepository {
  constructor(private readonly database: Database) {}

  /** By severity, then age: the worst and oldest first. */
  async list(filter: FindingFilter, limit: number, after: FindingPlace | null): Promise<Finding[]> {
    const { where, values } = conditionsOf(filter);
    const at = (offset: number): string => `$${values.length + offset}`;
    const rows = await this.database.query<Row>(
      `SELECT ${COLUMNS} FROM finding f
       WHERE ${where} AND (${at(2)}::int IS NULL OR (${RANK}, f.first_seen, f.id) > (${at(2)}, ${at(3)}::timestamptz, ${at(4)}::bigint))
       ORDER BY ${RANK}, f.first_seen, f.id LIMIT ${at(1)}`,
      [
        ...values,
        limit,
        after && SEVERITIES.indexOf(after.severity) + 1,
        after?.firstSeen ?? null,
        after?.id ?? null,
      ],
    );
    return rows.map(findingOf);
  }

  async count(filter: FindingFilter): Promise<number> {
    const { where, values } = conditionsOf(filter);
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*) AS count FROM finding f WHERE ${where}`,
      values,
    );
    return row!.count;
  }

  /** Open ones of the kinds that are in the area, of all subjects or of these, by id. */
  async openIn({ kinds, area }: Within, subjects: readonly string[] | null): Promise<Finding[]> {
    const rows = await this.database.query<Row>(
      `SELECT ${COLUMNS} FROM finding f WHERE f.ended_at IS NULL AND f.kind = ANY ($1::text[]) AND f.area = $2
         AND ($3::text[] IS NULL OR f.subject = ANY ($3::text[])) ORDER BY f.id`,
      [kinds, area, subjects],
    );
    return rows.map(findingOf);
  }

  async byId(id: number, reader: Reader = this.database): Promise<Finding | null> {
    const [row] = await reader.query<Row>(`SELECT ${COLUMNS} FROM finding f WHERE f.id = $1`, [id]);
    return row ? findingOf(row) : null;
  }

  /** Until the transaction ends nobody changes its waiver. */
  async lock(tx: Tx, id: number): Promise<Finding | null> {
    const [row] = await tx.query<Row>(`SELECT ${COLUMNS} FROM finding f WHERE f.id = $1 FOR UPDATE`, [id]);
    return row ? findingOf(row) : null;
  }

  async setWaiver(tx: Tx, id: number, waiver: Waiver | null, by: string): Promise<void> {
    await tx.query(
      `UPDATE finding SET waived_until = $2, waiver_reason = $3, waiver_contact = $4,
         waived_by = $5, waived_at = CASE WHEN $5::text IS NOT NULL THEN cadastre_now() END WHERE id = $1`,
      [
        id,
        waiver && formatInstant(waiver.until),
        waiver?.reason ?? null,
        waiver?.contact ?? null,
        waiver && by,
      ],
    );
  }

  /** Until the transaction ends nobody else syncs this area. Answers with the instant then. */
  async lockArea(tx: Tx, area: string): Promise<Instant> {
    await tx.query(LOCK_AREA, [SYNC_LOCK, area]);
    const [row] = await tx.query<{ now: string }>('SELECT cadastre_now() AS now');
    return parseInstant(row!.now);
  }

  /** Open ones of the kinds in the area, and those of other areas that are about one of the subjects. */
  async open(tx: Tx, { kinds, area }: Within, subjects: readonly string[]): Promise<OpenFinding[]> {
    const rows = await tx.query<Row>(OPEN, [kinds, area, subjects]);
    return rows.map(({ id, kind, subject, area, severity, message, detail, last_seen }) => {
      return { id, kind, subject, area, severity, message, detail, lastSeen: parseInstant(last_seen) };
    });
  }

  /**
   * Each with the waiver of the one before it, if that is not over. Returns those that were opened: what another area
   * has opened meanwhile is its own until the next look.
   */
  async insert(
    tx: Tx,
    area: string,
    now: Instant,
    opened: readonly Observation[],
  ): Promise<(Observation & { readonly id: number; readonly waived: boolean })[]> {
    if (opened.length === 0) return [];
    const rows = await tx.query<Row>(
      `INSERT INTO finding AS f (kind, subject, area, severity, message, detail, first_seen, last_seen,
         waived_until, waiver_reason, waiver_contact, waived_by, waived_at)
       SELECT g.kind, g.subject, $1::text, g.severity, g.message, g.detail, $2::timestamptz, $2::timestamptz,
         w.waived_until, w.waiver_reason, w.waiver_contact, w.waived_by, w.waived_at
       FROM ROWS FROM (jsonb_to_recordset($3) AS (kind text, subject text, severity text, message text, detail jsonb))
         WITH ORDINALITY g
       LEFT JOIN LATERAL (SELECT * FROM finding p WHERE p.subject = g.subject AND p.kind = g.kind ORDER BY p.id DESC LIMIT 1) w
         ON w.waived_until > $2::timestamptz
       ORDER BY g.ordinality
       ON CONFLICT (kind, subject) WHERE ended_at IS NULL DO NOTHING
       RETURNING ${COLUMNS}`,
      [area, formatInstant(now), JSON.stringify(opened)],
    );
    return rows.map(findingOf);
  }

  async change(
    tx: Tx,
    area: string,
    now: Instant,
    changed: readonly { readonly from: OpenFinding; readonly to: Observation }[],
  ): Promise<void> {
    if (changed.length === 0) return;
    const rows = changed.map(({ from: { id }, to: { severity, message, detail } }) => {
      return { id, severity, message, detail };
    });
    await tx.query(
      `UPDATE finding f SET area = $1, severity = g.severity, message = g.message, detail = g.detail,
         last_seen = greatest(f.last_seen, $2::timestamptz)
       FROM jsonb_to_recordset($3) AS g (id bigint, severity text, message text, detail jsonb) WHERE f.id = g.id`,
      [area, formatInstant(now), JSON.stringify(rows)],
    );
  }

  async touch(tx: Tx, now: Instant, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await tx.query(
      'UPDATE finding SET last_seen = greatest(last_seen, $1::timestamptz) WHERE id = ANY ($2::bigint[])',
      [formatInstant(now), ids],
    );
  }

  async close(tx: Tx, now: Instant, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await tx.query(
      'UPDATE finding SET ended_at = greatest(last_seen, $1::timestamptz) WHERE id = ANY ($2::bigint[]) AND ended_at IS NULL',
      [formatInstant(now), ids],
    );
  }
}

function findingOf(row: Row): Finding {
  const { id, kind, subject, area, severity, message, detail, waived } = row;
  return {
    id,
    kind,
    subject,
    area,
    severity,
    message,
    detail,
    firstSeen: parseInstant(row.first_seen),
    lastSeen: parseInstant(row.last_seen),
    endedAt: row.ended_at === null ? null : parseInstant(row.ended_at),
    waiver: waiverOf(row),
    waived,
  };
}

/** A waiver is whole or not there. */
function waiverOf(row: Row): GivenWaiver | null {
  if (row.waived_until === null) return null;
  return {
    until: parseInstant(row.waived_until),
    reason: row.waiver_reason!,
    contact: row.waiver_contact!,
    by: row.waived_by!,
    at: parseInstant(row.waived_at!),
  };
}
