import { newColumns, type PrefixColumns, strideOf } from './columns.js';
import { compareAt } from './words.js';

/** Below this many prefixes a comparison sort beats clearing 65,536 counters per digit. */
const RADIX_FROM = 4096;

type Column = Uint32Array | Uint8Array;

/**
 * The indices of the prefixes in ascending order (address, then length; equal ones in their given order), as
 * Prefix.compare has it. From 4,096 prefixes on O(n), 50 ns per IPv4 and 100 ns per IPv6 prefix, except that IPv6 prefixes
 * in one /64 are compared with each other where their given order is not the one asked for.
 */
export function orderOf(columns: PrefixColumns): Uint32Array {
  const { family, words, lengths } = columns;
  const stride = strideOf(family);
  const order = indices(lengths.length);
  const compare = (a: number, b: number) =>
    compareAt(words, a * stride, words, b * stride, stride) || lengths[a]! - lengths[b]! || a - b;
  if (order.length < RADIX_FROM) return order.sort(compare);
  const leading = family === 4 ? [words] : [wordOfEach(words, 1), wordOfEach(words, 0)];
  const [sorted, , low, high] = radixSorted([order, lengths, ...leading], 1) as [Uint32Array, ...Column[]];
  if (family === 6) sortRuns(sorted, low!, high!, compare);
  return sorted;
}

/**
 * The prefixes in ascending order of address; the order of equal addresses is not defined. Cost as orderOf, but 30 ns per
 * IPv4 prefix.
 */
export function sortedByAddress(columns: PrefixColumns): PrefixColumns {
  const { family, words, lengths } = columns;
  if (family === 4 && lengths.length >= RADIX_FROM) {
    const [sortedLengths, sortedWords] = radixSorted([lengths, words], 1) as [Uint8Array, Uint32Array];
    return { family, words: sortedWords, lengths: sortedLengths };
  }
  const stride = strideOf(family);
  const sorted = newColumns(family, lengths.length);
  const order = orderOf(columns);
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!;
    for (let word = 0; word < stride; word++) sorted.words[k * stride + word] = words[i * stride + word]!;
    sorted.lengths[k] = lengths[i]!;
  }
  return sorted;
}

/** Sorts each run of rows with equal keys that is not in order. */
function sortRuns(
  rows: Uint32Array,
  low: Column,
  high: Column,
  compare: (a: number, b: number) => number,
): void {
  for (let from = 0, to = 1; from < rows.length; from = to++) {
    let ordered = true;
    for (; to < rows.length && low[to] === low[to - 1] && high[to] === high[to - 1]; to++) {
      ordered &&= compare(rows[to - 1]!, rows[to]!) < 0;
    }
    if (!ordered) rows.subarray(from, to).sort(compare);
  }
}

function indices(count: number): Uint32Array {
  const all = new Uint32Array(count);
  for (let i = 0; i < count; i++) all[i] = i;
  return all;
}

/** Word `word` of each IPv6 address. */
function wordOfEach(words: Uint32Array, word: number): Uint32Array {
  const column = new Uint32Array(words.length / 4);
  for (let i = 0; i < column.length; i++) column[i] = words[4 * i + word]!;
  return column;
}

/**
 * The rows of columns of one length, in the order of the columns from `firstKey` on, the most significant of which is the
 * last; equal rows in their given order, the columns given unchanged. A least-significant-digit radix sort by 16 bits
 * that skips digits all rows share (Knuth, TAOCP 3 §5.2.5). It finds the places of all rows first and then moves one column
 * after the other, so that the processor writes to one array at a time.
 */
function radixSorted(columns: readonly Column[], firstKey: number): Column[] {
  const n = columns[0]!.length;
  const sorted = [...columns];
  const spare: Column[] = [];
  const counts = new Uint32Array(65536);
  const places = new Uint32Array(n);
  for (let key = firstKey; key < sorted.length; key++) {
    for (let shift = 0; shift < 8 * columns[key]!.BYTES_PER_ELEMENT; shift += 16) {
      if (!findPlaces(sorted[key]!, shift, counts, places)) continue;
      sorted.forEach((column, c) => {
        const to = spare[c] ?? sameSize(column);
        moveTo(places, column, to);
        // The columns given are never written to.
        spare[c] = column === columns[c] ? sameSize(column) : column;
        sorted[c] = to;
      });
    }
  }
  return sorted;
}

/** Where each row belongs by the digit at `shift`; false when all have the same. */
function findPlaces(key: Column, shift: number, counts: Uint32Array, places: Uint32Array): boolean {
  counts.fill(0);
  for (let i = 0; i < key.length; i++) counts[(key[i]! >>> shift) & 0xffff]!++;
  if (counts[(key[0]! >>> shift) & 0xffff] === key.length) return false;
  for (let digit = 0, total = 0; digit < counts.length; digit++) {
    const count = counts[digit]!;
    counts[digit] = total;
    total += count;
  }
  for (let i = 0; i < key.length; i++) places[i] = counts[(key[i]! >>> shift) & 0xffff]!++;
  return true;
}

function moveTo(places: Uint32Array, from: Column, to: Column): void {
  for (let i = 0; i < places.length; i++) to[places[i]!] = from[i]!;
}

function sameSize(column: Column): Column {
  return column instanceof Uint8Array ? new Uint8Array(column.length) : new Uint32Array(column.length);
}
