import { mergePrefixes, Prefix } from '../../../address/index.js';

/** Space in a routing domain: what is observed there, and what is allocated there. */
export interface DomainSpace {
  readonly domainId: number;
  readonly cidrs: readonly Prefix[];
}

/** What pools of a routing domain had better not hand out, since another domain that it reaches has it. */
export interface Avoided {
  readonly domainId: number;
  readonly because: number;
  readonly cidr: Prefix;
}

/**
 * For each routing domain with pools the space of the domains that it reaches, as few CIDRs as it takes, only where a
 * pool of it could hand some of it out.
 */
export function avoidedBy(
  pools: readonly DomainSpace[],
  spaces: ReadonlyMap<number, readonly Prefix[]>,
  neighbours: (domain: number) => readonly number[],
): Avoided[] {
  return pools.flatMap(({ domainId, cidrs }) =>
    neighbours(domainId).flatMap((because) => {
      const near = (spaces.get(because) ?? []).filter((cidr) => cidrs.some((own) => own.overlaps(cidr)));
      return mergePrefixes(near.map(String)).map((text) => ({ domainId, because, cidr: Prefix.must(text) }));
    }),
  );
}
