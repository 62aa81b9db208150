import type { Subnet, Vpc } from '@aws-sdk/client-ec2';
import { Random } from '../random.js';
import { companyInterfaces, freeAddresses } from './company-interfaces.js';
import {
  customerGateway,
  internetGateway,
  natGateway,
  prefixList,
  vpcEndpoint,
  vpnConnection,
  vpnGateway,
} from './gateways.js';
import { hostIn } from './ids.js';
import { Place } from './place.js';
import {
  associate,
  attachVpc,
  peerGateways,
  propagateTo,
  share,
  staticRoute,
  transitGateway,
  transitGatewayRouteTable,
} from './transit.js';
import type { TransitGatewayRouteTableWorld, World } from './world.js';

export interface CompanyOptions {
  readonly seed: number;
  /** The first is the network account, which has the transit gateways. */
  readonly accounts: number;
  readonly regions: readonly string[];
  /** Per account and region. */
  readonly vpcs: number;
  /** Per VPC, over three zones. */
  readonly subnets: number;
  /** Per account and region. */
  readonly interfaces: number;
  /** Each account has a default VPC, 172.31.0.0/16, in each region besides. */
  readonly defaultVpcs: boolean;
  /**
   * Network interfaces are made anew whenever they are asked for, always the same: for a frozen world that is large.
   * There are no instances then, though interfaces name them.
   */
  readonly lazy: boolean;
}

/** 75 accounts × 4 regions, 600 VPCs, 3600 subnets, 150,000 network interfaces. */
export const LARGE_COMPANY: CompanyOptions = {
  seed: 1,
  accounts: 75,
  regions: ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-2'],
  vpcs: 2,
  subnets: 6,
  interfaces: 500,
  defaultVpcs: false,
  lazy: true,
};

const FIRST_ACCOUNT = 100_000_000_000;
const ZONES = ['a', 'b', 'c'] as const;
/** One VPC in so many has the same block as many others: networks that were never meant to meet. */
const OVERLAPPING = 25;

interface Hub {
  readonly place: Place;
  readonly gateway: ReturnType<typeof transitGateway>;
  readonly table: TransitGatewayRouteTableWorld;
}

/**
 * A company that grew: each account has VPCs in each region, on a hub transit gateway of the network account, some with a
 * VPN, some peered, some with blocks that others have too. The same options make the same world.
 */
export function company(options: Partial<CompanyOptions> = {}): World {
  const all: CompanyOptions = { ...LARGE_COMPANY, lazy: false, ...options };
  const random = new Random(all.seed);
  const ids = Array.from({ length: all.accounts }, (_, index) => String(FIRST_ACCOUNT + index * 1_000_003));
  const network = ids[0]!;
  const world: World = {
    organization: { id: 'o-company000', managementAccountId: network },
    accounts: ids.map((id, index) => ({ id, name: index === 0 ? 'network' : `team-${index}`, regions: {} })),
  };
  const hubs = new Map(
    all.regions.map((region) => [region, hubOf(new Place(world, network, region), region, all)]),
  );
  peerHubs([...hubs.values()]);

  let count = 0;
  for (const [team, account] of ids.entries()) {
    let before: { place: Place; vpc: Vpc } | undefined;
    for (const region of all.regions) {
      const hub = hubs.get(region)!;
      const place = account === network ? hub.place : new Place(world, account, region);
      if (place !== hub.place) share(hub.gateway, place);
      if (all.defaultVpcs) defaultVpc(place);
      const subnets: Subnet[] = [];
      for (let index = 0; index < all.vpcs; index++) {
        const vpc = vpcOf(place, count++, team, all, random);
        const made = subnetsOf(place, vpc, all.subnets);
        subnets.push(...made);
        routesOf(place, hub, vpc, made, random);
        if (before && random.chance(0.05)) peer(place, vpc, before.place, before.vpc, random);
        before = { place, vpc };
      }
      const seed = Math.floor(random.next() * 2 ** 32);
      addInterfaces(place, subnets, seed, all);
    }
  }
  return world;
}

function hubOf(place: Place, region: string, { regions }: CompanyOptions): Hub {
  const gateway = transitGateway(place, {
    asn: 64_600 + regions.indexOf(region),
    tags: { Name: `hub-${region}` },
  });
  const table = transitGatewayRouteTable(place, gateway, { Name: 'company' });
  staticRoute(table, '192.0.2.0/24');
  return { place, gateway, table };
}

function peerHubs(hubs: readonly Hub[]): void {
  for (const [index, a] of hubs.entries())
    for (const [offset, b] of hubs.slice(index + 1).entries()) {
      const attachment = peerGateways(a.place, a.gateway, b.place, b.gateway);
      associate(a.table, attachment);
      staticRoute(a.table, `10.${224 + index + offset}.0.0/16`, attachment);
    }
}

