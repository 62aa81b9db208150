import { formatColumns, newColumns, parseColumns, type PrefixColumns, trimColumns } from './columns.js';
import { sortedByAddress } from './order.js';
import { valueOrThrow } from './parse-result.js';
import { compareAt, coversAt, NETWORK_MASKS } from './words.js';

/*
 * Lossless aggregation: the unique smallest set of prefixes with the same addresses. Sort, so that a supernet comes
 * before its subnets; then one pass with the output as a stack: skip what the top contains, push the rest, and replace
 * the top two by their parent while they are buddies. The result is smallest because the largest aligned blocks inside a
 * union are nested or disjoint. O(n) after the sort, since each join pops one.
 */

/**
 * The smallest set of prefixes with the same addresses, in canonical text, IPv4 first, each family in order. Throws
 * InvalidAddressError for the first text that Prefix.parse would not accept. About 4 million prefixes per second.
 */
export function mergePrefixes(texts: readonly string[]): string[] {
  const { v4, v6 } = valueOrThrow(parseColumns(texts));
  const merged = formatColumns(mergeColumns4(v4));
  return v6.lengths.length === 0 ? merged : merged.concat(formatColumns(mergeColumns6(v6)));
}

/** Merges prefixes of either family; see mergeColumns4 and mergeColumns6. */
export function mergeColumns(columns: PrefixColumns): PrefixColumns {
  return columns.family === 4 ? mergeColumns4(columns) : mergeColumns6(columns);
}

/** Merges IPv4 prefixes in any order to the smallest set, in order; the input is not changed. */
export function mergeColumns4(columns: PrefixColumns): PrefixColumns {
  const { words, lengths } = sortedByAddress(columns);
  const merged = newColumns(4, lengths.length);
  let top = -1;
  for (let i = 0; i < lengths.length; i++) {
    const address = words[i]!;
    let length = lengths[i]!;
    if (top >= 0) {
      const mask = NETWORK_MASKS[4 * (32 - merged.lengths[top]!) + 3]!;
      if (((merged.words[top]! ^ address) & mask) === 0) {
        // Covered, or a wider block at the same address, which the sort does not put first.
        if (merged.words[top] !== address || merged.lengths[top]! <= length) continue;
        top--;
      }
    }
    merged.words[++top] = address;
    while (
      top > 0 &&
      merged.lengths[top - 1] === length &&
      (merged.words[top]! ^ merged.words[top - 1]!) === 1 << (32 - length)
    ) {
      top--;
      length--;
    }
    merged.lengths[top] = length;
  }
  return trimColumns(merged, top + 1);
}

/** Merges IPv6 prefixes in any order to the smallest set, in order; the input is not changed. */
export function mergeColumns6(columns: PrefixColumns): PrefixColumns {
  const { words, lengths } = sortedByAddress(columns);
  const merged = newColumns(6, lengths.length);
  let top = -1;
  for (let i = 0; i < lengths.length; i++) {
    let length = lengths[i]!;
    if (top >= 0 && coversAt(merged.words, 4 * top, 128 - merged.lengths[top]!, words, 4 * i, 4)) {
      if (merged.lengths[top]! <= length || compareAt(merged.words, 4 * top, words, 4 * i, 4) !== 0) continue;
      top--;
    }
    top++;
    for (let word = 0; word < 4; word++) merged.words[4 * top + word] = words[4 * i + word]!;
    while (top > 0 && merged.lengths[top - 1] === length && differOnlyIn(merged.words, top, 128 - length)) {
      top--;
      length--;
    }
    merged.lengths[top] = length;
  }
  return trimColumns(merged, top + 1);
}

/** Whether the IPv6 addresses at `i` and `i - 1` differ in that bit (0 is the lowest) and in no other. */
function differOnlyIn(words: Uint32Array, i: number, bit: number): boolean {
  const changed = 3 - (bit >> 5);
  for (let word = 0; word < 4; word++) {
    const difference = words[4 * i + word]! ^ words[4 * i - 4 + word]!;
    if (difference !== (word === changed ? 1 << (bit & 31) : 0)) return false;
  }
  return true;
}
