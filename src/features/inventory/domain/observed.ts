/** What discovery reads, in the order in which an account and region is swept. */
export const OBSERVED_KINDS = [
  'vpc',
  'subnet',
  'route_table',
  'vpc_peering',
  'transit_gateway',
  'transit_gateway_attachment',
  'transit_gateway_route_table',
  'vpn_gateway',
  'vpn_connection',
  'customer_gateway',
  'prefix_list',
  'nat_gateway',
  'vpc_endpoint',
  'internet_gateway',
  'network_interface',
  'instance',
] as const;
export type ObservedKind = (typeof OBSERVED_KINDS)[number];

/** A network that no cloud lists: declared by people, kept like what was observed. */
export const EXTERNAL_NETWORK = 'external_network';
export type StoredKind = ObservedKind | typeof EXTERNAL_NETWORK;

/**
 * One object of a list as discovery decoded it: canonical, so that two readings of an unchanged object are equal to
 * the byte. What changes by itself (free addresses of a subnet) is not in it.
 */
export interface ObservedObject {
  /** The provider's id: `vpc-0a1b`. */
  readonly id: string;
  /** The VPC it belongs to; of a VPC its own id. */
  readonly vpcId: string | null;
  /** The tag `Name`, or what the provider calls it. */
  readonly name: string | null;
  /** Every CIDR and address that is its own (an address as /32 or /128), canonical text, ascending. */
  readonly prefixes: readonly string[];
  /** Canonical JSON of its `ObservedBodies` member: keys in a fixed order, lists sorted, nothing irrelevant. */
  readonly body: string;
  /** 22 characters of base64url: the first 128 bits of SHA-256 over kind and body. */
  readonly hash: string;
}

export type TagMap = Readonly<Record<string, string>>;

export interface CidrAssociation {
  readonly cidr: string;
  /** `associated` is the only one that can be used. */
  readonly state: string;
}

export interface VpcBody {
  readonly state: string;
  readonly ownerId: string;
  readonly isDefault: boolean;
  /** The block that cannot be disassociated. */
  readonly primary: string | null;
  /** IPv4 and IPv6, ascending; the ones that are `disassociated` or `failed` are left out. */
  readonly cidrs: readonly CidrAssociation[];
  readonly tags: TagMap;
}

export interface SubnetBody {
  readonly vpcId: string;
  readonly state: string;
  readonly ownerId: string;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  /** Null in an IPv6-only subnet. */
  readonly cidr: string | null;
  readonly ipv6Cidrs: readonly string[];
  readonly reservations: readonly { readonly id: string; readonly cidr: string; readonly type: string }[];
  readonly tags: TagMap;
}

export interface NetworkInterfaceBody {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly ownerId: string;
  /** `interface`, `lambda`, `nat_gateway`, `network_load_balancer` … */
  readonly type: string;
  readonly status: string;
  readonly requesterManaged: boolean;
  readonly description: string;
  /** The instance it is attached to. */
  readonly instanceId: string | null;
  /** The primary one, which is also in `addresses`. */
  readonly primary: string | null;
  readonly addresses: readonly string[];
  readonly prefixes: readonly string[];
  readonly ipv6Addresses: readonly string[];
  readonly ipv6Prefixes: readonly string[];
  readonly publicAddresses: readonly string[];
  readonly tags: TagMap;
}

export interface Route {
  /** A CIDR, or the id of a prefix list. */
  readonly destination: string;
  /** Id of a gateway, interface, peering …; `local`; empty where the provider names none. */
  readonly target: string;
  readonly origin: 'local' | 'static' | 'propagated';
  readonly state: 'active' | 'blackhole' | 'filtered';
}

export interface RouteTableBody {
  readonly vpcId: string;
  readonly ownerId: string;
  readonly main: boolean;
  readonly subnets: readonly string[];
  readonly gateways: readonly string[];
  /** By destination, then target. */
  readonly routes: readonly Route[];
  readonly propagatingGateways: readonly string[];
  readonly tags: TagMap;
}

export interface PeeringEnd {
  readonly vpcId: string;
  readonly account: string;
  readonly region: string;
  /** As far as the provider says them. */
  readonly cidrs: readonly string[];
}

export interface VpcPeeringBody {
  readonly status: string;
  readonly requester: PeeringEnd;
  readonly accepter: PeeringEnd;
  readonly tags: TagMap;
}

