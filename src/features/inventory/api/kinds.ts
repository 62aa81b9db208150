import { registerEnumType } from '@nestjs/graphql';
import type { StoredKind } from '../domain/observed.js';
import type { Presence } from '../domain/presence.js';

type KindNames = { readonly [Kind in StoredKind as Uppercase<Kind>]: Kind };

export const ObservedKindEnum: KindNames = {
  VPC: 'vpc',
  SUBNET: 'subnet',
  ROUTE_TABLE: 'route_table',
  VPC_PEERING: 'vpc_peering',
  TRANSIT_GATEWAY: 'transit_gateway',
  TRANSIT_GATEWAY_ATTACHMENT: 'transit_gateway_attachment',
  TRANSIT_GATEWAY_ROUTE_TABLE: 'transit_gateway_route_table',
  VPN_GATEWAY: 'vpn_gateway',
  VPN_CONNECTION: 'vpn_connection',
  CUSTOMER_GATEWAY: 'customer_gateway',
  PREFIX_LIST: 'prefix_list',
  NAT_GATEWAY: 'nat_gateway',
  VPC_ENDPOINT: 'vpc_endpoint',
  INTERNET_GATEWAY: 'internet_gateway',
  NETWORK_INTERFACE: 'network_interface',
  INSTANCE: 'instance',
  EXTERNAL_NETWORK: 'external_network',
};
registerEnumType(ObservedKindEnum, {
  name: 'ObservedKind',
  description: 'What kind of thing is observed.',
  valuesMap: {
    VPC: { description: 'A VPC with its associated CIDRs.' },
    SUBNET: { description: 'A subnet with its CIDR reservations.' },
    ROUTE_TABLE: { description: 'A route table of a VPC, its routes and what is associated with it.' },
    VPC_PEERING: { description: 'A peering connection of two VPCs.' },
    TRANSIT_GATEWAY: { description: 'A transit gateway.' },
    TRANSIT_GATEWAY_ATTACHMENT: {
      description: 'What is attached to a transit gateway, as this account sees it.',
    },
    TRANSIT_GATEWAY_ROUTE_TABLE: { description: 'A route table of a transit gateway.' },
    VPN_GATEWAY: { description: 'A virtual private gateway (VGW).' },
    VPN_CONNECTION: { description: 'A site-to-site VPN connection.' },
    CUSTOMER_GATEWAY: { description: 'The far end of VPN connections.' },
    PREFIX_LIST: { description: 'A managed prefix list with its entries.' },
    NAT_GATEWAY: { description: 'A NAT gateway.' },
    VPC_ENDPOINT: { description: 'An endpoint in a VPC.' },
    INTERNET_GATEWAY: { description: 'An internet gateway.' },
    NETWORK_INTERFACE: {
      description: 'A network interface with all its addresses. Its versions are kept, and no changes told.',
    },
    INSTANCE: { description: 'Only what names an instance. Its versions are kept, and no changes told.' },
    EXTERNAL_NETWORK: { description: 'A network that no cloud lists, as people declared it.' },
  },
});

export const PresenceEnum: { readonly [Name in Presence]: Name } = { PRESENT: 'PRESENT', UNKNOWN: 'UNKNOWN' };
registerEnumType(PresenceEnum, {
  name: 'Presence',
  description: 'Whether something was there at an instant. What was not there then is not listed.',
  valuesMap: {
    PRESENT: { description: 'It was seen then, or before and after.' },
    UNKNOWN: {
      description: 'It was seen before, and then not; or its list could not be read then. Never a guess.',
    },
  },
});
