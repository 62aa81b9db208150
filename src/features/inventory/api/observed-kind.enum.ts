import { registerEnumType } from '@nestjs/graphql';
import { OBSERVED_KINDS, type ObservedKind } from '../domain/observed.js';

/** `VPC_PEERING: 'vpc_peering'` */
export const ObservedKindEnum = Object.fromEntries(
  OBSERVED_KINDS.map((kind) => [kind.toUpperCase(), kind]),
) as Readonly<Record<Uppercase<ObservedKind>, ObservedKind>>;

const WHAT: Readonly<Record<ObservedKind, string>> = {
  vpc: 'VPCs with their CIDRs.',
  subnet: 'Subnets with their CIDRs and reservations.',
  route_table: 'Route tables with their routes.',
  vpc_peering: 'Peerings of VPCs.',
  transit_gateway: 'Transit gateways.',
  transit_gateway_attachment: 'What is attached to transit gateways.',
  transit_gateway_route_table: 'Route tables of transit gateways with their routes.',
  vpn_gateway: 'Virtual private gateways.',
  vpn_connection: 'VPN connections.',
  customer_gateway: 'Customer gateways.',
  prefix_list: 'Prefix lists with their entries.',
  nat_gateway: 'NAT gateways.',
  vpc_endpoint: 'VPC endpoints.',
  internet_gateway: 'Internet gateways.',
  network_interface: 'Network interfaces with their addresses.',
  instance: 'Instances, by name and owner.',
};

registerEnumType(ObservedKindEnum, {
  name: 'ObservedKind',
  description: 'Kinds of objects that discovery reads.',
  valuesMap: Object.fromEntries(
    Object.entries(WHAT).map(([kind, description]) => [kind.toUpperCase(), { description }]),
  ),
});
