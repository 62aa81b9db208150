import { Place } from '../test/support/ec2-emulator/place.js';
import {
  associate,
  attachVpc,
  propagateTo,
  share,
  transitGateway,
  transitGatewayRouteTable,
} from '../test/support/ec2-emulator/transit.js';
import type { World } from '../test/support/ec2-emulator/world.js';
import type { Subnet, Vpc } from './aws-json.js';
import { REGIONS } from './pools.js';
import type { Account, SampleNetwork } from './sample-network.js';

/** Its account keeps the transit gateways; VPCs of production are attached to the one of their region. */
const NETWORK_ACCOUNT = 'platform-prod';
export const ROLE = 'cadastre-discovery';

/** The sample network as a cloud that can be discovered: what its files say, with a transit gateway in each region. */
export function cloudOf(network: SampleNetwork): World {
  const { accounts, vpcs, subnets, shared } = network;
  const owner = accounts.find(({ name }) => name === NETWORK_ACCOUNT)!;
  const world: World = {
    organization: { id: 'o-cadastredemo', managementAccountId: owner.id },
    accounts: accounts.map(({ id, name }) => ({ id, name, role: { name: ROLE }, regions: {} })),
  };
  const places = new Map<string, Place>();
  const placeOf = (account: string, region: string): Place => {
    const key = `${account} ${region}`;
    let place = places.get(key);
    if (!place) places.set(key, (place = new Place(world, account, region)));
    return place;
  };
  for (const { id } of accounts) for (const region of Object.keys(REGIONS)) placeOf(id, region);
  const subnetsOf = new Map<string, Subnet[]>();
  for (const subnet of subnets) subnetsOf.set(subnet.vpc, [...(subnetsOf.get(subnet.vpc) ?? []), subnet]);
  const hubs = new Map(Object.keys(REGIONS).map((region) => [region, hubAt(placeOf(owner.id, region))]));
  const production = new Set(
    accounts.filter(({ environment }) => environment === 'prod').map(({ id }) => id),
  );
  for (const vpc of vpcs) {
    const place = placeOf(vpc.account, vpc.region);
    const made = addVpc(place, vpc);
    const within = (subnetsOf.get(vpc.id) ?? []).map((subnet) => addSubnet(place, made, subnet));
    if (!vpc.isDefault && production.has(vpc.account)) attach(place, hubs.get(vpc.region)!, made, within);
  }
  shareSubnets(accounts, shared, vpcs, placeOf);
  return world;
}

type Hub = ReturnType<typeof hubAt>;

function hubAt(place: Place) {
  const gateway = transitGateway(place, { tags: { Name: `hub-${place.region}` } });
  return {
    place,
    gateway,
    table: transitGatewayRouteTable(place, gateway, { Name: 'all' }),
    guests: new Set<Place>(),
  };
}

function attach(
  place: Place,
  hub: Hub,
  vpc: ReturnType<typeof addVpc>,
  subnets: ReturnType<typeof addSubnet>[],
): void {
  if (place.account !== hub.place.account && !hub.guests.has(place)) {
    hub.guests.add(place);
    share(hub.gateway, place);
  }
  const attachment = attachVpc(place, hub.place, hub.gateway, vpc, subnets.slice(0, 3));
  associate(hub.table, attachment);
  propagateTo(hub.table, attachment, [vpc.CidrBlock!]);
  place.route(place.mainRouteTable(vpc), '10.0.0.0/8', { TransitGatewayId: hub.gateway.TransitGatewayId });
}

function addVpc(place: Place, { id, cidrs, ipv6, tags, isDefault }: Vpc) {
  return place.vpc({ id, cidrs: cidrs as [string, ...string[]], ipv6, tags, isDefault });
}

function addSubnet(place: Place, vpc: ReturnType<typeof addVpc>, { id, cidr, ipv6, zone, tags }: Subnet) {
  return place.subnet(vpc, { id, cidr, ipv6, zone: zone.slice(-1) as 'a' | 'b' | 'c', tags });
}

/** Who a subnet is shared with sees it and its VPC too, without their tags. */
function shareSubnets(
  accounts: readonly Account[],
  shared: SampleNetwork['shared'],
  vpcs: readonly Vpc[],
  placeOf: (account: string, region: string) => Place,
): void {
  for (const { id: guest } of accounts)
    for (const { id, vpc: vpcId, account, region } of shared.get(guest) ?? []) {
      const home = placeOf(account, region).world;
      const there = placeOf(guest, region).world;
      const subnet = home.subnets.find(({ SubnetId }) => SubnetId === id)!;
      there.subnets.push({ ...subnet, Tags: [] });
      if (vpcs.some((vpc) => vpc.id === vpcId) && !there.vpcs.some(({ VpcId }) => VpcId === vpcId))
        there.vpcs.push({ ...home.vpcs.find(({ VpcId }) => VpcId === vpcId)!, Tags: [] });
    }
}
