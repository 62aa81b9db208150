import { pickFrom, randomOf } from '../bench/harness/random.js';
import { Address, Prefix, widthOf } from '../src/address/index.js';
import { type Region, REGIONS } from './pools.js';
import { describeSubnets, describeVpcs, type Subnet, type Vpc } from './aws-json.js';

const TEAMS = [
  'accounts analytics billing catalogue checkout data-lake delivery fraud identity inventory logistics loyalty machine-learning',
  'marketing messaging mobile payments platform pricing recommendations returns search security storefront support',
].flatMap((line) => line.split(' '));
const ENVIRONMENTS = ['prod', 'staging', 'dev'] as const;
/** How many VPCs an account has in every region. */
const VPCS = { prod: 3, staging: 2, dev: 1 } as const;
const PURPOSES = ['main', 'data', 'edge'] as const;
const ZONES = ['a', 'b', 'c'] as const;
/** Of everybody's first VPCs, made from a wiki page: three of four overlap another one. */
const LEFTOVERS = ['10.128.0.0/16', '10.200.0.0/16', '10.200.0.0/18', '10.201.0.0/16', '10.240.0.0/20'];
/** Its subnets are shared with other accounts. */
const SHARING_TEAM = 'platform';

type Environment = (typeof ENVIRONMENTS)[number];

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  readonly environment: Environment;
}

export interface SampleNetwork {
  readonly accounts: readonly Account[];
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  /** Subnets by the accounts that they are shared with. */
  readonly shared: ReadonlyMap<string, readonly Subnet[]>;
}

/** A company of 75 accounts in 4 regions, with 600 VPCs of its own and 300 that AWS made; the same for the same seed. */
export function sampleNetwork(seed: number): SampleNetwork {
  const random = randomOf(seed);
  const accounts = TEAMS.flatMap((team) =>
    ENVIRONMENTS.map((environment) => ({
      id: digits(random, 12),
      name: `${team}-${environment}`,
      team,
      environment,
    })),
  );
  const space = new Map(
    Object.entries(REGIONS).map(([region, { ipv4, pods, ipv6 }]) => [
      region,
      { ipv4: new Space(ipv4), pods: new Space(pods), ipv6: new Space(ipv6) },
    ]),
  );
  const builder = new Builder(random, space);
  for (const account of accounts)
    for (const region of Object.keys(REGIONS) as Region[]) {
      builder.addDefault(account, region);
      for (let index = 0; index < VPCS[account.environment]; index++) builder.add(account, region, index);
    }
  return {
    accounts,
    vpcs: builder.vpcs,
    subnets: builder.subnets,
    shared: shares(accounts, builder.subnets),
  };
}

/** What the command prints in every account and region, an account's in one file; by name of the file. */
export function sampleFiles({ accounts, vpcs, subnets, shared }: SampleNetwork): Map<string, string> {
  const files = new Map<string, string>();
  for (const { id, name } of accounts) {
    const guests = shared.get(id) ?? [];
    const documents = Object.keys(REGIONS).flatMap((region) => {
      const guestsHere = guests.filter((subnet) => subnet.region === region);
      const guestVpcs = vpcs.filter((vpc) => guestsHere.some((subnet) => subnet.vpc === vpc.id));
      const own = vpcs.filter((vpc) => vpc.account === id && vpc.region === region);
      const ownSubnets = subnets.filter((subnet) => subnet.account === id && subnet.region === region);
      // who a subnet is shared with does not see its tags
      const untagged = <Tagged extends object>(all: readonly Tagged[]) =>
        all.map((each) => ({ ...each, tags: {} }));
      return [
        describeVpcs([...own, ...untagged(guestVpcs)]),
        describeSubnets([...ownSubnets, ...untagged(guestsHere)]),
      ];
    });
    files.set(`${name}.json`, documents.join(''));
  }
  return files;
}

type Spaces = Readonly<Record<'ipv4' | 'pods' | 'ipv6', Space>>;

