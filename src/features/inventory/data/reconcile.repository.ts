import { Injectable } from '@nestjs/common';
import { Prefix } from '../../../address/index.js';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Tx } from '../../../platform/database/statement.js';
import type { RouteCount } from '../domain/over-quota.js';
import type { Sighting } from '../domain/reconcile.js';
import type { Unseen } from '../domain/unseen.js';
import type { ScopeRow } from './scope.repository.js';

/** State of one of the lists that reconciliation goes by. */
export interface CountedList {
  readonly scopeId: number;
  readonly kind: string;
  readonly lastGoodAt: Instant | null;
  readonly lastTriedAt: Instant | null;
  readonly staleSince: Instant | null;
}

/** A scope with lists that have been stale for long. */
export interface StaleScope extends ScopeRow {
  readonly since: Instant;
  readonly reason: string;
  readonly kinds: readonly string[];
}

interface ListRow extends Record<string, unknown> {
  scope_id: number;
  kind: string;
  last_good_at: string | null;
  last_tried_at: string | null;
  stale_since: string | null;
}

const orNull = (text: string | null): Instant | null => (text === null ? null : parseInstant(text));

/** Lists that say what is reconciled. */
const KINDS = `('vpc', 'subnet', 'external_network')`;

/** What reconciliation reads and remembers beside what others keep. */
@Injectable()
export class ReconcileRepository {
  constructor(private readonly database: Database) {}

  async lists(scopeIds: readonly number[]): Promise<CountedList[]> {
    const rows = await this.database.query<ListRow>(
      `SELECT scope_id, kind, last_good_at, last_tried_at, stale_since FROM discovery_list
       WHERE scope_id = ANY ($1::int[]) AND kind IN ${KINDS}`,
      [scopeIds],
    );
    return rows.map((row) => ({
      scopeId: row.scope_id,
      kind: row.kind,
      lastGoodAt: orNull(row.last_good_at),
      lastTriedAt: orNull(row.last_tried_at),
      staleSince: orNull(row.stale_since),
    }));
  }

  /** Scopes with a list that began after what was reconciled. */
  async pending(): Promise<ScopeRow[]> {
    return this.database.query<ScopeRow & Record<string, unknown>>(
      `SELECT s.id, s.provider, s.account, s.region FROM discovery_scope s
       LEFT JOIN reconciled_scope r ON r.scope_id = s.id
       WHERE EXISTS (SELECT FROM discovery_list l WHERE l.scope_id = s.id AND l.kind IN ('vpc', 'subnet')
         AND l.last_tried_at > coalesce(r.tried_at, '-infinity'))
       ORDER BY s.id`,
    );
  }

  /** Never back: a slow process does not undo what a later one has done. */
  async markReconciled(
    tx: Tx,
    scopes: readonly { readonly id: number; readonly triedAt: Instant }[],
  ): Promise<void> {
    await tx.query(
      `INSERT INTO reconciled_scope AS r (scope_id, tried_at)
       SELECT k.* FROM unnest($1::int[], $2::timestamptz[]) k (scope_id, tried_at) ORDER BY k.scope_id
       ON CONFLICT (scope_id) DO UPDATE SET tried_at = excluded.tried_at WHERE r.tried_at < excluded.tried_at`,
      [scopes.map(({ id }) => id), scopes.map(({ triedAt }) => formatInstant(triedAt))],
    );
  }

  /** Who has one of these CIDRs: VPCs and subnets of every scope. One search of an index per CIDR. */
  async sightings(cidrs: readonly Prefix[]): Promise<Sighting[]> {
    if (cidrs.length === 0) return [];
    const rows = await this.database.query<{
      resource: string;
      account: string;
      region: string;
      cidr: string;
    }>(
      `SELECT DISTINCT v.resource_id AS resource, coalesce(nullif(v.body->>'ownerId', ''), s.account) AS account, s.region, p.cidr::text
       FROM observed_version v JOIN discovery_scope s ON s.id = v.scope_id CROSS JOIN LATERAL unnest(v.prefixes) p (cidr)
       WHERE v.seen_to IS NULL AND v.prefixes <> '{}' AND v.kind IN ('vpc', 'subnet') AND v.prefixes && $1::cidr[]
         AND p.cidr = ANY ($1::cidr[])
       ORDER BY 1, 4`,
      [cidrs.map(String)],
    );
    return rows.map((row) => ({ ...row, cidr: Prefix.must(row.cidr) }));
  }

