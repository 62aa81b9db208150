import { pickFrom, randomOf } from '../bench/harness/random.js';
import { Address, Prefix, widthOf } from '../src/address/index.js';
import { GLOBAL_POOL, IPV6_POOL, LEGACY_POOL, type Region, REGIONS } from './pools.js';

const DAY = 24 * 3600;

const TEAMS = [
  'accounts analytics billing catalogue checkout data-lake delivery fraud identity inventory logistics loyalty machine-learning',
  'marketing messaging mobile payments platform pricing recommendations returns search security storefront support',
].flatMap((line) => line.split(' '));
const ENVIRONMENTS = ['prod', 'staging', 'dev'] as const;
/** Teams whose services run on Kubernetes and give every pod an address. */
const WITH_PODS = new Set([
  'catalogue',
  'checkout',
  'data-lake',
  'machine-learning',
  'payments',
  'platform',
  'search',
  'storefront',
]);
const SITES = [
  'amsterdam',
  'berlin',
  'chicago',
  'dublin',
  'frankfurt',
  'london',
  'milan',
  'new-york',
  'paris',
  'singapore',
  'sydney',
  'warsaw',
];

type Environment = (typeof ENVIRONMENTS)[number];

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  readonly environment: Environment;
  readonly regions: readonly Region[];
}

export interface SampleAllocation {
  readonly pool: string;
  readonly key: string;
  readonly cidr: string;
  readonly holder: Readonly<Record<string, string>>;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly description: string;
  /** `released` ones are in quarantine. */
  readonly state: 'allocated' | 'adopted' | 'released' | { readonly reservedForSeconds: number };
}

export interface SampleNetwork {
  readonly accounts: readonly Account[];
  readonly allocations: readonly SampleAllocation[];
}

/** A company of 75 accounts in 4 regions; the same for the same seed. No two of its CIDRs overlap. */
export function sampleNetwork(seed: number): SampleNetwork {
  const random = randomOf(seed);
  const accounts = TEAMS.flatMap((team) => accountsOf(team, random));
  const space = new Map(
    Object.entries(REGIONS).map(([region, { ipv4, ipv6 }]) => [
      region,
      { ipv4: new Space(ipv4), ipv6: new Space(ipv6) },
    ]),
  );
  const cloud = accounts.flatMap((account) =>
    account.regions.flatMap((region) => networksOf(account, region, space.get(region)!, random)),
  );
  return { accounts, allocations: [...cloud, ...sites()] };
}

function accountsOf(team: string, random: () => number): Account[] {
  const all = Object.keys(REGIONS) as Region[];
  const home = pickFrom(random, all);
  return ENVIRONMENTS.map((environment) => {
    const others = environment === 'prod' ? all.filter((region) => region !== home && random() < 0.45) : [];
    const id = digits(random, 12);
    return { id, name: `${team}-${environment}`, team, environment, regions: [home, ...others] };
  });
}

function networksOf(
  account: Account,
  region: Region,
  space: { ipv4: Space; ipv6: Space },
  random: () => number,
): SampleAllocation[] {
  const { id, name, team, environment } = account;
  const vpc = `vpc-0${hexadecimal(random, 16)}`;
  const resource = { resourceType: 'vpc', resourceId: vpc };
  const common = {
    tags: Object.entries({ team, environment, 'cost-centre': `cc-${1000 + TEAMS.indexOf(team) * 10}` }).map(
      ([key, value]) => ({ key, value }),
    ),
  };
  const holder = { provider: 'aws', account: id, region, contact: `${team}@example.com` };
  const inUse = (
    purpose: string,
    length: number,
    description: string,
    more: object = resource,
  ): SampleAllocation => ({
    ...common,
    pool: GLOBAL_POOL,
    key: `aws/${name}/${region}/${purpose}`,
    cidr: space.ipv4.take(length),
    holder: { ...holder, ...more },
    description,
    state: 'allocated',
  });

  const size = { prod: 18, staging: 20, dev: 21 }[environment] + Math.floor(random() * 3);
  const made = [inUse('main', size, `Main VPC of ${name}`)];
  if (WITH_PODS.has(team)) {
    made.push(
      inUse(
        'pods',
        { prod: random() < 0.15 ? 16 : 18, staging: 19, dev: 20 }[environment],
        `Pods of ${name}`,
      ),
    );
    if (environment === 'prod') {
      const cidr = space.ipv6.take(56);
      made.push({
        ...made[0]!,
        pool: IPV6_POOL,
        key: `aws/${name}/${region}/main-ipv6`,
        cidr,
        state: 'adopted',
      });
    }
  }
  if (random() < 0.8) made.push(inUse('endpoints', 24, `Interface endpoints of ${name}`));
  if (random() < 0.5) made.push(inUse('data', 22, `Databases of ${name}`));
  if (environment !== 'dev')
    made.push(
      inUse('transit', 24, 'Transit gateway attachments', {
        resourceType: 'transit-gateway-attachment',
        resourceId: `tgw-attach-0${hexadecimal(random, 16)}`,
      }),
    );
  if (random() < 0.2)
    made.push({
      ...inUse('next', 21, `Planned growth of ${name}`, {}),
      state: { reservedForSeconds: (1 + Math.floor(random() * 14)) * DAY },
    });
  if (random() < 0.2) made.push({ ...inUse('retired', 23, `Former VPC of ${name}`), state: 'released' });
  if (random() < 0.3) space.ipv4.leave(20);
  return made;
}

/** The old world: two networks of each site, one of the first VPCs, all routed to each other. */
function sites(): SampleAllocation[] {
  return SITES.flatMap((site, index) =>
    [
      { purpose: 'servers', cidr: `10.${100 + index}.0.0/16` },
      { purpose: 'office', cidr: `10.${200 + index}.0.0/20` },
    ].map(({ purpose, cidr }) => ({
      pool: LEGACY_POOL,
      key: `site/${site}/${purpose}`,
      cidr,
      holder: {
        provider: 'on-premises',
        resourceType: 'site',
        resourceId: `${site}-${purpose}`,
        contact: `network-${site}@example.com`,
      },
      tags: [{ key: 'site', value: site }],
      description: `${purpose === 'office' ? 'Office' : 'Server'} network in ${site}`,
      state: 'adopted' as const,
    })),
  );
}

/** Hands out from the start of a CIDR to its end, each part aligned to its size. */
class Space {
  private readonly whole: Prefix;
  private next: bigint;

  constructor(cidr: string) {
    this.whole = Prefix.must(cidr);
    this.next = this.whole.first.value;
  }

  take(length: number): string {
    const { family } = this.whole;
    const size = 1n << BigInt(widthOf(family) - length);
    const start = ((this.next + size - 1n) / size) * size;
    const taken = Prefix.of(Address.of(family, start), length);
    if (!this.whole.contains(taken)) throw new Error(`${this.whole} is too small for the sample`);
    this.next = start + size;
    return taken.toString();
  }

  /** A hole for something to grow into. */
  leave(length: number): void {
    this.take(length);
  }
}

function hexadecimal(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
}

function digits(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 10)).join('');
}
