import { columnsOf, OverlapSweep, type Prefix, prefixAt, PrefixMap } from '../../../address/index.js';
import type { Network } from '../../inventory/index.js';
import type { Reach, Via } from './reach.js';

/** The worst first. */
export const OVERLAP_CLASSES = ['CONFLICT', 'DUPLICATE_GLOBAL', 'LATENT'] as const;
export type OverlapClass = (typeof OVERLAP_CLASSES)[number];

/** An equal CIDR of several networks, or a CIDR and one inside it. */
export interface Overlap {
  /** `10.0.0.0/16`, or `10.0.0.0/8>10.1.0.0/16`; the same as long as the CIDRs are. */
  readonly subject: string;
  readonly class: OverlapClass;
  readonly outer: Prefix;
  /** Of an equal one the same CIDR. */
  readonly inner: Prefix;
  /** The networks with the outer CIDR, by id. */
  readonly outerNetworks: readonly Network[];
  /** The networks with the inner CIDR, by id; of an equal one none, since they stand on the outer side. */
  readonly innerNetworks: readonly Network[];
}

/** Two networks of an overlap whose routing domains are one, or reach each other. */
export interface ConflictPair {
  readonly a: Network;
  readonly b: Network;
  /** Empty where they are in one routing domain. */
  readonly via: readonly Via[];
}

/**
 * All overlaps of two or more networks, the worst class first, then by address. O(n log n + rows × networks in them): no
 * pair of networks is looked at.
 */
export function overlapsOf(
  networks: readonly Network[],
  reach: Reach,
  globalCidrs: readonly Prefix[],
): Overlap[] {
  const found: Overlap[] = [];
  const global = PrefixMap.of(globalCidrs.map((cidr) => [cidr, true]));
  for (const family of [4, 6] as const) {
    const owned = networks.flatMap((network) =>
      network.cidrs.filter((cidr) => cidr.family === family).map((cidr) => ({ network, cidr })),
    );
    const columns = columnsOf(
      family,
      owned.map(({ cidr }) => cidr),
    );
    const sweep = OverlapSweep.of(columns);
    const sideOf = memoized((group: number) =>
      Array.from(sweep.members(group), (i) => owned[i]!.network).sort(byId),
    );
    sweep.visit((outerGroup, innerGroup) => {
      const [outers, inners] = [sideOf(outerGroup), sideOf(innerGroup)];
      if (!hasPair(outers, inners)) return;
      const [outer, inner] = [outerGroup, innerGroup].map((group) =>
        prefixAt(columns, sweep.members(group)[0]!),
      );
      found.push({
        subject: subjectOf(outer!, inner!),
        class: conflicts(outers, inners, reach)
          ? 'CONFLICT'
          : global.supernetsOf(inner!).length > 0
            ? 'DUPLICATE_GLOBAL'
            : 'LATENT',
        outer: outer!,
        inner: inner!,
        outerNetworks: outers,
        innerNetworks: outerGroup === innerGroup ? [] : inners,
      });
    });
  }
  return found.sort(compareOverlaps);
}

export function subjectOf(outer: Prefix, inner: Prefix): string {
  return outer.equals(inner) ? `${outer}` : `${outer}>${inner}`;
}

/** The worst first, then by the outer CIDR, then by the inner one. */
export function compareOverlaps(
  a: Pick<Overlap, 'class' | 'outer' | 'inner'>,
  b: Pick<Overlap, 'class' | 'outer' | 'inner'>,
): number {
  return (
    OVERLAP_CLASSES.indexOf(a.class) - OVERLAP_CLASSES.indexOf(b.class) ||
    a.outer.compare(b.outer) ||
    a.inner.compare(b.inner)
  );
}

/** The pairs that make it a conflict, one by one, by the ids of both. Each pair that is looked at costs its steps. */
export function* conflictPairs(overlap: Overlap, reach: Reach): Iterable<ConflictPair> {
  const { outerNetworks, innerNetworks } = overlap;
  const equal = innerNetworks.length === 0;
  for (const [i, a] of outerNetworks.entries()) {
    const others = equal ? outerNetworks.slice(i + 1) : innerNetworks;
    for (const b of others) {
      if (a.id === b.id) continue;
      const via = reach.between(a.routingDomainId, b.routingDomainId);
      if (a.routingDomainId === b.routingDomainId || via.length > 0) yield { a, b, via };
    }
  }
}

/** Whether it is more than a network with itself. */
function hasPair(outers: readonly Network[], inners: readonly Network[]): boolean {
  return outers.some(({ id }) => inners.some((inner) => inner.id !== id));
}

function conflicts(outers: readonly Network[], inners: readonly Network[], reach: Reach): boolean {
  const [outer, inner] = [domainsOf(outers), domainsOf(inners)];
  for (const [domain, ids] of outer) {
    const others = inner.get(domain);
    if (others && (ids.size > 1 || others.size > 1 || [...ids].some((id) => !others.has(id)))) return true;
  }
  return reach.connectsAny(new Set(outer.keys()), new Set(inner.keys()));
}

/** Ids of networks by routing domain. */
function domainsOf(networks: readonly Network[]): Map<number, Set<string>> {
  const domains = new Map<number, Set<string>>();
  for (const { routingDomainId, id } of networks)
    domains.set(routingDomainId, (domains.get(routingDomainId) ?? new Set()).add(id));
  return domains;
}

function memoized<Value>(make: (group: number) => Value): (group: number) => Value {
  const made = new Map<number, Value>();
  return (group) => {
    let value = made.get(group);
    if (value === undefined) made.set(group, (value = make(group)));
    return value;
  };
}

function byId(a: Network, b: Network): number {
  return a.id < b.id ? -1 : 1;
}
