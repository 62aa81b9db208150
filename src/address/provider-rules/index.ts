/** What a cloud provider allows, as versioned data and pure functions that say why. Runs in a browser. */
export {
  type AddressCounts,
  mayUseAddresses,
  networkAddressUsage,
  type NetworkAddressUsage,
  peeredAddressUsage,
  type PeerUsage,
} from './address-usage.js';
export { AWS_RULES } from './aws.js';
export {
  type AssociationContext,
  type ExistingPeering,
  mayAssociate,
  type NamedNetwork,
  type VpcBlock,
} from './blocks.js';
export {
  type Alternative,
  type BlockOverlap,
  type Connection,
  type ConnectionEnd,
  type ConnectionKind,
  mayAttach,
  mayPeer,
  oneWayAlternatives,
  overlapsOf,
  type TransitGatewayState,
  type Unreachable,
  wouldConnect,
} from './connections.js';
export {
  advertisedPrefixes,
  type DirectConnectAssociation,
  mayAllowPrefixes,
  type TransitGatewayPrefixes,
} from './direct-connect.js';
export { type EffectiveQuota, type Limits, type QuotaOverride, quotaOf, Quotas } from './quotas.js';
export {
  type Choice,
  chooseRoute,
  chooseTransitRoute,
  compareRoutes,
  compareTransitRoutes,
  type TransitRoute,
} from './route-priority.js';
export {
  mayHoldRoutes,
  mayRoute,
  type PrefixListReference,
  prefixListWeight,
  type RouteTableUsage,
  type RouteTableUse,
  routeTableUsage,
  type TableRoute,
} from './route-tables.js';
export {
  type AddressUser,
  type Ambiguity,
  type AssociationState,
  type PeeringSide,
  type PeeringStatus,
  type ProviderRules,
  type QuotaName,
  type RouteKind,
  type RouteTarget,
  type TransitRouteKind,
} from './rule-set.js';
export {
  fragmentation,
  type Fragmentation,
  mayHost,
  maySubnet,
  type ReservedAddress,
  subnetCapacity,
  type SubnetCapacity,
  type SubnetContext,
  subnetUsage,
  type SubnetUsage,
} from './subnets.js';
export { type Judgement, type Reason, type RuleName, type Verdict } from './verdict.js';
