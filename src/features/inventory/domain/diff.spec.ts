import fc from 'fast-check';
import { ALL_KINDS, bodyOf } from '../../../../test/support/bodies.js';
import { canonicalBody } from './canonical-body.js';
import type { Body, Json, SnapshotObject } from './change.js';
import { applyChanges, diffObject, diffSnapshots, type Snapshot, snapshotOf } from './diff.js';
import type { ObservedBodies, Route, StoredKind } from './observed.js';

const SEED = Number(process.env.CADASTRE_TEST_SEED ?? 4);
const RUNS = { seed: SEED, numRuns: 100 };

const objectOf = (kind: StoredKind): fc.Arbitrary<SnapshotObject> =>
  fc.tuple(fc.nat(4), fc.option(fc.nat(1), { nil: null }), bodyOf(kind)).map(([n, vpc, body]) => ({
    kind,
    id: `${kind}-${n}`,
    vpcId: vpc === null ? null : `vpc-${vpc}`,
    body: canonicalBody(body),
  }));
const snapshotsOf = (kind: StoredKind): fc.Arbitrary<Snapshot> =>
  fc.array(objectOf(kind), { maxLength: 6 }).map(snapshotOf);
const whole: fc.Arbitrary<Snapshot> = fc
  .array(fc.oneof(...ALL_KINDS.map(objectOf)), { maxLength: 12 })
  .map(snapshotOf);

/** Lists and keys the other way round, at every depth. */
function reordered(value: Json): Json {
  if (Array.isArray(value)) return (value as Json[]).map(reordered).reverse();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Body)
      .reverse()
      .map(([key, item]) => [key, reordered(item)]),
  );
}

/** Where only the VPC differs no body says so, and there is no change to say it. */
function sameVpcs(a: Snapshot, b: Snapshot): Snapshot {
  return new Map([...b].map(([key, object]) => [key, { ...object, vpcId: (a.get(key) ?? object).vpcId }]));
}

describe.each(ALL_KINDS)('%s', (kind) => {
  it('apply(diff(a, b), a) is b', () => {
    fc.assert(
      fc.property(snapshotsOf(kind), snapshotsOf(kind), (a, b) => {
        const after = sameVpcs(a, b);
        expect(new Map([...applyChanges(a, diffSnapshots(a, after))].sort())).toEqual(
          new Map([...after].sort()),
        );
      }),
      RUNS,
    );
  });

  it('nothing is no difference, and order is none', () => {
    fc.assert(
      fc.property(snapshotsOf(kind), (a) => {
        expect(diffSnapshots(a, a)).toEqual([]);
        const other = new Map(
          [...a].reverse().map(([key, object]) => [key, { ...object, body: reordered(object.body) as Body }]),
        );
        expect(diffSnapshots(a, other)).toEqual([]);
        expect(diffSnapshots(other, a)).toEqual([]);
      }),
      RUNS,
    );
  });
});

it('of everything at once: applied, and back again', () => {
  fc.assert(
    fc.property(whole, whole, (a, b) => {
      const after = sameVpcs(a, b);
      const changed = applyChanges(a, diffSnapshots(a, after));
      expect(diffSnapshots(changed, after)).toEqual([]);
      expect(diffSnapshots(applyChanges(changed, diffSnapshots(changed, a)), a)).toEqual([]);
    }),
    RUNS,
  );
});

it('canonical is canonical again', () => {
  fc.assert(
    fc.property(whole, (a) => {
      for (const { body } of a.values()) {
        expect(JSON.stringify(canonicalBody(body))).toBe(JSON.stringify(body));
        expect(JSON.stringify(canonicalBody(reordered(body) as Body))).toBe(JSON.stringify(body));
      }
    }),
    RUNS,
  );
});

