/** Random commands on small pools, so that they meet, and what engine and golden twin must agree on. */
import fc from 'fast-check';
import { Address, Prefix, widthOf } from '../../src/address/index.js';
import type { Holder, Placement, Tags } from '../../src/features/allocation/domain/allocation.js';
import type { Command, Outcome } from '../../src/features/allocation/domain/command.js';
import type { Conflict } from '../../src/features/allocation/domain/failure.js';
import type { PoolRules } from '../../src/features/allocation/domain/pool.js';
import type { GoldenObserved } from './register.js';

/** Targets are small numbers and keys few, so that commands meet. */
export type Draft = (register: { ids: readonly number[] }) => Command;

export const DAY = 24 * 3600;
const description = { holder: {}, tags: {}, description: '' };

/** Where discovery looks is account 1; the resources are those that it reports. */
const HOLDERS: readonly Holder[] = [
  {},
  { account: '1', region: 'r' },
  { provider: 'aws', account: '1', region: 'r', resourceId: 'vpc-1' },
  { provider: 'aws', account: '1', region: 'r', resourceId: 'vpc-2' },
  { provider: 'gcp', account: '1', region: 'r' },
  { account: '2', region: 'r' },
];
const RESOURCES = ['vpc-1', 'vpc-2', 'vpc-3'];

/** What discovery does between two batches. `beganAgo`: seconds since the sweep began. */
export type Discovery =
  | { readonly kind: 'observe' | 'withdraw'; readonly seen: GoldenObserved }
  | { readonly kind: 'swept'; readonly account: string; readonly beganAgo: number };

export function discoveriesFor(cidrs: readonly Prefix[]): fc.Arbitrary<Discovery> {
  const seen = fc.record({
    source: fc.constantFrom('aws/1/r', 'aws/1/r', 'aws/2/r', 'declared'),
    resource: fc.constantFrom(...RESOURCES),
    cidr: cidrNear(cidrs),
    within: fc.constant(null),
  });
  return fc.oneof(
    { weight: 3, arbitrary: seen.map((one): Discovery => ({ kind: 'observe', seen: one })) },
    { weight: 1, arbitrary: seen.map((one): Discovery => ({ kind: 'withdraw', seen: one })) },
    {
      weight: 3,
      arbitrary: fc
        .record({ account: fc.constantFrom('1', '1', '2'), beganAgo: fc.constantFrom(0, 0, 1, 30, 61, DAY) })
        .map((sweep): Discovery => ({ kind: 'swept', ...sweep })),
    },
  );
}

function cidrNear(cidrs: readonly Prefix[]): fc.Arbitrary<Prefix> {
  const pool = cidrs[0]!;
  const length = fc.integer({ min: pool.length - 1, max: widthOf(pool.family) });
  return fc
    .record({ base: fc.constantFrom(...cidrs), offset: fc.bigInt({ min: -2n, max: pool.size + 1n }), length })
    .map(({ base, offset, length: l }) => Prefix.of(Address.of(base.family, base.address.value + offset), l));
}

const untagged: Tags = {};

const requestFor = (cidr: Prefix, fallback: boolean): string => (fallback ? 'default' : `/${cidr.length}`);

