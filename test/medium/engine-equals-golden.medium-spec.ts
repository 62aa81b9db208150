import fc from 'fast-check';
import { allocationOf, type AllocationRow } from '../../src/features/allocation/data/allocation.row.js';
import type { Allocation } from '../../src/features/allocation/domain/allocation.js';
import { type PoolFacts, type PoolRules } from '../../src/features/allocation/domain/pool.js';
import { freeBlocks } from '../../src/features/allocation/fsck/free-blocks.js';
import { observedBlocks, unsweptBlocks } from '../../src/features/allocation/fsck/register.js';
import {
  formatInstant,
  type Instant,
  parseInstant,
  plusSeconds,
} from '../../src/platform/context/instant.js';
import { GoldenRegister } from '../golden/register.js';
import {
  commandsFor,
  comparable,
  DAY,
  discoveriesFor,
  type Discovery,
  type Draft,
  plain,
  rulesOf,
  WORLDS,
} from '../golden/scenarios.js';
import { stopClock } from '../support/clock.js';
import { type Core, startCore } from '../support/core.js';

/** Time passes, discovery does its part, then all commands are given at once: they are one batch. */
interface Step {
  readonly seconds: number;
  readonly discoveries: readonly Discovery[];
  readonly commands: readonly Draft[];
}

const NO_ID = 888_888_888;

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
    await core.database.query(
      'TRUNCATE allocation, free_block, block, pool_cidr, pool, change, observed_space, swept_scope CASCADE',
    );
  };

  const rowsOf = async (poolId: number): Promise<Allocation[]> => {
    const [row] = await core.database.query<{ rows: AllocationRow[] | null }>(
      'SELECT json_agg(a ORDER BY id) AS rows FROM allocation a WHERE pool_id = $1',
      [poolId],
    );
    return (row!.rows ?? []).map(allocationOf);
  };

  const blocksOf = async (poolId: number): Promise<string[]> => {
    const rows = await core.database.query<{
      cidr: string;
      reason: string;
      subject: string;
      since: string | null;
    }>(
      `SELECT cidr, reason, subject, since FROM block WHERE pool_id = $1 AND reason IN ('observed', 'unswept')`,
      [poolId],
    );
    return rows
      .map(({ cidr, reason, subject, since }) =>
        [cidr, reason, subject, ...(since === null ? [] : [formatInstant(parseInstant(since))])].join(' '),
      )
      .sort();
  };

  const cidrOf = (golden: GoldenRegister, id: number): string =>
    golden
      .rows()
      .find((row) => row.id === id)!
      .cidr.toString();

  async function discover(golden: GoldenRegister, discovery: Discovery, now: Instant): Promise<void> {
    if (discovery.kind === 'swept') {
      const scope = { provider: 'aws', account: discovery.account, region: 'r' };
      const beganAt = plusSeconds(now, -discovery.beganAgo);
      await core.observed.swept(core.ctx, [{ ...scope, beganAt }]);
      golden.sweptScope(scope.account, scope.region, beganAt);
      return;
    }
    const one = { ...discovery.seen, routingDomainId: null };
    const [seen, withdrawn] = discovery.kind === 'observe' ? [[one], []] : [[], [one]];
    await core.observed.report(core.ctx, one.source, { seen, withdrawn });
    if (discovery.kind === 'observe') golden.observe(discovery.seen);
    else golden.withdraw(discovery.seen);
  }

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
      for (const discovery of step.discoveries) await discover(golden, discovery, now);
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
    expect(await blocksOf(poolId)).toEqual(
      [
        ...golden.observedBlocks().map(({ cidr, subject }) => `${cidr} observed ${subject}`),
        ...golden
          .unsweptRows()
          .map(({ id, since }) => `${cidrOf(golden, id)} unswept alloc_${id} ${formatInstant(since)}`),
      ].sort(),
    );
    for (const check of [freeBlocks, observedBlocks, unsweptBlocks])
      for await (const finding of check.run(core.database)) expect(finding).toBeNull();
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
            discoveries: fc.array(discoveriesFor(world.cidrs), { maxLength: 3 }),
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
