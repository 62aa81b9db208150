import { type Prefix } from '../../src/address/prefix.js';

/** All overlapping pairs by comparing each prefix with each: indices, the lower one first. The oracle for OverlapSweep. */
export function overlapPairs(prefixes: readonly Prefix[]): string[] {
  const pairs: string[] = [];
  prefixes.forEach((a, i) => {
    prefixes.forEach((b, j) => {
      if (i < j && a.overlaps(b)) pairs.push(`${i} ${j}`);
    });
  });
  return pairs.sort();
}
