import { Injectable } from '@nestjs/common';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader } from '../../../platform/database/statement.js';
import { CHANGE_COLUMNS, type ChangeRow, changeOf } from '../../../platform/events/index.js';
import type { Body, Json } from '../domain/change.js';
import type {
  ChangeFilter,
  ChangePlace,
  CurrentObject,
  ListFilter,
  ListStatus,
  ObservedFilter,
  ObservedPlace,
  ObservedVersion,
  RecordedChange,
} from '../domain/inventory-list.js';
import type { ObservedKind, StoredKind } from '../domain/observed.js';
import type { Gap } from '../domain/presence.js';
import { attachedOnly, changesFrom, conditionsOf, currentVersions, orderOf, Values } from './read.sql.js';

const SCOPE = 'JOIN discovery_scope s ON s.id = v.scope_id';
const VERSION = `v.scope_id, s.provider, s.account, s.region, v.kind, v.resource_id, v.vpc_id, v.name,
  v.prefixes::text[] AS prefixes, v.seen_from, v.seen_to, v.missing_since, v.last_seen, v.body`;

interface VersionRow extends Record<string, unknown> {
  scope_id: number;
  provider: string;
  account: string;
  region: string;
  kind: StoredKind;
  resource_id: string;
  vpc_id: string | null;
  name: string | null;
  prefixes: string[];
  seen_from: string;
  seen_to: string | null;
  missing_since: string | null;
  last_seen: string | null;
  body: Body;
}

const orNull = (text: string | null): Instant | null => (text === null ? null : parseInstant(text));

function versionOf(row: VersionRow): ObservedVersion {
  return {
    scopeId: row.scope_id,
    provider: row.provider,
    account: row.account,
    region: row.region,
    kind: row.kind,
    id: row.resource_id,
    vpcId: row.vpc_id,
    name: row.name,
    prefixes: row.prefixes,
    body: row.body,
    seenFrom: parseInstant(row.seen_from),
    seenTo: orNull(row.seen_to),
    missingSince: orNull(row.missing_since),
    lastSeen: orNull(row.last_seen),
  };
}

/** Reads of what is observed and of what changed. */
@Injectable()
export class ReadRepository {
  constructor(private readonly database: Database) {}

  /** By scope, kind, id; `limit` null: all. */
  async current(
    filter: ObservedFilter,
    limit: number | null,
    after: ObservedPlace | null,
    reader: Reader = this.database,
  ): Promise<CurrentObject[]> {
    const values = new Values();
    const from = currentVersions(filter, values);
    const conditions = conditionsOf(filter, values);
    if (after)
      conditions.push(
        `(v.scope_id, v.kind, v.resource_id) > (${values.add(after.scopeId)}, ${values.add(after.kind)}, ${values.add(after.id)})`,
      );
    const rows = await reader.query<VersionRow & { first_seen: string; last_good_at: string | null }>(
      `SELECT ${VERSION}, l.last_good_at, (SELECT min(o.seen_from) FROM observed_version o
         WHERE (o.resource_id, o.scope_id, o.kind) = (v.resource_id, v.scope_id, v.kind)) AS first_seen
       FROM ${from} ${SCOPE} LEFT JOIN discovery_list l ON l.scope_id = v.scope_id AND l.kind = v.kind
       WHERE ${conditions.join(' AND ')} ORDER BY v.scope_id, v.kind, v.resource_id LIMIT ${values.add(limit)}`,
      values.list,
    );
    return rows.map((row) => {
      const version = versionOf(row);
      const good = orNull(row.last_good_at) ?? version.seenFrom;
      return {
        ...version,
        firstSeen: parseInstant(row.first_seen),
        seenLast: version.lastSeen ?? Math.max(version.seenFrom, good),
      };
    });
  }