/** A primary /20 of 10.0.0.0/8 and a /17 of 100.64.0.0/10 for pods, which comes again every 128 VPCs. */
function vpcOf(place: Place, count: number, team: number, { vpcs }: CompanyOptions, random: Random): Vpc {
  const overlaps = count % OVERLAPPING === OVERLAPPING - 1;
  const at = overlaps ? 4095 : count % 4095;
  const pods = count % 128;
  const name = `team-${team}-${count % vpcs === 0 ? 'prod' : 'test'}`;
  return place.vpc({
    cidrs: [`10.${at >> 4}.${(at & 15) << 4}.0/20`, `100.${64 + (pods >> 1)}.${(pods & 1) << 7}.0/17`],
    tags: { Name: name, owner: `team-${team}`, environment: random.chance(0.7) ? 'prod' : 'test' },
  });
}

/** As AWS makes it: a /20 in each zone. */
function defaultVpc(place: Place): void {
  const vpc = place.vpc({ cidrs: ['172.31.0.0/16'], isDefault: true });
  for (const [index, zone] of ZONES.entries())
    place.subnet(vpc, { cidr: `172.31.${index * 16}.0/20`, zone }).DefaultForAz = true;
}

/** Half of them /24 in the primary block, half /20 in that for pods. */
function subnetsOf(place: Place, vpc: Vpc, count: number): Subnet[] {
  const [primary = '', pods = ''] = (vpc.CidrBlockAssociationSet ?? []).map(({ CidrBlock }) => CidrBlock!);
  const small = Math.ceil(count / 2);
  return Array.from({ length: count }, (_, index) => {
    const zone = ZONES[index % ZONES.length]!;
    const cidr = index < small ? inside(primary, index, 24) : inside(pods, index - small, 20);
    const tier = index < small ? 'private' : 'pods';
    return place.subnet(vpc, { cidr, zone, tags: { Name: `${tier}-${zone}`, tier } });
  });
}

function inside(block: string, index: number, length: 20 | 24): string {
  const [a = '', b = '', c = '0'] = block.split('.');
  return `${a}.${b}.${Number(c) + index * 2 ** (24 - length)}.0/${length}`;
}

function routesOf(
  place: Place,
  { place: hub, gateway, table }: Hub,
  vpc: Vpc,
  subnets: readonly Subnet[],
  random: Random,
): void {
  const [first] = subnets;
  if (!first) return;
  const igw = internetGateway(place, vpc);
  place.route(place.mainRouteTable(vpc), '0.0.0.0/0', { GatewayId: igw.InternetGatewayId });
  const attachment = attachVpc(place, hub, gateway, vpc, subnets.slice(0, 3), { Name: 'hub' });
  associate(table, attachment);
  propagateTo(table, attachment, [vpc.CidrBlock!]);
  const privateTable = place.routeTable(vpc, { subnets, tags: { Name: 'private' } });
  place.route(privateTable, '10.0.0.0/8', { TransitGatewayId: gateway.TransitGatewayId });
  const address = hostIn(first.CidrBlock!, 4);
  const publicAddress = `203.0.113.${random.below(256)}`;
  const own = place.networkInterface(first, {
    addresses: [address],
    publicAddress,
    // as it comes in fact; the model spells it otherwise
    type: 'nat_gateway' as 'natGateway',
    requesterManaged: true,
    description: 'Interface for NAT Gateway',
  });
  const nat = natGateway(place, first, {
    privateAddress: address,
    publicAddress,
    interfaceId: own.NetworkInterfaceId,
    tags: { Name: 'nat' },
  });
  place.route(privateTable, '0.0.0.0/0', { NatGatewayId: nat.NatGatewayId });
  vpcEndpoint(place, vpc, { service: 's3', routeTables: [privateTable.RouteTableId!] });
  if (random.chance(0.2)) {
    const list = prefixList(place, {
      name: 'sites',
      cidrs: ['172.16.0.0/16', '172.17.0.0/16', '172.18.0.0/16'],
    });
    place.route(privateTable, list.list.PrefixListId!, { TransitGatewayId: gateway.TransitGatewayId });
  }
  if (random.chance(0.1)) {
    const vgw = vpnGateway(place, vpc, { tags: { Name: 'site' } });
    const site = customerGateway(place, { address: `198.51.100.${random.below(256)}` });
    vpnConnection(place, vgw, site, { tags: { Name: 'site' } });
    for (let index = 0; index < 3; index++)
      place.propagate(privateTable, `172.${16 + random.below(16)}.${index}.0/24`, vgw.VpnGatewayId!);
  }
}

function peer(place: Place, vpc: Vpc, other: Place, accepter: Vpc, random: Random): void {
  const peering = place.requestPeering(vpc, other, accepter, { Name: 'legacy' });
  if (random.chance(0.8)) other.acceptPeering(peering, accepter);
}

/** The NAT gateways' are there already and count. */
function addInterfaces(
  place: Place,
  subnets: readonly Subnet[],
  seed: number,
  { interfaces, lazy }: CompanyOptions,
): void {
  const { world } = place;
  const nat = world.networkInterfaces;
  const make = () => companyInterfaces(place.account, place.region, subnets, interfaces - nat.length, seed);
  const { made, instances } = make();
  freeAddresses(subnets, [...nat, ...made]);
  if (lazy)
    Object.defineProperty(world, 'networkInterfaces', {
      get: () => [...nat, ...make().made],
      enumerable: true,
    });
  else {
    world.networkInterfaces.push(...made);
    world.instances.push(...instances);
  }
}
