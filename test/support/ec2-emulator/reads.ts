import { AwsError } from './answer-error.js';
import { tagsOf } from './tags.js';
import type { AccountWorld, RegionWorld, TransitGatewayRouteTableWorld } from './world.js';

export type Input = Readonly<Record<string, unknown>>;

/** An action that lists. */
export interface Read {
  /** Member of the answer that holds the list. */
  readonly list: string;
  /** MaxResults from and to; null: AWS knows no paging for it and answers everything. */
  readonly page: readonly [number, number] | null;
  /** Choice by id: the member of the input, the object's own, the error for one that is not there. */
  readonly ids?: readonly [input: string, own: string, notFound: string];
  readonly objects: (region: RegionWorld, input: Input, account: AccountWorld) => readonly object[];
  /** The answer, where it is not simply the page in the list. */
  readonly answer?: (page: readonly object[], more: boolean) => object;
}

const USUAL = [5, 1000] as const;

export const READS: Readonly<Record<string, Read>> = {
  DescribeVpcs: {
    list: 'Vpcs',
    page: USUAL,
    ids: ['VpcIds', 'VpcId', 'InvalidVpcID.NotFound'],
    objects: ({ vpcs }) => vpcs,
  },
  DescribeSubnets: {
    list: 'Subnets',
    page: USUAL,
    ids: ['SubnetIds', 'SubnetId', 'InvalidSubnetID.NotFound'],
    objects: ({ subnets }) => subnets,
  },
  GetSubnetCidrReservations: {
    list: 'SubnetIpv4CidrReservations',
    page: USUAL,
    objects: ({ subnets, reservations }, { SubnetId }) => {
      found(subnets, ({ SubnetId: id }) => id === SubnetId, 'InvalidSubnetID.NotFound', SubnetId);
      return reservations.filter((reservation) => reservation.SubnetId === SubnetId);
    },
    answer: (page) => {
      const isV6 = (reservation: { Cidr?: string }) => reservation.Cidr?.includes(':') ?? false;
      return {
        SubnetIpv4CidrReservations: page.filter((reservation) => !isV6(reservation)),
        SubnetIpv6CidrReservations: page.filter(isV6),
      };
    },
  },
  DescribeNetworkInterfaces: {
    list: 'NetworkInterfaces',
    page: USUAL,
    ids: ['NetworkInterfaceIds', 'NetworkInterfaceId', 'InvalidNetworkInterfaceID.NotFound'],
    objects: ({ networkInterfaces }) => networkInterfaces,
  },
  DescribeRouteTables: {
    list: 'RouteTables',
    page: [5, 100],
    ids: ['RouteTableIds', 'RouteTableId', 'InvalidRouteTableID.NotFound'],
    objects: ({ routeTables }) => routeTables,
  },
  DescribeVpcPeeringConnections: {
    list: 'VpcPeeringConnections',
    page: USUAL,
    ids: ['VpcPeeringConnectionIds', 'VpcPeeringConnectionId', 'InvalidVpcPeeringConnectionID.NotFound'],
    objects: ({ vpcPeerings }) => vpcPeerings,
  },
  DescribeTransitGateways: {
    list: 'TransitGateways',
    page: USUAL,
    ids: ['TransitGatewayIds', 'TransitGatewayId', 'InvalidTransitGatewayID.NotFound'],
    objects: ({ transitGateways }) => transitGateways,
  },
  DescribeTransitGatewayAttachments: {
    list: 'TransitGatewayAttachments',
    page: USUAL,
    ids: attachmentIds(),
    objects: ({ transitGatewayAttachments }) => transitGatewayAttachments,
  },
  DescribeTransitGatewayVpcAttachments: {
    list: 'TransitGatewayVpcAttachments',
    page: USUAL,
    ids: attachmentIds(),
    objects: ({ transitGatewayVpcAttachments }) => transitGatewayVpcAttachments,
  },
  DescribeTransitGatewayPeeringAttachments: {
    list: 'TransitGatewayPeeringAttachments',
    page: USUAL,
    ids: attachmentIds(),
    objects: ({ transitGatewayPeeringAttachments }) => transitGatewayPeeringAttachments,
  },
  DescribeTransitGatewayRouteTables: {
    list: 'TransitGatewayRouteTables',
    page: USUAL,
    ids: ['TransitGatewayRouteTableIds', 'TransitGatewayRouteTableId', 'InvalidRouteTableID.NotFound'],
    objects: ({ transitGatewayRouteTables }) => transitGatewayRouteTables.map(({ table }) => table),
  },
  GetTransitGatewayRouteTableAssociations: {
    list: 'Associations',
    page: USUAL,
    objects: (region, input) => transitTable(region, input).associations,
  },
  GetTransitGatewayRouteTablePropagations: {
    list: 'TransitGatewayRouteTablePropagations',
    page: USUAL,
    objects: (region, input) => transitTable(region, input).propagations,
  },
  SearchTransitGatewayRoutes: {
    list: 'Routes',
    page: USUAL,
    objects: (region, input) => {
      if (!Array.isArray(input['Filters']) || input['Filters'].length === 0)
        throw new AwsError(400, 'MissingParameter', 'The request must contain the parameter Filters');
      return transitTable(region, input).routes;
    },
    answer: (page, more) => ({ Routes: page, AdditionalRoutesAvailable: more }),
  },
  DescribeVpnGateways: {
    list: 'VpnGateways',
    page: null,
    ids: ['VpnGatewayIds', 'VpnGatewayId', 'InvalidVpnGatewayID.NotFound'],
    objects: ({ vpnGateways }) => vpnGateways,
  },
  DescribeVpnConnections: {
    list: 'VpnConnections',
    page: null,
    ids: ['VpnConnectionIds', 'VpnConnectionId', 'InvalidVpnConnectionID.NotFound'],
    objects: ({ vpnConnections }) => vpnConnections,
  },
  DescribeCustomerGateways: {
    list: 'CustomerGateways',
    page: null,
    ids: ['CustomerGatewayIds', 'CustomerGatewayId', 'InvalidCustomerGatewayID.NotFound'],
    objects: ({ customerGateways }) => customerGateways,
  },
  DescribeManagedPrefixLists: {
    list: 'PrefixLists',
    page: [1, 100],
    ids: ['PrefixListIds', 'PrefixListId', 'InvalidPrefixListID.NotFound'],
    objects: ({ prefixLists }) => prefixLists.map(({ list }) => list),
  },
  GetManagedPrefixListEntries: {
    list: 'Entries',
    page: [1, 100],
    objects: ({ prefixLists }, { PrefixListId: id }) =>
      found(prefixLists, ({ list }) => list.PrefixListId === id, 'InvalidPrefixListID.NotFound', id).entries,
  },
  DescribeNatGateways: {
    list: 'NatGateways',
    page: USUAL,
    ids: ['NatGatewayIds', 'NatGatewayId', 'NatGatewayNotFound'],
    objects: ({ natGateways }) => natGateways,
  },
  DescribeVpcEndpoints: {
    list: 'VpcEndpoints',
    page: [1, 1000],
    ids: ['VpcEndpointIds', 'VpcEndpointId', 'InvalidVpcEndpointId.NotFound'],
    objects: ({ vpcEndpoints }) => vpcEndpoints,
  },
  DescribeInternetGateways: {
    list: 'InternetGateways',
    page: USUAL,
    ids: ['InternetGatewayIds', 'InternetGatewayId', 'InvalidInternetGatewayID.NotFound'],
    objects: ({ internetGateways }) => internetGateways,
  },
  DescribeTags: { list: 'Tags', page: USUAL, objects: tagsOf },
  DescribeInstances: {
    list: 'Reservations',
    page: USUAL,
    ids: ['InstanceIds', 'InstanceId', 'InvalidInstanceID.NotFound'],
    objects: ({ instances }) => instances,
    answer: (page) => ({
      Reservations: page.map((instance: { InstanceId?: string }) => ({
        ReservationId: `r-${instance.InstanceId?.slice(2) ?? ''}`,
        Groups: [],
        Instances: [instance],
      })),
    }),
  },
  DescribeRegions: {
    list: 'Regions',
    page: null,
    ids: ['RegionNames', 'RegionName', 'InvalidParameterValue'],
    objects: (_region, _input, account) =>
      Object.keys(account.regions).map((RegionName) => ({
        RegionName,
        Endpoint: `ec2.${RegionName}.amazonaws.com`,
        OptInStatus: 'opt-in-not-required',
      })),
  },
};

function attachmentIds(): readonly [string, string, string] {
  return [
    'TransitGatewayAttachmentIds',
    'TransitGatewayAttachmentId',
    'InvalidTransitGatewayAttachmentID.NotFound',
  ];
}

function transitTable(
  { transitGatewayRouteTables }: RegionWorld,
  { TransitGatewayRouteTableId: id }: Input,
): TransitGatewayRouteTableWorld {
  return found(
    transitGatewayRouteTables,
    ({ table }) => table.TransitGatewayRouteTableId === id,
    'InvalidRouteTableID.NotFound',
    id,
  );
}

function found<T>(all: readonly T[], is: (one: T) => boolean, code: string, id: unknown): T {
  const one = all.find(is);
  if (one === undefined) throw new AwsError(400, code, `The ID '${String(id)}' does not exist`);
  return one;
}
