import { Injectable } from '@nestjs/common';
import { parseInstant } from '../../../platform/context/instant.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { Database } from '../../../platform/database/database.js';
import type { Tx } from '../../../platform/database/statement.js';
import type { NewRoutingDomain, RoutingDomain } from '../domain/routing-domain.js';

interface Row extends Record<string, unknown> {
  id: number;
  name: string;
  description: string;
  tags: Record<string, string>;
  created_at: string;
  created_by: string;
}

const COLUMNS = 'id, name, description, tags, created_at, created_by';

function domainOf(row: Row): RoutingDomain {
  const { id, name, description, tags } = row;
  return { id, name, description, tags, createdAt: parseInstant(row.created_at), createdBy: row.created_by };
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
}
