/*
 * Addresses as 32-bit words: four of them, the most significant first, w0 w1 w2 w3. An IPv4 address is w3 alone, the
 * others zero; host bits are counted from the right, so masks and shifts are the same for both families.
 */

/** NETWORK_MASKS[4 * hostBits + i]: word i of the mask that clears the lowest `hostBits` (0..128) bits. */
export const NETWORK_MASKS = networkMasks();

function networkMasks(): Int32Array {
  const masks = new Int32Array(4 * 129);
  for (let hostBits = 0; hostBits <= 128; hostBits++) {
    for (let word = 0; word < 4; word++) {
      const cleared = hostBits - 32 * (3 - word);
      // A shift by 32 is a shift by 0 in JavaScript.
      masks[4 * hostBits + word] = cleared <= 0 ? -1 : cleared >= 32 ? 0 : -1 << cleared;
    }
  }
  return masks;
}

/** Trailing zero bits of a word, 32 for 0. */
export function trailingZeros32(word: number): number {
  return word === 0 ? 32 : 31 - Math.clz32(word & -word);
}

/** Trailing zero bits of four words, 128 for 0. */
export function trailingZeros(w0: number, w1: number, w2: number, w3: number): number {
  if (w3 !== 0) return trailingZeros32(w3);
  if (w2 !== 0) return 32 + trailingZeros32(w2);
  if (w1 !== 0) return 64 + trailingZeros32(w1);
  return 96 + trailingZeros32(w0);
}

/** Index of the highest set bit of four words plus one, 0 for 0. */
export function bitLength(w0: number, w1: number, w2: number, w3: number): number {
  if (w0 !== 0) return 128 - Math.clz32(w0);
  if (w1 !== 0) return 96 - Math.clz32(w1);
  if (w2 !== 0) return 64 - Math.clz32(w2);
  return 32 - Math.clz32(w3);
}

/*
 * Bulk code keeps many addresses in one Uint32Array: `stride` words per address (1 for IPv4, 4 for IPv6), and `at` is
 * the index of an address's first word.
 */

/** Negative, zero or positive, as unsigned numbers. */
export function compareAt(a: Uint32Array, at: number, b: Uint32Array, bt: number, stride: 1 | 4): number {
  for (let k = 0; k < stride; k++) {
    const difference = a[at + k]! - b[bt + k]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether the block of 2^hostBits addresses around a[at] contains b[bt]. */
export function coversAt(
  a: Uint32Array,
  at: number,
  hostBits: number,
  b: Uint32Array,
  bt: number,
  stride: 1 | 4,
): boolean {
  const m = 4 * hostBits + 4 - stride;
  for (let k = 0; k < stride; k++)
    if (((a[at + k]! ^ b[bt + k]!) & NETWORK_MASKS[m + k]!) !== 0) return false;
  return true;
}

/** Writes the first address after the block a[at]/hostBits to out[to]; false, and out undefined, when there is none. */
export function writeAfter(
  a: Uint32Array,
  at: number,
  hostBits: number,
  out: Uint32Array,
  to: number,
  stride: 1 | 4,
): boolean {
  for (let k = 0; k < stride; k++) out[to + k] = a[at + k]!;
  let step = (1 << (hostBits & 31)) >>> 0;
  for (let k = stride - 1 - (hostBits >> 5); k >= 0; k--) {
    const sum = out[to + k]! + step;
    out[to + k] = sum;
    if (sum <= 0xffffffff) return true;
    step = 1;
  }
  return false;
}
