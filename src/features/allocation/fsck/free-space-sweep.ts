import { type Address, AddressRange, Prefix } from '../../../address/index.js';
import { type CursorReader, pagesOf } from './snapshot.js';

/** A free block that is missing (`+`), or stands there although it is not one (`-`). */
export interface Difference {
  readonly sign: '+' | '-';
  readonly block: FreeBlock;
  /** The pool whose CIDR it is in: the one to lock. */
  readonly ownerId: number;
}

interface FreeBlock {
  readonly poolId: number;
  readonly poolCidrId: number;
  readonly cidr: Prefix;
}

/** Something that lies in a pool CIDR; an empty pool CIDR has one row with neither. */
interface Row extends Record<string, unknown> {
  readonly pool_cidr_id: number;
  readonly pool_id: number;
  readonly pool_cidr: string;
  readonly cidr: string | null;
  /** The pool that a stored free block is said to belong to; null for what is taken. */
  readonly free_in: number | null;
}

const ROWS = `
SELECT c.id AS pool_cidr_id, c.pool_id, c.cidr AS pool_cidr, t.cidr, t.free_in
FROM pool_cidr c LEFT JOIN (
  SELECT live_in AS pool_cidr_id, cidr, NULL::int AS free_in FROM allocation WHERE live_in IS NOT NULL
  UNION ALL SELECT pool_cidr_id, cidr, NULL FROM block
  UNION ALL SELECT pool_cidr_id, cidr, pool_id FROM free_block) t ON t.pool_cidr_id = c.id
WHERE $1::int IS NULL OR c.pool_id = $1
ORDER BY c.id, t.cidr`;

/** Compares the free blocks of one pool, or of all, with what is taken. */
export async function* differences(
  reader: CursorReader,
  poolId: number | null,
): AsyncGenerator<Difference, void, undefined> {
  let sweep: Sweep | undefined;
  for await (const page of pagesOf<Row>(reader, ROWS, [poolId])) {
    for (const row of page) {
      if (sweep?.poolCidrId !== row.pool_cidr_id) {
        if (sweep) yield* sweep.finish();
        sweep = new Sweep(row.pool_id, row.pool_cidr_id, Prefix.must(row.pool_cidr));
      }
      if (row.cidr === null) continue;
      const cidr = Prefix.must(row.cidr);
      if (row.free_in === null) yield* sweep.taken(cidr);
      else sweep.free(row.free_in, cidr);
    }
  }
  if (sweep) yield* sweep.finish();
}

/** Goes through one pool CIDR in address order, gap by gap: what lies between two things taken is free. */
class Sweep {
  /** The first address behind all that was taken so far; null behind the last there is. */
  private next: Address | null;
  /** Stored free blocks that begin since then. */
  private stored: FreeBlock[] = [];

  constructor(
    private readonly ownerId: number,
    readonly poolCidrId: number,
    private readonly poolCidr: Prefix,
  ) {
    this.next = poolCidr.first;
  }

  free(poolId: number, cidr: Prefix): void {
    this.stored.push({ poolId, poolCidrId: this.poolCidrId, cidr });
  }

  /** What lies outside the pool CIDR is another check's business. */
  taken(cidr: Prefix): Difference[] {
    if (!this.next || !cidr.overlaps(this.poolCidr)) return [];
    const found = this.next.compare(cidr.first) < 0 ? this.gapTo(cidr.first.previous()!) : [];
    if (this.next.compare(cidr.last) <= 0) this.next = cidr.last.next();
    return found;
  }

  finish(): Difference[] {
    const { last } = this.poolCidr;
    if (this.next && this.next.compare(last) <= 0) return this.gapTo(last);
    return this.compare([]);
  }

  private gapTo(last: Address): Difference[] {
    return this.compare([...AddressRange.of(this.next!, last)]);
  }

  private compare(derived: readonly Prefix[]): Difference[] {
    const found: Difference[] = [];
    const add = (sign: Difference['sign'], block: FreeBlock): number =>
      found.push({ sign, block, ownerId: this.ownerId });
    const { stored, ownerId, poolCidrId } = this;
    const missing = new Map(derived.map((cidr) => [cidr.toString(), cidr]));
    for (const block of stored) {
      const isRight = block.poolId === ownerId && missing.delete(block.cidr.toString());
      if (!isRight) add('-', block);
    }
    for (const cidr of missing.values()) add('+', { poolId: ownerId, poolCidrId, cidr });
    this.stored = [];
    return found;
  }
}
