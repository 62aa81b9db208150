import { type Intervals } from './intervals.js';

/** Keys that a binary search tells apart faster than another level of the index would, since a level costs two cache misses. */
const LEAF = 32;
/** A slot has six bits to count its keys; the highest count stands for "more, and all equal". */
const COUNT_BITS = 6;
const UNCOUNTED = 63;

/**
 * Owner of a 128-bit address among disjoint intervals. The bits that all entries share are skipped; the next 52 of each
 * boundary are its key, a double, which orders nearly all boundaries with one comparison.
 *
 * Real address space is crowded in a few places, where a table over a fixed number of leading bits would leave long
 * searches. So the index is a tree: each node cuts the span between its lowest and highest key into about as many equal
 * slots as it has keys, and a slot with more than a few keys is a node of its own. Each level divides the span by the
 * number of keys, so n keys need about 52 / log2(n) levels at worst. Memory about 35 bytes per boundary, of which there can be 2^25.
 */
export class IntervalIndex6 {
  readonly #words: Uint32Array;
  readonly #owners: Int32Array;
  readonly #keys: Float64Array;
  readonly #skip: number;
  readonly #common: Uint32Array;
  /** Four numbers by node, side by side for the cache: the lowest key, slots per unit of key, last slot, first slot. */
  readonly #nodes: Float64Array;
  /** By slot: ~node when a node divides it further, else 64 * the last boundary before it + the number of keys in it. */
  readonly #slots: Int32Array;

  /** `common` and `skip`: an address and the length of a prefix that contains all entries. */
  constructor({ words, owners }: Intervals, common: Uint32Array, skip: number) {
    this.#words = words;
    this.#owners = owners;
    this.#common = common;
    // A key needs 52 bits after the skipped ones.
    this.#skip = Math.min(skip, 76);
    const end = words.length - 4;
    // A boundary behind the common prefix has no owner and is never asked for, but its key would be out of order.
    const behind = end > 0 && !this.#shares(words[end]!, words[end + 1]!, words[end + 2]!);
    this.#keys = new Float64Array(owners.length - (behind ? 1 : 0));
    // The first boundary is the first address of all, so that every search has a lower end; its key stays 0.
    for (let k = 1; k < this.#keys.length; k++) {
      this.#keys[k] = this.#keyOf(words[4 * k]!, words[4 * k + 1]!, words[4 * k + 2]!, words[4 * k + 3]!);
    }
    const tree = buildTree(this.#keys);
    this.#nodes = Float64Array.from(tree.nodes);
    this.#slots = Int32Array.from(tree.slots);
  }

  /** The owner at an address given as four words, signed or unsigned, the most significant first, or -1. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    if (!this.#shares(w0, w1, w2)) return -1;
    const keys = this.#keys;
    const key = this.#keyOf(w0, w1, w2, w3);
    const nodes = this.#nodes;
    let slot = -1;
    while (slot < 0) {
      const at = 4 * ~slot;
      slot = this.#slots[nodes[at + 3]! + slotOf(key, nodes[at]!, nodes[at + 1]!, nodes[at + 2]!)]!;
    }
    let low = slot >> COUNT_BITS;
    let high = (slot & UNCOUNTED) === UNCOUNTED ? keys.length - 1 : low + (slot & UNCOUNTED);
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const start = keys[middle]!;
      if (start < key || (start === key && this.#startsBy(middle, w0, w1, w2, w3))) low = middle;
      else high = middle - 1;
    }
    return this.#owners[low]!;
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

  /** Whether boundary `k` is at or below the address. */
  #startsBy(k: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const words = this.#words;
    if ((words[4 * k]! ^ w0) !== 0) return words[4 * k]! < w0 >>> 0;
    if ((words[4 * k + 1]! ^ w1) !== 0) return words[4 * k + 1]! < w1 >>> 0;
    if ((words[4 * k + 2]! ^ w2) !== 0) return words[4 * k + 2]! < w2 >>> 0;
    return words[4 * k + 3]! <= w3 >>> 0;
  }
}

/** Does not decrease with `key`: rounding keeps order, so building and looking up agree whatever it does. */
function slotOf(key: number, base: number, scale: number, lastSlot: number): number {
  if (key <= base) return 0;
  const slot = (key - base) * scale;
  return slot >= lastSlot ? lastSlot : slot | 0;
}

/** The nodes over ascending keys, the first of which is a floor that every search may start from. */
function buildTree(keys: Float64Array): { nodes: number[]; slots: number[] } {
  const nodes: number[] = [];
  const slots: number[] = [];
  /** A node over the keys after `floor`, up to and including `last`. */
  const divide = (floor: number, last: number): number => {
    const node = nodes.length / 4;
    const offset = slots.length;
    const base = keys[Math.min(floor + 1, last)]!;
    const span = keys[last]! - base;
    const lastSlot = span === 0 ? 0 : 2 ** (32 - Math.clz32(last - floor)) - 1;
    const scale = span === 0 ? 0 : lastSlot / span;
    nodes.push(base, scale, lastSlot, offset);
    for (let slot = 0; slot <= lastSlot; slot++) slots.push(0);
    for (let slot = 0, low = floor; slot <= lastSlot; slot++) {
      let high = low;
      while (high < last && slotOf(keys[high + 1]!, base, scale, lastSlot) === slot) high++;
      const count = high - low;
      const divisible = count > LEAF && keys[low + 1] !== keys[high];
      slots[offset + slot] = divisible
        ? ~divide(low, high)
        : (low << COUNT_BITS) + Math.min(count, UNCOUNTED);
      low = high;
    }
    return node;
  };
  divide(0, keys.length - 1);
  return { nodes, slots };
}
