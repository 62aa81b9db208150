import type { Operation } from '../../graphql/operation.js';
import type { Holder, Obstacle } from './entry.js';

/** The list that an operation calls `page`. */
export interface Page<Node> {
  readonly page: {
    readonly nodes: readonly Node[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export type PageOperation<Node, Variables> = Operation<Page<Node>, Variables & { after: string | null }>;

const HOLDER = 'holder { provider account region resourceType resourceId routingDomain contact }';
const REFUSAL = `code message
  ... on CidrConflict { conflicts { cidr reason allocation key ${HOLDER} } }
  ... on OutsidePool { poolCidrs }
  ... on KeyConflict { heldCidr: cidr heldBy: ${HOLDER} }`;

/** A failure with the facts that tell what stands in the way. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly conflicts?: readonly Obstacle[];
  readonly heldCidr?: string;
  readonly heldBy?: Obstacle['holder'];
}

export interface Taken {
  readonly allocations?: readonly { readonly id: string }[];
  readonly replayed: readonly number[];
}

export interface Rejected {
  readonly code: string;
  readonly message: string;
  readonly failures?: readonly { readonly index: number; readonly failure: Refusal }[];
}

export type ManyOperation = Operation<{ answer: Taken | Rejected }, { items: readonly object[] }>;

function many(field: string, input: string, ids: boolean): ManyOperation {
  return {
    kind: 'mutation',
    text: `mutation Import($items: [${input}!]!) {
  answer: ${field}(input: { items: $items }) {
    ... on Allocations { ${ids ? 'allocations { id }' : ''} replayed }
    ... on Failure { code message }
    ... on BatchRejected { failures { index failure { ${REFUSAL} } } }
  }
}`,
  };
}

export const adoptMany = many('adoptMany', 'AdoptInput', false);
export const adoptManyWithIds = many('adoptMany', 'AdoptInput', true);
export const reserveMany = many('reserveMany', 'ReserveInput', false);
export const releaseMany = many('releaseMany', 'ReleaseInput', false);

export interface KnownPool {
  readonly id: string;
  readonly name: string;
  readonly routingDomain: { readonly name: string } | null;
  readonly cidrs: readonly string[];
  /** Of a child pool. */
  readonly sources: readonly {
    readonly cidr: string;
    readonly allocation: {
      readonly id: string;
      readonly holder: Pick<Holder, 'resourceType' | 'resourceId'>;
      readonly pool: { readonly id: string } | null;
    };
  }[];
}

export const knownPools: PageOperation<KnownPool, { first: number }> = {
  kind: 'query',
  text: `query KnownPools($first: Int!, $after: String) {
  page: pools(first: $first, after: $after) {
    nodes {
      id name routingDomain { name } cidrs
      sources { cidr allocation { id holder { resourceType resourceId } pool { id } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
};

export const checkForImport: Operation<
  { checkCidrs: { status: string; conflicts: Obstacle[] }[] },
  { cidrs: string[]; routingDomain: string | null }
> = {
  kind: 'query',
  text: `query Check($cidrs: [String!]!, $routingDomain: ID) {
  checkCidrs(cidrs: $cidrs, routingDomain: $routingDomain) { status conflicts { cidr reason allocation key ${HOLDER} } }
}`,
};

export interface Keyed {
  readonly id: string;
  readonly cidr: string;
  readonly status: string;
  readonly holder: Obstacle['holder'];
}

export const MOST_KEYS = 30;

/** Who has a key, of up to 30 keys at once: as many as the service allows aliases. */
export function heldKeys(count: number): Operation<Record<string, Keyed | null>, Record<string, string>> {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const variables = indexes.map((i) => `$p${i}: ID!, $k${i}: String!`).join(', ');
  const fields = indexes.map(
    (i) => `a${i}: allocation(pool: $p${i}, key: $k${i}) { id cidr status ${HOLDER} }`,
  );
  return { kind: 'query', text: `query Keys(${variables}) { ${fields.join(' ')} }` };
}

interface PoolAnswer {
  readonly answer: { readonly id?: string; readonly code?: string; readonly message?: string };
}

export const makePool: Operation<PoolAnswer, { input: object }> = {
  kind: 'mutation',
  text: `mutation MakePool($input: CreatePoolInput!) {
  answer: createPool(input: $input) { ... on Pool { id } ... on Failure { code message } }
}`,
};

export const provisionSource: Operation<PoolAnswer, { input: object }> = {
  kind: 'mutation',
  text: `mutation ProvisionSource($input: ProvisionCidrInput!) {
  answer: provisionCidr(input: $input) { ... on Pool { id } ... on Failure { code message } }
}`,
};

export const poolByName: Operation<
  { pool: { id: string; cidrs: string[]; sources: { cidr: string; allocation: { id: string } }[] } | null },
  { name: string }
> = {
  kind: 'query',
  text: `query PoolByName($name: String!) { pool(name: $name) { id cidrs sources { cidr allocation { id } } } }`,
};

export interface Standing {
  readonly id: string;
  readonly cidr: string;
  readonly status: string;
  readonly key: string | null;
  readonly holder: Obstacle['holder'];
}

/** The largest live allocation in a CIDR: the CIDR itself, where that is one. */
export const standingIn: Operation<{ allocations: { nodes: Standing[] } }, { pool: string; cidr: string }> = {
  kind: 'query',
  text: `query StandingIn($pool: ID!, $cidr: CIDR!) {
  allocations(filter: { pool: $pool, cidrWithin: $cidr, status: [ALLOCATED, RESERVED, QUARANTINED] }, first: 1) {
    nodes { id cidr status key ${HOLDER} }
  }
}`,
};

interface NamedAnswer {
  readonly answer: { readonly name?: string; readonly code?: string; readonly message?: string };
}

export const declareDomain: Operation<NamedAnswer, { input: object }> = {
  kind: 'mutation',
  text: `mutation DeclareDomain($input: CreateRoutingDomainInput!) {
  answer: createRoutingDomain(input: $input) { ... on RoutingDomain { name } ... on Failure { code message } }
}`,
};

export const declareLink: Operation<NamedAnswer, { input: object }> = {
  kind: 'mutation',
  text: `mutation DeclareLink($input: ConnectRoutingDomainsInput!) {
  answer: connectRoutingDomains(input: $input) { ... on DomainLink { name: via } ... on Failure { code message } }
}`,
};

/** Who has a key: a pending claim beside an open one is among them. */
export const claimsOf: Operation<
  { allocations: { nodes: { id: string; cidr: string; claim: string | null }[] } },
  { pool: string; key: string }
> = {
  kind: 'query',
  text: `query ClaimsOf($pool: ID!, $key: String!) {
  allocations(filter: { pool: $pool, key: $key, status: [ALLOCATED] }, first: 10) { nodes { id cidr claim } }
}`,
};
