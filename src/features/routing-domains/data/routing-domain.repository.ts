import { Injectable } from '@nestjs/common';
import { parseInstant } from '../../../platform/context/instant.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Tx } from '../../../platform/database/statement.js';
import type { NewRoutingDomain, RoutingDomain } from '../domain/routing-domain.js';

interface Row extends Record<string, unknown> {
  id: number;
  name: string;
  description: string;
  tags: Record<string, string>;
  version: number;
  created_at: string;
  created_by: string;
}

const COLUMNS = 'id, name, description, tags, version, created_at, created_by';

function domainOf(row: Row): RoutingDomain {
  const { id, name, description, tags, version } = row;
  const created = { createdAt: parseInstant(row.created_at), createdBy: row.created_by };
  return { id, name, description, tags, version, ...created };
}

@Injectable()
export class RoutingDomainRepository {
  constructor(private readonly database: Database) {}

  async byIds(ids: readonly number[]): Promise<RoutingDomain[]> {
    const rows = await this.database.query<Row>(
      `SELECT ${COLUMNS} FROM routing_domain WHERE id = ANY ($1::int[])`,
      [ids],
    );
    return rows.map(domainOf);
  }

  async byName(name: string): Promise<RoutingDomain | null> {
    const rows = await this.database.query<Row>(`SELECT ${COLUMNS} FROM routing_domain WHERE name = $1`, [
      name,
    ]);
    return rows[0] ? domainOf(rows[0]) : null;
  }

  /** By name. */
  async list(limit: number, after: string | null): Promise<RoutingDomain[]> {
    const rows = await this.database.query<Row>(
      `SELECT ${COLUMNS} FROM routing_domain WHERE $2::text IS NULL OR name > $2 ORDER BY name LIMIT $1`,
      [limit, after],
    );
    return rows.map(domainOf);
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      'SELECT count(*) AS count FROM routing_domain',
    );
    return row!.count;
  }

  async insert(tx: Tx, ctx: RequestContext, domain: NewRoutingDomain): Promise<RoutingDomain> {
    const rows = await tx.query<Row>(
      `INSERT INTO routing_domain (name, description, tags, created_at, created_by)
       VALUES ($1, $2, $3, cadastre_now(), $4) RETURNING ${COLUMNS}`,
      [domain.name, domain.description, domain.tags, ctx.actor],
    );
    return domainOf(rows[0]!);
  }

  /** Declares those of the names that nothing has yet; answers with them. */
  async insertMissing(tx: Tx, ctx: RequestContext, names: readonly string[]): Promise<RoutingDomain[]> {
    const rows = await tx.query<Row>(
      `INSERT INTO routing_domain (name, created_at, created_by)
       SELECT n, cadastre_now(), $2 FROM unnest($1::text[]) n
       WHERE NOT EXISTS (SELECT FROM routing_domain r WHERE r.name = n) ORDER BY n
       ON CONFLICT (name) DO NOTHING RETURNING ${COLUMNS}`,
      [names, ctx.actor],
    );
    return rows.map(domainOf);
  }

  async byNames(names: readonly string[], reader: Reader = this.database): Promise<RoutingDomain[]> {
    const rows = await reader.query<Row>(
      `SELECT ${COLUMNS} FROM routing_domain WHERE name = ANY ($1::text[])`,
      [names],
    );
    return rows.map(domainOf);
  }

  /**
   * Those with one of the ids or names, locked in the order of their ids: until the transaction ends nobody changes,
   * deletes or connects them, and nothing that refers to one of them is entered.
   */
  async lock(tx: Tx, ids: readonly number[], names: readonly string[]): Promise<RoutingDomain[]> {
    const rows = await tx.query<Row>(
      `SELECT ${COLUMNS} FROM routing_domain WHERE id = ANY ($1::int[]) OR name = ANY ($2::text[]) ORDER BY id FOR UPDATE`,
      [ids, names],
    );
    return rows.map(domainOf);
  }

  async update(tx: Tx, id: number, domain: NewRoutingDomain): Promise<RoutingDomain> {
    const rows = await tx.query<Row>(
      `UPDATE routing_domain SET name = $2, description = $3, tags = $4, version = version + 1
       WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, domain.name, domain.description, domain.tags],
    );
    return domainOf(rows[0]!);
  }

  async delete(tx: Tx, id: number): Promise<void> {
    await tx.query('DELETE FROM routing_domain WHERE id = $1', [id]);
  }

  /** Who made the last change of `subject`, a routing domain's id in its changes. */
  async changedBy(reader: Reader, subject: string): Promise<string> {
    const [row] = await reader.query<{ actor: string }>(
      'SELECT actor FROM change WHERE subject = $1 ORDER BY id DESC LIMIT 1',
      [subject],
    );
    return row?.actor ?? 'nobody known';
  }
}
