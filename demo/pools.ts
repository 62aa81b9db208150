import type { Client } from '../src/clients/graphql/client.js';
import type { Operation } from '../src/clients/graphql/operation.js';

export const COMPANY_POOL = 'company';
export const PODS_POOL = 'pods';
export const IPV6_POOL = 'amazon-ipv6';

/** What each region has of the roots, and what Amazon numbers its IPv6 from. */
export const REGIONS = {
  'eu-west-1': { ipv4: '10.0.0.0/11', pods: '100.64.0.0/12', ipv6: '2a05:d018::/32' },
  'eu-central-1': { ipv4: '10.32.0.0/11', pods: '100.80.0.0/12', ipv6: '2a05:d014::/32' },
  'us-east-1': { ipv4: '10.64.0.0/11', pods: '100.96.0.0/12', ipv6: '2600:1f18::/32' },
  'ap-southeast-1': { ipv4: '10.96.0.0/11', pods: '100.112.0.0/12', ipv6: '2406:da18::/32' },
} as const;

export type Region = keyof typeof REGIONS;

const ROOTS = [
  {
    name: COMPANY_POOL,
    cidrs: ['10.0.0.0/8'],
    description: 'All networks of the company. Nothing anywhere may overlap it.',
    rules: { minPrefixLength: 11, maxPrefixLength: 28, defaultPrefixLength: 22, autoAdopt: true },
  },
  {
    name: PODS_POOL,
    cidrs: ['100.64.0.0/10'],
    description: 'Addresses of pods, which never leave their VPC.',
    rules: { minPrefixLength: 12, maxPrefixLength: 28, autoAdopt: true },
  },
  {
    name: IPV6_POOL,
    // the last is what a mock of AWS gives
    cidrs: [...Object.values(REGIONS).map(({ ipv6 }) => ipv6), '2400:6500::/32'],
    description: 'Numbered by Amazon; registered here so that everybody sees who has what.',
    rules: { minPrefixLength: 44, maxPrefixLength: 64, defaultPrefixLength: 56, autoAdopt: true },
  },
];

type Answer = { answer: { id?: string; code?: string; message?: string } };

const CREATE_POOL: Operation<Answer, { input: object }> = {
  kind: 'mutation',
  text: `mutation CreatePool($input: CreatePoolInput!) {
  answer: createPool(input: $input) { ... on Pool { id } ... on Failure { code message } }
}`,
};
const FIND_POOL: Operation<{ pool: { id: string } | null }, { name: string }> = {
  kind: 'query',
  text: 'query FindPool($name: String!) { pool(name: $name) { id } }',
};
const ALLOCATE: Operation<Answer, { input: object }> = {
  kind: 'mutation',
  text: `mutation Allocate($input: AllocateInput!) {
  answer: allocate(input: $input) { ... on Allocation { id } ... on Failure { code message } }
}`,
};

/** Makes the roots, and a pool for each region of its part of them. Repeatable. */
export async function makePools(client: Client): Promise<void> {
  for (const root of ROOTS) await created(client, root);
  for (const [region, { ipv4, pods }] of Object.entries(REGIONS)) {
    const parts = [
      [COMPANY_POOL, ipv4],
      [PODS_POOL, pods],
    ] as const;
    const fromAllocations = [];
    for (const [pool, cidr] of parts) {
      const input = { pool, cidr, key: `region/${region}`, description: `All of ${region}` };
      fromAllocations.push(must(await client.ask(ALLOCATE, { input }, { repeatable: true })));
    }
    const rules = { autoAdopt: true };
    await created(client, { name: region, fromAllocations, rules, description: `VPCs in ${region}` });
  }
}

async function created<Input extends { name: string }>(client: Client, input: Input): Promise<void> {
  const { pool } = await client.ask(FIND_POOL, { name: input.name });
  if (!pool) must(await client.ask(CREATE_POOL, { input }));
}

function must({ answer }: Answer): string {
  if (answer.id !== undefined) return answer.id;
  throw new Error(answer.message);
}

export interface PoolFigures {
  readonly name: string;
  readonly depth: number;
  readonly cidrs: readonly string[];
  /** Live allocations. */
  readonly allocations: number;
  /** (allocated + reserved addresses) / all. */
  readonly utilization: number;
  readonly largestFreeBlock: string | null;
}

interface Found {
  pool: {
    name: string;
    depth: number;
    cidrs: string[];
    allocations: { totalCount: number };
    capacity: { utilization: number; largestFreeBlock: string | null };
  };
}

const FIGURES: Operation<Found, { name: string }> = {
  kind: 'query',
  text: `query Figures($name: String!) { pool(name: $name) {
  name depth cidrs allocations(filter: { status: [ALLOCATED, RESERVED, QUARANTINED] }, first: 1) { totalCount }
  capacity { utilization largestFreeBlock }
} }`,
};

/** Of the roots and the regions. */
export async function figuresOf(client: Client): Promise<PoolFigures[]> {
  const names = [...ROOTS.map(({ name }) => name), ...Object.keys(REGIONS)];
  const found = await Promise.all(names.map((name) => client.ask(FIGURES, { name })));
  return found.map(({ pool: { allocations, capacity, ...pool } }) => ({
    ...pool,
    allocations: allocations.totalCount,
    ...capacity,
  }));
}
