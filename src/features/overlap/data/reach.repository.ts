import { Injectable } from '@nestjs/common';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Tx } from '../../../platform/database/statement.js';
import type { ReachEdge, Way } from '../domain/reach.js';

interface Row extends Record<string, unknown> {
  from_node: string;
  to_node: string;
  how: Way;
  resource: string;
}

const DOMAIN = /^dom_(\d+)$/;

/** Steps and their history. Whoever writes has locked them. */
@Injectable()
export class ReachRepository {
  constructor(private readonly database: Database) {}

  /** Until the transaction ends nobody else writes steps; reading goes on. */
  async lock(tx: Tx): Promise<void> {
    await tx.query('LOCK TABLE reach_edge IN SHARE ROW EXCLUSIVE MODE');
  }

  async now(tx: Tx): Promise<Instant> {
    const [row] = await tx.query<{ now: string }>('SELECT cadastre_now() AS now');
    return parseInstant(row!.now);
  }

  /** The steps that can be taken now. */
  async open(reader: Reader = this.database): Promise<ReachEdge[]> {
    const rows = await reader.query<Row>(
      'SELECT from_node, to_node, how, resource FROM reach_edge WHERE valid_to IS NULL',
    );
    return rows.map(edgeOf);
  }

  /** The steps that could be taken at an instant. */
  async at(at: Instant): Promise<ReachEdge[]> {
    const rows = await this.database.query<Row>(
      `SELECT from_node, to_node, how, resource FROM reach_edge
       WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)`,
      [formatInstant(at)],
    );
    return rows.map(edgeOf);
  }

  /** When the first step was seen; null before any was. */
  async since(reader: Reader = this.database): Promise<Instant | null> {
    const [row] = await reader.query<{ since: string | null }>(
      'SELECT min(valid_from) AS since FROM reach_edge',
    );
    return row!.since === null ? null : parseInstant(row!.since);
  }

  async insert(tx: Tx, at: Instant, edges: readonly ReachEdge[]): Promise<void> {
    if (edges.length === 0) return;
    await tx.query(
      `INSERT INTO reach_edge (from_node, to_node, how, resource, valid_from)
       SELECT e.*, $5 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) e`,
      [...listsOf(edges), formatInstant(at)],
    );
  }

  async close(tx: Tx, at: Instant, edges: readonly ReachEdge[]): Promise<void> {
    if (edges.length === 0) return;
    await tx.query(
      `UPDATE reach_edge r SET valid_to = greatest(r.valid_from, $5::timestamptz)
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) e (from_node, to_node, how, resource)
       WHERE r.valid_to IS NULL AND r.from_node = e.from_node AND r.to_node = e.to_node
         AND r.how = e.how AND r.resource = e.resource`,
      [...listsOf(edges), formatInstant(at)],
    );
  }
}

function listsOf(edges: readonly ReachEdge[]): string[][] {
  return [
    edges.map(({ from }) => nodeText(from)),
    edges.map(({ to }) => nodeText(to)),
    edges.map(({ how }) => how),
    edges.map(({ resource }) => resource),
  ];
}

/** `dom_1`, or the id of a hub. */
export function nodeText(node: number | string): string {
  return typeof node === 'number' ? `dom_${node}` : node;
}

function nodeOf(text: string): number | string {
  const number = DOMAIN.exec(text)?.[1];
  return number === undefined ? text : Number(number);
}

function edgeOf({ from_node, to_node, how, resource }: Row): ReachEdge {
  return { from: nodeOf(from_node), to: nodeOf(to_node), how, resource };
}
