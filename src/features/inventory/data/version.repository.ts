import { Injectable } from '@nestjs/common';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Statement, Tx } from '../../../platform/database/statement.js';
import type { Body } from '../domain/change.js';
import type { Absence, Known } from '../domain/list.js';
import type { ObservedObject, StoredKind } from '../domain/observed.js';
import type { ListKey } from './list.repository.js';

/** What is said of an object that is written, beside what was observed. */
export interface NewVersion extends ObservedObject {
  readonly kind: StoredKind;
  /** VPCs that it connects or serves; null for kinds that do not. */
  readonly attachedTo: readonly string[] | null;
}

/** What was current of an object. */
export interface Before {
  readonly id: string;
  readonly vpcId: string | null;
  readonly name: string | null;
  readonly attachedTo: readonly string[];
  readonly body: Body;
}

interface BeforeRow extends Record<string, unknown> {
  resource_id: string;
  vpc_id: string | null;
  name: string | null;
  attached_to: string[] | null;
  body: Body;
}

const BEFORE = 'resource_id, vpc_id, name, attached_to, body';

function beforeOf({ resource_id, vpc_id, name, attached_to, body }: BeforeRow): Before {
  return { id: resource_id, vpcId: vpc_id, name, attachedTo: attached_to ?? [], body };
}

/** No id and no hash has this character. */
const SEPARATOR = '\n';

/** Objects of a list were seen at few instants, and a few long texts cost both sides a third of a row for each. */
const LOAD: Statement = {
  name: 'inventory-known',
  text: `SELECT kind, seen_from, missing_since, last_seen, misses, string_agg(resource_id, E'\\n') AS ids,
           string_agg(hash, E'\\n') AS hashes
         FROM observed_version WHERE scope_id = $1 AND kind = ANY ($2) AND seen_to IS NULL
         GROUP BY kind, seen_from, missing_since, last_seen, misses`,
};

/** One JSON text costs PostgreSQL less than an array per column, since a body is parsed with the rest. */
const INSERT: Statement = {
  name: 'inventory-insert',
  text: `
INSERT INTO observed_version (scope_id, seen_from, kind, resource_id, vpc_id, name, hash, prefixes, attached_to, body)
SELECT $1::int, $2::timestamptz, o.k, o.i, o.v, o.n, o.h, o.p, o.a, o.b
FROM jsonb_to_recordset($3::jsonb) AS o (k text, i text, v text, n text, h text, p cidr[], a text[], b jsonb)`,
};

const CURRENT = 'scope_id = $1 AND kind = $2 AND seen_to IS NULL AND resource_id = ANY ($3::text[])';

/** Versions of what is observed. Whoever writes holds the lease on the scope. */
@Injectable()
export class VersionRepository {
  constructor(private readonly database: Database) {}

  /** All current objects of lists of a scope, as the next ones are compared with them; about 1 µs of PostgreSQL each. */
  async known(scopeId: number, kinds: readonly StoredKind[]): Promise<Map<StoredKind, Map<string, Known>>> {
    const groups = await this.database.query<{
      kind: StoredKind;
      seen_from: string;
      missing_since: string | null;
      last_seen: string | null;
      misses: number;
      ids: string;
      hashes: string;
    }>(LOAD, [scopeId, kinds]);
    const known = new Map(kinds.map((kind) => [kind, new Map<string, Known>()]));
    for (const { kind, seen_from, missing_since, last_seen, misses, ids, hashes } of groups) {
      const seenFrom = parseInstant(seen_from);
      const missingSince = missing_since === null ? null : parseInstant(missing_since);
      const lastSeen = last_seen === null ? null : parseInstant(last_seen);
      const hashOf = hashes.split(SEPARATOR);
      const list = known.get(kind)!;
      for (const [place, id] of ids.split(SEPARATOR).entries())
        list.set(id, { hash: hashOf[place]!, seenFrom, missingSince, lastSeen, misses });
    }
    return known;
  }

  /** New current versions from `at` on. About 21 µs of PostgreSQL each in a page of 500 interfaces. */
  async insert(tx: Tx, scopeId: number, at: Instant, objects: readonly NewVersion[]): Promise<void> {
    if (objects.length === 0) return;
    await tx.query(INSERT, [scopeId, formatInstant(at), `[${objects.map(recordOf).join()}]`]);
  }

  /** Ends current versions at `at`, since others follow. Answers with them. */
  async supersede(
    tx: Tx,
    { scopeId, kind }: ListKey,
    at: Instant,
    ids: readonly string[],
  ): Promise<Before[]> {
    if (ids.length === 0) return [];
    const rows = await tx.query<BeforeRow>(
      `UPDATE observed_version SET seen_to = $4, missing_since = NULL, last_seen = NULL, misses = 0
       WHERE ${CURRENT} RETURNING ${BEFORE}`,
      [scopeId, kind, ids, formatInstant(at)],
    );
    return rows.map(beforeOf);
  }

  /** Takes away current versions that began in the very list that shows them otherwise now. Answers with them. */
  async takeBack(tx: Tx, { scopeId, kind }: ListKey, ids: readonly string[]): Promise<Before[]> {
    if (ids.length === 0) return [];
    const rows = await tx.query<BeforeRow>(
      `DELETE FROM observed_version WHERE ${CURRENT} RETURNING ${BEFORE}`,
      [scopeId, kind, ids],
    );
    return rows.map(beforeOf);
  }