  /** Of these resources the ones that their owner's account shows too. */
  async shownByOwner(scopeId: number, resources: readonly string[]): Promise<Set<string>> {
    if (resources.length === 0) return new Set();
    const rows = await this.database.query<{ resource: string }>(
      `SELECT DISTINCT v.resource_id AS resource FROM observed_version v JOIN discovery_scope s ON s.id = v.scope_id
       WHERE v.resource_id = ANY ($2::text[]) AND v.seen_to IS NULL AND v.scope_id <> $1 AND v.body->>'ownerId' = s.account`,
      [scopeId, resources],
    );
    return new Set(rows.map(({ resource }) => resource));
  }

  /** Route tables of scopes with more routes than `most`, by family. Reads all their route tables. */
  async fullTables(scopes: readonly ScopeRow[], most: number): Promise<Map<number, RouteCount[]>> {
    const rows = await this.database.query<{
      scopeId: number;
      table: string;
      name: string | null;
      vpcId: string | null;
      family: 4 | 6;
      routes: number;
      propagated: number;
    }>(
      `SELECT v.scope_id AS "scopeId", v.resource_id AS table, v.name, v.vpc_id AS "vpcId", r.*
       FROM observed_version v CROSS JOIN LATERAL (
         SELECT CASE WHEN r->>'destination' LIKE '%:%' THEN 6 ELSE 4 END AS family,
           count(*) FILTER (WHERE r->>'origin' <> 'propagated') AS routes, count(*) FILTER (WHERE r->>'origin' = 'propagated') AS propagated
         FROM jsonb_array_elements(v.body->'routes') r GROUP BY 1) r
       WHERE v.scope_id = ANY ($1::int[]) AND v.kind = 'route_table' AND v.seen_to IS NULL
         AND jsonb_array_length(v.body->'routes') > $2
       ORDER BY v.resource_id, r.family`,
      [scopes.map(({ id }) => id), most],
    );
    const tables = new Map<number, RouteCount[]>(scopes.map(({ id }) => [id, []]));
    const byId = new Map(scopes.map((scope) => [scope.id, scope]));
    for (const { scopeId, ...row } of rows) {
      const { account, region } = byId.get(scopeId)!;
      tables.get(scopeId)!.push({ ...row, account, region });
    }
    return tables;
  }

  async unseen(allocationIds: readonly number[]): Promise<Map<number, Unseen>> {
    if (allocationIds.length === 0) return new Map();
    const rows = await this.database.query<{
      allocation_id: number;
      since: string;
      looks: number;
      last_look_at: string;
    }>(
      `SELECT allocation_id, since, looks, last_look_at FROM unseen_allocation WHERE allocation_id = ANY ($1::bigint[])`,
      [allocationIds],
    );
    return new Map(
      rows.map(({ allocation_id: allocationId, since, looks, last_look_at: at }) => [
        allocationId,
        { allocationId, since: parseInstant(since), looks, lastLookAt: parseInstant(at) },
      ]),
    );
  }

  async setUnseen(tx: Tx, unseen: readonly Unseen[]): Promise<void> {
    if (unseen.length === 0) return;
    await tx.query(
      `INSERT INTO unseen_allocation (allocation_id, since, looks, last_look_at)
       SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::smallint[], $4::timestamptz[]) k (id, since, looks, at) ORDER BY k.id
       ON CONFLICT (allocation_id) DO UPDATE SET since = excluded.since, looks = excluded.looks, last_look_at = excluded.last_look_at`,
      [
        unseen.map(({ allocationId }) => allocationId),
        unseen.map(({ since }) => formatInstant(since)),
        unseen.map(({ looks }) => looks),
        unseen.map(({ lastLookAt }) => formatInstant(lastLookAt)),
      ],
    );
  }

  async dropUnseen(tx: Tx, allocationIds: readonly number[]): Promise<void> {
    if (allocationIds.length === 0) return;
    await tx.query('DELETE FROM unseen_allocation WHERE allocation_id = ANY ($1::bigint[])', [allocationIds]);
  }

  /** Scopes with a list that has been stale for longer than so many seconds, with the oldest reason. */
  async stale(seconds: number): Promise<StaleScope[]> {
    const rows = await this.database.query<ScopeRow & { since: string; reason: string; kinds: string[] }>(
      `SELECT s.id, s.provider, s.account, s.region, min(l.stale_since) AS since,
         (array_agg(l.stale_reason ORDER BY l.stale_since, l.kind))[1] AS reason, array_agg(l.kind ORDER BY l.kind) AS kinds
       FROM discovery_list l JOIN discovery_scope s ON s.id = l.scope_id
       WHERE l.stale_since < (SELECT cadastre_now()) - make_interval(secs => $1) GROUP BY s.id ORDER BY s.id`,
      [seconds],
    );
    return rows.map((row) => ({ ...row, since: parseInstant(row.since) }));
  }
}
