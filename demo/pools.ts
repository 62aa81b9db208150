import type { Client, Result } from './client.js';

const WEEK = 7 * 24 * 3600;

export const GLOBAL_POOL = 'global';
export const LEGACY_POOL = 'legacy';
export const IPV6_POOL = 'amazon-ipv6';
const LEGACY_DOMAIN = 'legacy-wan';

/** Where each region's new networks go, an equal part of the GLOBAL pool each, and what Amazon numbers its IPv6 from. */
export const REGIONS = {
  'eu-west-1': { ipv4: '100.64.0.0/12', ipv6: '2a05:d018::/32' },
  'eu-central-1': { ipv4: '100.80.0.0/12', ipv6: '2a05:d014::/32' },
  'us-east-1': { ipv4: '100.96.0.0/12', ipv6: '2600:1f18::/32' },
  'ap-southeast-1': { ipv4: '100.112.0.0/12', ipv6: '2406:da18::/32' },
} as const;

export type Region = keyof typeof REGIONS;

const POOLS = [
  {
    name: GLOBAL_POOL,
    cidrs: ['100.64.0.0/10'],
    description: 'All new networks. Nothing anywhere may overlap it.',
    rules: { minPrefixLength: 16, maxPrefixLength: 28, defaultPrefixLength: 22, quarantineSeconds: WEEK },
  },
  {
    name: LEGACY_POOL,
    cidrs: ['10.0.0.0/8'],
    routingDomain: LEGACY_DOMAIN,
    description: 'What was numbered before there was a register: adopted as it is found.',
    rules: { minPrefixLength: 16, maxPrefixLength: 28 },
  },
  {
    name: IPV6_POOL,
    // the last is what a mock of AWS gives
    cidrs: [...Object.values(REGIONS).map(({ ipv6 }) => ipv6), '2400:6500::/32'],
    description: 'Numbered by Amazon; registered here so that everybody sees who has what.',
    rules: { minPrefixLength: 44, maxPrefixLength: 64, defaultPrefixLength: 56 },
  },
];

const CREATE_DOMAIN = `mutation CreateDomain($input: CreateRoutingDomainInput!) {
  createRoutingDomain(input: $input) { __typename ... on Failure { code message } }
}`;
const CREATE_POOL = `mutation CreatePool($input: CreatePoolInput!) {
  createPool(input: $input) { __typename ... on Failure { code message } }
}`;

/** False where they were there already: a folder that was kept. */
export async function makePools(client: Client): Promise<boolean> {
  const domain = {
    name: LEGACY_DOMAIN,
    description: 'Data centres, offices and the first VPCs, routed to each other.',
  };
  let made = isNew(await client.change(CREATE_DOMAIN, domain));
  for (const pool of POOLS) made = isNew(await client.change(CREATE_POOL, pool)) && made;
  return made;
}

function isNew(result: Result<object>): boolean {
  if (result.ok) return true;
  if (result.refusal.code === 'NAME_TAKEN') return false;
  throw new Error(result.refusal.message);
}

export interface PoolFigures {
  readonly name: string;
  readonly cidrs: readonly string[];
  readonly allocated: number;
  readonly reserved: number;
  readonly quarantined: number;
  /** (allocated + reserved addresses) / all. */
  readonly utilization: number;
  readonly largestFreeBlock: string | null;
}

const LIST_POOLS = `query Pools { pools(first: 100) { nodes { name cidrs capacity { utilization largestFreeBlock } } } }`;
const COUNTS = `query Counts($pool: ID!) {
  allocated: allocations(filter: { pool: $pool, status: [ALLOCATED] }, first: 1) { totalCount }
  reserved: allocations(filter: { pool: $pool, status: [RESERVED] }, first: 1) { totalCount }
  quarantined: allocations(filter: { pool: $pool, status: [QUARANTINED] }, first: 1) { totalCount }
}`;

export async function figuresOf(client: Client): Promise<PoolFigures[]> {
  interface Listed {
    name: string;
    cidrs: string[];
    capacity: { utilization: number; largestFreeBlock: string | null };
  }
  type Counts = Record<'allocated' | 'reserved' | 'quarantined', { totalCount: number }>;
  const { pools } = await client.ask<{ pools: { nodes: Listed[] } }>(LIST_POOLS);
  return Promise.all(
    pools.nodes.map(async ({ name, cidrs, capacity }) => {
      const { allocated, reserved, quarantined } = await client.ask<Counts>(COUNTS, { pool: name });
      return {
        name,
        cidrs,
        allocated: allocated.totalCount,
        reserved: reserved.totalCount,
        quarantined: quarantined.totalCount,
        ...capacity,
      };
    }),
  );
}