export function commandsFor(cidrs: readonly Prefix[]): fc.Arbitrary<Draft> {
  const pool = cidrs[0]!;
  const width = widthOf(pool.family);
  const length = fc.integer({ min: pool.length - 1, max: width });
  const cidr = cidrNear(cidrs);
  const holder = fc.constantFrom(...HOLDERS);
  const key = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined, freq: 3 });
  const pick = fc.nat({ max: 1000 });
  const replaces = fc.option(pick, { nil: undefined, freq: 2 });
  const space = fc.record({
    what: fc.oneof(
      { weight: 5, arbitrary: length.map((prefixLength) => ({ prefixLength })) },
      { weight: 3, arbitrary: cidr.map((c) => ({ cidr: c })) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(cidr, fc.boolean())
          .map(([c, fallback]) => ({ cidr: c, request: requestFor(c, fallback) })),
      },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
    key,
    replaces,
    placement: fc.constantFrom<Placement | undefined>(
      undefined,
      undefined,
      'BEST_FIT',
      'SPARSE',
      'LAST',
      'NEAR',
    ),
    near: fc.option(cidr, { nil: undefined }),
    holder,
    tags: fc.constantFrom<Tags>(untagged, { team: 'x' }),
  });
  const target = (ids: readonly number[], n: number): number =>
    ids[n % Math.max(ids.length, 1)] ?? 999_999_999;
  return fc.oneof(
    {
      weight: 4,
      arbitrary: space.map((s): Draft => ({ ids }) => ({
        kind: 'allocate',
        ...description,
        ...s.what,
        key: s.key,
        replaces: s.replaces === undefined ? undefined : target(ids, s.replaces),
        placement: s.placement,
        near: s.near,
        holder: s.holder,
        tags: s.tags,
      })),
    },
    {
      weight: 5,
      arbitrary: fc
        .record({ s: space, ttl: fc.constantFrom(1, 60, DAY) })
        .map(({ s, ttl }): Draft => ({ ids }) => ({
          kind: 'reserve',
          ttlSeconds: ttl,
          ...description,
          ...s.what,
          key: s.key,
          replaces: s.replaces === undefined ? undefined : target(ids, s.replaces),
          placement: s.placement,
          near: s.near,
          holder: s.holder,
          tags: s.tags,
        })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({
          cidr,
          key,
          holder,
          tags: fc.constantFrom<Tags>(untagged, { team: 'x' }),
          asked: fc.constantFrom(null, null, false, true),
        })
        .map(({ asked, ...a }): Draft => () => ({
          kind: 'adopt',
          ...description,
          ...a,
          request: asked === null || a.key === undefined ? undefined : requestFor(a.cidr, asked),
        })),
    },
    {
      weight: 3,
      arbitrary: fc
        .record({
          pick,
          nonce: fc.constantFrom(undefined, 'n', 'm'),
          resourceId: fc.constantFrom(undefined, ...RESOURCES),
        })
        .map((c): Draft => ({ ids }) => ({
          kind: 'confirm',
          id: target(ids, c.pick),
          nonce: c.nonce,
          holder: { account: '1', ...(c.resourceId && { resourceId: c.resourceId }) },
        })),
    },
    {
      weight: 1,
      arbitrary: fc.record({ pick, ttl: fc.constantFrom(1, DAY) }).map((c): Draft => ({ ids }) => ({
        kind: 'renew',
        id: target(ids, c.pick),
        ttlSeconds: c.ttl,
      })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(pick, fc.boolean())
        .map(([n, force]): Draft => ({ ids }) => ({ kind: 'release', id: target(ids, n), force })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(pick, fc.constantFrom(...RESOURCES)).map(([n, resourceId]): Draft => ({ ids }) => ({
        kind: 'settle',
        id: target(ids, n),
        resource: { provider: 'aws', account: '1', region: 'r', resourceType: 'vpc', resourceId },
      })),
    },
    {
      weight: 1,
      arbitrary: pick.map((n): Draft => ({ ids }) => ({ kind: 'restore', id: target(ids, n) })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({
          pick,
          version: fc.integer({ min: 1, max: 3 }),
          tags: fc.constantFrom<Tags>(untagged, { team: 'y' }),
        })
        .map((c): Draft => ({ ids }) => ({
          kind: 'update',
          id: target(ids, c.pick),
          version: c.version,
          tags: c.tags,
          description: 'new',
        })),
    },
  );
}

export const rulesOf = (excluded: Prefix): fc.Arbitrary<PoolRules> =>
  fc.record({
    minPrefixLength: fc.constantFrom(null, null, excluded.length - 2),
    maxPrefixLength: fc.constantFrom(null, null, excluded.length + 1),
    defaultPrefixLength: fc.constantFrom(null, excluded.length),
    requiredTags: fc.constantFrom([], [], ['team']),
    placement: fc.constantFrom<Placement>('BEST_FIT', 'SPARSE', 'LAST'),
    quarantineSeconds: fc.constantFrom(0, 60, DAY),
    excluded: fc.constantFrom([], [excluded]),
    autoAdopt: fc.constant(false),
  });

export const WORLDS = [
  { cidrs: ['10.0.0.0/27'], excluded: '10.0.0.8/30' },
  { cidrs: ['10.0.0.0/27', '10.0.0.32/28'], excluded: '10.0.0.0/29' },
  { cidrs: ['2001:db8::/122', 'fd00:1::/123'], excluded: '2001:db8::10/124' },
].map(({ cidrs, excluded }) => ({
  cidrs: cidrs.map((c) => Prefix.must(c)),
  excluded: Prefix.must(excluded),
}));

/** The facts that golden twin and engine must agree on; wording is not among them. */
export function comparable(outcome: Outcome): unknown {
  if (outcome.ok) return plain({ ...outcome.allocation, replayed: outcome.replayed ?? false });
  const { message: _message, ...facts } = outcome.failure;
  if (facts.code === 'RULE_VIOLATION') return { code: facts.code, rule: facts.rule };
  if (facts.code === 'INVALID_TRANSITION' || facts.code === 'ALREADY_CONFIRMED')
    return { code: facts.code, status: facts.status };
  if (facts.code === 'HAS_DEPENDENTS') return { code: facts.code, dependents: [...facts.dependents].sort() };
  // things of one CIDR stand in any order
  if (facts.code === 'CIDR_CONFLICT') return plain({ ...facts, conflicts: sorted(facts.conflicts) });
  if (facts.code === 'EXPIRED') return plain({ ...facts, takenBy: sorted(facts.takenBy) });
  return plain(facts);
}

function sorted(conflicts: readonly Conflict[]): unknown[] {
  return [...conflicts].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

function place({ cidr, allocationId, reason, resource }: Conflict): string {
  return [cidr, allocationId, reason, resource].join(' ');
}

export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)));
}
