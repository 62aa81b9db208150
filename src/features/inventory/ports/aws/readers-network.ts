import type { Route, SubnetBody } from '../../domain/observed.js';
import {
  associated,
  compact,
  ended,
  nameTag,
  need,
  orNull,
  part,
  TAGS,
  tagMap,
  whole,
  wholeNumber,
} from './reader.js';
import type { Read } from './scanner.js';

const STATE = { state: 'text' } as const;

export const vpc = whole(
  'vpc',
  'vpcSet',
  {
    vpcId: 'text',
    state: 'text',
    ownerId: 'text',
    isDefault: 'text',
    cidrBlock: 'text',
    cidrBlockAssociationSet: [{ cidrBlock: 'text', cidrBlockState: STATE }],
    ipv6CidrBlockAssociationSet: [{ ipv6CidrBlock: 'text', ipv6CidrBlockState: STATE }],
    tagSet: TAGS,
  },
  (item) => {
    const id = need(item.vpcId, 'vpcId');
    const tags = tagMap(item.tagSet);
    const primary = orNull(item.cidrBlock);
    const blocks = item.cidrBlockAssociationSet;
    const cidrs = blocks
      ? blocks.flatMap((block) => associated(block.cidrBlock, block.cidrBlockState?.state))
      : associated(item.cidrBlock, 'associated');
    for (const block of item.ipv6CidrBlockAssociationSet ?? []) {
      cidrs.push(...associated(block.ipv6CidrBlock, block.ipv6CidrBlockState?.state));
    }
    return {
      id,
      vpcId: id,
      name: nameTag(tags),
      body: {
        state: item.state ?? '',
        ownerId: item.ownerId ?? '',
        isDefault: item.isDefault === 'true',
        primary,
        cidrs,
        tags,
      },
    };
  },
);

export interface SubnetHead {
  readonly id: string;
  readonly body: Omit<SubnetBody, 'reservations'>;
  readonly available: number | null;
}

const MOST_ADDRESSES = 2 ** 32;

export const subnet = part(
  'subnetSet',
  {
    subnetId: 'text',
    vpcId: 'text',
    state: 'text',
    ownerId: 'text',
    availabilityZone: 'text',
    availabilityZoneId: 'text',
    cidrBlock: 'text',
    availableIpAddressCount: 'text',
    ipv6CidrBlockAssociationSet: [{ ipv6CidrBlock: 'text', ipv6CidrBlockState: STATE }],
    tagSet: TAGS,
  },
  (item): SubnetHead => {
    const cidr = orNull(item.cidrBlock);
    const count = wholeNumber(item.availableIpAddressCount);
    return {
      id: need(item.subnetId, 'subnetId'),
      // below zero when more is counted than fits; of IPv6 it says nothing
      available: count === null || cidr === null ? null : Math.min(Math.max(count, 0), MOST_ADDRESSES),
      body: {
        vpcId: need(item.vpcId, 'vpcId'),
        state: item.state ?? '',
        ownerId: item.ownerId ?? '',
        availabilityZone: item.availabilityZone ?? '',
        availabilityZoneId: item.availabilityZoneId ?? '',
        cidr,
        ipv6Cidrs: (item.ipv6CidrBlockAssociationSet ?? []).flatMap((block) =>
          associated(block.ipv6CidrBlock, block.ipv6CidrBlockState?.state).map((one) => one.cidr),
        ),
        tags: tagMap(item.tagSet),
      },
    };
  },
);

const RESERVATION = { subnetCidrReservationId: 'text', cidr: 'text', reservationType: 'text' } as const;

function reservation(item: Read<typeof RESERVATION>): SubnetBody['reservations'][number] {
  return {
    id: need(item.subnetCidrReservationId, 'subnetCidrReservationId'),
    cidr: need(item.cidr, 'cidr'),
    type: item.reservationType ?? '',
  };
}

export const subnetReservation = part(
  ['subnetIpv4CidrReservationSet', 'subnetIpv6CidrReservationSet'],
  RESERVATION,
  reservation,
);

const PUBLIC = { publicIp: 'text', carrierIp: 'text' } as const;

export const networkInterface = whole(
  'network_interface',
  'networkInterfaceSet',
  {
    networkInterfaceId: 'text',
    vpcId: 'text',
    subnetId: 'text',
    ownerId: 'text',
    interfaceType: 'text',
    status: 'text',
    requesterManaged: 'text',
    description: 'text',
    attachment: { instanceId: 'text', status: 'text' },
    privateIpAddress: 'text',
    privateIpAddressesSet: [{ privateIpAddress: 'text', association: PUBLIC }],
    ipv4PrefixSet: [{ ipv4Prefix: 'text' }],
    ipv6AddressesSet: [{ ipv6Address: 'text' }],
    ipv6PrefixSet: [{ ipv6Prefix: 'text' }],
    association: PUBLIC,
    tagSet: TAGS,
  },
  (item) => {
    const tags = tagMap(item.tagSet);
    const primary = orNull(item.privateIpAddress);
    const privates = item.privateIpAddressesSet ?? [];
    const addresses = compact(privates.map((one) => one.privateIpAddress));
    if (primary !== null && !addresses.includes(primary)) addresses.push(primary);
    const associations = [item.association, ...privates.map((one) => one.association)];
    const { attachment } = item;
    return {
      id: need(item.networkInterfaceId, 'networkInterfaceId'),
      vpcId: orNull(item.vpcId),
      name: nameTag(tags),
      body: {
        vpcId: item.vpcId ?? '',
        subnetId: item.subnetId ?? '',
        ownerId: item.ownerId ?? '',
        type: item.interfaceType || 'interface',
        status: item.status ?? '',
        requesterManaged: item.requesterManaged === 'true',
        description: item.description ?? '',
        instanceId: attachment?.status === 'detached' ? null : orNull(attachment?.instanceId),
        primary,
        addresses,
        prefixes: compact(item.ipv4PrefixSet?.map((one) => one.ipv4Prefix)),
        ipv6Addresses: compact(item.ipv6AddressesSet?.map((one) => one.ipv6Address)),
        ipv6Prefixes: compact(item.ipv6PrefixSet?.map((one) => one.ipv6Prefix)),
        publicAddresses: compact(associations.flatMap((one) => [one?.publicIp, one?.carrierIp])),
        tags,
      },
    };
  },
);

