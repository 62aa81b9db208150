import { Prefix } from '../../../address/index.js';
import type { FsckCheck } from '../../../platform/ops/fsck.js';
import { inSnapshot, pagesOf } from './snapshot.js';

interface AllocationRow extends Record<string, unknown> {
  readonly id: number;
  readonly pool_id: number;
  readonly cidr: string;
}

interface PoolCidrRow extends AllocationRow {
  readonly pool: string;
  readonly is_root: boolean;
  /** Null for GLOBAL. */
  readonly domain: number | null;
}

/**
 * Without the help of the exclusion constraint, which would only say what it said before. One sorted pass: 1,000,000
 * allocations take about 5 s and two pages of rows.
 */
export const liveOverlaps: FsckCheck = {
  name: 'allocation.overlaps',
  describe: 'No two live allocations of one pool overlap.',
  run: (database) =>
    inSnapshot(database, async function* (reader) {
      const pages = pagesOf<AllocationRow>(
        reader,
        `SELECT id, pool_id, cidr FROM allocation WHERE status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')
         ORDER BY pool_id, cidr, id`,
      );
      for await (const [outer, inner] of overlapping(pages, (a, b) => a.pool_id === b.pool_id)) {
        const message = `${inner.cidr} overlaps ${outer.cidr} of alloc_${outer.id} in pool_${inner.pool_id}; release one of them`;
        yield { subject: `alloc_${inner.id}`, message, repairable: false };
      }
    }),
};

/** One sorted pass over the pool CIDRs, of which there are few. */
export const poolCidrOverlaps: FsckCheck = {
  name: 'allocation.pool_cidr_overlaps',
  describe:
    'No two CIDRs of one pool overlap, and no two root CIDRs of one scope; GLOBAL is part of every scope.',
  run: (database) =>
    inSnapshot(database, async function* (reader) {
      const pages = pagesOf<PoolCidrRow>(
        reader,
        `SELECT c.id, c.pool_id, c.cidr, coalesce(p.name, '?') AS pool, c.source_id IS NULL AS is_root, lower(c.scope) AS domain
         FROM pool_cidr c LEFT JOIN pool p ON p.id = c.pool_id ORDER BY c.cidr, c.id`,
      );
      for await (const [outer, inner] of overlapping(pages, excludeEachOther)) {
        const message = `${inner.cidr} of ${inner.pool} overlaps ${outer.cidr} of ${outer.pool} (pool_${outer.pool_id}); deprovision one of them`;
        yield { subject: `pool_${inner.pool_id}`, message, repairable: false };
      }
    }),
};

function excludeEachOther(a: PoolCidrRow, b: PoolCidrRow): boolean {
  if (a.pool_id === b.pool_id) return true;
  return a.is_root && b.is_root && (a.domain === null || b.domain === null || a.domain === b.domain);
}

/**
 * Pairs of rows that overlap and must not. Rows come in address order, supernets first, within whatever `conflict` can
 * be true: prefixes are nested or disjoint, so what overlaps a row before it contains it and is on the stack.
 */
async function* overlapping<Row extends { readonly cidr: string }>(
  pages: AsyncIterable<Row[]>,
  conflict: (a: Row, b: Row) => boolean,
): AsyncGenerator<[outer: Row, inner: Row], void, undefined> {
  const open: { row: Row; cidr: Prefix }[] = [];
  for await (const page of pages) {
    for (const row of page) {
      const cidr = Prefix.must(row.cidr);
      while (open.length > 0 && !open.at(-1)!.cidr.contains(cidr)) open.pop();
      for (const outer of open) if (conflict(outer.row, row)) yield [outer.row, row];
      open.push({ row, cidr });
    }
  }
}
