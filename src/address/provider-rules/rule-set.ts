import { type Family } from '../family.js';
import { type Prefix } from '../prefix.js';
import { type AwsQuotaName } from './aws-quotas.js';
import { type AWS_SOURCES } from './aws-sources.js';

/** What a provider said on a day, as data; the functions beside it read it and nothing else. */
export interface ProviderRules {
  readonly provider: string;
  /** Rises with every change that may change a verdict. */
  readonly version: number;
  /** The day on which the sources were read, YYYY-MM-DD. */
  readonly asOf: string;
  /** Address of each page by its key. */
  readonly sources: Readonly<Record<keyof typeof AWS_SOURCES, string>>;
  readonly blocks: BlockRules;
  readonly subnets: SubnetRules;
  readonly consumers: readonly AddressConsumer[];
  readonly peerings: Readonly<Record<PeeringStatus, Readonly<Record<PeeringSide, PeeringEffect>>>>;
  readonly routes: RouteRules;
  readonly quotas: Readonly<Record<QuotaName, QuotaDefinition>>;
  readonly addressUsage: AddressUsageRules;
}

export type QuotaName = AwsQuotaName;

export interface Sizes {
  /** The largest block: the smallest length. */
  readonly shortest: number;
  readonly longest: number;
  /** Lengths from `shortest` on in steps of this. */
  readonly step: number;
  readonly source: string;
}

export interface NamedRange {
  readonly cidr: Prefix;
  readonly why: string;
  readonly source: string;
}

/** What the existing blocks of one range do to a candidate. Restrictions come first; what is in neither list is not settled. */
export interface AssociationRow {
  readonly name: string;
  /** The row applies to existing blocks in these ranges. */
  readonly existing: readonly Prefix[] | 'public';
  readonly restricted: readonly Restriction[];
  readonly permitted: readonly (Prefix | 'public')[];
}

export interface Restriction {
  readonly cidr: Prefix;
  /** Only while some existing block overlaps this. */
  readonly whileAnyIn?: Prefix;
}

/** What the sources do not settle; an operator who knows better may. */
export type Ambiguity =
  /** The primary block's row permits a candidate that the row of a later, public or 100.64.0.0/10, block restricts. */
  | 'PRIMARY_PERMITS_LATER_RESTRICTS'
  /** Candidate or existing block in a range that no row names. */
  | 'UNNAMED_RANGE';

export interface BlockRules {
  readonly sizes: Readonly<Record<Family, Sizes>>;
  readonly neverAllowed: readonly NamedRange[];
  readonly advisedAgainst: readonly NamedRange[];
  readonly private: readonly Prefix[];
  /** Neither private nor publicly routable, and named in no row. */
  readonly unnamed: readonly NamedRange[];
  readonly rows: readonly AssociationRow[];
  readonly rowsSource: string;
  /** States in which a block still takes its place in the VPC. */
  readonly occupying: readonly AssociationState[];
  /** States in which it can be used. */
  readonly usable: readonly AssociationState[];
  readonly statesSource: string;
  /** Where a second, routable, range is best taken from. */
  readonly spare: Prefix;
}

export type AssociationState =
  'associating' | 'associated' | 'disassociating' | 'disassociated' | 'failing' | 'failed';

export interface SubnetRules {
  readonly sizes: Readonly<Record<Family, Sizes>>;
  /** Counted from the first address, or, where negative, from behind the last one. */
  readonly reserved: Readonly<
    Record<Family, readonly { readonly offset: number; readonly purpose: string }[]>
  >;
  readonly reservedSource: string;
  /** Length of a prefix that an interface can be given whole. */
  readonly delegated: Readonly<Record<Family, number>>;
  readonly delegatedSource: string;
}

/** What a thing asks of the subnet that it is put into. */
export interface AddressConsumer {
  readonly name: string;
  /** Addresses that one of them takes in a subnet; the least, where it grows. */
  readonly addresses: number;
  /** Refused with fewer free addresses. */
  readonly required: number;
  /** Advised against with fewer. */
  readonly recommended: number;
  /** The smallest subnet, as a length; null: any. */
  readonly longest: number | null;
  readonly note: string;
  readonly source: string;
}

