import fc from 'fast-check';
import { canonical, NotCanonicalError } from './canonical.js';
import type { ObservedBodies, StoredKind } from './observed.js';

const id = fc.stringMatching(/^[a-z]{1,3}-[0-9a-f]{1,6}$/);
const word = fc.string({ unit: 'grapheme', maxLength: 8 });
const tags = fc.dictionary(word, word, { maxKeys: 5 });
const ids = fc.array(id, { maxLength: 5 });
const address4 = fc.ipV4();
const address6 = fc.ipV6();
const cidr4 = fc.tuple(address4, fc.nat(32)).map(([address, length]) => `${address}/${length}`);
const cidr6 = fc.tuple(address6, fc.nat(128)).map(([address, length]) => `${address}/${length}`);
const cidr = fc.oneof(cidr4, cidr6);
const destination = fc.oneof(cidr, id);
const asn = fc.option(fc.nat(2 ** 32 - 1));
const list = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 5 });
const end = fc.record({ vpcId: id, account: word, region: word, cidrs: list(cidr) });
const attachments = list(fc.record({ vpcId: id, state: word }));

const BODIES: { [K in StoredKind]: fc.Arbitrary<ObservedBodies[K]> } = {
  vpc: fc.record({
    state: word,
    ownerId: word,
    isDefault: fc.boolean(),
    primary: fc.option(cidr4),
    cidrs: list(fc.record({ cidr, state: word })),
    tags,
  }),
  subnet: fc.record({
    vpcId: id,
    state: word,
    ownerId: word,
    availabilityZone: word,
    availabilityZoneId: word,
    cidr: fc.option(cidr4),
    ipv6Cidrs: list(cidr6),
    reservations: list(fc.record({ id, cidr, type: word })),
    tags,
  }),
  network_interface: fc.record({
    vpcId: id,
    subnetId: id,
    ownerId: word,
    type: word,
    status: word,
    requesterManaged: fc.boolean(),
    description: word,
    instanceId: fc.option(id),
    primary: fc.option(address4),
    addresses: list(address4),
    prefixes: list(cidr4),
    ipv6Addresses: list(address6),
    ipv6Prefixes: list(cidr6),
    publicAddresses: list(address4),
    tags,
  }),
  route_table: fc.record({
    vpcId: id,
    ownerId: word,
    main: fc.boolean(),
    subnets: ids,
    gateways: ids,
    routes: list(
      fc.record({
        destination,
        target: id,
        origin: fc.constantFrom('local', 'static', 'propagated'),
        state: fc.constantFrom('active', 'blackhole', 'filtered'),
      }),
    ),
    propagatingGateways: ids,
    tags,
  }),
  vpc_peering: fc.record({ status: word, requester: end, accepter: end, tags }),
  transit_gateway: fc.record({ state: word, ownerId: word, asn, cidrs: list(cidr), tags }),
  transit_gateway_attachment: fc.record({
    transitGatewayId: id,
    transitGatewayOwnerId: word,
    resourceType: word,
    resourceId: id,
    resourceOwnerId: word,
    state: word,
    associatedRouteTable: fc.option(id),
    tags,
  }),
  transit_gateway_route_table: fc.record({
    transitGatewayId: id,
    state: word,
    associations: ids,
    propagations: ids,
    routes: list(
      fc.record({
        destination,
        type: fc.constantFrom('static', 'propagated'),
        state: word,
        attachments: ids,
      }),
    ),
    tags,
  }),
  vpn_gateway: fc.record({ state: word, asn, attachments, tags }),
  vpn_connection: fc.record({
    state: word,
    vpnGatewayId: fc.option(id),
    transitGatewayId: fc.option(id),
    customerGatewayId: id,
    routes: list(fc.record({ destination, state: word })),
    tags,
  }),
  customer_gateway: fc.record({ state: word, ipAddress: fc.option(address4), asn, tags }),
  prefix_list: fc.record({
    name: word,
    ownerId: word,
    family: fc.constantFrom(4, 6),
    state: word,
    maxEntries: asn,
    version: asn,
    entries: list(fc.record({ cidr, description: word })),
    tags,
  }),
  nat_gateway: fc.record({
    vpcId: id,
    subnetId: id,
    state: word,
    connectivity: word,
    addresses: list(
      fc.record({
        privateAddress: fc.option(address4),
        publicAddress: fc.option(address4),
        interfaceId: fc.option(id),
      }),
    ),
    tags,
  }),
  vpc_endpoint: fc.record({
    vpcId: id,
    type: word,
    service: word,
    state: word,
    subnets: ids,
    routeTables: ids,
    interfaces: ids,
    tags,
  }),
  internet_gateway: fc.record({ attachments, tags }),
  instance: fc.record({ tags }),
  external_network: fc.record({ description: word, contact: word, cidrs: list(cidr), gateways: ids, tags }),
};

