import type {
  CustomerGateway,
  Instance,
  InternetGateway,
  ManagedPrefixList,
  NatGateway,
  NetworkInterface,
  PrefixListEntry,
  RouteTable,
  Subnet,
  SubnetCidrReservation,
  TransitGateway,
  TransitGatewayAttachment,
  TransitGatewayPeeringAttachment,
  TransitGatewayRoute,
  TransitGatewayRouteTable,
  TransitGatewayRouteTableAssociation,
  TransitGatewayRouteTablePropagation,
  TransitGatewayVpcAttachment,
  Vpc,
  VpcEndpoint,
  VpcPeeringConnection,
  VpnConnection,
  VpnGateway,
} from '@aws-sdk/client-ec2';

/**
 * What the emulator serves: objects exactly as the SDK shows them. A test may change it between two calls as it likes.
 * An object that two accounts see (a transit gateway that is shared, a peering) stands in the lists of both.
 */
export interface World {
  organization?: { id: string; managementAccountId: string };
  accounts: AccountWorld[];
}

export interface AccountWorld {
  id: string;
  name: string;
  /** Default ACTIVE. */
  status?: 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE';
  /** The role that can be assumed in it; without one, any. */
  role?: { name?: string; externalId?: string; revoked?: boolean };
  /** Regions that are enabled. A call to another one is refused as AWS refuses it: AuthFailure. */
  regions: Record<string, RegionWorld>;
}

export interface RegionWorld {
  vpcs: Vpc[];
  subnets: Subnet[];
  reservations: SubnetCidrReservation[];
  networkInterfaces: NetworkInterface[];
  routeTables: RouteTable[];
  vpcPeerings: VpcPeeringConnection[];
  transitGateways: TransitGateway[];
  transitGatewayAttachments: TransitGatewayAttachment[];
  transitGatewayVpcAttachments: TransitGatewayVpcAttachment[];
  transitGatewayPeeringAttachments: TransitGatewayPeeringAttachment[];
  transitGatewayRouteTables: TransitGatewayRouteTableWorld[];
  vpnGateways: VpnGateway[];
  vpnConnections: VpnConnection[];
  customerGateways: CustomerGateway[];
  prefixLists: PrefixListWorld[];
  natGateways: NatGateway[];
  vpcEndpoints: VpcEndpoint[];
  internetGateways: InternetGateway[];
  instances: Instance[];
}

export interface TransitGatewayRouteTableWorld {
  table: TransitGatewayRouteTable;
  associations: TransitGatewayRouteTableAssociation[];
  propagations: TransitGatewayRouteTablePropagation[];
  routes: TransitGatewayRoute[];
}

export interface PrefixListWorld {
  list: ManagedPrefixList;
  entries: PrefixListEntry[];
}

export function emptyRegion(): RegionWorld {
  return {
    vpcs: [],
    subnets: [],
    reservations: [],
    networkInterfaces: [],
    routeTables: [],
    vpcPeerings: [],
    transitGateways: [],
    transitGatewayAttachments: [],
    transitGatewayVpcAttachments: [],
    transitGatewayPeeringAttachments: [],
    transitGatewayRouteTables: [],
    vpnGateways: [],
    vpnConnections: [],
    customerGateways: [],
    prefixLists: [],
    natGateways: [],
    vpcEndpoints: [],
    internetGateways: [],
    instances: [],
  };
}

/** The region's part of the world; made where it is missing. */
export function regionOf(world: World, account: string, region: string): RegionWorld {
  let owner = world.accounts.find(({ id }) => id === account);
  if (!owner) world.accounts.push((owner = { id: account, name: account, regions: {} }));
  return (owner.regions[region] ??= emptyRegion());
}

/** Who keys belong to that no AssumeRole gave out. */
export function managementAccount(world: World): string {
  return world.organization?.managementAccountId ?? world.accounts[0]?.id ?? '000000000000';
}

/** From now on the account's role cannot be assumed; keys given out before still work, as in AWS. */
export function revokeRole(world: World, account: string): void {
  for (const one of world.accounts) if (one.id === account) one.role = { ...one.role, revoked: true };
}

export function restoreRole(world: World, account: string): void {
  for (const one of world.accounts) if (one.id === account) one.role = { ...one.role, revoked: false };
}
