import type { ObservedCidr, WithdrawnCidr } from '../../allocation/index.js';
import type { Seen } from './seen.js';

/** What to tell allocation, to make what a source has reported equal to what is observed. */
export interface ObservedDifference {
  readonly seen: readonly ObservedCidr[];
  readonly withdrawn: readonly WithdrawnCidr[];
}

/** VPC CIDRs, and subnets as parts of them. */
export function observedCidrs(source: string, seen: readonly Seen[]): ObservedCidr[] {
  return seen.map(({ resource, routingDomainId, cidr, within }) => {
    return { source, resource, routingDomainId, cidr, within };
  });
}

/**
 * `isSettled`: whether what is not observed of a resource may be believed, which a failed list does not allow. What only
 * moved to another routing domain may always go from where it was.
 */
export function observedDifference(
  reported: readonly ObservedCidr[],
  observed: readonly ObservedCidr[],
  isSettled: (resource: string) => boolean,
): ObservedDifference {
  const before = new Map(reported.map((one) => [keyOf(one), one]));
  const now = new Set(observed.map(keyOf));
  const moved = new Set(observed.map(({ resource, cidr }) => `${resource} ${cidr}`));
  return {
    seen: observed.filter((one) => {
      const known = before.get(keyOf(one));
      return !known || String(known.within) !== String(one.within);
    }),
    withdrawn: reported.filter(
      (one) => !now.has(keyOf(one)) && (isSettled(one.resource) || moved.has(`${one.resource} ${one.cidr}`)),
    ),
  };
}

function keyOf({ resource, cidr, routingDomainId }: WithdrawnCidr): string {
  return `${routingDomainId} ${cidr} ${resource}`;
}
