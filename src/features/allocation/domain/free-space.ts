import { Prefix } from '../../../address/index.js';
import type { Placement } from './allocation.js';
import type { PoolCidr } from './pool.js';

/** A maximal aligned CIDR of one pool CIDR that nobody holds and nothing blocks. */
export interface FreeBlock {
  readonly poolCidrId: number;
  readonly cidr: Prefix;
}

/** In which order free blocks are offered to a request for `hostBits`, and how far down that order they were loaded. */
export interface FreeWindow {
  readonly placement: Placement;
  readonly hostBits: number;
  readonly near: Prefix | null;
  /** Ordered as `placement` says, every block with at least `hostBits`. */
  readonly blocks: readonly FreeBlock[];
  /** False: there are more blocks behind the last of `blocks`. */
  readonly complete: boolean;
}

/** The best candidate may lie beyond what was loaded: load a longer window and decide again. */
export class WindowTooShortError extends Error {
  override name = 'WindowTooShortError';
}

type Order = (a: FreeBlock, b: FreeBlock) => number;

/**
 * The part of a pool's free space that a decision can touch, kept as maximal aligned blocks: blocks split when
 * space is taken and join with their buddies when space is given back (Knowlton 1965; Knuth, TAOCP 1, 2.5).
 * It holds what was loaded, not all; `choose` notices when that is not enough.
 */
export class FreeSpace {
  private readonly initial = new Map<string, FreeBlock>();
  private readonly current = new Map<string, FreeBlock>();
  /** Per host bits, ascending by address. */
  private readonly byHostBits = new Map<number, FreeBlock[]>();
  private readonly windows = new Map<string, FreeWindow>();

  constructor(
    private readonly poolCidrs: ReadonlyMap<number, Prefix>,
    windows: readonly FreeWindow[],
    probed: readonly FreeBlock[],
  ) {
    for (const block of [...windows.flatMap((window) => window.blocks), ...probed]) {
      const key = block.cidr.toString();
      if (this.initial.has(key)) continue;
      this.initial.set(key, block);
      this.insert(block);
    }
    for (const window of windows) this.windows.set(windowKey(window), window);
  }

  /** Blocks that were loaded and are gone, and blocks that came: what the database has to be told. */
  delta(): { removed: FreeBlock[]; added: FreeBlock[] } {
    const removed = [...this.initial].filter(([key]) => !this.current.has(key)).map(([, block]) => block);
    const added = [...this.current].filter(([key]) => !this.initial.has(key)).map(([, block]) => block);
    return { removed, added };
  }

  /**
   * The CIDR that `placement` gives to a request for `hostBits`, still free; null when no block is large enough.
   * O(blocks of one size) at most, except NEAR and SPARSE, which look at all that were loaded.
   */
  choose(
    hostBits: number,
    placement: Placement,
    near: Prefix | null,
  ): { poolCidr: PoolCidr; cidr: Prefix } | null {
    const best = this.bestWithin(hostBits, placement, near);
    if (!best) return null;
    const poolCidr = { id: best.poolCidrId, cidr: this.poolCidrs.get(best.poolCidrId)! };
    return { poolCidr, cidr: positionIn(best.cidr, hostBits, placement, near) };
  }

  /** The largest free block, lowest address; needs the window of SPARSE for 0 host bits. */
  largest(): Prefix | null {
    return this.bestWithin(0, 'SPARSE', null)?.cidr ?? null;
  }

  /** True where all of `cidr` is free. Asks only for CIDRs whose covering block was probed. */
  isFree(cidr: Prefix): boolean {
    return this.covering(cidr) !== null;
  }

  /** Takes all of `cidr`, which must be free. */
  take(cidr: Prefix): void {
    const block = this.covering(cidr);
    if (!block) throw new Error(`${cidr} is not free`);
    this.remove(block);
    for (const rest of block.cidr.subtract(cidr)) this.insert({ poolCidrId: block.poolCidrId, cidr: rest });
  }

  /** Takes whatever of `cidr` is free: of blocked space nothing is. */
  takeAvailable(cidr: Prefix): void {
    if (this.covering(cidr)) return this.take(cidr);
    for (const block of this.current.values()) if (cidr.contains(block.cidr)) this.remove(block);
  }

  /** Gives back `cidr` minus what `blocked` covers, and joins buddies up to the pool CIDR. */
  give(poolCidrId: number, cidr: Prefix, blocked: readonly Prefix[]): void {
    for (const piece of without(cidr, blocked)) this.join({ poolCidrId, cidr: piece });
  }

  private bestWithin(hostBits: number, placement: Placement, near: Prefix | null): FreeBlock | null {
    const window = this.windows.get(windowKey({ hostBits, placement, near }));
    if (!window) throw new Error(`no window was loaded for ${placement} of ${hostBits} host bits`);
    const best = this.best(hostBits, placement, near);
    const last = window.blocks.at(-1);
    if (!window.complete && (!best || !last || orderOf(placement, near)(best, last) > 0))
      throw new WindowTooShortError();
    return best;
  }

