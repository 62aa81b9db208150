import type { PageOperation } from '../import/operations.js';
import type { Holder, Tag } from '../import/entry.js';

const HOLDER = 'holder { provider account region resourceType resourceId routingDomain contact }';
const DESCRIBED = `key request ${HOLDER} tags { key value } description`;

export interface ListedDomain {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly Tag[];
  readonly links: readonly {
    readonly a: { readonly name: string };
    readonly b: { readonly name: string };
    readonly via: string;
  }[];
}

export interface Described {
  readonly key: string | null;
  readonly request: string | null;
  readonly holder: { readonly [Field in keyof Holder]?: string | null };
  readonly tags: readonly Tag[];
  readonly description: string;
}

export interface ListedPool {
  readonly name: string;
  readonly family: string;
  readonly routingDomain: { readonly name: string } | null;
  readonly cidrs: readonly string[];
  readonly sources: readonly {
    readonly cidr: string;
    readonly allocation: Described & { readonly id: string; readonly pool: { readonly name: string } | null };
  }[];
  readonly rules: object;
  readonly tags: readonly Tag[];
  readonly description: string;
}

export interface ListedAllocation extends Described {
  readonly id: string;
  readonly pool: { readonly id: string; readonly name: string } | null;
  readonly cidr: string;
  readonly status: 'ALLOCATED' | 'RESERVED' | 'QUARANTINED';
  readonly claim: 'OPEN' | 'PENDING' | null;
}

type First = { first: number };

export const listDomains: PageOperation<ListedDomain, First> = {
  kind: 'query',
  text: `query ListDomainsToExport($first: Int!, $after: String) {
  page: routingDomains(first: $first, after: $after) {
    nodes { name description tags { key value } links { a { name } b { name } via } }
    pageInfo { hasNextPage endCursor }
  }
}`,
};

export const listPools: PageOperation<ListedPool, First> = {
  kind: 'query',
  text: `query ListPoolsToExport($first: Int!, $after: String) {
  page: pools(first: $first, after: $after, orderBy: NAME) {
    nodes {
      name family routingDomain { name } cidrs
      sources { cidr allocation { id pool { name } ${DESCRIBED} } }
      rules { minPrefixLength maxPrefixLength defaultPrefixLength requiredTags placement quarantineSeconds excluded autoAdopt }
      tags { key value } description
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
};

export const listAllocations: PageOperation<ListedAllocation, First> = {
  kind: 'query',
  text: `query ListAllocationsToExport($first: Int!, $after: String) {
  page: allocations(filter: { status: [ALLOCATED, RESERVED, QUARANTINED] }, first: $first, after: $after, orderBy: CIDR) {
    nodes { id pool { id name } cidr status claim ${DESCRIBED} }
    pageInfo { hasNextPage endCursor }
  }
}`,
};
