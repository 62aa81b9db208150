import { Prefix } from '../src/address/index.js';
import type { Allocation } from '../src/features/allocation/domain/allocation.js';
import type { Database } from '../src/platform/database/database.js';
import type { Core } from '../test/support/core.js';
import { OracleError } from './harness/bench.js';

/** Finds by plain reading what constraints and engine promise to prevent; throws OracleError with all of it. */
export async function checkRegister(core: Core): Promise<void> {
  const found = await violations(core);
  if (found.length > 0) throw new OracleError(found.join('\n'));
}

/** One line per broken invariant; none of a sound register. */
export async function violations(core: Core): Promise<string[]> {
  const { database } = core;
  const rules: [what: string, query: string][] = [
    [
      'live allocations overlap',
      `SELECT count(*) AS n FROM (
         SELECT cidr, lag(cidr) OVER (PARTITION BY pool_cidr_id ORDER BY cidr) AS before FROM allocation WHERE live_in IS NOT NULL) a
       WHERE before && cidr`,
    ],
    [
      'keys with two open or two pending claims',
      `SELECT count(*) AS n FROM (SELECT 1 FROM allocation WHERE claim IS NOT NULL GROUP BY pool_id, key, claim HAVING count(*) > 1) k`,
    ],
    [
      'pools with gaps in their sequence',
      `SELECT count(*) AS n FROM pool p LEFT JOIN (
         SELECT pool_id, count(*) AS changes, min(sequence) AS first, max(sequence) AS last FROM change GROUP BY pool_id) c ON c.pool_id = p.id
       WHERE p.sequence <> coalesce(c.last, 0) OR c.changes <> c.last OR c.first <> 1`,
    ],
    [
      'gaps in the positions, or changes that neither have one nor wait for it',
      `SELECT count(*) AS n FROM publisher p, (SELECT count(*) AS changes FROM change) c,
         (SELECT coalesce(sum(last_position - first_position + 1), 0) AS changes, coalesce(max(last_position), 0) AS last FROM publication) g,
         (SELECT coalesce(sum(coalesce(last_sequence - first_sequence, 0) + 1), 0) AS changes FROM outbox) w
       WHERE g.changes <> g.last OR g.last <> p.position OR c.changes <> g.changes + w.changes`,
    ],
  ];
  const found: string[] = [];
  for (const [what, query] of rules) {
    const [row] = await database.query<{ n: number }>(query);
    if (row!.n > 0) found.push(`${what}: ${row!.n}`);
  }
  return [...found, ...(await wrongFreeBlocks(core))];
}

async function wrongFreeBlocks({ database, pools }: Core): Promise<string[]> {
  const found: string[] = [];
  const poolCidrs = await database.query<{ id: number; cidr: string }>(
    'SELECT id, cidr FROM pool_cidr ORDER BY id',
  );
  for (const { id, cidr } of poolCidrs) {
    const derived = await pools.derivedFreeBlocks(database, { id, cidr: Prefix.must(cidr) });
    const kept = await database.query<{ cidr: string }>(
      'SELECT cidr FROM free_block WHERE pool_cidr_id = $1 ORDER BY cidr',
      [id],
    );
    const expected = derived.map(String);
    const same = kept.length === expected.length && kept.every((row, index) => row.cidr === expected[index]);
    if (!same)
      found.push(`free blocks of ${cidr}: ${kept.length} kept, ${expected.length} derived, and they differ`);
  }
  return found;
}

/** All that was acknowledged is there as acknowledged, and beside it nothing new. */
export async function checkAcknowledged(
  database: Database,
  acknowledged: readonly Allocation[],
  existing: number,
  existedBefore: (id: number) => boolean,
): Promise<void> {
  const [wrong] = await database.query<{ n: number }>(
    `SELECT count(*) AS n FROM unnest($1::bigint[], $2::cidr[], $3::text[]) k (id, cidr, status)
     LEFT JOIN allocation a USING (id) WHERE a.cidr IS DISTINCT FROM k.cidr OR a.status::text <> k.status`,
    [
      acknowledged.map(({ id }) => id),
      acknowledged.map(({ cidr }) => cidr.toString()),
      acknowledged.map(({ status }) => status),
    ],
  );
  if (wrong!.n > 0)
    throw new OracleError(
      `${wrong!.n} of ${acknowledged.length} acknowledged allocations are lost or differ`,
    );
  const [total] = await database.query<{ n: number }>('SELECT count(*) AS n FROM allocation');
  const expected = existing + acknowledged.filter(({ id }) => !existedBefore(id)).length;
  if (total!.n !== expected) throw new OracleError(`${total!.n} rows instead of ${expected}`);
}

export async function unpublished(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    'SELECT coalesce(sum(coalesce(last_sequence - first_sequence, 0) + 1), 0)::bigint AS n FROM outbox',
  );
  return row!.n;
}