export interface TransitGatewayBody {
  readonly state: string;
  readonly ownerId: string;
  readonly asn: number | null;
  readonly cidrs: readonly string[];
  readonly tags: TagMap;
}

export interface TransitGatewayAttachmentBody {
  readonly transitGatewayId: string;
  readonly transitGatewayOwnerId: string;
  /** `vpc`, `vpn`, `peering`, `direct-connect-gateway`, `connect` … */
  readonly resourceType: string;
  /** Of a `peering`: the other transit gateway. */
  readonly resourceId: string;
  readonly resourceOwnerId: string;
  readonly state: string;
  /** The route table that its traffic is looked up in. */
  readonly associatedRouteTable: string | null;
  readonly tags: TagMap;
}

export interface TransitGatewayRoute {
  readonly destination: string;
  readonly type: 'static' | 'propagated';
  readonly state: string;
  /** Ids of attachments, ascending; none for a blackhole. */
  readonly attachments: readonly string[];
}

export interface TransitGatewayRouteTableBody {
  readonly transitGatewayId: string;
  readonly state: string;
  /** Ids of attachments whose traffic is looked up here, ascending. */
  readonly associations: readonly string[];
  /** Ids of attachments whose routes come here, ascending. */
  readonly propagations: readonly string[];
  readonly routes: readonly TransitGatewayRoute[];
  readonly tags: TagMap;
}

export interface GatewayAttachment {
  readonly vpcId: string;
  readonly state: string;
}

export interface VpnGatewayBody {
  readonly state: string;
  readonly asn: number | null;
  readonly attachments: readonly GatewayAttachment[];
  readonly tags: TagMap;
}

export interface VpnConnectionBody {
  readonly state: string;
  readonly vpnGatewayId: string | null;
  readonly transitGatewayId: string | null;
  readonly customerGatewayId: string;
  readonly routes: readonly { readonly destination: string; readonly state: string }[];
  readonly tags: TagMap;
}

export interface CustomerGatewayBody {
  readonly state: string;
  readonly ipAddress: string | null;
  readonly asn: number | null;
  readonly tags: TagMap;
}

export interface PrefixListBody {
  /** What the provider calls it, as `offices`; the tag `Name` is one of its tags. */
  readonly name: string;
  readonly ownerId: string;
  readonly family: 4 | 6;
  readonly state: string;
  readonly maxEntries: number | null;
  readonly version: number | null;
  /** By CIDR. Lists of the provider itself are not read entry by entry. */
  readonly entries: readonly { readonly cidr: string; readonly description: string }[];
  readonly tags: TagMap;
}

export interface NatGatewayBody {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly state: string;
  readonly connectivity: string;
  readonly addresses: readonly {
    readonly privateAddress: string | null;
    readonly publicAddress: string | null;
    readonly interfaceId: string | null;
  }[];
  readonly tags: TagMap;
}

export interface VpcEndpointBody {
  readonly vpcId: string;
  readonly type: string;
  readonly service: string;
  readonly state: string;
  readonly subnets: readonly string[];
  readonly routeTables: readonly string[];
  readonly interfaces: readonly string[];
  readonly tags: TagMap;
}

export interface InternetGatewayBody {
  readonly attachments: readonly GatewayAttachment[];
  readonly tags: TagMap;
}

/** Only what names an instance and its owner. */
export interface InstanceBody {
  readonly tags: TagMap;
}

export interface ExternalNetworkBody {
  readonly description: string;
  readonly contact: string;
  /** Ascending. */
  readonly cidrs: readonly string[];
  /** Customer gateways, Direct Connect gateways and VPN connections (their ids) through which it is reached. */
  readonly gateways: readonly string[];
  readonly tags: TagMap;
}

export interface ObservedBodies {
  vpc: VpcBody;
  subnet: SubnetBody;
  network_interface: NetworkInterfaceBody;
  route_table: RouteTableBody;
  vpc_peering: VpcPeeringBody;
  transit_gateway: TransitGatewayBody;
  transit_gateway_attachment: TransitGatewayAttachmentBody;
  transit_gateway_route_table: TransitGatewayRouteTableBody;
  vpn_gateway: VpnGatewayBody;
  vpn_connection: VpnConnectionBody;
  customer_gateway: CustomerGatewayBody;
  prefix_list: PrefixListBody;
  nat_gateway: NatGatewayBody;
  vpc_endpoint: VpcEndpointBody;
  internet_gateway: InternetGatewayBody;
  instance: InstanceBody;
  external_network: ExternalNetworkBody;
}