/** Every list and the keys of every object in another order, every second list item twice, and a field nobody needs. */
function shuffled(value: unknown, random: (n: number) => number): unknown {
  if (Array.isArray(value)) {
    const items = value.flatMap((item, i) => {
      const one = shuffled(item, random);
      return i % 2 ? [one, one] : [one];
    });
    return permuted(items, random);
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, one]) => [key, shuffled(one, random)] as const);
  return Object.fromEntries(permuted(entries, random));
}

function permuted<T>(items: T[], random: (n: number) => number): T[] {
  return items
    .map((item) => ({ item, key: random(1000) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

describe.each(Object.keys(BODIES) as StoredKind[])('%s', (kind) => {
  const bodies = BODIES[kind] as fc.Arbitrary<ObservedBodies[StoredKind]>;

  it('is the same in any order, with repeats, and read back', () => {
    fc.assert(
      fc.property(bodies, fc.infiniteStream(fc.nat(999)), (body, stream) => {
        const random = () => stream.next().value as number;
        const first = canonical(kind, body);
        expect(canonical(kind, shuffled(body, random) as typeof body)).toEqual(first);
        // idempotent: what was written says the same
        expect(canonical(kind, JSON.parse(first.body) as typeof body)).toEqual(first);
      }),
      { numRuns: 100 },
    );
  });

  it('differs when any field does', () => {
    fc.assert(
      fc.property(bodies, bodies, (a, b) => {
        const before = canonical(kind, a);
        for (const key of Object.keys(a) as (keyof typeof a)[]) {
          const changed = { ...a, [key]: b[key] };
          const same = JSON.stringify(partOf(kind, a, key)) === JSON.stringify(partOf(kind, b, key));
          expect(canonical(kind, changed).body === before.body).toBe(same);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('has every field in its text, in one order', () => {
    const [sample] = fc.sample(bodies, { numRuns: 1, seed: 1 });
    const keys = Object.keys(JSON.parse(canonical(kind, sample!).body) as object);
    expect([...keys].sort()).toEqual(Object.keys(sample!).sort());
  });
});

function partOf(kind: StoredKind, body: object, key: string): unknown {
  const written = JSON.parse(canonical(kind, body as never).body) as Record<string, unknown>;
  return written[key];
}

it('clears host bits, shortens IPv6, sorts addresses by value, and collects what is its own', () => {
  const { body, prefixes } = canonical('subnet', {
    vpcId: 'vpc-1',
    state: 'available',
    ownerId: '1',
    availabilityZone: 'a',
    availabilityZoneId: 'b',
    cidr: '10.5.5.5/16',
    ipv6Cidrs: ['2001:0DB8:0:0:1::/64', '2001:db8::/64'],
    reservations: [
      { id: 's-2', cidr: '10.5.100.0/24', type: 'prefix' },
      { id: 's-1', cidr: '10.5.20.0/24', type: 'prefix' },
    ],
    tags: { b: '1', a: '"' },
  });
  expect(body).toBe(
    '{"vpcId":"vpc-1","state":"available","ownerId":"1","availabilityZone":"a","availabilityZoneId":"b",' +
      '"cidr":"10.5.0.0/16","ipv6Cidrs":["2001:db8::/64"],' +
      '"reservations":[{"id":"s-1","cidr":"10.5.20.0/24","type":"prefix"},{"id":"s-2","cidr":"10.5.100.0/24","type":"prefix"}],' +
      '"tags":{"a":"\\"","b":"1"}}',
  );
  expect(prefixes).toEqual(['10.5.0.0/16', '2001:db8::/64']);
});

it('refuses what is no address', () => {
  const gateway = { state: 'available', ipAddress: '10.0.0', asn: null, tags: {} };
  expect(() => canonical('customer_gateway', gateway)).toThrow(NotCanonicalError);
});
