import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { Conditions } from './conditions.js';
import { POOL, poolOf, type PoolRow } from './pool.row.js';
import type { Pool } from '../domain/pool.js';
import type { PoolFilter, PoolOrder, PoolPlace } from '../domain/pool-list.js';

/** Pools by what they are. */
@Injectable()
export class PoolListRepository {
  constructor(private readonly database: Database) {}

  async list(filter: PoolFilter, order: PoolOrder, limit: number, after: PoolPlace | null): Promise<Pool[]> {
    const conditions = conditionsOf(filter);
    const [depth, name] = [
      conditions.parameter(after?.depth ?? null),
      conditions.parameter(after?.name ?? null),
    ];
    const [follows, by] =
      order === 'DEPTH'
        ? [`(p.depth, p.name) > (${depth}::smallint, ${name}::text)`, 'p.depth, p.name']
        : [`p.name > ${name} AND ${depth}::smallint IS NOT NULL`, 'p.name'];
    const last = conditions.parameter(limit);
    const rows = await this.database.query<PoolRow>(
      `SELECT ${POOL} FROM pool p WHERE ${conditions} AND (${name}::text IS NULL OR ${follows}) ORDER BY ${by} LIMIT ${last}`,
      conditions.values,
    );
    return rows.map(poolOf);
  }

  async count(filter: PoolFilter): Promise<number> {
    const conditions = conditionsOf(filter);
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*) AS count FROM pool p WHERE ${conditions}`,
      conditions.values,
    );
    return row!.count;
  }
}

function conditionsOf(filter: PoolFilter): Conditions {
  const conditions = new Conditions();
  // found first and all at once: the planner takes a semi-join for a reason to read all pools
  const hasCidr = (test: string): string =>
    `p.id = ANY (ARRAY (SELECT c.pool_id FROM pool_cidr c WHERE c.cidr ${test}::cidr))`;
  if (filter.parentId === null) conditions.addPlain('p.parent_id IS NULL');
  conditions.add(filter.parentId, (p) => `p.parent_id = ${p}`);
  conditions.add(filter.family, (p) => `p.family = ${p}`);
  conditions.add(filter.routingDomainId, (p) => `p.routing_domain_id = ${p}`);
  conditions.add(filter.cidrContaining?.toString(), (p) => hasCidr(`>>= ${p}`));
  conditions.add(filter.cidrWithin?.toString(), (p) => hasCidr(`<<= ${p}`));
  conditions.addTag(filter.tag, 'p.tags');
  conditions.addText(
    filter.text,
    (p) =>
      `(p.name ILIKE ${p} OR p.description ILIKE ${p}
        OR EXISTS (SELECT FROM jsonb_each_text(p.tags) t WHERE t.key ILIKE ${p} OR t.value ILIKE ${p}))`,
  );
  return conditions;
}
