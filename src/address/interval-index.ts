import { type Intervals } from './intervals.js';

/*
 * Longest match as a search among disjoint intervals: a top index over the leading bits of the address leaves a short
 * binary search. Chosen over tries because JavaScript has no population count and typed arrays are compact; measured
 * against DIR-24-8, a stride-8 trie and hash tables at 10^4 to 10^6 prefixes.
 */

/** Bits of the top index: enough for about one boundary per slot, at most `most`. */
function indexBits(boundaries: number, most: number): number {
  return Math.min(most, Math.max(1, 32 - Math.clz32(boundaries)));
}

/**
 * slots[s] and slots[s + 1] enclose the boundaries to search for an address in slot s: the last one before the slot, and
 * the last one in it. `slotOf` must not decrease from one boundary to the next.
 */
function slotsOf(boundaries: number, bits: number, slotOf: (boundary: number) => number): Uint32Array {
  const slots = new Uint32Array(2 ** bits + 1);
  for (let k = 0, slot = 0; k < boundaries; k++) {
    for (const own = slotOf(k); slot < own;) slots[++slot] = Math.max(0, k - 1);
    if (k === boundaries - 1) slots.fill(k, slot + 1);
  }
  return slots;
}

/** Owner of a 32-bit address. Memory 8 bytes per boundary and at most 256 KB. */
export class IntervalIndex4 {
  readonly #starts: Uint32Array;
  readonly #owners: Int32Array;
  readonly #slots: Uint32Array;
  readonly #shift: number;

  constructor({ words, owners }: Intervals) {
    const bits = indexBits(owners.length, 16);
    this.#starts = words;
    this.#owners = owners;
    this.#shift = 32 - bits;
    this.#slots = slotsOf(owners.length, bits, (k) => words[k]! >>> this.#shift);
  }

  /** The owner at a 32-bit address, signed or unsigned, or -1. */
  find(value: number): number {
    const address = value >>> 0;
    const starts = this.#starts;
    const slot = address >>> this.#shift;
    let low = this.#slots[slot]!;
    let high = this.#slots[slot + 1]!;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= address) low = middle;
      else high = middle - 1;
    }
    return this.#owners[low]!;
  }
}

/**
 * Owner of a 128-bit address. The bits that all entries share are skipped; the next 52 of each boundary are kept as a
 * double, which orders nearly all boundaries with one comparison, and the leading bits of those index the top.
 * Memory 28 bytes per boundary and at most 1 MB.
 */
export class IntervalIndex6 {
  readonly #words: Uint32Array;
  readonly #owners: Int32Array;
  readonly #keys: Float64Array;
  readonly #slots: Uint32Array;
  /** Bits of the common prefix, and the words it is in. */
  readonly #skip: number;
  readonly #common: Uint32Array;
  readonly #slotDivisor: number;

  /** `common` and `skip`: an address and the length of a prefix that contains all entries. */
  constructor({ words, owners }: Intervals, common: Uint32Array, skip: number) {
    this.#common = common;
    // 52 bits from the skipped ones on must exist.
    this.#skip = Math.min(skip, 76);
    let count = owners.length;
    // A boundary behind the common prefix has no owner and is never asked for, but its key would be out of order.
    if (
      count > 1 &&
      !this.#inside(
        words[4 * count - 4]!,
        words[4 * count - 3]!,
        words[4 * count - 2]!,
        words[4 * count - 1]!,
      )
    )
      count--;
    this.#words = words;
    this.#owners = owners;
    this.#keys = new Float64Array(count);
    for (let k = 1; k < count; k++)
      this.#keys[k] = this.#keyOf(words[4 * k]!, words[4 * k + 1]!, words[4 * k + 2]!, words[4 * k + 3]!);
    const bits = indexBits(count, 18);
    this.#slotDivisor = 2 ** (52 - bits);
    this.#slots = slotsOf(count, bits, (k) => Math.floor(this.#keys[k]! / this.#slotDivisor));
  }

  /** The owner at an address given as four words, signed or unsigned, the most significant first, or -1. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    if (!this.#inside(w0, w1, w2, w3)) return -1;
    const keys = this.#keys;
    const key = this.#keyOf(w0, w1, w2, w3);
    const slot = Math.floor(key / this.#slotDivisor);
    let low = this.#slots[slot]!;
    let high = this.#slots[slot + 1]!;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const start = keys[middle]!;
      if (start < key || (start === key && this.#startsBefore(middle, w0, w1, w2, w3))) low = middle;
      else high = middle - 1;
    }
    return this.#owners[low]!;
  }

  #inside(w0: number, w1: number, w2: number, w3: number): boolean {
    void w3;
    const common = this.#common;
    const skip = this.#skip;
    if (skip === 0) return true;
    if (skip <= 32) return (w0 ^ common[0]!) >>> (32 - skip) === 0;
    if (((w0 ^ common[0]!) | 0) !== 0) return false;
    if (skip <= 64) return (w1 ^ common[1]!) >>> (64 - skip) === 0;
    return ((w1 ^ common[1]!) | 0) === 0 && (w2 ^ common[2]!) >>> (96 - skip) === 0;
  }

  /** The 52 bits after the skipped ones. */
  #keyOf(w0: number, w1: number, w2: number, w3: number): number {
    const skip = this.#skip;
    const a = skip < 32 ? w0 : skip < 64 ? w1 : w2;
    const b = skip < 32 ? w1 : skip < 64 ? w2 : w3;
    const c = skip < 32 ? w2 : w3;
    const shift = skip & 31;
    const high = shift === 0 ? a >>> 0 : ((a << shift) | (b >>> (32 - shift))) >>> 0;
    const low = shift === 0 ? b >>> 0 : ((b << shift) | (c >>> (32 - shift))) >>> 0;
    return high * 1048576 + (low >>> 12);
  }

  #startsBefore(k: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const words = this.#words;
    if ((words[4 * k]! ^ w0) !== 0) return words[4 * k]! < w0 >>> 0;
    if ((words[4 * k + 1]! ^ w1) !== 0) return words[4 * k + 1]! < w1 >>> 0;
    if ((words[4 * k + 2]! ^ w2) !== 0) return words[4 * k + 2]! < w2 >>> 0;
    return words[4 * k + 3]! <= w3 >>> 0;
  }
}