class Builder {
  readonly vpcs: Vpc[] = [];
  readonly subnets: Subnet[] = [];

  constructor(
    private readonly random: () => number,
    private readonly space: ReadonlyMap<string, Spaces>,
  ) {}

  /** As AWS makes it in every account and region. */
  addDefault({ id: account }: Account, region: Region): void {
    const vpc = { id: this.id('vpc'), account, region, cidrs: ['172.31.0.0/16'], tags: {}, isDefault: true };
    this.vpcs.push(vpc);
    this.divide(vpc, '172.31.0.0/16', 20, 1, {});
  }

  add({ id: account, team, environment }: Account, region: Region, index: number): void {
    const { random } = this;
    const { ipv4, pods, ipv6 } = this.space.get(region)!;
    const purpose = PURPOSES[index]!;
    const isLeftover = index === 1 && random() < 0.15;
    const length = { prod: 19, staging: 20, dev: 21 }[environment] + Math.floor(random() * 2);
    const cidrs = [isLeftover ? pickFrom(random, LEFTOVERS) : ipv4.take(length)];
    const hasPods = index === 0 && random() < 0.4;
    if (hasPods) cidrs.push(pods.take({ prod: 17, staging: 18, dev: 19 }[environment]));
    const isDual = index === 0 && random() < 0.25;
    const name = isLeftover ? `${team}-old` : `${team}-${environment}-${purpose}`;
    const tags = { Name: name, team, environment, 'cost-centre': `cc-${1000 + TEAMS.indexOf(team) * 10}` };
    const block = isDual ? ipv6.take(56) : undefined;
    const vpc: Vpc = { id: this.id('vpc'), account, region, cidrs, ipv6: block, tags, isDefault: false };
    this.vpcs.push(vpc);
    const own = Prefix.must(cidrs[0]!).length;
    this.divide(vpc, cidrs[0]!, own + 3, 2, { team, environment });
    if (hasPods)
      this.divide(vpc, cidrs[1]!, Prefix.must(cidrs[1]!).length + 2, 1, { team, environment, tier: 'pods' });
    if (random() < 0.3) ipv4.leave(21);
  }

  /** `tiers` subnets of that length in every zone. */
  private divide(
    vpc: Vpc,
    cidr: string,
    length: number,
    tiers: number,
    tags: Readonly<Record<string, string>>,
  ): void {
    const blocks = Prefix.must(cidr).subnets(length)[Symbol.iterator]();
    const sixes = vpc.ipv6 && !('tier' in tags) ? Prefix.must(vpc.ipv6).subnets(64)[Symbol.iterator]() : null;
    for (let tier = 0; tier < tiers; tier++)
      for (const zone of ZONES) {
        const kind = tiers === 1 ? (tags.tier ?? 'default') : ['public', 'private'][tier]!;
        this.subnets.push({
          id: this.id('subnet'),
          vpc: vpc.id,
          account: vpc.account,
          region: vpc.region,
          zone: `${vpc.region}${zone}`,
          cidr: (blocks.next().value as Prefix).toString(),
          ipv6: (sixes?.next().value as Prefix | undefined)?.toString(),
          tags: vpc.isDefault ? {} : { Name: `${vpc.tags.Name}-${kind}-${zone}`, tier: kind, ...tags },
        });
      }
  }

  private id(kind: 'vpc' | 'subnet'): string {
    return `${kind}-0${hexadecimal(this.random, 16)}`;
  }
}

/** The main VPC of the sharing team in production, with the staging accounts. */
function shares(accounts: readonly Account[], subnets: readonly Subnet[]): Map<string, Subnet[]> {
  const owner = accounts.find(({ name }) => name === `${SHARING_TEAM}-prod`)!.id;
  const offered = subnets.filter(
    ({ account, tags }) => account === owner && tags.Name?.includes('-main-private'),
  );
  const guests = accounts.filter(
    ({ environment, team }) => environment === 'staging' && team !== SHARING_TEAM,
  );
  return new Map(guests.map(({ id }) => [id, offered]));
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
