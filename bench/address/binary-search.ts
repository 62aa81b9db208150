import type { PrefixColumns } from '../../src/address/index.js';
import { type Intervals, intervalsOf } from '../../src/address/intervals.js';
import { orderOf } from '../../src/address/order.js';

/** IPv6 longest match as plainly as it can be done well: binary search among sorted disjoint intervals. */
export class BinarySearch6 {
  private readonly intervals: Intervals;
  /** By entry of the intervals, its place in the columns. */
  private readonly order: Uint32Array;

  /** Distinct prefixes in any order. */
  constructor(columns: PrefixColumns) {
    this.order = orderOf(columns);
    const words = new Uint32Array(columns.words.length);
    this.order.forEach((from, to) => words.set(columns.words.subarray(4 * from, 4 * from + 4), 4 * to));
    const lengths = Uint8Array.from(this.order, (i) => columns.lengths[i]!);
    this.intervals = intervalsOf({ family: 6, words, lengths });
  }

  /** Place of the longest prefix in the columns, or -1. */
  placeOf(owner: number): number {
    return owner < 0 ? -1 : this.order[owner]!;
  }

  /** The longest prefix, as an index into the sorted ones, or -1. The words are unsigned. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    const { words, owners } = this.intervals;
    let low = 0;
    let high = owners.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (isAtOrBelow(words, 4 * middle, w0, w1, w2, w3)) low = middle;
      else high = middle - 1;
    }
    return owners[low]!;
  }
}

function isAtOrBelow(
  words: Uint32Array,
  at: number,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
): boolean {
  if (words[at] !== w0) return words[at]! < w0;
  if (words[at + 1] !== w1) return words[at + 1]! < w1;
  if (words[at + 2] !== w2) return words[at + 2]! < w2;
  return words[at + 3]! <= w3;
}
