import { type Family, Prefix } from '../../src/address/index.js';

/**
 * Space of the golden register, on plain numbers: a CIDR is its first and last address, the free space of a
 * pool CIDR is one boolean per address. Only for toy pools.
 */
const MOST_ADDRESSES = 65_536n;

export function widthOf(family: Family): number {
  return family === 4 ? 32 : 128;
}

export function firstOf(cidr: Prefix): bigint {
  return cidr.address.value;
}

export function lastOf(cidr: Prefix): bigint {
  return firstOf(cidr) + sizeOf(cidr) - 1n;
}

export function sizeOf(cidr: Prefix): bigint {
  return 2n ** BigInt(widthOf(cidr.family) - cidr.length);
}

export function overlap(a: Prefix, b: Prefix): boolean {
  return a.family === b.family && firstOf(a) <= lastOf(b) && firstOf(b) <= lastOf(a);
}

export function liesIn(inner: Prefix, outer: Prefix): boolean {
  return inner.family === outer.family && firstOf(outer) <= firstOf(inner) && lastOf(inner) <= lastOf(outer);
}

export function sameCidr(a: Prefix, b: Prefix): boolean {
  return a.family === b.family && firstOf(a) === firstOf(b) && a.length === b.length;
}

/** By first address, then the larger block first. */
export function inAddressOrder(a: Prefix, b: Prefix): number {
  if (firstOf(a) !== firstOf(b)) return firstOf(a) < firstOf(b) ? -1 : 1;
  return a.length - b.length;
}

/** Written as text and parsed, so that nothing but the parser is needed. */
export function cidrAt(family: Family, first: bigint, length: number): Prefix {
  const groups: string[] = [];
  if (family === 4) {
    for (const shift of [24n, 16n, 8n, 0n]) groups.push(((first >> shift) & 0xffn).toString(10));
    return Prefix.must(`${groups.join('.')}/${length}`);
  }
  for (const shift of [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n]) {
    groups.push(((first >> shift) & 0xffffn).toString(16));
  }
  return Prefix.must(`${groups.join(':')}/${length}`);
}

/** The maximal aligned blocks of one pool CIDR that nothing in `taken` touches, in address order. */
export function freeBlocksWithin(poolCidr: Prefix, taken: readonly Prefix[]): Prefix[] {
  if (sizeOf(poolCidr) > MOST_ADDRESSES)
    throw new Error(`too large for the golden register: ${poolCidr.toString()}`);
  const size = Number(sizeOf(poolCidr));
  const start = firstOf(poolCidr);

  const free: boolean[] = [];
  for (let i = 0; i < size; i++) free.push(true);
  for (const cidr of taken) {
    if (!overlap(cidr, poolCidr)) continue;
    const from = firstOf(cidr) > start ? Number(firstOf(cidr) - start) : 0;
    const to = lastOf(cidr) < lastOf(poolCidr) ? Number(lastOf(cidr) - start) : size - 1;
    for (let i = from; i <= to; i++) free[i] = false;
  }

  const blocks: Prefix[] = [];
  collect(0, size, poolCidr.length);
  return blocks;

  /** A stretch that is wholly free is one block; otherwise its two halves are looked at by themselves. */
  function collect(from: number, count: number, length: number): void {
    const stretch = free.slice(from, from + count);
    if (!stretch.includes(true)) return;
    if (!stretch.includes(false)) {
      blocks.push(cidrAt(poolCidr.family, start + BigInt(from), length));
      return;
    }
    collect(from, count / 2, length + 1);
    collect(from + count / 2, count / 2, length + 1);
  }
}

/** Every aligned CIDR of this length inside the block, in address order. */
export function positionsIn(block: Prefix, length: number): Prefix[] {
  const positions: Prefix[] = [];
  if (length < block.length) return positions;
  const step = 2n ** BigInt(widthOf(block.family) - length);
  for (let first = firstOf(block); first <= lastOf(block); first += step) {
    positions.push(cidrAt(block.family, first, length));
  }
  return positions;
}

export type Rule = { placement: 'BEST_FIT' | 'SPARSE' | 'LAST' } | { placement: 'NEAR'; near: Prefix };

/** Where a CIDR of this length goes, given the free blocks; null when there is no room. */
export function place(freeBlocks: readonly Prefix[], length: number, rule: Rule): Prefix | null {
  const fitting = freeBlocks.filter((block) => block.length <= length);
  if (fitting.length === 0) return null;

  if (rule.placement === 'NEAR') return placeNear(fitting, length, rule.near);

  const smallestLength = Math.max(...fitting.map((block) => block.length));
  const largestLength = Math.min(...fitting.map((block) => block.length));
  const smallest = fitting.filter((block) => block.length === smallestLength).sort(inAddressOrder);
  const largest = fitting.filter((block) => block.length === largestLength).sort(inAddressOrder);

  if (rule.placement === 'BEST_FIT') return positionsIn(smallest[0]!, length)[0]!;
  if (rule.placement === 'SPARSE') return positionsIn(largest[0]!, length)[0]!;
  return positionsIn(smallest.at(-1)!, length).at(-1)!;
}

function placeNear(fitting: readonly Prefix[], length: number, near: Prefix): Prefix {
  const candidates = fitting.flatMap((block) =>
    positionsIn(block, length).map((position) => ({ position, block })),
  );
  candidates.sort((a, b) => {
    const supernets = commonSupernetLength(b.position, near) - commonSupernetLength(a.position, near);
    if (supernets !== 0) return supernets;
    const blockSizes = b.block.length - a.block.length;
    if (blockSizes !== 0) return blockSizes;
    const distanceOfA = distance(a.position, near);
    const distanceOfB = distance(b.position, near);
    if (distanceOfA !== distanceOfB) return distanceOfA < distanceOfB ? -1 : 1;
    return inAddressOrder(a.position, b.position);
  });
  return candidates[0]!.position;
}

/** Length of the smallest CIDR that holds both: the number of leading bits they share, within both lengths. */
export function commonSupernetLength(a: Prefix, b: Prefix): number {
  const width = widthOf(a.family);
  let length = Math.min(a.length, b.length);
  while (firstOf(a) >> BigInt(width - length) !== firstOf(b) >> BigInt(width - length)) length -= 1;
  return length;
}

function distance(a: Prefix, b: Prefix): bigint {
  return firstOf(a) < firstOf(b) ? firstOf(b) - firstOf(a) : firstOf(a) - firstOf(b);
}
