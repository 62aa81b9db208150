import {
  DescribeCustomerGatewaysCommand,
  DescribeInternetGatewaysCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeTransitGatewayAttachmentsCommand,
  DescribeTransitGatewayRouteTablesCommand,
  DescribeTransitGatewaysCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  DescribeVpnConnectionsCommand,
  DescribeVpnGatewaysCommand,
  GetManagedPrefixListEntriesCommand,
  GetSubnetCidrReservationsCommand,
  GetTransitGatewayRouteTableAssociationsCommand,
  GetTransitGatewayRouteTablePropagationsCommand,
  SearchTransitGatewayRoutesCommand,
} from '@aws-sdk/client-ec2';
import type { ReaderName } from './decode-page.js';

/** What a call is asked with: the page is added to it. */
export type Input = Readonly<Record<string, unknown>>;

export interface Action {
  readonly name: string;
  readonly command: (input: Input) => object;
  /** The largest page that the action gives; null where it takes no page size. */
  readonly most: number | null;
}

type CommandClass = new (input: never) => object;

function action(Command: CommandClass, most: number | null): Action {
  return {
    name: Command.name.replace(/Command$/, ''),
    command: (input) => new Command(input as never),
    most,
  };
}

/**
 * By reader, the action whose answer it reads. SearchTransitGatewayRoutes takes a page size, but gives 1,000 without one,
 * and moto knows none.
 */
export const ACTIONS: Readonly<Record<ReaderName, Action>> = {
  vpc: action(DescribeVpcsCommand, 1000),
  subnet: action(DescribeSubnetsCommand, 1000),
  subnetReservation: action(GetSubnetCidrReservationsCommand, 1000),
  networkInterface: action(DescribeNetworkInterfacesCommand, 1000),
  routeTable: action(DescribeRouteTablesCommand, 100),
  vpcPeering: action(DescribeVpcPeeringConnectionsCommand, 1000),
  instanceTag: action(DescribeTagsCommand, 1000),
  transitGateway: action(DescribeTransitGatewaysCommand, 1000),
  transitGatewayAttachment: action(DescribeTransitGatewayAttachmentsCommand, 1000),
  transitGatewayRouteTable: action(DescribeTransitGatewayRouteTablesCommand, 1000),
  transitAssociation: action(GetTransitGatewayRouteTableAssociationsCommand, 1000),
  transitPropagation: action(GetTransitGatewayRouteTablePropagationsCommand, 1000),
  transitRoute: action(SearchTransitGatewayRoutesCommand, null),
  vpnGateway: action(DescribeVpnGatewaysCommand, null),
  vpnConnection: action(DescribeVpnConnectionsCommand, null),
  customerGateway: action(DescribeCustomerGatewaysCommand, null),
  prefixList: action(DescribeManagedPrefixListsCommand, 100),
  prefixListEntry: action(GetManagedPrefixListEntriesCommand, 100),
  natGateway: action(DescribeNatGatewaysCommand, 1000),
  vpcEndpoint: action(DescribeVpcEndpointsCommand, 1000),
  internetGateway: action(DescribeInternetGatewaysCommand, 1000),
};
