import fc from 'fast-check';
import type { Body } from '../../src/features/inventory/domain/change.js';
import {
  EXTERNAL_NETWORK,
  OBSERVED_KINDS,
  type ObservedBodies,
  type StoredKind,
} from '../../src/features/inventory/domain/observed.js';

export const ALL_KINDS: readonly StoredKind[] = [...OBSERVED_KINDS, EXTERNAL_NETWORK];

const id = (prefix: string) => fc.nat(5).map((n) => `${prefix}-${n}`);
const some = <Value>(one: fc.Arbitrary<Value>) => fc.array(one, { maxLength: 5 });
const ids = (prefix: string) => fc.uniqueArray(id(prefix), { maxLength: 5 });
const cidr = fc.nat(12).map((n) => `10.${n * 11}.0.0/16`);
const cidrs = fc.uniqueArray(cidr, { maxLength: 5 });
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const tags = fc.dictionary(
  fc.constantFrom('Name', 'owner', 'a', 'constructor'),
  fc.constantFrom('x', 'y', ''),
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
);
const account = fc.constantFrom('111122223333', '444455556666');
const state = fc.constantFrom('available', 'pending', 'deleting');
const text = fc.constantFrom('', 'a', 'b');
const attachments = fc.uniqueArray(
  fc.record({ vpcId: id('vpc'), state: fc.constantFrom('attaching', 'attached', 'detaching') }),
  { maxLength: 4, selector: ({ vpcId }) => vpcId },
);
const asn = orNull(fc.constantFrom(64512, 65000));
const end = fc.record({ vpcId: id('vpc'), account, region: fc.constant('eu-west-1'), cidrs });

type Arbitraries = { [Kind in StoredKind]: fc.Arbitrary<ObservedBodies[Kind]> };

/** Bodies of every kind, from few values, so that two of them share most of what they have. */
export const BODIES: Arbitraries = {
  vpc: fc.record({
    state,
    ownerId: account,
    isDefault: fc.boolean(),
    primary: orNull(cidr),
    cidrs: fc.uniqueArray(
      fc.record({ cidr, state: fc.constantFrom('associating', 'associated', 'disassociating') }),
      { maxLength: 4, selector: (association) => association.cidr },
    ),
    tags,
  }),
  subnet: fc.record({
    vpcId: id('vpc'),
    state,
    ownerId: account,
    availabilityZone: text,
    availabilityZoneId: text,
    cidr: orNull(cidr),
    ipv6Cidrs: cidrs,
    reservations: fc.uniqueArray(
      fc.record({ id: id('scr'), cidr, type: fc.constantFrom('prefix', 'explicit') }),
      {
        maxLength: 3,
        selector: (reservation) => reservation.id,
      },
    ),
    tags,
  }),
  network_interface: fc.record({
    vpcId: id('vpc'),
    subnetId: id('subnet'),
    ownerId: account,
    type: text,
    status: text,
    requesterManaged: fc.boolean(),
    description: text,
    instanceId: orNull(id('i')),
    primary: orNull(fc.constant('10.0.0.1')),
    addresses: fc.uniqueArray(fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.10')),
    prefixes: cidrs,
    ipv6Addresses: fc.uniqueArray(fc.constantFrom('2001:db8::1', '2001:db8::2')),
    ipv6Prefixes: fc.constant([]),
    publicAddresses: fc.constant([]),
    tags,
  }),
  route_table: fc.record({
    vpcId: id('vpc'),
    ownerId: account,
    main: fc.boolean(),
    subnets: ids('subnet'),
    gateways: ids('igw'),
    // one destination more than once, as with a route that is static and propagated
    routes: some(
      fc.record({
        destination: cidr,
        target: id('vgw'),
        origin: fc.constantFrom('local' as const, 'static' as const, 'propagated' as const),
        state: fc.constantFrom('active' as const, 'blackhole' as const),
      }),
    ),
    propagatingGateways: ids('vgw'),
    tags,
  }),
  vpc_peering: fc.record({
    status: fc.constantFrom('pending-acceptance', 'active', 'rejected', 'deleted'),
    requester: end,
    accepter: end,
    tags,
  }),
  transit_gateway: fc.record({ state, ownerId: account, asn, cidrs, tags }),
  transit_gateway_attachment: fc.record({
    transitGatewayId: id('tgw'),
    transitGatewayOwnerId: account,
    resourceType: fc.constantFrom('vpc', 'vpn'),
    resourceId: id('vpc'),
    resourceOwnerId: account,
    state,
    associatedRouteTable: orNull(id('tgw-rtb')),
    tags,
  }),
  transit_gateway_route_table: fc.record({
    transitGatewayId: id('tgw'),
    state,
    associations: ids('tgw-attach'),
    propagations: ids('tgw-attach'),
    routes: some(
      fc.record({
        destination: cidr,
        type: fc.constantFrom('static' as const, 'propagated' as const),
        state: fc.constantFrom('active', 'blackhole'),
        attachments: ids('tgw-attach'),
      }),
    ),
    tags,
  }),
  vpn_gateway: fc.record({ state, asn, attachments, tags }),
  vpn_connection: fc.record({
    state,
    vpnGatewayId: orNull(id('vgw')),
    transitGatewayId: orNull(id('tgw')),
    customerGatewayId: id('cgw'),
    routes: some(fc.record({ destination: cidr, state })),
    tags,
  }),
  customer_gateway: fc.record({ state, ipAddress: orNull(fc.constant('192.0.2.1')), asn, tags }),
  prefix_list: fc.record({
    name: text,
    ownerId: account,
    family: fc.constant(4 as const),
    state,
    maxEntries: orNull(fc.nat(3)),
    version: orNull(fc.nat(3)),
    entries: fc.uniqueArray(fc.record({ cidr, description: text }), {
      maxLength: 4,
      selector: (entry) => entry.cidr,
    }),
    tags,
  }),
  nat_gateway: fc.record({
    vpcId: id('vpc'),
    subnetId: id('subnet'),
    state,
    connectivity: text,
    addresses: some(
      fc.record({
        privateAddress: orNull(fc.constant('10.0.0.1')),
        publicAddress: orNull(fc.constant('192.0.2.1')),
        interfaceId: orNull(id('eni')),
      }),
    ),
    tags,
  }),
  vpc_endpoint: fc.record({
    vpcId: id('vpc'),
    type: text,
    service: text,
    state,
    subnets: ids('subnet'),
    routeTables: ids('rtb'),
    interfaces: ids('eni'),
    tags,
  }),
  internet_gateway: fc.record({ attachments, tags }),
  instance: fc.record({ tags }),
  external_network: fc.record({ description: text, contact: text, cidrs, gateways: ids('cgw'), tags }),
};

export const bodyOf = (kind: StoredKind): fc.Arbitrary<Body> => BODIES[kind] as unknown as fc.Arbitrary<Body>;