  async count(filter: ObservedFilter): Promise<number> {
    const values = new Values();
    const from = currentVersions(filter, values);
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*) AS count FROM ${from} ${SCOPE} WHERE ${conditionsOf(filter, values).join(' AND ')}`,
      values.list,
    );
    return row!.count;
  }

  /** All versions of what has this id, in every scope that saw it, the latest first. */
  async versionsOf(id: string, limit: number): Promise<ObservedVersion[]> {
    const rows = await this.database.query<VersionRow>(
      `SELECT ${VERSION} FROM observed_version v ${SCOPE} WHERE v.resource_id = $1
       ORDER BY v.seen_from DESC, v.scope_id, v.kind LIMIT $2`,
      [id, limit],
    );
    return rows.map(versionOf);
  }

  /** Versions that may have been there at an instant: of a VPC, what belongs to it, and what connects or serves it. */
  async versionsAt(reader: Reader, vpcId: string, at: Instant): Promise<ObservedVersion[]> {
    const rows = await reader.query<VersionRow>(
      `SELECT ${VERSION} FROM (
         SELECT v.* FROM observed_version v WHERE v.seen_to IS NULL AND v.vpc_id = $1
         UNION ALL
         SELECT v.* FROM observed_version v
         WHERE v.seen_to IS NOT NULL AND v.vpc_id = $1 AND coalesce(v.missing_since, v.seen_to) > $2
         UNION ALL
         SELECT v.* FROM observed_version v
         WHERE ${attachedOnly('$1')} AND (v.seen_to IS NULL OR coalesce(v.missing_since, v.seen_to) > $2)) v ${SCOPE}
       WHERE v.seen_from <= $2 ORDER BY v.kind, v.resource_id, v.scope_id`,
      [vpcId, formatInstant(at)],
    );
    return rows.map(versionOf);
  }

  /** Scopes that ever saw the VPC itself. */
  async scopesOf(reader: Reader, vpcId: string): Promise<number[]> {
    const rows = await reader.query<{ scope_id: number }>(
      `SELECT DISTINCT scope_id FROM observed_version WHERE resource_id = $1 AND kind = 'vpc' ORDER BY scope_id`,
      [vpcId],
    );
    return rows.map(({ scope_id }) => scope_id);
  }

  async gapsAt(reader: Reader, scopeIds: readonly number[], at: Instant): Promise<Gap[]> {
    const rows = await reader.query<{
      scope_id: number;
      kind: StoredKind;
      began_at: string;
      ended_at: string | null;
      reason: string;
    }>(
      `SELECT * FROM discovery_gap WHERE scope_id = ANY ($1::int[]) AND began_at <= $2 AND (ended_at IS NULL OR ended_at > $2)`,
      [scopeIds, formatInstant(at)],
    );
    return rows.map(({ scope_id, kind, began_at, ended_at, reason }) => ({
      scopeId: scope_id,
      kind,
      beganAt: parseInstant(began_at),
      endedAt: orNull(ended_at),
      reason,
    }));
  }

  async coveredSince(
    reader: Reader,
    scopeIds: readonly number[],
  ): Promise<Map<number, Map<ObservedKind, Instant>>> {
    const rows = await reader.query<{ scope_id: number; kind: ObservedKind; covered_since: string }>(
      'SELECT scope_id, kind, covered_since FROM discovery_list WHERE scope_id = ANY ($1::int[]) AND covered_since IS NOT NULL',
      [scopeIds],
    );
    const found = new Map(scopeIds.map((id) => [id, new Map<ObservedKind, Instant>()]));
    for (const { scope_id, kind, covered_since } of rows)
      found.get(scope_id)!.set(kind, parseInstant(covered_since));
    return found;
  }

  /** The latest first: by when the sweep began that found it, then as recorded. */
  async changes(filter: ChangeFilter, limit: number, after: ChangePlace | null): Promise<RecordedChange[]> {
    const values = new Values();
    const { from, conditions } = changesFrom(filter, values);
    const order = orderOf(filter);
    if (after)
      conditions.push(`(${order}) < (${values.add(formatInstant(after.at))}, ${values.add(after.id)})`);
    const rows = await this.database.query<ChangeRow>(
      `SELECT ${CHANGE_COLUMNS} FROM (
         SELECT f.change_id, f.at FROM ${from} WHERE ${conditions.join(' AND ')}
         ORDER BY ${order.replaceAll(',', ' DESC,')} DESC LIMIT ${values.add(limit)}) f
       JOIN change c ON c.id = f.change_id ORDER BY f.at DESC, f.change_id DESC`,
      values.list,
    );
    return rows.map(recordedOf);
  }

  async countChanges(filter: ChangeFilter): Promise<number> {
    const values = new Values();
    const { from, conditions } = changesFrom(filter, values);
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*) AS count FROM ${from} WHERE ${conditions.join(' AND ')}`,
      values.list,
    );
    return row!.count;
  }

  /** Free IPv4 addresses of subnets as last counted; one that nobody counted is left out. */
  async available(subnetIds: readonly string[]): Promise<Map<string, { addresses: number; at: Instant }>> {
    const rows = await this.database.query<{ subnet_id: string; available: number; at: string }>(
      'SELECT subnet_id, available, at FROM subnet_usage WHERE subnet_id = ANY ($1::text[]) ORDER BY at',
      [subnetIds],
    );
    return new Map(
      rows.map(({ subnet_id, available, at }) => [subnet_id, { addresses: available, at: parseInstant(at) }]),
    );
  }

  /** By account, region, kind. */
  async lists(
    { accounts, region, kind, stale }: ListFilter,
    reader: Reader = this.database,
  ): Promise<ListStatus[]> {
    const rows = await reader.query<
      Record<string, unknown> & {
        scope_id: number;
        provider: string;
        account: string;
        region: string;
        kind: StoredKind;
        objects: number;
        missing: number;
        covered_since: string | null;
        last_good_at: string | null;
        last_tried_at: string | null;
        stale_since: string | null;
        stale_reason: string | null;
        suspicious: number;
        drop_accepted: boolean;
      }
    >(
      `SELECT s.provider, s.account, s.region, l.*, coalesce(m.missing, 0) AS missing
       FROM discovery_list l JOIN discovery_scope s ON s.id = l.scope_id
       LEFT JOIN (SELECT scope_id, kind, count(*) AS missing FROM observed_version
                  WHERE seen_to IS NULL AND missing_since IS NOT NULL GROUP BY scope_id, kind) m USING (scope_id, kind)
       WHERE s.provider <> 'declared' AND ($1::text[] IS NULL OR s.account = ANY ($1)) AND ($2::text IS NULL OR s.region = $2)
         AND ($3::boolean IS NULL OR (l.stale_since IS NOT NULL) = $3) AND ($4::text IS NULL OR l.kind = $4)
       ORDER BY s.account, s.region, l.kind`,
      [accounts ?? null, region ?? null, stale ?? null, kind ?? null],
    );
    return rows.map((row) => ({
      scopeId: row.scope_id,
      provider: row.provider,
      account: row.account,
      region: row.region,
      kind: row.kind,
      objects: row.objects,
      missing: row.missing,
      coveredSince: orNull(row.covered_since),
      lastGoodAt: orNull(row.last_good_at),
      lastTriedAt: orNull(row.last_tried_at),
      staleSince: orNull(row.stale_since),
      staleReason: row.stale_reason,
      suspicious: row.suspicious,
      dropAccepted: row.drop_accepted,
    }));
  }
}

function recordedOf(row: ChangeRow): RecordedChange {
  const { id, position, at, recordedAt, actor, action, subject, detail } = changeOf(row);
  const facts = detail as {
    kind: StoredKind;
    provider: string;
    account: string;
    region: string;
    name: string | null;
    vpcId: string | null;
    vpcs: string[];
    path: string;
    old: Json;
    new: Json;
  };
  const { kind, provider, account, region, name, vpcId, vpcs, path } = facts;
  return {
    id,
    position,
    at,
    recordedAt,
    actor,
    action,
    kind,
    provider,
    account,
    region,
    resourceId: subject,
    name,
    vpcId,
    vpcs,
    path,
    old: facts.old,
    new: facts.new,
  };
}
