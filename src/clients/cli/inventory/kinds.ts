import type { ObservedKind } from '../../graphql/operations.js';

/** In the order of the API; written `route-table` or `ROUTE_TABLE`. */
export const KINDS: readonly ObservedKind[] = [
  'VPC',
  'SUBNET',
  'ROUTE_TABLE',
  'VPC_PEERING',
  'TRANSIT_GATEWAY',
  'TRANSIT_GATEWAY_ATTACHMENT',
  'TRANSIT_GATEWAY_ROUTE_TABLE',
  'VPN_GATEWAY',
  'VPN_CONNECTION',
  'CUSTOMER_GATEWAY',
  'PREFIX_LIST',
  'NAT_GATEWAY',
  'VPC_ENDPOINT',
  'INTERNET_GATEWAY',
  'NETWORK_INTERFACE',
  'INSTANCE',
  'EXTERNAL_NETWORK',
];