export type PeeringStatus =
  | 'initiating-request'
  | 'pending-acceptance'
  | 'provisioning'
  | 'active'
  | 'deleting'
  | 'deleted'
  | 'expired'
  | 'failed'
  | 'rejected';
export type PeeringSide = 'requester' | 'accepter';

/** What a peering does to a new block. */
export interface PeeringEffect {
  readonly apart: 'NONE' | 'REFUSED' | 'AWS_DECIDES';
  /** When the new block overlaps one of the peer's. */
  readonly overlapping: 'NONE' | 'WARNED' | 'REFUSED' | 'AWS_DECIDES';
  readonly why: string;
}

export interface RouteRules {
  /** Of routes to one destination, from the most preferred to the least. */
  readonly vpcPriority: readonly RouteKind[];
  /** The local route wins from these even where they are more specific. */
  readonly localWinsFrom: readonly RouteKind[];
  readonly prioritySource: string;
  readonly localSource: string;
  readonly transitGatewayPriority: readonly TransitRouteKind[];
  /** Equal routes of these kinds are used side by side. */
  readonly equalCost: readonly TransitRouteKind[];
  /** Assumed when a route carries none. */
  readonly defaultMed: Readonly<Partial<Record<TransitRouteKind, number>>>;
  readonly transitGatewaySource: string;
  /** A route may not go to one of these or a part of it; inside a larger destination they are dropped. */
  readonly unroutable: readonly Prefix[];
  readonly unroutableSource: string;
  /** Of routes more specific than local, which must be to the whole of a subnet. */
  readonly middleboxTargets: readonly RouteTarget[];
  readonly gatewayTableTargets: readonly RouteTarget[];
  readonly gatewayTableSource: string;
  /** Entries that the provider's own prefix lists count for, by name without region and `ipv6.`. */
  readonly prefixListWeights: Readonly<Record<string, number>>;
  readonly prefixListSource: string;
}

export type RouteKind = 'local' | 'static' | 'prefix_list' | 'direct_connect_bgp' | 'vpn_static' | 'vpn_bgp';

export type TransitRouteKind =
  | 'static'
  | 'prefix_list'
  | 'vpc'
  | 'direct_connect_gateway'
  | 'connect'
  | 'private_vpn'
  | 'vpn'
  | 'vpn_concentrator'
  | 'client_vpn'
  | 'peering';

export type RouteTarget =
  | 'local'
  | 'internet_gateway'
  | 'nat_gateway'
  | 'network_interface'
  | 'gateway_endpoint'
  | 'gateway_load_balancer_endpoint'
  | 'transit_gateway'
  | 'vpc_peering'
  | 'vpn_gateway'
  | 'other';

export interface QuotaDefinition {
  readonly default: number;
  /** The most that it can be raised to; null where the source names none. */
  readonly max: number | null;
  /** By request; by the provider's staff only; not at all; the pages do not say. */
  readonly adjustable: 'YES' | 'BY_SUPPORT' | 'NO' | 'UNKNOWN';
  /** In Service Quotas, by which the effective value is read. */
  readonly code: string | null;
  /** What is counted: "IPv4 blocks per VPC". */
  readonly counts: string;
  readonly source: string;
}

export type AddressUser =
  | 'address'
  | 'additionalInterface'
  | 'prefix'
  | 'pod'
  | 'elasticFabricAdapter'
  | 'networkLoadBalancerZone'
  | 'gatewayLoadBalancerZone'
  | 'endpointZone'
  | 'transitGatewayAttachment'
  | 'lambdaFunction'
  | 'natGateway'
  | 'fileSystemMountTarget';

export interface AddressUsageRules {
  readonly units: Readonly<Record<AddressUser, number>>;
  readonly source: string;
}
