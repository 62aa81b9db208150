import { Injectable } from '@nestjs/common';
import { parseInstant } from '../../../platform/context/instant.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Tx } from '../../../platform/database/statement.js';
import type { AccountDeclaration, AccountSource, DiscoveryAccount } from '../domain/discovery-account.js';

interface Row extends Record<string, unknown> {
  account: string;
  name: string;
  role_arn: string | null;
  external_id: string | null;
  regions: string[];
  enabled: boolean;
  source: AccountSource;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
}

const COLUMNS =
  'account, name, role_arn, external_id, regions, enabled, source, created_at, created_by, updated_at, updated_by';

function accountOf(row: Row): DiscoveryAccount {
  const { account, name, regions, enabled, source } = row;
  return {
    account,
    name,
    roleArn: row.role_arn,
    externalId: row.external_id,
    regions,
    enabled,
    source,
    createdAt: parseInstant(row.created_at),
    createdBy: row.created_by,
    updatedAt: parseInstant(row.updated_at),
    updatedBy: row.updated_by,
  };
}

const SAVE = `
INSERT INTO discovery_account (${COLUMNS})
SELECT g.account, g.name, g."roleArn", g."externalId", g.regions, g.enabled, $2, now, $3, now, $3
FROM jsonb_to_recordset($1) AS g(account text, name text, "roleArn" text, "externalId" text, regions text[], enabled boolean),
  (SELECT cadastre_now() AS now) c
ORDER BY g.account
ON CONFLICT (account) DO UPDATE SET name = excluded.name, role_arn = excluded.role_arn, external_id = excluded.external_id,
  regions = excluded.regions, enabled = excluded.enabled, source = excluded.source,
  updated_at = excluded.updated_at, updated_by = excluded.updated_by`;

/** Lists of scopes that are no longer swept: their gap is open as of now, unless it is already. */
const MARK_STALE = `
WITH gone AS (
  SELECT s.id FROM discovery_scope s JOIN unnest($1::text[], $2::text[]) AS g(account, region)
    ON s.account = g.account AND s.region = g.region WHERE s.provider = 'aws'
), marked AS (
  UPDATE discovery_list l SET stale_since = now, stale_reason = $3 FROM gone, (SELECT cadastre_now() AS now) c
  WHERE l.scope_id = gone.id AND l.stale_since IS NULL RETURNING l.scope_id, l.kind, l.stale_since
), reworded AS (
  UPDATE discovery_list l SET stale_reason = $3 FROM gone WHERE l.scope_id = gone.id AND l.stale_since IS NOT NULL
)
INSERT INTO discovery_gap (scope_id, kind, began_at, reason)
SELECT scope_id, kind, stale_since, $3 FROM marked
ON CONFLICT (scope_id, kind) WHERE ended_at IS NULL DO NOTHING`;

/** Accounts that are discovered. */
@Injectable()
export class DiscoveryAccountRepository {
  constructor(private readonly database: Database) {}

  /** Those of these accounts that are there; until the transaction ends nobody changes them. */
  async lock(tx: Tx, accounts: readonly string[]): Promise<Map<string, DiscoveryAccount>> {
    const rows = await tx.query<Row>(
      `SELECT ${COLUMNS} FROM discovery_account WHERE account = ANY ($1) ORDER BY account FOR UPDATE`,
      [accounts],
    );
    return new Map(rows.map((row) => [row.account, accountOf(row)]));
  }

  /** New ones and changed ones. */
  async save(
    tx: Tx,
    ctx: RequestContext,
    source: AccountSource,
    accounts: readonly AccountDeclaration[],
  ): Promise<void> {
    await tx.query(SAVE, [JSON.stringify(accounts), source, ctx.actor]);
  }

  async delete(tx: Tx, accounts: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM discovery_account WHERE account = ANY ($1)', [accounts]);
  }

  /** What was observed there stays as it is, and says so. */
  async markStale(
    tx: Tx,
    scopes: readonly { readonly account: string; readonly region: string }[],
    reason: string,
  ): Promise<void> {
    if (scopes.length === 0) return;
    await tx.query(MARK_STALE, [
      scopes.map(({ account }) => account),
      scopes.map(({ region }) => region),
      reason,
    ]);
  }

  /** All of these, or all there are; by account. */
  async list(
    { accounts, after, limit }: { accounts?: readonly string[]; after?: string | null; limit?: number },
    reader: Reader = this.database,
  ): Promise<DiscoveryAccount[]> {
    const rows = await reader.query<Row>(
      `SELECT ${COLUMNS} FROM discovery_account WHERE ($1::text[] IS NULL OR account = ANY ($1)) AND ($2::text IS NULL OR account > $2)
       ORDER BY account LIMIT $3`,
      [accounts ?? null, after ?? null, limit ?? null],
    );
    return rows.map(accountOf);
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ n: number }>('SELECT count(*) AS n FROM discovery_account');
    return row!.n;
  }

  /** How many scopes have a stale list. */
  async staleScopes(): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `SELECT count(DISTINCT scope_id) AS n FROM discovery_list WHERE stale_since IS NOT NULL`,
    );
    return row!.n;
  }
}
