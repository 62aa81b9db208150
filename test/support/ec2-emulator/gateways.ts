import type {
  CustomerGateway,
  InternetGateway,
  NatGateway,
  Subnet,
  TransitGateway,
  Vpc,
  VpcEndpoint,
  VpnConnection,
  VpnGateway,
} from '@aws-sdk/client-ec2';
import { tagList } from './ids.js';
import { MADE_AT, type Place, type Tags } from './place.js';
import type { PrefixListWorld } from './world.js';

export function internetGateway(place: Place, vpc: Vpc, tags: Tags = {}): InternetGateway {
  const gateway: InternetGateway = {
    InternetGatewayId: place.ids.next('igw'),
    OwnerId: place.account,
    Attachments: [{ VpcId: vpc.VpcId, State: 'available' as 'attached' }],
    Tags: tagList(tags),
  };
  place.world.internetGateways.push(gateway);
  return gateway;
}

export function vpnGateway(place: Place, vpc: Vpc, of: { asn?: number; tags?: Tags } = {}): VpnGateway {
  const gateway: VpnGateway = {
    VpnGatewayId: place.ids.next('vgw'),
    State: 'available',
    Type: 'ipsec.1',
    AmazonSideAsn: of.asn ?? 64512,
    VpcAttachments: [{ VpcId: vpc.VpcId, State: 'attached' }],
    Tags: tagList(of.tags ?? {}),
  };
  place.world.vpnGateways.push(gateway);
  return gateway;
}

export function customerGateway(
  place: Place,
  of: { address: string; asn?: number; tags?: Tags },
): CustomerGateway {
  const gateway: CustomerGateway = {
    CustomerGatewayId: place.ids.next('cgw'),
    State: 'available',
    Type: 'ipsec.1',
    IpAddress: of.address,
    BgpAsn: String(of.asn ?? 65000),
    Tags: tagList(of.tags ?? {}),
  };
  place.world.customerGateways.push(gateway);
  return gateway;
}

/** On a virtual private gateway or on a transit gateway (then make its attachment with `attachVpn`). */
export function vpnConnection(
  place: Place,
  on: VpnGateway | TransitGateway,
  customer: CustomerGateway,
  of: { routes?: readonly string[]; tags?: Tags } = {},
): VpnConnection {
  const connection: VpnConnection = {
    VpnConnectionId: place.ids.next('vpn'),
    State: 'available',
    Type: 'ipsec.1',
    Category: 'VPN',
    CustomerGatewayId: customer.CustomerGatewayId,
    ...('VpnGatewayId' in on
      ? { VpnGatewayId: on.VpnGatewayId }
      : { TransitGatewayId: (on as TransitGateway).TransitGatewayId }),
    Routes: (of.routes ?? []).map((DestinationCidrBlock) => ({
      DestinationCidrBlock,
      Source: 'Static' as const,
      State: 'available' as const,
    })),
    VgwTelemetry: [
      {
        AcceptedRouteCount: 3,
        LastStatusChange: MADE_AT,
        OutsideIpAddress: '198.51.100.10',
        Status: 'UP',
        StatusMessage: '3 BGP ROUTES',
      },
    ],
    Tags: tagList(of.tags ?? {}),
  };
  place.world.vpnConnections.push(connection);
  return connection;
}

/** Its interface is not made with it. */
export function natGateway(
  place: Place,
  subnet: Subnet,
  of: { privateAddress: string; publicAddress?: string; interfaceId?: string; tags?: Tags },
): NatGateway {
  const gateway: NatGateway = {
    NatGatewayId: place.ids.next('nat'),
    VpcId: subnet.VpcId,
    SubnetId: subnet.SubnetId,
    State: 'available',
    ConnectivityType: of.publicAddress === undefined ? 'private' : 'public',
    CreateTime: MADE_AT,
    NatGatewayAddresses: [
      {
        PrivateIp: of.privateAddress,
        NetworkInterfaceId: of.interfaceId ?? place.ids.next('eni'),
        IsPrimary: true,
        Status: 'succeeded',
        ...(of.publicAddress !== undefined && {
          PublicIp: of.publicAddress,
          AllocationId: place.ids.next('eipalloc'),
          AssociationId: place.ids.next('eipassoc'),
        }),
      },
    ],
    Tags: tagList(of.tags ?? {}),
  };
  place.world.natGateways.push(gateway);
  return gateway;
}

/** With subnets an interface endpoint, without a gateway endpoint. */
export function vpcEndpoint(
  place: Place,
  vpc: Vpc,
  of: {
    service: string;
    subnets?: readonly Subnet[];
    interfaces?: readonly string[];
    routeTables?: readonly string[];
    tags?: Tags;
  },
): VpcEndpoint {
  const endpoint: VpcEndpoint = {
    VpcEndpointId: place.ids.next('vpce'),
    VpcEndpointType: of.subnets ? 'Interface' : 'Gateway',
    VpcId: vpc.VpcId,
    ServiceName: `com.amazonaws.${place.region}.${of.service}`,
    // as it comes in fact; the model spells it in capitals
    State: 'available' as 'Available',
    OwnerId: place.account,
    PrivateDnsEnabled: of.subnets !== undefined,
    RequesterManaged: false,
    CreationTimestamp: MADE_AT,
    PolicyDocument: '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}',
    RouteTableIds: [...(of.routeTables ?? [])],
    SubnetIds: (of.subnets ?? []).map(({ SubnetId }) => SubnetId!),
    NetworkInterfaceIds: [...(of.interfaces ?? [])],
    Groups: of.subnets ? [{ GroupId: 'sg-0123456789abcdef0', GroupName: 'endpoints' }] : [],
    DnsEntries: [],
    Tags: tagList(of.tags ?? {}),
  };
  place.world.vpcEndpoints.push(endpoint);
  return endpoint;
}

export function prefixList(
  place: Place,
  of: { name: string; cidrs: readonly string[]; owner?: string; maxEntries?: number; tags?: Tags },
): PrefixListWorld {
  const id = place.ids.next('pl');
  const owner = of.owner ?? place.account;
  const list: PrefixListWorld = {
    list: {
      PrefixListId: id,
      PrefixListArn: `arn:aws:ec2:${place.region}:${owner}:prefix-list/${id}`,
      PrefixListName: of.name,
      AddressFamily: of.cidrs[0]?.includes(':') ? 'IPv6' : 'IPv4',
      State: 'create-complete',
      MaxEntries: of.maxEntries ?? Math.max(10, of.cidrs.length),
      Version: 1,
      OwnerId: owner,
      Tags: tagList(of.tags ?? {}),
    },
    entries: of.cidrs.map((Cidr, index) => ({ Cidr, Description: `entry ${index}` })),
  };
  place.world.prefixLists.push(list);
  return list;
}
