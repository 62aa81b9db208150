import type { Prefix } from '../../../address/index.js';

/** How the addresses of a pool are used. All counts are exact; total = allocated + reserved + quarantined + blocked + free. */
export interface Capacity {
  readonly total: bigint;
  /** delegated + assigned */
  readonly allocated: bigint;
  /** Feeds child pools. */
  readonly delegated: bigint;
  readonly assigned: bigint;
  readonly reserved: bigint;
  readonly quarantined: bigint;
  readonly blocked: bigint;
  readonly free: bigint;
  /** (allocated + reserved) / total; 0 for an empty pool. */
  readonly utilization: number;
  /** 1 − largest free block / free; 0 when nothing is free. */
  readonly fragmentation: number;
  readonly largestFreeBlock: Prefix | null;
  readonly freeBlocksByLength: readonly { readonly prefixLength: number; readonly count: number }[];
}

/** The figures that follow from the counted ones. */
export function capacityOf(counted: {
  readonly total: bigint;
  readonly delegated: bigint;
  readonly reserved: bigint;
  readonly quarantined: bigint;
  readonly blocked: bigint;
  readonly free: bigint;
  readonly largestFreeBlock: Prefix | null;
  readonly freeBlocksByLength: Capacity['freeBlocksByLength'];
}): Capacity {
  const { total, delegated, reserved, quarantined, blocked, free, largestFreeBlock } = counted;
  const allocated = total - reserved - quarantined - blocked - free;
  return {
    ...counted,
    allocated,
    assigned: allocated - delegated,
    utilization: ratio(allocated + reserved, total),
    fragmentation: largestFreeBlock ? 1 - ratio(largestFreeBlock.size, free) : 0,
  };
}

/** a / b to 15 digits, also where both overflow doubles; 0 for b = 0. */
function ratio(a: bigint, b: bigint): number {
  const scale = 10n ** 15n;
  return b === 0n ? 0 : Number((a * scale) / b) / Number(scale);
}