/** In the order in which one is taken: a route through an interface names its instance too. */
const TARGETS = {
  gatewayId: 'text',
  natGatewayId: 'text',
  transitGatewayId: 'text',
  vpcPeeringConnectionId: 'text',
  networkInterfaceId: 'text',
  instanceId: 'text',
  egressOnlyInternetGatewayId: 'text',
  carrierGatewayId: 'text',
  localGatewayId: 'text',
  coreNetworkArn: 'text',
  odbNetworkArn: 'text',
  ipAddress: 'text',
} as const;

const ROUTE = {
  destinationCidrBlock: 'text',
  destinationIpv6CidrBlock: 'text',
  destinationPrefixListId: 'text',
  origin: 'text',
  state: 'text',
  ...TARGETS,
} as const;

const ORIGINS: Readonly<Record<string, Route['origin']>> = {
  CreateRouteTable: 'local',
  CreateRoute: 'static',
  EnableVgwRoutePropagation: 'propagated',
  Advertisement: 'propagated',
};

function route(item: Read<typeof ROUTE>): Route {
  const target = (Object.keys(TARGETS) as (keyof typeof TARGETS)[]).find((name) => item[name]);
  return {
    destination: need(
      item.destinationCidrBlock || item.destinationIpv6CidrBlock || item.destinationPrefixListId,
      'destination',
    ),
    target: target === undefined ? '' : item[target]!,
    origin: ORIGINS[item.origin ?? ''] ?? 'static',
    state: item.state === 'blackhole' || item.state === 'filtered' ? item.state : 'active',
  };
}

export const routeTable = whole(
  'route_table',
  'routeTableSet',
  {
    routeTableId: 'text',
    vpcId: 'text',
    ownerId: 'text',
    routeSet: [ROUTE],
    associationSet: [{ main: 'text', subnetId: 'text', gatewayId: 'text', associationState: STATE }],
    propagatingVgwSet: [{ gatewayId: 'text' }],
    tagSet: TAGS,
  },
  (item) => {
    const tags = tagMap(item.tagSet);
    const associations = (item.associationSet ?? []).filter((one) => !ended(one.associationState?.state));
    return {
      id: need(item.routeTableId, 'routeTableId'),
      vpcId: orNull(item.vpcId),
      name: nameTag(tags),
      body: {
        vpcId: item.vpcId ?? '',
        ownerId: item.ownerId ?? '',
        main: associations.some((one) => one.main === 'true'),
        subnets: compact(associations.map((one) => one.subnetId)),
        gateways: compact(associations.map((one) => one.gatewayId)),
        routes: (item.routeSet ?? []).map(route),
        propagatingGateways: compact(item.propagatingVgwSet?.map((one) => one.gatewayId)),
        tags,
      },
    };
  },
);

const END = {
  vpcId: 'text',
  ownerId: 'text',
  region: 'text',
  cidrBlock: 'text',
  cidrBlockSet: [{ cidrBlock: 'text' }],
  ipv6CidrBlockSet: [{ ipv6CidrBlock: 'text' }],
} as const;

function end(item: Read<typeof END> | undefined) {
  return {
    vpcId: item?.vpcId ?? '',
    account: item?.ownerId ?? '',
    region: item?.region ?? '',
    cidrs: compact([
      item?.cidrBlock,
      ...(item?.cidrBlockSet ?? []).map((one) => one.cidrBlock),
      ...(item?.ipv6CidrBlockSet ?? []).map((one) => one.ipv6CidrBlock),
    ]),
  };
}

const OVER = ['deleted', 'rejected', 'expired'];

export const vpcPeering = whole(
  'vpc_peering',
  'vpcPeeringConnectionSet',
  {
    vpcPeeringConnectionId: 'text',
    status: { code: 'text' },
    requesterVpcInfo: END,
    accepterVpcInfo: END,
    tagSet: TAGS,
  },
  (item, place) => {
    const status = item.status?.code ?? '';
    if (OVER.includes(status)) return null;
    const tags = tagMap(item.tagSet);
    const requester = end(item.requesterVpcInfo);
    const accepter = end(item.accepterVpcInfo);
    const ours = [requester, accepter].find(
      (one) => one.account === place.account && one.region === place.region,
    );
    return {
      id: need(item.vpcPeeringConnectionId, 'vpcPeeringConnectionId'),
      vpcId: orNull((ours ?? requester).vpcId),
      name: nameTag(tags),
      body: { status, requester, accepter, tags },
    };
  },
);

/** One tag of an instance; an instance is all that have its id. */
export const instanceTag = part(
  'tagSet',
  { resourceId: 'text', key: 'text', value: 'text' },
  (item): { id: string; key: string; value: string } => ({
    id: need(item.resourceId, 'resourceId'),
    key: need(item.key, 'key'),
    value: item.value ?? '',
  }),
);