describe('says what happened', () => {
  const between = <Kind extends keyof ObservedBodies>(
    kind: Kind,
    before: Partial<ObservedBodies[Kind]> | null,
    after: Partial<ObservedBodies[Kind]> | null,
  ) => {
    const object = (body: Partial<ObservedBodies[Kind]> | null): SnapshotObject | null =>
      body && { kind, id: 'x', vpcId: 'vpc-1', body: body as unknown as Body };
    return diffObject(object(before), object(after)).map(({ action, old, new: now }) => [action, old, now]);
  };
  const route = (more: Partial<Route> = {}): Route => ({
    destination: '10.0.0.0/8',
    target: 'vgw-1',
    origin: 'propagated',
    state: 'active',
    ...more,
  });

  it('of objects', () => {
    expect(between('vpc', null, { state: 'available' })).toEqual([
      ['vpc.created', null, { state: 'available' }],
    ]);
    expect(between('subnet', { cidr: null }, null)).toEqual([['subnet.deleted', { cidr: null }, null]]);
    expect(between('vpc_peering', null, { status: 'pending-acceptance' })[0]![0]).toBe('peering.requested');
    expect(between('transit_gateway_attachment', null, { state: 'available' })[0]![0]).toBe(
      'attachment.created',
    );
  });

  it('of routes', () => {
    const routes = (before: Route[], after: Route[]) =>
      between('route_table', { routes: before }, { routes: after }).map(([action]) => action);
    expect(between('route_table', { routes: [] }, { routes: [route()] })).toEqual([
      ['route.added', null, route()],
    ]);
    expect(routes([route()], [])).toEqual(['route.removed']);
    expect(routes([route()], [route({ target: 'pcx-1' })])).toEqual(['route.replaced']);
    expect(routes([route()], [route({ state: 'blackhole' })])).toEqual(['route.blackholed']);
    expect(routes([route({ state: 'blackhole' })], [route()])).toEqual(['route.restored']);
    expect(routes([route()], [route({ origin: 'static' })])).toEqual(['route.changed']);
    const both = [route(), route({ target: 'igw-1', origin: 'static' })];
    expect(routes(both, [both[1]!])).toEqual(['route.removed']);
  });

  it('of routes of transit gateways, which lose their attachments when they turn black', () => {
    const at = (attachments: string[], state = 'active') => ({
      routes: [{ destination: '10.0.0.0/8', type: 'static' as const, state, attachments }],
    });
    const actions = (a: ReturnType<typeof at>, b: ReturnType<typeof at>) =>
      between('transit_gateway_route_table', a, b).map(([action]) => action);
    expect(actions(at(['a']), at(['b']))).toEqual(['route.replaced']);
    expect(actions(at(['a']), at([], 'blackhole'))).toEqual(['route.blackholed']);
    expect(actions(at([], 'blackhole'), at(['a']))).toEqual(['route.restored']);
  });

  it('of what is associated, attached, accepted', () => {
    const cidr = (state: string) => ({ cidrs: [{ cidr: '10.0.0.0/16', state }] });
    expect(between('vpc', { cidrs: [] }, cidr('associated'))[0]![0]).toBe('vpc.cidr_associated');
    expect(between('vpc', cidr('associating'), cidr('associated'))[0]![0]).toBe('vpc.cidr_associated');
    expect(between('vpc', cidr('associated'), { cidrs: [] })[0]![0]).toBe('vpc.cidr_disassociated');
    expect(between('route_table', { propagatingGateways: [] }, { propagatingGateways: ['vgw-1'] })).toEqual([
      ['gateway.propagation_enabled', null, 'vgw-1'],
    ]);
    expect(between('vpc_peering', { status: 'pending-acceptance' }, { status: 'active' })).toEqual([
      ['peering.accepted', 'pending-acceptance', 'active'],
    ]);
    expect(between('vpc_peering', { status: 'active' }, { status: 'deleted' })[0]![0]).toBe(
      'peering.deleted',
    );
    expect(
      between(
        'transit_gateway_attachment',
        { associatedRouteTable: null },
        { associatedRouteTable: 'tgw-rtb-1' },
      ),
    ).toEqual([['attachment.associated', null, 'tgw-rtb-1']]);
    expect(between('prefix_list', { name: 'offices' }, { name: 'sites' })).toEqual([
      ['prefix_list.renamed', 'offices', 'sites'],
    ]);
    expect(between('vpc', { tags: {} }, { tags: { a: 'b' } })).toEqual([['tags.changed', {}, { a: 'b' }]]);
    expect(between('vpc', { state: 'pending' }, { state: 'available' })).toEqual([
      ['vpc.changed', 'pending', 'available'],
    ]);
  });
});
