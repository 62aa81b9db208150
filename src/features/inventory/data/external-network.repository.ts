import { Injectable } from '@nestjs/common';
import { type Instant, parseInstant, plusSeconds } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Tx } from '../../../platform/database/statement.js';
import type { ExternalNetwork } from '../domain/external-network.js';
import { EXTERNAL_NETWORK, type ExternalNetworkBody } from '../domain/observed.js';
import type { ScopeRow } from './scope.repository.js';

interface Row extends Record<string, unknown> {
  resource_id: string;
  body: ExternalNetworkBody;
  hash: string;
  seen_from: string;
  first_seen: string;
  version: number;
}

export interface StoredNetwork {
  readonly network: ExternalNetwork;
  readonly hash: string;
}

export interface LockedScope {
  readonly scope: ScopeRow;
  readonly now: Instant;
  readonly versions: number;
  readonly declaredAt: Instant;
}

const MICROSECOND = 1e-6;

/** Declared networks: current versions in the one scope of what people declare. */
@Injectable()
export class ExternalNetworkRepository {
  constructor(private readonly database: Database) {}

  /**
   * The scope, locked: one declaration after the other. `now` is after every version of this name, of which there were
   * `versions`, the first at `declaredAt`.
   */
  async lock(tx: Tx, name: string): Promise<LockedScope> {
    const [scope] = await tx.query<ScopeRow & Record<string, unknown>>(
      `SELECT id, provider, account, region FROM discovery_scope WHERE provider = 'declared' FOR NO KEY UPDATE`,
    );
    // a statement of its own: what waited for the lock read its clock too early
    const [row] = await tx.query<{
      now: string;
      last: string | null;
      first: string | null;
      versions: number;
    }>(
      `SELECT (SELECT cadastre_now()) AS now, max(greatest(seen_from, seen_to)) AS last, min(seen_from) AS first,
         count(*) AS versions
       FROM observed_version WHERE resource_id = $1 AND scope_id = $2 AND kind = '${EXTERNAL_NETWORK}'`,
      [name, scope!.id],
    );
    const { last, first, versions } = row!;
    const time = parseInstant(row!.now);
    const now = last === null ? time : Math.max(time, plusSeconds(parseInstant(last), MICROSECOND));
    return { scope: scope!, now, versions, declaredAt: first === null ? now : parseInstant(first) };
  }

  async find(reader: Reader, name: string): Promise<StoredNetwork | null> {
    const [stored] = await this.select(reader, 'AND v.resource_id = $1', [name]);
    return stored ?? null;
  }

  /** By name. */
  async list(limit: number, after: string | null): Promise<ExternalNetwork[]> {
    const rows = await this.select(
      this.database,
      'AND ($2::text IS NULL OR v.resource_id > $2) ORDER BY v.resource_id LIMIT $1',
      [limit, after],
    );
    return rows.map(({ network }) => network);
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*) AS count FROM observed_version v JOIN discovery_scope s ON s.id = v.scope_id
       WHERE s.provider = 'declared' AND v.seen_to IS NULL`,
    );
    return row!.count;
  }

  async changedBy(reader: Reader, name: string): Promise<string> {
    const [row] = await reader.query<{ actor: string }>(
      'SELECT actor FROM change WHERE subject = $1 ORDER BY id DESC LIMIT 1',
      [name],
    );
    return row?.actor ?? '';
  }

  private async select(reader: Reader, more: string, values: readonly unknown[]): Promise<StoredNetwork[]> {
    const rows = await reader.query<Row>(
      `SELECT v.resource_id, v.body, v.hash, v.seen_from, o.first_seen, o.version
       FROM observed_version v JOIN discovery_scope s ON s.id = v.scope_id
       CROSS JOIN LATERAL (SELECT min(o.seen_from) AS first_seen, count(*) AS version FROM observed_version o
         WHERE (o.resource_id, o.scope_id, o.kind) = (v.resource_id, v.scope_id, v.kind)) o
       WHERE s.provider = 'declared' AND v.kind = '${EXTERNAL_NETWORK}' AND v.seen_to IS NULL ${more}`,
      values,
    );
    return rows.map(({ resource_id: name, body, hash, seen_from, first_seen, version }) => ({
      hash,
      network: {
        name,
        ...body,
        version,
        declaredAt: parseInstant(first_seen),
        changedAt: parseInstant(seen_from),
      },
    }));
  }
}