  /** Makes versions that were superseded at `at` current again where they have the given hash. Answers with when each began. */
  async reopen(
    tx: Tx,
    { scopeId, kind }: ListKey,
    at: Instant,
    objects: readonly Pick<ObservedObject, 'id' | 'hash'>[],
  ): Promise<Map<string, Instant>> {
    if (objects.length === 0) return new Map();
    const rows = await tx.query<{ resource_id: string; seen_from: string }>(
      `UPDATE observed_version v SET seen_to = NULL
       FROM unnest($3::text[], $4::text[]) AS o (id, hash)
       WHERE v.scope_id = $1 AND v.kind = $2 AND v.resource_id = o.id AND v.hash = o.hash
         AND v.seen_to = $5 AND v.missing_since IS NULL
       RETURNING v.resource_id, v.seen_from`,
      [scopeId, kind, objects.map(({ id }) => id), objects.map(({ hash }) => hash), formatInstant(at)],
    );
    return new Map(rows.map(({ resource_id, seen_from }) => [resource_id, parseInstant(seen_from)]));
  }

  /** What was missing is there again. Answers with it. */
  async returned(tx: Tx, { scopeId, kind }: ListKey, ids: readonly string[]): Promise<Before[]> {
    if (ids.length === 0) return [];
    const rows = await tx.query<BeforeRow>(
      `UPDATE observed_version SET missing_since = NULL, last_seen = NULL, misses = 0
       WHERE ${CURRENT} RETURNING ${BEFORE}`,
      [scopeId, kind, ids],
    );
    return rows.map(beforeOf);
  }

  /** Writes down what a good list that began at `at` left out. Answers with what is newly missing and with what ended. */
  async absent(
    tx: Tx,
    { scopeId, kind }: ListKey,
    at: Instant,
    absences: ReadonlyMap<string, Absence>,
  ): Promise<{ missing: Before[]; ended: Before[] }> {
    if (absences.size === 0) return { missing: [], ended: [] };
    const given = [...absences].map(([id, absence]) => ({
      id,
      last_seen: formatInstant(absence.lastSeen),
      missing_since: absence.kind === 'ended' ? formatInstant(absence.missingSince) : null,
      misses: absence.kind === 'missing' ? absence.misses : null,
    }));
    const rows = await tx.query<BeforeRow & { misses: number; is_over: boolean }>(
      `UPDATE observed_version v SET
         last_seen = o.last_seen, missing_since = coalesce(v.missing_since, $4), misses = coalesce(o.misses, v.misses + 1),
         seen_to = CASE WHEN o.missing_since IS NOT NULL THEN o.last_seen END
       FROM jsonb_to_recordset($3::jsonb) AS o (id text, last_seen timestamptz, missing_since timestamptz, misses smallint)
       WHERE v.scope_id = $1 AND v.kind = $2 AND v.seen_to IS NULL AND v.resource_id = o.id
       RETURNING ${BEFORE.replaceAll(/\w+/g, 'v.$&')}, v.misses, v.seen_to IS NOT NULL AS is_over`,
      [scopeId, kind, JSON.stringify(given), formatInstant(at)],
    );
    return {
      missing: rows.filter(({ misses, is_over }) => !is_over && misses === 1).map(beforeOf),
      ended: rows.filter(({ is_over }) => is_over).map(beforeOf),
    };
  }

  /** Free addresses of subnets as last counted. */
  async usage(scopeId: number): Promise<Map<string, number>> {
    const rows = await this.database.query<{ subnet_id: string; available: number }>(
      'SELECT subnet_id, available FROM subnet_usage WHERE scope_id = $1',
      [scopeId],
    );
    return new Map(rows.map(({ subnet_id, available }) => [subnet_id, available]));
  }

  async setUsage(tx: Tx, scopeId: number, at: Instant, counted: ReadonlyMap<string, number>): Promise<void> {
    await tx.query(
      `INSERT INTO subnet_usage (scope_id, subnet_id, available, at)
       SELECT $1, u.id, u.available, $2 FROM unnest($3::text[], $4::int[]) AS u (id, available)
       ON CONFLICT (subnet_id, scope_id) DO UPDATE SET available = EXCLUDED.available, at = EXCLUDED.at`,
      [scopeId, formatInstant(at), [...counted.keys()], [...counted.values()]],
    );
  }

  async dropUsage(tx: Tx, scopeId: number, subnetIds: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM subnet_usage WHERE scope_id = $1 AND subnet_id = ANY ($2::text[])', [
      scopeId,
      subnetIds,
    ]);
  }
}

function recordOf({ kind, id, vpcId, name, hash, prefixes, attachedTo, body }: NewVersion): string {
  const [k, i, v, n, h, p, a] = [kind, id, vpcId, name, hash, prefixes, attachedTo].map((part) =>
    JSON.stringify(part),
  );
  // the body is JSON already
  return `{"k":${k},"i":${i},"v":${v},"n":${n},"h":${h},"p":${p},"a":${a},"b":${body}}`;
}
