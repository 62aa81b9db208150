import fc from 'fast-check';
import { Prefix } from '../../src/address/index.js';
import { allocationOf, type AllocationRow } from '../../src/features/allocation/data/allocation.row.js';
import type { Command, Outcome } from '../../src/features/allocation/domain/command.js';
import type { PoolRules } from '../../src/features/allocation/domain/pool.js';
import { parseInstant, plusSeconds } from '../../src/platform/context/instant.js';
import { GoldenRegister } from '../golden/register.js';
import { commandsFor, comparable, DAY, type Draft, plain, rulesOf } from '../golden/scenarios.js';
import { stopClock } from '../support/clock.js';
import { type Core, startCore } from '../support/core.js';

const POOLS = ['10.0.0.0/28', '10.0.1.0/28', '10.0.2.0/27'].map((cidr) => Prefix.must(cidr));

/** What each item asks of which pool. Only the commands that are wanted count. */
interface Step {
  readonly seconds: number;
  readonly kind: 'take' | 'release';
  readonly items: readonly { readonly pool: number; readonly draft: Draft }[];
}

interface Twin {
  readonly poolId: number;
  golden: GoldenRegister;
  ids: number[];
}

interface Listed {
  readonly twin: Twin;
  readonly command: Command;
}

let core: Core;
let clock: Awaited<ReturnType<typeof stopClock>>;
const start = parseInstant('2026-11-20T00:00:00Z');

beforeAll(async () => {
  core = await startCore();
  clock = await stopClock(core.database, start);
});
afterAll(() => core.stop());

const step: fc.Arbitrary<Step> = fc.record({
  seconds: fc.constantFrom(0, 0, 1, 61, DAY, 31 * DAY),
  kind: fc.constantFrom('take', 'take', 'release'),
  items: fc.array(
    fc
      .nat({ max: POOLS.length - 1 })
      .chain((pool) => commandsFor([POOLS[pool]!]).map((draft) => ({ pool, draft }))),
    { minLength: 1, maxLength: 5 },
  ),
});

it('Operations on many items equal their golden twin', async () => {
  const scenario = fc.record({
    rules: fc.tuple(...POOLS.map(() => rulesOf(Prefix.must('10.0.0.8/30')))),
    steps: fc.array(step, { minLength: 20, maxLength: 40 }),
  });
  const met = { done: 0, rejected: 0 };
  await fc.assert(
    fc.asyncProperty(scenario, ({ rules, steps }) => run(rules, steps, met)),
    { numRuns: Number(process.env.GOLDEN_RUNS ?? 15), endOnFailure: true },
  );
  expect(met.done).toBeGreaterThan(20);
  expect(met.rejected).toBeGreaterThan(20);
}, 120_000);

async function run(
  rules: readonly PoolRules[],
  steps: readonly Step[],
  met: { done: number; rejected: number },
): Promise<void> {
  await core.database.query('TRUNCATE allocation, free_block, block, pool_cidr, pool, change CASCADE');
  await clock.set(start);
  const twins = await Promise.all(POOLS.map((cidr, index) => twinOf(cidr, rules[index]!)));
  let now = start;
  for (const { seconds, kind, items } of steps) {
    now = plusSeconds(now, seconds);
    await clock.set(now);
    const listed = items
      .map(({ pool, draft }) => ({ twin: twins[pool]!, command: draft(twins[pool]!) }))
      .filter(({ command }) => isOf(kind, command));
    if (listed.length === 0) continue;
    const answer = kind === 'take' ? await take(listed) : await release(listed);
    met[answer.ok ? 'done' : 'rejected']++;
    const known = new Set(twins.flatMap(({ ids }) => ids));
    const copies = new Map(twins.map((twin) => [twin, twin.golden.copy()]));
    const seen = new Set(known);
    const expected = listed.map(({ twin, command }, index): Outcome => {
      const id = answer.ok ? answer.allocations[index]!.id : 900_000_000 + index;
      const isNew = answer.ok && !seen.has(id);
      seen.add(id);
      return copies.get(twin)!.apply(command, 'tester', now, isNew || !answer.ok ? id : 800_000_000);
    });
    const given = answer.ok
      ? answer.allocations.map((allocation, index) => ({
          ok: true as const,
          allocation,
          replayed: answer.replayed.includes(index),
        }))
      : expected.map((outcome, index) => {
          const failed = answer.failure.failures.find((failure) => failure.index === index);
          return failed ? { ok: false as const, failure: failed.failure } : outcome;
        });
    expect(named(given.map(comparable), known)).toEqual(named(expected.map(comparable), known));
    expect(answer.ok).toBe(expected.every(({ ok }) => ok));
    if (!answer.ok) continue;
    for (const [twin, copy] of copies) twin.golden = copy;
    for (const [index, { twin }] of listed.entries()) {
      const { id } = answer.allocations[index]!;
      if (!twin.ids.includes(id)) twin.ids.push(id);
    }
  }
  for (const { poolId, golden } of twins) await compare(poolId, golden, now);
}

async function twinOf(cidr: Prefix, rules: PoolRules): Promise<Twin> {
  const poolId = await core.pool({ cidrs: [cidr.toString()], rules });
  const cidrs = await core.pools.cidrsOf(core.database, poolId);
  return { poolId, golden: new GoldenRegister({ id: poolId, family: 4, rules, cidrs }), ids: [] };
}

function isOf(kind: Step['kind'], command: Command): boolean {
  const takes = command.kind === 'allocate' || command.kind === 'reserve' || command.kind === 'adopt';
  return kind === 'take' ? takes : command.kind === 'release';
}

const context = () => ({ ...core.ctx, actor: 'tester' });

function take(listed: readonly Listed[]) {
  const items = listed.map(({ twin, command }) => ({
    pool: `pool_${twin.poolId}`,
    command: command as never,
  }));
  return core.many.take(context(), items);
}

function release(listed: readonly Listed[]) {
  const items = listed.map(({ command }) => ({
    id: `alloc_${(command as { id: number }).id}`,
    force: false,
  }));
  return core.many.release(context(), items);
}

/** What a rejected call made is undone, and its ids are told to nobody. */
function named(facts: unknown, known: ReadonlySet<number>): unknown {
  return JSON.parse(
    JSON.stringify(facts, (name, value: unknown) =>
      name === 'allocationId' && typeof value === 'number' && !known.has(value) ? null : value,
    ),
  );
}

async function compare(poolId: number, golden: GoldenRegister, now: number): Promise<void> {
  await core.engine.sweep(poolId);
  golden.sweep(now);
  const [row] = await core.database.query<{ rows: AllocationRow[] | null }>(
    'SELECT json_agg(a ORDER BY id) AS rows FROM allocation a WHERE pool_id = $1',
    [poolId],
  );
  expect((row!.rows ?? []).map(allocationOf).map(plain)).toEqual(golden.rows().map(plain));
  const free = await core.database.query<{ cidr: string }>(
    'SELECT cidr FROM free_block WHERE pool_id = $1 ORDER BY cidr',
    [poolId],
  );
  expect(free.map(({ cidr }) => cidr)).toEqual(golden.freeBlocks().map(String));
  const gaps = await core.database.query(
    'SELECT 1 FROM change WHERE pool_id = $1 HAVING count(*) <> max(sequence)',
    [poolId],
  );
  expect(gaps).toEqual([]);
}