  private join(block: FreeBlock): void {
    const limit = this.poolCidrs.get(block.poolCidrId)!;
    let { cidr } = block;
    while (cidr.length > limit.length) {
      const buddy = this.current.get(cidr.buddy()!.toString());
      if (buddy?.poolCidrId !== block.poolCidrId) break;
      this.remove(buddy);
      cidr = cidr.parent()!;
    }
    this.insert({ poolCidrId: block.poolCidrId, cidr });
  }

  private best(hostBits: number, placement: Placement, near: Prefix | null): FreeBlock | null {
    const sizes = [...this.byHostBits.keys()].filter(
      (bits) => bits >= hostBits && this.byHostBits.get(bits)!.length > 0,
    );
    if (sizes.length === 0) return null;
    switch (placement) {
      case 'BEST_FIT':
        return this.byHostBits.get(Math.min(...sizes))![0]!;
      case 'LAST':
        return this.byHostBits.get(Math.min(...sizes))!.at(-1)!;
      case 'SPARSE':
        return this.byHostBits.get(Math.max(...sizes))![0]!;
      case 'NEAR': {
        const order = orderOf('NEAR', near);
        return sizes
          .flatMap((bits) => this.byHostBits.get(bits)!)
          .reduce((a, b) => (order(a, b) <= 0 ? a : b));
      }
    }
  }

  private covering(cidr: Prefix): FreeBlock | null {
    const widest = Math.min(
      ...[...this.poolCidrs.values()].filter((p) => p.contains(cidr)).map((p) => p.length),
    );
    for (let length = cidr.length; length >= widest; length--) {
      const block = this.current.get(cidr.supernet(length).toString());
      if (block) return block;
    }
    return null;
  }

  private insert(block: FreeBlock): void {
    this.current.set(block.cidr.toString(), block);
    const bits = block.cidr.hostBits;
    const list = this.byHostBits.get(bits);
    if (list) list.splice(lowerBound(list, block.cidr), 0, block);
    else this.byHostBits.set(bits, [block]);
  }

  private remove(block: FreeBlock): void {
    this.current.delete(block.cidr.toString());
    const list = this.byHostBits.get(block.cidr.hostBits)!;
    list.splice(lowerBound(list, block.cidr), 1);
  }
}

/** `cidr` minus the union of `holes`, as few CIDRs as possible, ascending. */
export function without(cidr: Prefix, holes: readonly Prefix[]): Prefix[] {
  const inside = holes.filter((hole) => hole.overlaps(cidr));
  if (inside.length === 0) return [cidr];
  if (inside.some((hole) => hole.contains(cidr))) return [];
  return cidr.halves()!.flatMap((half) => without(half, inside));
}

function windowKey(window: Pick<FreeWindow, 'placement' | 'hostBits' | 'near'>): string {
  return `${window.placement} ${window.hostBits} ${window.placement === 'NEAR' ? window.near : ''}`;
}

/** Best first. The SQL that loads windows orders in the same way (allocation.sql.ts). */
function orderOf(placement: Placement, near: Prefix | null): Order {
  const byAddress: Order = (a, b) => a.cidr.compare(b.cidr);
  const bySize: Order = (a, b) => a.cidr.hostBits - b.cidr.hostBits;
  switch (placement) {
    case 'BEST_FIT':
      return (a, b) => bySize(a, b) || byAddress(a, b);
    case 'LAST':
      return (a, b) => bySize(a, b) || byAddress(b, a);
    case 'SPARSE':
      return (a, b) => bySize(b, a) || byAddress(a, b);
    case 'NEAR': {
      const shared = (block: FreeBlock): number => Prefix.commonSupernet(block.cidr, near!).length;
      const distance = (block: FreeBlock): bigint => magnitude(block.cidr.first.value - near!.first.value);
      return (a, b) =>
        shared(b) - shared(a) || bySize(a, b) || sign(distance(a) - distance(b)) || byAddress(a, b);
    }
  }
}

function positionIn(block: Prefix, hostBits: number, placement: Placement, near: Prefix | null): Prefix {
  const length = block.length + block.hostBits - hostBits;
  switch (placement) {
    case 'BEST_FIT':
    case 'SPARSE':
      return Prefix.of(block.first, length);
    case 'LAST':
      return Prefix.of(block.last, length);
    case 'NEAR': {
      if (block.contains(near!.first)) return Prefix.of(near!.first, length);
      return Prefix.of(near!.first.compare(block.first) < 0 ? block.first : block.last, length);
    }
  }
}

function lowerBound(list: readonly FreeBlock[], cidr: Prefix): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]!.cidr.compare(cidr) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
const sign = (value: bigint): number => (value < 0n ? -1 : value > 0n ? 1 : 0);
