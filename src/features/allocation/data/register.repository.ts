import { Injectable } from '@nestjs/common';
import { Prefix, widthOf } from '../../../address/index.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader } from '../../../platform/database/statement.js';
import { type Allocation, claimAt, statusAt } from '../domain/allocation.js';
import type { AllocationFilter, AllocationOrder, AllocationPlace } from '../domain/allocation-list.js';
import { parseInstant } from '../../../platform/context/instant.js';
import { containing, firstInOrder, within } from './allocation-search.js';
import { Conditions } from './conditions.js';
import { allocationOf, type AllocationRow } from './allocation.row.js';

const NOW = '(SELECT cadastre_now())';
/** The status by the clock, whether a batch has turned the row yet or not. */
const STATUS = `CASE WHEN a.status = 'RESERVED' AND a.expires_at <= ${NOW} THEN 'EXPIRED'
  WHEN a.status = 'QUARANTINED' AND a.available_at <= ${NOW} THEN 'RELEASED' ELSE a.status END`;

type FoundRow = { row: AllocationRow; now: string } & Record<string, unknown>;

/** Reads of the register. Every status is that of the database's clock. */
@Injectable()
export class RegisterRepository {
  constructor(private readonly database: Database) {}

  /** In no order. */
  byIds(ids: readonly number[], reader: Reader = this.database): Promise<Allocation[]> {
    return this.find('a.id = ANY ($1::bigint[])', [ids], { reader });
  }

  /** The claim that answers a key in a pool. */
  async byKey(poolId: number, key: string): Promise<Allocation | null> {
    const found = await this.find(
      `a.pool_id = $1 AND a.key = $2 AND a.claim IN ('OPEN', 'PENDING') AND (a.status <> 'EXPIRED' OR a.expires_at > ${NOW} - interval '30 days')`,
      [poolId, key],
    );
    return found.find(({ claim }) => claim === 'PENDING') ?? found[0] ?? null;
  }

  /** Pool of each allocation, where it exists. */
  async poolsOf(ids: readonly number[], reader: Reader = this.database): Promise<Map<number, number>> {
    const rows = await reader.query<{ id: number; pool_id: number }>(
      { name: 'allocation-pools', text: 'SELECT id, pool_id FROM allocation WHERE id = ANY ($1::bigint[])' },
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row.pool_id]));
  }

  list(
    filter: AllocationFilter,
    order: AllocationOrder,
    limit: number,
    after: AllocationPlace | null,
  ): Promise<Allocation[]> {
    const conditions = conditionsOf(filter);
    const [cidr, id] = [conditions.parameter(after?.cidr ?? null), conditions.parameter(after?.id ?? null)];
    const [follows, by] =
      order === 'CIDR'
        ? [`(a.cidr, a.id) > (${cidr}::cidr, ${id}::bigint)`, 'a.cidr, a.id']
        : [`a.id > ${id} AND ${cidr}::cidr IS NOT NULL`, 'a.id'];
    const last = conditions.parameter(limit);
    const condition = `${conditions} AND (${id}::bigint IS NULL OR ${follows})`;
    const from =
      order === 'CIDR' && hasOrderedSearch(filter)
        ? inOrder(filter.cidrWithin, after?.cidr, conditions, condition, last)
        : fromOf(filter, conditions);
    return this.find(condition, conditions.values, { from, tail: `ORDER BY ${by} LIMIT ${last}` });
  }

  async count(filter: AllocationFilter): Promise<number> {
    const conditions = conditionsOf(filter);
    const from = fromOf(filter, conditions);
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*) AS count FROM ${from} WHERE ${conditions}`,
      conditions.values,
    );
    return row!.count;
  }

  private async find(
    condition: string,
    values: readonly unknown[],
    { from = 'allocation a', tail = '', reader = this.database as Reader } = {},
  ): Promise<Allocation[]> {
    const rows = await reader.query<FoundRow>(
      `SELECT row_to_json(a) AS row, ${NOW} AS now FROM ${from} WHERE ${condition} ${tail}`,
      values,
    );
    return rows.map(({ row, now }) => {
      const allocation = allocationOf(row);
      const at = parseInstant(now);
      return { ...allocation, status: statusAt(allocation, at), claim: claimAt(allocation, at) };
    });
  }
}

/** The first and the last of all CIDRs, in the order of PostgreSQL. */
const [FIRST, LAST] = ['0.0.0.0/0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'];

/** Over all pools, by nothing that may be rare in a range of CIDRs. */
function hasOrderedSearch({ poolId, cidrContaining, cidrWithin, ...others }: AllocationFilter): boolean {
  const { statuses: _, ...rare } = others;
  const isNarrow = cidrWithin !== undefined || Object.values(rare).every((value) => value === undefined);
  return poolId === undefined && cidrContaining === undefined && isNarrow;
}

function inOrder(
  cidrWithin: Prefix | undefined,
  after: string | undefined,
  conditions: Conditions,
  condition: string,
  limit: string,
): string {
  const first = conditions.parameter(after ?? cidrWithin?.toString() ?? FIRST);
  const last = conditions.parameter(cidrWithin ? lastIn(cidrWithin) : LAST);
  return firstInOrder(first, last, condition, limit);
}

function fromOf({ poolId, cidrContaining, cidrWithin }: AllocationFilter, conditions: Conditions): string {
  if (poolId !== undefined) return 'allocation a';
  if (cidrContaining) return containing(conditions.parameter(cidrContaining.toString()));
  if (!cidrWithin) return 'allocation a';
  return within(conditions.parameter(cidrWithin.toString()), conditions.parameter(lastIn(cidrWithin)));
}

/** The greatest CIDR that lies in `cidr`, in the order of PostgreSQL. */
function lastIn(cidr: Prefix): string {
  return Prefix.of(cidr.last, widthOf(cidr.family)).toString();
}

function conditionsOf(filter: AllocationFilter): Conditions {
  const conditions = new Conditions();
  conditions.add(filter.poolId, (p) => `a.pool_id = ${p}`);
  conditions.add(filter.statuses, (p) => `(${STATUS})::text = ANY (${p}::text[])`);
  conditions.add(filter.cidrWithin?.toString(), (p) => `a.cidr <<= ${p}::cidr`);
  conditions.add(filter.cidrContaining?.toString(), (p) => `a.cidr >>= ${p}::cidr`);
  conditions.add(filter.holder, (p) => `a.holder @> ${p}::jsonb`);
  conditions.addTag(filter.tag, 'a.tags');
  conditions.add(filter.key, (p) => `a.key = ${p}`);
  conditions.addText(
    filter.text,
    (p) =>
      `(a.description ILIKE ${p} OR a.key ILIKE ${p}
      OR EXISTS (SELECT FROM jsonb_each_text(a.tags) t WHERE t.key ILIKE ${p} OR t.value ILIKE ${p})
      OR EXISTS (SELECT FROM jsonb_each_text(a.holder) h WHERE h.value ILIKE ${p}))`,
  );
  return conditions;
}
