import { Address } from '../../src/address/address.js';
import { type AddressRange } from '../../src/address/address-range.js';
import { type Prefix } from '../../src/address/prefix.js';

/** Merge by another road: union of sorted integer intervals, then greedy decomposition in integers. For any size. */
export function mergeByIntervals(prefixes: readonly Prefix[]): string[] {
  return [4 as const, 6 as const].flatMap((family) => {
    const intervals = prefixes
      .filter((prefix) => prefix.family === family)
      .map((prefix) => ({ start: prefix.address.value, end: prefix.address.value + prefix.size }))
      .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    const union: typeof intervals = [];
    for (const { start, end } of intervals) {
      const top = union.at(-1);
      if (top && start <= top.end) top.end = end > top.end ? end : top.end;
      else union.push({ start, end });
    }
    return union.flatMap(({ start, end }) => decompose(family, start, end));
  });
}

/** The addresses from start up to, not including, end as the fewest prefixes, largest fitting block first. */
export function decompose(family: 4 | 6, start: bigint, end: bigint): string[] {
  const width = family === 4 ? 32 : 128;
  const texts: string[] = [];
  while (start < end) {
    let hostBits = 0;
    while (
      hostBits < width &&
      start % 2n ** BigInt(hostBits + 1) === 0n &&
      start + 2n ** BigInt(hostBits + 1) <= end
    ) {
      hostBits++;
    }
    texts.push(`${Address.of(family, start).toString()}/${width - hostBits}`);
    start += 2n ** BigInt(hostBits);
  }
  return texts;
}

export function decomposeRange(range: AddressRange): string[] {
  return decompose(range.first.family, range.first.value, range.last.value + 1n);
}
