import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Tx } from '../../../platform/database/statement.js';

export interface ScopeName {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
}

export interface ScopeRow extends ScopeName {
  readonly id: number;
}

/** Accounts and regions that are swept, and the one of what people declare. A few hundred rows that never go. */
@Injectable()
export class ScopeRepository {
  constructor(private readonly database: Database) {}

  /** Rows of these scopes, made where there are none; in the order given. */
  async ensure(tx: Tx, scopes: readonly ScopeName[]): Promise<ScopeRow[]> {
    const values = [
      scopes.map(({ provider }) => provider),
      scopes.map(({ account }) => account),
      scopes.map(({ region }) => region),
    ];
    const given = 'unnest($1::text[], $2::text[], $3::text[])';
    await tx.query(
      `INSERT INTO discovery_scope (provider, account, region)
       SELECT g.provider, g.account, g.region FROM ${given} AS g (provider, account, region)
       WHERE NOT EXISTS (SELECT FROM discovery_scope s
         WHERE (s.provider, s.account, s.region) = (g.provider, g.account, g.region))
       ON CONFLICT DO NOTHING`,
      values,
    );
    return tx.query<ScopeRow & Record<string, unknown>>(
      `SELECT s.id, s.provider, s.account, s.region
       FROM ${given} WITH ORDINALITY AS g (provider, account, region, place)
       JOIN discovery_scope s USING (provider, account, region) ORDER BY g.place`,
      values,
    );
  }

  async all(reader: Reader = this.database): Promise<ScopeRow[]> {
    return reader.query<ScopeRow & Record<string, unknown>>(
      'SELECT id, provider, account, region FROM discovery_scope ORDER BY provider, account, region',
    );
  }
}
