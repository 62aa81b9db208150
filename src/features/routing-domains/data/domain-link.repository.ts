import { Injectable } from '@nestjs/common';
import { type Instant, parseInstant } from '../../../platform/context/instant.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Tx } from '../../../platform/database/statement.js';

/** A link by the ids of its ends, `aId` the smaller one. */
export interface LinkRow {
  readonly id: number;
  readonly aId: number;
  readonly bId: number;
  readonly via: string;
  readonly createdAt: Instant;
  readonly createdBy: string;
}

interface Row extends Record<string, unknown> {
  id: number;
  a_id: number;
  b_id: number;
  via: string;
  created_at: string;
  created_by: string;
}

const COLUMNS = 'id, a_id, b_id, via, created_at, created_by';

function linkOf({ id, a_id, b_id, via, created_at, created_by }: Row): LinkRow {
  return { id, aId: a_id, bId: b_id, via, createdAt: parseInstant(created_at), createdBy: created_by };
}

/** Declared links between routing domains. Whoever writes holds the locks of both. */
@Injectable()
export class DomainLinkRepository {
  constructor(private readonly database: Database) {}

  /** Links of each routing domain, by the other's name, then via. A link between two of them stands under both. */
  async of(domainIds: readonly number[], reader: Reader = this.database): Promise<Map<number, LinkRow[]>> {
    const rows = await reader.query<Row & { end_id: number }>(
      `SELECT l.* FROM (
         SELECT a_id AS end_id, b_id AS other_id, ${COLUMNS} FROM routing_domain_link WHERE a_id = ANY ($1::int[])
         UNION ALL SELECT b_id, a_id, ${COLUMNS} FROM routing_domain_link WHERE b_id = ANY ($1::int[])
       ) l JOIN routing_domain other ON other.id = l.other_id ORDER BY other.name, l.via`,
      [domainIds],
    );
    const links = new Map<number, LinkRow[]>(domainIds.map((id) => [id, []]));
    for (const row of rows) links.get(row.end_id)!.push(linkOf(row));
    return links;
  }

  /** Every link, by id. */
  async all(): Promise<LinkRow[]> {
    const rows = await this.database.query<Row>(`SELECT ${COLUMNS} FROM routing_domain_link ORDER BY id`);
    return rows.map(linkOf);
  }

  async find(reader: Reader, aId: number, bId: number, via: string): Promise<LinkRow | null> {
    const [row] = await reader.query<Row>(
      `SELECT ${COLUMNS} FROM routing_domain_link WHERE a_id = $1 AND b_id = $2 AND via = $3`,
      [aId, bId, via],
    );
    return row ? linkOf(row) : null;
  }

  async insert(tx: Tx, ctx: RequestContext, aId: number, bId: number, via: string): Promise<LinkRow> {
    const [row] = await tx.query<Row>(
      `INSERT INTO routing_domain_link (a_id, b_id, via, created_at, created_by)
       VALUES ($1, $2, $3, cadastre_now(), $4) RETURNING ${COLUMNS}`,
      [aId, bId, via, ctx.actor],
    );
    return linkOf(row!);
  }

  async delete(tx: Tx, id: number): Promise<void> {
    await tx.query('DELETE FROM routing_domain_link WHERE id = $1', [id]);
  }
}
