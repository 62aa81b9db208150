import { type Intervals } from './intervals.js';

/** Boundaries to a bucket: 256 bytes, so that one page of memory and at most a few lines of it answer a look-up. */
const BUCKET = 16;
/** Numbers of a bucket: key and owner of each boundary side by side. */
const STRIDE = 2 * BUCKET;
const KEY_BITS = 52;

/**
 * Owner of a 128-bit address among disjoint intervals. The bits that all entries share are skipped; the next 52 of each
 * boundary are its key, a double, which orders nearly all boundaries with one comparison.
 *
 * A million boundaries do not fit in the processor's cache, and each page that a search touches outside of it costs as
 * much as a dozen comparisons within. So the boundaries lie in buckets with their owners beside them, the lowest key of each
 * bucket is in an array small enough to stay cached, and a table over the leading bits shortens the search in that: a
 * B+ tree of two levels (Comer 1979) below a table. Memory 17 bytes per boundary beside the 20 of the intervals, at
 * most 1 MB for the table; see docs/decisions/0018-pages-decide-longest-match.md.
 */
export class IntervalIndex6 {
  readonly #intervals: Intervals;
  readonly #skip: number;
  readonly #common: Uint32Array;
  /** By bucket, key and owner in turns; keys after the last boundary are Infinity. */
  readonly #buckets: Float64Array;
  /** By bucket, its lowest key. */
  readonly #lowest: Float64Array;
  /** slots[s] and slots[s + 1] enclose the buckets to search for a key in slot s. */
  readonly #slots: Uint32Array;
  readonly #slotsPerKey: number;

  /** `common` and `skip`: an address and the length of a prefix that contains all entries. */
  constructor(intervals: Intervals, common: Uint32Array, skip: number) {
    this.#intervals = intervals;
    this.#common = common;
    // A key needs its bits after the skipped ones.
    this.#skip = Math.min(skip, 128 - KEY_BITS);
    const { owners } = intervals;
    const count = Math.ceil(owners.length / BUCKET);
    this.#buckets = new Float64Array(count * STRIDE).fill(Infinity);
    for (let k = 0; k < owners.length; k++) {
      this.#buckets[2 * k] = this.#keyAt(k);
      this.#buckets[2 * k + 1] = owners[k]!;
    }
    this.#lowest = Float64Array.from({ length: count }, (_, bucket) => this.#buckets[bucket * STRIDE]!);
    const bits = Math.min(18, 32 - Math.clz32(owners.length));
    this.#slotsPerKey = 2 ** (bits - KEY_BITS);
    this.#slots = slotsOf(this.#lowest, bits, this.#slotsPerKey);
  }

  /** The owner at an address given as four words, signed or unsigned, the most significant first, or -1. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    if (!this.#shares(w0, w1, w2)) return -1;
    const key = this.#keyOf(w0, w1, w2, w3);
    const lowest = this.#lowest;
    const slot = (key * this.#slotsPerKey) >>> 0;
    let low = this.#slots[slot]!;
    let high = this.#slots[slot + 1]!;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (lowest[middle]! <= key) low = middle;
      else high = middle - 1;
    }
    const buckets = this.#buckets;
    let at = low * STRIDE;
    if (buckets[at + 16]! <= key) at += 16;
    if (buckets[at + 8]! <= key) at += 8;
    if (buckets[at + 4]! <= key) at += 4;
    if (buckets[at + 2]! <= key) at += 2;
    const undecided = buckets[at] === key && !Number.isInteger(key);
    return undecided ? this.#search(at >> 1, w0, w1, w2, w3) : buckets[at + 1]! | 0;
  }

  /** Whether the address has the skipped bits of the entries; they are in the first three words. */
  #shares(w0: number, w1: number, w2: number): boolean {
    const common = this.#common;
    const skip = this.#skip;
    if (skip === 0) return true;
    const x0 = w0 ^ common[0]!;
    if (skip <= 32) return x0 >>> (32 - skip) === 0;
    const x1 = w1 ^ common[1]!;
    if (skip <= 64) return x0 === 0 && x1 >>> (64 - skip) === 0;
    return (x0 | x1) === 0 && (w2 ^ common[2]!) >>> (96 - skip) === 0;
  }

  /** Key of boundary `k`. */
  #keyAt(k: number): number {
    // The first boundary is the first address of all, so that every search has a lower end.
    if (k === 0) return 0;
    const { words } = this.#intervals;
    const [w0, w1, w2, w3] = [words[4 * k]!, words[4 * k + 1]!, words[4 * k + 2]!, words[4 * k + 3]!];
    // A boundary behind the common prefix has no owner and is never asked for, but its key would be out of order.
    return this.#shares(w0, w1, w2) ? this.#keyOf(w0, w1, w2, w3) : Infinity;
  }

  /**
   * The 52 bits after the skipped ones, and a half where a lower bit is set: then keys that differ are ordered as the
   * addresses are, and equal ones without a half are of equal addresses.
   */
  #keyOf(w0: number, w1: number, w2: number, w3: number): number {
    const skip = this.#skip;
    const a = skip < 32 ? w0 : skip < 64 ? w1 : w2;
    const b = skip < 32 ? w1 : skip < 64 ? w2 : w3;
    const c = skip < 32 ? w2 : skip < 64 ? w3 : 0;
    const d = skip < 32 ? w3 : 0;
    const shift = skip & 31;
    const high = shift === 0 ? a >>> 0 : ((a << shift) | (b >>> (32 - shift))) >>> 0;
    const low = shift === 0 ? b >>> 0 : ((b << shift) | (c >>> (32 - shift))) >>> 0;
    const rest = (low & 0xfff) | (c << shift) | d;
    return high * 1048576 + (low >>> 12) + (rest === 0 ? 0 : 0.5);
  }

  /** By whole addresses, among the boundaries up to `last`: for those closer together than keys tell apart. */
  #search(last: number, w0: number, w1: number, w2: number, w3: number): number {
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#startsBy(middle, w0, w1, w2, w3)) low = middle;
      else high = middle - 1;
    }
    return this.#intervals.owners[low]!;
  }

  /** Whether boundary `k` is at or below the address. */
  #startsBy(k: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const { words } = this.#intervals;
    if ((words[4 * k]! ^ w0) !== 0) return words[4 * k]! < w0 >>> 0;
    if ((words[4 * k + 1]! ^ w1) !== 0) return words[4 * k + 1]! < w1 >>> 0;
    if ((words[4 * k + 2]! ^ w2) !== 0) return words[4 * k + 2]! < w2 >>> 0;
    return words[4 * k + 3]! <= w3 >>> 0;
  }
}

/** For each slot the last bucket that begins before it, or the first of all, and after the last slot the last bucket. */
function slotsOf(lowest: Float64Array, bits: number, slotsPerKey: number): Uint32Array {
  const slots = new Uint32Array(2 ** bits + 1);
  let slot = 0;
  for (let bucket = 0; bucket < lowest.length; bucket++) {
    const own = Math.min(2 ** bits, lowest[bucket]! * slotsPerKey) >>> 0;
    while (slot < own) slots[++slot] = Math.max(0, bucket - 1);
  }
  slots.fill(lowest.length - 1, slot + 1);
  return slots;
}
