import fc from 'fast-check';
import { Address, Prefix, widthOf } from '../../src/address/index.js';
import { allocationOf, type AllocationRow } from '../../src/features/allocation/data/allocation.row.js';
import type { Allocation, Placement, Tags } from '../../src/features/allocation/domain/allocation.js';
import type { Command, Outcome } from '../../src/features/allocation/domain/command.js';
import { type PoolFacts, type PoolRules } from '../../src/features/allocation/domain/pool.js';
import { parseInstant, plusSeconds } from '../../src/platform/context/instant.js';
import { GoldenRegister } from '../golden/register.js';
import { stopClock } from '../support/clock.js';
import { type Core, startCore } from '../support/core.js';

/** Targets are small numbers and keys few, so that commands meet. */
type Draft = (register: { ids: readonly number[] }) => Command;

/** Time passes, then all commands are given at once: they are one batch. */
interface Step {
  readonly seconds: number;
  readonly commands: readonly Draft[];
}

const DAY = 24 * 3600;
const NO_ID = 888_888_888;
const description = { holder: {}, tags: {}, description: '' };

const untagged: Tags = {};

function commandsFor(cidrs: readonly Prefix[]): fc.Arbitrary<Draft> {
  const pool = cidrs[0]!;
  const width = widthOf(pool.family);
  const length = fc.integer({ min: pool.length - 1, max: width });
  const cidr = fc
    .record({ base: fc.constantFrom(...cidrs), offset: fc.bigInt({ min: -2n, max: pool.size + 1n }), length })
    .map(({ base, offset, length: l }) => Prefix.of(Address.of(base.family, base.address.value + offset), l));
  const key = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined, freq: 3 });
  const pick = fc.nat({ max: 1000 });
  const replaces = fc.option(pick, { nil: undefined, freq: 2 });
  const space = fc.record({
    what: fc.oneof(
      { weight: 5, arbitrary: length.map((prefixLength) => ({ prefixLength })) },
      { weight: 3, arbitrary: cidr.map((c) => ({ cidr: c })) },
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
          tags: s.tags,
        })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ cidr, key, tags: fc.constantFrom<Tags>(untagged, { team: 'x' }) })
        .map((a): Draft => () => ({ kind: 'adopt', ...description, ...a })),
    },
    {
      weight: 3,
      arbitrary: fc
        .record({ pick, nonce: fc.constantFrom(undefined, 'n', 'm') })
        .map((c): Draft => ({ ids }) => ({
          kind: 'confirm',
          id: target(ids, c.pick),
          nonce: c.nonce,
          holder: { account: '1' },
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
      arbitrary: pick.map((n): Draft => ({ ids }) => ({
        kind: 'release',
        id: target(ids, n),
        force: false,
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

const rulesOf = (excluded: Prefix): fc.Arbitrary<PoolRules> =>
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

const WORLDS = [
  { cidrs: ['10.0.0.0/27'], excluded: '10.0.0.8/30' },
  { cidrs: ['10.0.0.0/27', '10.0.0.32/28'], excluded: '10.0.0.0/29' },
  { cidrs: ['2001:db8::/122', 'fd00:1::/123'], excluded: '2001:db8::10/124' },
].map(({ cidrs, excluded }) => ({
  cidrs: cidrs.map((c) => Prefix.must(c)),
  excluded: Prefix.must(excluded),
}));

/** The facts that golden twin and engine must agree on; wording is not among them. */
function comparable(outcome: Outcome): unknown {
  if (outcome.ok) return plain(outcome.allocation);
  const { message: _message, ...facts } = outcome.failure;
  if (facts.code === 'RULE_VIOLATION') return { code: facts.code, rule: facts.rule };
  if (facts.code === 'INVALID_TRANSITION' || facts.code === 'ALREADY_CONFIRMED')
    return { code: facts.code, status: facts.status };
  return plain(facts);
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)));
}

describe('The engine equals its golden twin', () => {
  let core: Core;
  let clock: Awaited<ReturnType<typeof stopClock>>;
  const start = parseInstant('2026-11-20T00:00:00Z');

  beforeAll(async () => {
    core = await startCore();
    clock = await stopClock(core.database, start);
  });
  afterAll(() => core.stop());

  /** Everything of the pool is gone, so that the next run may use the same CIDRs. */
  const clear = async (): Promise<void> => {
    await core.database.query('TRUNCATE allocation, free_block, block, pool_cidr, pool, change');
  };

  const rowsOf = async (poolId: number): Promise<Allocation[]> => {
    const [row] = await core.database.query<{ rows: AllocationRow[] | null }>(
      'SELECT json_agg(a ORDER BY id) AS rows FROM allocation a WHERE pool_id = $1',
      [poolId],
    );
    return (row!.rows ?? []).map(allocationOf);
  };

  async function run(
    world: (typeof WORLDS)[number],
    rules: PoolRules,
    steps: readonly Step[],
  ): Promise<void> {
    await clear();
    await clock.set(start);
    const poolId = await core.pool({ cidrs: world.cidrs.map(String), rules });
    const cidrs = (await core.pools.cidrsOf(core.database, poolId)).map((c) => c);
    const pool: PoolFacts = { id: poolId, family: world.cidrs[0]!.family, rules, cidrs };
    const golden = new GoldenRegister(pool);
    const ids: number[] = [];
    let now = start;
    for (const step of steps) {
      now = plusSeconds(now, step.seconds);
      await clock.set(now);
      const commands = step.commands.map((draft) => draft({ ids }));
      const answers = commands.map((command) =>
        core.engine.submit(poolId, { command, actor: 'tester', correlation: 'c' }),
      );
      for (const [index, got] of (await Promise.all(answers)).entries()) {
        const command = commands[index]!;
        const isNew = got.ok && !ids.includes(got.allocation.id);
        const newId = isNew ? got.allocation.id : NO_ID;
        const expected = golden.apply(command, 'tester', now, newId);
        expect({ command: plain(command), now, outcome: comparable(got) }).toEqual({
          command: plain(command),
          now,
          outcome: comparable(expected),
        });
        if (isNew) ids.push(newId);
      }
    }
    await core.engine.sweep(poolId);
    golden.sweep(now);
    expect((await rowsOf(poolId)).map(plain)).toEqual(golden.rows().map(plain));
    const free = await core.database.query<{ cidr: string }>(
      'SELECT cidr FROM free_block WHERE pool_id = $1 ORDER BY cidr',
      [poolId],
    );
    expect(free.map((row) => row.cidr)).toEqual(golden.freeBlocks().map(String));
    const gaps = await core.database.query(
      'SELECT 1 FROM change WHERE pool_id = $1 HAVING count(*) <> max(sequence)',
      [poolId],
    );
    expect(gaps).toEqual([]);
  }

  it.each(WORLDS)(
    'on random commands in $cidrs',
    async (world) => {
      const scenario = fc.record({
        rules: rulesOf(world.excluded),
        steps: fc.array(
          fc.record({
            seconds: fc.constantFrom(0, 0, 0, 1, 30, 61, DAY, 31 * DAY),
            commands: fc.array(commandsFor(world.cidrs), { minLength: 1, maxLength: 5 }),
          }),
          { minLength: 10, maxLength: 30 },
        ),
      });
      await fc.assert(
        fc.asyncProperty(scenario, ({ rules, steps }) => run(world, rules, steps)),
        { numRuns: Number(process.env.GOLDEN_RUNS ?? 15), endOnFailure: true },
      );
    },
    120_000,
  );
});
