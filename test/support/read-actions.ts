import type { ObservedKind } from '../../src/features/inventory/domain/observed.js';

/** Every action that discovery reads with, and the kind that is left unread where it fails. */
export const KIND_OF_ACTION = {
  DescribeVpcs: 'vpc',
  DescribeSubnets: 'subnet',
  GetSubnetCidrReservations: 'subnet',
  DescribeRouteTables: 'route_table',
  DescribeVpcPeeringConnections: 'vpc_peering',
  DescribeTransitGateways: 'transit_gateway',
  DescribeTransitGatewayAttachments: 'transit_gateway_attachment',
  DescribeTransitGatewayRouteTables: 'transit_gateway_route_table',
  GetTransitGatewayRouteTableAssociations: 'transit_gateway_route_table',
  GetTransitGatewayRouteTablePropagations: 'transit_gateway_route_table',
  SearchTransitGatewayRoutes: 'transit_gateway_route_table',
  DescribeVpnGateways: 'vpn_gateway',
  DescribeVpnConnections: 'vpn_connection',
  DescribeCustomerGateways: 'customer_gateway',
  DescribeManagedPrefixLists: 'prefix_list',
  GetManagedPrefixListEntries: 'prefix_list',
  DescribeNatGateways: 'nat_gateway',
  DescribeVpcEndpoints: 'vpc_endpoint',
  DescribeInternetGateways: 'internet_gateway',
  DescribeNetworkInterfaces: 'network_interface',
  DescribeTags: 'instance',
} as const satisfies Record<string, ObservedKind>;
export type ReadAction = keyof typeof KIND_OF_ACTION;
