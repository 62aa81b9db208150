import { type Intervals } from './intervals.js';

/*
 * Longest match as a search among disjoint intervals: an index over the leading bits of the address leaves a short
 * binary search. Chosen over tries because JavaScript has no population count and typed arrays are compact; measured
 * against DIR-24-8, a stride-8 trie and hash tables at 10^4 to 10^6 prefixes. For IPv6 see interval-index6.ts.
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
  /** Start and owner of each boundary side by side, so that both come with one read from memory. */
  readonly #boundaries: Uint32Array;
  readonly #slots: Uint32Array;
  readonly #shift: number;

  constructor({ words, owners }: Intervals) {
    const bits = indexBits(owners.length, 16);
    this.#boundaries = new Uint32Array(2 * owners.length);
    for (let k = 0; k < owners.length; k++) {
      this.#boundaries[2 * k] = words[k]!;
      this.#boundaries[2 * k + 1] = owners[k]!;
    }
    this.#shift = 32 - bits;
    this.#slots = slotsOf(owners.length, bits, (k) => words[k]! >>> this.#shift);
  }

  /** The owner at a 32-bit address, signed or unsigned, or -1. */
  find(value: number): number {
    const address = value >>> 0;
    const boundaries = this.#boundaries;
    const slot = address >>> this.#shift;
    let low = this.#slots[slot]!;
    let high = this.#slots[slot + 1]!;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (boundaries[2 * middle]! <= address) low = middle;
      else high = middle - 1;
    }
    return boundaries[2 * low + 1]! | 0;
  }
}
