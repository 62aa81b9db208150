import { Prefix } from '../../../address/index.js';
import type { AllocatedResource, AllocationThere, Holder, PlaceOfCidr } from '../../allocation/index.js';
import { decideScope, type ScopeState, type Sighting } from './reconcile.js';
import type { Seen } from './seen.js';

const p = (cidr: string): Prefix => Prefix.must(cidr);
const ACCOUNT = '111122223333';
const HOLDER: Holder = { provider: 'aws', account: ACCOUNT, region: 'eu-west-1', resourceType: 'vpc' };

const vpc = (resource: string, cidr: string, given: Partial<Seen> = {}): Seen => ({
  ...{ resource, kind: 'vpc', name: null, vpcId: resource, account: ACCOUNT, region: 'eu-west-1' },
  ...{ cidr: p(cidr), within: null, routingDomainId: 1, missing: false, usable: true, tag: null, tags: {} },
  ...given,
});
const subnet = (resource: string, cidr: string, of: Seen): Seen =>
  vpc(resource, cidr, { kind: 'subnet', vpcId: of.resource, within: of.cidr });
const place = (given: Partial<PlaceOfCidr> = {}): PlaceOfCidr => ({
  ...{ poolId: 1, poolCidrId: 1, poolCidr: p('10.0.0.0/8'), autoAdopt: false, routingDomainId: null },
  allocations: [],
  ...given,
});
const there = (id: number, cidr: string, given: Partial<AllocationThere> = {}): AllocationThere => ({
  ...{ id, cidr: p(cidr), status: 'ALLOCATED', holder: HOLDER, key: null, noncompliant: [] },
  ...given,
});
const held = (id: number, cidr: string, holder: Holder = {}): AllocatedResource => ({
  ...{
    id,
    poolId: 1,
    cidr: p(cidr),
    key: null,
    holder: { ...HOLDER, ...holder },
    noncompliant: [],
    feeds: false,
  },
});
const sighting = ({ resource, account, region, cidr }: Seen): Sighting => ({
  resource,
  account,
  region,
  cidr,
});

function state(
  entries: readonly (readonly [Seen, PlaceOfCidr | null])[],
  given: Partial<ScopeState> = {},
): ScopeState {
  const seen = entries.map(([one]) => one);
  const places = entries.map(([, one]) => one);
  return { good: true, seen, places, tagged: new Map(), held: [], sightings: seen.map(sighting), ...given };
}

const kinds = (given: ScopeState) =>
  decideScope(given).findings.map(({ kind, subject }) => `${kind} ${subject}`);

describe('a VPC', () => {
  const one = vpc('vpc-1', '10.0.0.0/16');

  it.each<[string, PlaceOfCidr | null, string[]]>([
    ['outside every pool', null, ['UNMANAGED vpc-1 10.0.0.0/16']],
    ['in a pool', place(), ['ROGUE vpc-1 10.0.0.0/16']],
    ['in a pool that adopts', place({ autoAdopt: true }), ['ROGUE vpc-1 10.0.0.0/16']],
    ['as allocated', place({ allocations: [there(1, '10.0.0.0/16')] }), []],
    [
      'in what is allocated to nobody known',
      place({ allocations: [there(1, '10.0.0.0/12', { holder: {} })] }),
      [],
    ],
    [
      'in what is allocated to its account',
      place({ allocations: [there(1, '10.0.0.0/12', { holder: { account: ACCOUNT } })] }),
      [],
    ],
    [
      'in what is allocated to another',
      place({ allocations: [there(1, '10.0.0.0/12', { holder: { account: '4' } })] }),
      ['ROGUE vpc-1 10.0.0.0/16'],
    ],
    [
      'where another account was to be',
      place({ allocations: [there(1, '10.0.0.0/16', { holder: { ...HOLDER, account: '4' } })] }),
      ['DRIFT alloc_1'],
    ],
    [
      'where another VPC was to be',
      place({ allocations: [there(1, '10.0.0.0/16', { holder: { ...HOLDER, resourceId: 'vpc-2' } })] }),
      ['DRIFT alloc_1'],
    ],
    [
      'in what was released',
      place({ allocations: [there(1, '10.0.0.0/16', { status: 'QUARANTINED' })] }),
      ['ROGUE vpc-1 10.0.0.0/16'],
    ],
  ])('%s', (_, where, expected) => {
    expect(kinds(state([[one, where]]))).toEqual(expected);
  });

  it('is a second where the first is there with its CIDR', () => {
    const first = vpc('vpc-2', '10.0.0.0/16', { account: '4' });
    const where = place({ allocations: [there(1, '10.0.0.0/16', { holder: { ...HOLDER, account: '4' } })] });
    const given = state([[one, where]], { sightings: [sighting(one), sighting(first)] });
    expect(kinds(given)).toEqual(['DUPLICATE_GLOBAL vpc-1 10.0.0.0/16']);
  });

  it('of the same CIDR as another settles one reservation once', () => {
    const where = place({ allocations: [there(1, '10.0.0.0/16', { status: 'RESERVED' })] });
    const two = vpc('vpc-2', '10.0.0.0/16');
    expect(
      decideScope(
        state([
          [one, where],
          [two, where],
        ]),
      ).settle,
    ).toEqual([{ allocationId: 1, seen: one }]);
  });

  it.each<[string, Partial<Seen>, boolean]>([
    ['is missing', { missing: true }, true],
    ['comes or goes', { usable: false }, true],
    ['stands in a list that was not good', {}, false],
  ])('settles and adopts nothing while it %s', (_, given, good) => {
    const seen = vpc('vpc-1', '10.0.0.0/16', given);
    const reserved = place({ allocations: [there(1, '10.0.0.0/16', { status: 'RESERVED' })] });
    for (const where of [reserved, place({ autoAdopt: true })])
      expect(decideScope(state([[seen, where]], { good }))).toMatchObject({ settle: [], adopt: [] });
  });
});

