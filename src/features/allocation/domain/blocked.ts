import { type Prefix, PrefixSet } from '../../../address/index.js';

/** Excluded ranges as blocks of one pool CIDR: clipped to it, each under the range of the rule it comes from. */
export function exclusionsIn(
  poolCidr: Prefix,
  excluded: readonly Prefix[],
): { cidr: Prefix; subject: string }[] {
  return excluded
    .filter((range) => range.overlaps(poolCidr))
    .map((range) => ({ cidr: poolCidr.contains(range) ? range : poolCidr, subject: range.toString() }));
}

/** Maximal aligned CIDRs of `poolCidr` that nothing of `taken` touches, in address order. O(n log n). */
export function freeOf(poolCidr: Prefix, taken: PrefixSet): Prefix[] {
  return PrefixSet.of([poolCidr]).subtract(taken).prefixes();
}
