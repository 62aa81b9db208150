import { hostBitsAt, type PrefixColumns, strideOf } from './columns.js';
import { compareAt, coversAt, writeAfter } from './words.js';

/**
 * Nested prefixes flattened: from boundary k up to the next one, the longest prefix is entry owners[k], or none for -1.
 * The first boundary is the first address of the family. At most 2n + 1 boundaries.
 */
export interface Intervals {
  readonly words: Uint32Array;
  readonly owners: Int32Array;
  /** For each entry the smallest entry that contains it, or -1. */
  readonly parents: Int32Array;
}

/** Flattens prefixes that are in order and distinct. One sweep with a stack of the open prefixes: O(n). */
export function intervalsOf(columns: PrefixColumns): Intervals {
  const { family, words, lengths } = columns;
  const stride = strideOf(family);
  const n = lengths.length;
  const parents = new Int32Array(n);
  const starts = new Uint32Array((2 * n + 2) * stride);
  const owners = new Int32Array(2 * n + 2);
  owners[0] = -1;
  let last = 0;
  /** Takes the boundary just written behind the last one; a later owner of the same address replaces an earlier one. */
  const commit = (owner: number) => {
    const same = compareAt(starts, last * stride, starts, (last + 1) * stride, stride) === 0;
    if (!same) last++;
    owners[last] = owner;
  };
  let open = -1;
  const close = () => {
    if (writeAfter(words, open * stride, hostBitsAt(columns, open), starts, (last + 1) * stride, stride)) {
      commit(parents[open]!);
    }
    open = parents[open]!;
  };
  for (let i = 0; i < n; i++) {
    while (open >= 0 && !coversAt(words, open * stride, hostBitsAt(columns, open), words, i * stride, stride))
      close();
    parents[i] = open;
    for (let k = 0; k < stride; k++) starts[(last + 1) * stride + k] = words[i * stride + k]!;
    commit(i);
    open = i;
  }
  while (open >= 0) close();
  return { words: starts.slice(0, (last + 1) * stride), owners: owners.slice(0, last + 1), parents };
}