describe('a subnet', () => {
  const one = vpc('vpc-1', '10.0.0.0/16');
  const part = subnet('subnet-1', '10.0.1.0/24', one);

  it('is nothing of its own while its VPC has no pool', () => {
    expect(
      kinds(
        state([
          [one, place()],
          [part, null],
        ]),
      ),
    ).toEqual(['ROGUE vpc-1 10.0.0.0/16']);
  });

  it('does not belong into the pool of another VPC with the same CIDR', () => {
    const other = place({
      allocations: [there(1, '10.0.0.0/16', { holder: { ...HOLDER, resourceId: 'vpc-2' } })],
    });
    const given = state([
      [one, other],
      [part, place({ poolCidr: p('10.0.0.0/16'), autoAdopt: true })],
    ]);
    expect(decideScope(given)).toMatchObject({ adopt: [], findings: [{ kind: 'DRIFT' }] });
  });

  it('is nothing of its own in a block that another one has, in whatever order they come', () => {
    const other = place({
      allocations: [there(1, '10.0.0.0/16', { holder: { ...HOLDER, resourceId: 'vpc-2' } })],
    });
    const theirs = place({ poolCidr: p('10.0.0.0/16') });
    const partly = place({ allocations: [], poolCidr: p('10.0.1.0/24') });
    for (const pairs of [
      [
        [part, theirs],
        [one, other],
      ],
      [
        [part, partly],
        [one, place()],
      ],
    ] as Parameters<typeof state>[0][])
      expect(decideScope(state(pairs)).findings).toHaveLength(1);
  });

  it('is adopted where the pool of its VPC says so', () => {
    const own = place({
      allocations: [there(1, '10.0.0.0/16', { holder: { ...HOLDER, resourceId: 'vpc-1' } })],
    });
    const given = state([
      [one, own],
      [part, place({ poolId: 2, poolCidr: p('10.0.0.0/16'), autoAdopt: true })],
    ]);
    expect(decideScope(given).adopt).toEqual([{ poolId: 2, seen: part }]);
  });
});

describe('what is allocated', () => {
  const one = vpc('vpc-1', '10.0.0.0/16');

  it('is looked for where its resource is not there, or missing', () => {
    const allocations = [
      held(1, '10.0.0.0/16', { resourceId: 'vpc-1' }),
      held(2, '10.1.0.0/16', { resourceId: 'vpc-9' }),
    ];
    const missing = vpc('vpc-1', '10.0.0.0/16', { missing: true });
    const ids = (seen: Seen) =>
      decideScope(
        state([[seen, place({ allocations: [there(1, '10.0.0.0/16')] })]], { held: allocations }),
      ).unseen.map(({ id }) => id);
    expect(ids(one)).toEqual([2]);
    expect(ids(missing)).toEqual([1, 2]);
  });

  it('is not looked for where it is for something that is not swept', () => {
    for (const holder of [
      { resourceType: 'cluster', resourceId: 'eks-1' },
      { provider: 'gcp', resourceId: 'vpc-9' },
    ])
      expect(decideScope(state([], { held: [held(1, '10.0.0.0/16', holder)] }))).toMatchObject({
        unseen: [],
      });
  });

  it('drifts where its resource has other CIDRs, and not where it is missing', () => {
    const given = (seen: Seen) =>
      state([[seen, null]], { held: [held(1, '10.9.0.0/16', { resourceId: 'vpc-1' })] });
    expect(kinds(given(one))).toEqual(['UNMANAGED vpc-1 10.0.0.0/16', 'DRIFT alloc_1']);
    expect(kinds(given(vpc('vpc-1', '10.0.0.0/16', { missing: true })))).toEqual([
      'UNMANAGED vpc-1 10.0.0.0/16',
    ]);
  });

  it('has several CIDRs of one VPC as several allocations', () => {
    const two = vpc('vpc-1', '10.1.0.0/16');
    const given = state(
      [
        [one, place({ allocations: [there(1, '10.0.0.0/16')] })],
        [two, place({ allocations: [there(2, '10.1.0.0/16')] })],
      ],
      {
        held: [
          held(1, '10.0.0.0/16', { resourceId: 'vpc-1' }),
          held(2, '10.1.0.0/16', { resourceId: 'vpc-1' }),
        ],
      },
    );
    expect(decideScope(given)).toEqual({ settle: [], adopt: [], findings: [], unseen: [] });
  });
});
