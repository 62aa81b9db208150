import { type Address, AddressRange, type Prefix } from '../../../address/index.js';
import type { Allocation } from './allocation.js';
import type { Block } from './pool.js';

export const BLOCK_STATES = ['LIVE', 'BLOCKED', 'FREE'] as const;
export type BlockState = (typeof BLOCK_STATES)[number];

/** One piece of a pool: a live allocation, a free block, or aligned space that is neither. */
export interface PoolBlock {
  readonly cidr: Prefix;
  readonly state: BlockState;
  readonly allocation: Allocation | null;
}

/**
 * What lies in pool CIDRs from `from` on, in address order: live, free, and blocked where neither is. The three lists
 * are ascending and disjoint; `live` and `free` hold everything up to `until` (null: to the end), where this stops.
 */
export function contentsOf(
  poolCidrs: readonly Prefix[],
  from: Address,
  live: readonly Allocation[],
  free: readonly Prefix[],
  until: Address | null,
): PoolBlock[] {
  const held = [
    ...live.map((allocation): PoolBlock => ({ cidr: allocation.cidr, state: 'LIVE', allocation })),
    ...free.map((cidr): PoolBlock => ({ cidr, state: 'FREE', allocation: null })),
  ]
    .filter(({ cidr }) => until === null || cidr.last.compare(until) <= 0)
    .sort((a, b) => a.cidr.compare(b.cidr));
  const blocks: PoolBlock[] = [];
  let index = 0;
  for (const poolCidr of poolCidrs) {
    let next: Address | null = later(poolCidr.first, from);
    if (next.compare(poolCidr.last) > 0) continue;
    for (; index < held.length && poolCidr.contains(held[index]!.cidr); index++) {
      const block = held[index]!;
      if (next && next.compare(block.cidr.first) < 0)
        blocks.push(...blocked(next, block.cidr.first.previous()!));
      blocks.push(block);
      next = block.cidr.last.next();
    }
    const stops = until !== null && until.compare(poolCidr.last) < 0;
    const end = stops ? until : poolCidr.last;
    if (next && next.compare(end) <= 0) blocks.push(...blocked(next, end));
    if (stops) break;
  }
  return blocks;
}

/** Why space is blocked: the reasons of all blocks that touch it, each once. */
export function reasonsOf(cidr: Prefix, blocks: readonly Block[]): string[] {
  return [...new Set(blocks.filter((block) => block.cidr.overlaps(cidr)).map(({ reason }) => reason))].sort();
}

function blocked(first: Address, last: Address): PoolBlock[] {
  return AddressRange.of(first, last)
    .toPrefixes()
    .map((cidr) => ({ cidr, state: 'BLOCKED', allocation: null }));
}

function later(a: Address, b: Address): Address {
  return a.compare(b) >= 0 ? a : b;
}
