import { type Family } from './family.js';
import { hostBitsAt, type PrefixColumns, strideOf } from './columns.js';
import { compareAt, writeAfter } from './words.js';

/*
 * A set of addresses as the ascending list of addresses where membership changes: in, out, in, out, … A set that reaches
 * the last address of its family has no final "out", so the end of the space needs no number of its own (2^32 would
 * not fit in a word). All set algebra is then one sweep that only compares and copies.
 */

/** Boundaries of the union of prefixes that are in order and disjoint, as merged columns are. O(n). */
export function boundariesOf(columns: PrefixColumns): Uint32Array {
  const stride = strideOf(columns.family);
  const out = new Uint32Array(2 * columns.words.length);
  let size = 0;
  for (let i = 0; i < columns.lengths.length; i++) {
    const joins = size > 0 && compareAt(out, size - stride, columns.words, i * stride, stride) === 0;
    if (joins) size -= stride;
    else for (let k = 0; k < stride; k++) out[size++] = columns.words[i * stride + k]!;
    if (writeAfter(columns.words, i * stride, hostBitsAt(columns, i), out, size, stride)) size += stride;
  }
  return out.slice(0, size);
}

/** The addresses for which `keep(in a, in b)` holds; keep(false, false) must be false. O(n). */
export function combine(
  family: Family,
  a: Uint32Array,
  b: Uint32Array,
  keep: (inA: boolean, inB: boolean) => boolean,
): Uint32Array {
  const stride = strideOf(family);
  const out = new Uint32Array(a.length + b.length);
  let size = 0;
  let inside = false;
  let inA = false;
  let inB = false;
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const order = i === a.length ? 1 : j === b.length ? -1 : compareAt(a, i, b, j, stride);
    const [source, at] = order <= 0 ? [a, i] : [b, j];
    if (order <= 0) {
      inA = !inA;
      i += stride;
    }
    if (order >= 0) {
      inB = !inB;
      j += stride;
    }
    if (keep(inA, inB) === inside) continue;
    inside = !inside;
    for (let k = 0; k < stride; k++) out[size++] = source[at + k]!;
  }
  return out.slice(0, size);
}

/** How many boundaries are at or below the address; it is in the set when that is odd. O(log n). */
export function rankOf(family: Family, boundaries: Uint32Array, address: Uint32Array): number {
  const stride = strideOf(family);
  let low = 0;
  let high = boundaries.length / stride;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAt(boundaries, middle * stride, address, 0, stride) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
