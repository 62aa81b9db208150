import { Injectable } from '@nestjs/common';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Statement, Tx } from '../../../platform/database/statement.js';
import { type ListState, NEW_LIST } from '../domain/list.js';
import type { StoredKind } from '../domain/observed.js';

/** One list: everything of one kind in one scope. */
export interface ListKey {
  readonly scopeId: number;
  readonly kind: StoredKind;
}

/** State of a list, and whether it has current objects. */
export interface LoadedList {
  readonly list: ListState;
  readonly isFilled: boolean;
}

/** A list by the names of its account and region. */
export interface AwsList {
  readonly account: string;
  readonly region: string;
  readonly kind: StoredKind;
}

export interface ListRow extends Record<string, unknown> {
  baseline: boolean;
  last_good_at: string | null;
  last_tried_at: string | null;
  objects: number;
  stale_since: string | null;
  stale_reason: string | null;
  suspicious: number;
  drop_accepted: boolean;
}

const orNull = (text: string | null): Instant | null => (text === null ? null : parseInstant(text));

export function listStateOf(row: ListRow): ListState {
  return {
    baseline: row.baseline,
    lastGoodAt: orNull(row.last_good_at),
    lastTriedAt: orNull(row.last_tried_at),
    objects: row.objects,
    staleSince: orNull(row.stale_since),
    staleReason: row.stale_reason,
    suspicious: row.suspicious,
    dropAccepted: row.drop_accepted,
  };
}

const LOAD: Statement = {
  name: 'inventory-lists',
  text: `
SELECT k.kind AS of, l.*,
  EXISTS (SELECT FROM observed_version v WHERE v.scope_id = $1 AND v.kind = k.kind AND v.seen_to IS NULL) AS is_filled
FROM unnest($2::text[]) AS k (kind) LEFT JOIN discovery_list l ON l.scope_id = $1 AND l.kind = k.kind`,
};

const GOOD: Statement = {
  name: 'inventory-lists-good',
  text: `
INSERT INTO discovery_list AS l (scope_id, kind, baseline, covered_since, last_good_at, last_tried_at, objects)
SELECT $1, g.kind, true, $2, $2, $2, g.objects FROM unnest($3::text[], $4::int[]) AS g (kind, objects)
ON CONFLICT (scope_id, kind) DO UPDATE SET
  baseline = true, covered_since = coalesce(l.covered_since, $2), last_good_at = $2, last_tried_at = $2, objects = excluded.objects,
  stale_since = NULL, stale_reason = NULL, suspicious = 0, drop_accepted = false`,
};

const STALE: Statement = {
  name: 'inventory-list-stale',
  text: `
INSERT INTO discovery_list AS l (scope_id, kind, last_tried_at, stale_since, stale_reason, suspicious)
VALUES ($1, $2, $3, $3, $4, $5)
ON CONFLICT (scope_id, kind) DO UPDATE SET
  last_tried_at = $3, stale_since = coalesce(l.stale_since, $3), stale_reason = $4, suspicious = $5`,
};

/** State of lists, and the gaps in which a list was not good. Whoever writes holds the lease on the scope. */
@Injectable()
export class ListRepository {
  constructor(private readonly database: Database) {}

  /** Also whether they have current objects: most lists of most scopes have none, and nothing more is to be loaded. */
  async load(scopeId: number, kinds: readonly StoredKind[]): Promise<Map<StoredKind, LoadedList>> {
    const rows = await this.database.query<
      ListRow & { of: StoredKind; scope_id: number | null; is_filled: boolean }
    >(LOAD, [scopeId, kinds]);
    return new Map(
      rows.map((row) => [
        row.of,
        { list: row.scope_id === null ? NEW_LIST : listStateOf(row), isFilled: row.is_filled },
      ]),
    );
  }

  /** Lists that began at `at` were read to their ends, had so many objects, and are believed. A last write. */
  good(tx: Tx, scopeId: number, at: Instant, objects: ReadonlyMap<StoredKind, number>): void {
    if (objects.size === 0) return;
    tx.finish(GOOD, [scopeId, formatInstant(at), [...objects.keys()], [...objects.values()]]);
  }

  /** Ends the gap of a list that was stale until a good one began at `at`. */
  async endGap(tx: Tx, { scopeId, kind }: ListKey, at: Instant): Promise<void> {
    const time = formatInstant(at);
    // the attempt that failed and the one that did not may be of one sweep, and then nothing is unknown
    await tx.query('DELETE FROM discovery_gap WHERE scope_id = $1 AND kind = $2 AND began_at >= $3', [
      scopeId,
      kind,
      time,
    ]);
    await tx.query(
      'UPDATE discovery_gap SET ended_at = $3 WHERE scope_id = $1 AND kind = $2 AND ended_at IS NULL',
      [scopeId, kind, time],
    );
  }

  /** A list that began at `at` says nothing by what it leaves out. */
  async stale(tx: Tx, key: ListKey, at: Instant, reason: string, suspicious: number): Promise<void> {
    const [scopeId, kind, time] = [key.scopeId, key.kind, formatInstant(at)];
    await tx.query(STALE, [scopeId, kind, time, reason, suspicious]);
    await tx.query(
      `INSERT INTO discovery_gap (scope_id, kind, began_at, reason) VALUES ($1, $2, $3, $4)
       ON CONFLICT (scope_id, kind) WHERE ended_at IS NULL DO NOTHING`,
      [scopeId, kind, time, reason],
    );
  }

  /** Also keeps anybody from accepting a drop until the transaction ends. */
  async lockDropAccepted(tx: Tx, { scopeId, kind }: ListKey): Promise<boolean> {
    const [row] = await tx.query<{ drop_accepted: boolean }>(
      'SELECT drop_accepted FROM discovery_list WHERE scope_id = $1 AND kind = $2 FOR UPDATE',
      [scopeId, kind],
    );
    return row?.drop_accepted ?? false;
  }

  /** Null where there is no such list or it is not suspicious; false where its drop is accepted already. */
  async acceptDrop(tx: Tx, { account, region, kind }: AwsList): Promise<boolean | null> {
    const [list] = await tx.query<{ scope_id: number; drop_accepted: boolean }>(
      `SELECT l.scope_id, l.drop_accepted FROM discovery_list l JOIN discovery_scope s ON s.id = l.scope_id
       WHERE s.provider = 'aws' AND s.account = $1 AND s.region = $2 AND l.kind = $3 AND l.suspicious > 0 FOR UPDATE OF l`,
      [account, region, kind],
    );
    if (!list) return null;
    if (list.drop_accepted) return false;
    await tx.query('UPDATE discovery_list SET drop_accepted = true WHERE scope_id = $1 AND kind = $2', [
      list.scope_id,
      kind,
    ]);
    return true;
  }
}
