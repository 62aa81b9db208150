import { setTimeout as delay } from 'node:timers/promises';
import { type Autocommit, openAutocommit } from './allocate/autocommit.js';
import { openCadastre } from './allocate/cadastre.js';
import type { Register } from './allocate/register.js';
import { buildWorld, type World } from './allocate/world.js';
import type { Bench, BenchOptions, Figure } from './harness/bench.js';
import { CpuShares } from './harness/cpu.js';
import { figureOf } from './harness/figure.js';
import { interleave } from './harness/interleave.js';
import { describeLatencies, underLoad } from './harness/load.js';
import { median } from './harness/statistics.js';
import { type BenchServer, startBenchServer } from './harness/server.js';

const CALLERS = 32;
const SAME_ROWS = 'the same rows by one autocommit statement per request, 32 connections';
const PATIENCE_WITH_PUBLISHER_MS = 60_000;

interface Scenario {
  readonly name: string;
  readonly call: 'allocate' | 'release' | 'mixed';
  readonly reference?: 'bareRow';
  readonly aim?: number;
  /** Whether to compare the last rounds with the first ones too. */
  readonly growth?: true;
}

interface Setting {
  readonly allocations: number;
  readonly pools: number;
  readonly scenarios: readonly Scenario[];
}

const SETTINGS: readonly Setting[] = [
  { allocations: 100_000, pools: 1, scenarios: [{ name: 'service-100k', call: 'allocate', aim: 3 }] },
  {
    allocations: 1_000_000,
    pools: 1,
    scenarios: [
      { name: 'service-1m', call: 'allocate', aim: 3 },
      { name: 'bare-row', call: 'allocate', reference: 'bareRow' },
      { name: 'release', call: 'release' },
      { name: 'mixed', call: 'mixed' },
    ],
  },
  { allocations: 100_000, pools: 8, scenarios: [{ name: 'eight-pools', call: 'allocate' }] },
  // plans are made here while there is nothing, and must still be good when there is much
  { allocations: 0, pools: 1, scenarios: [{ name: 'young', call: 'mixed', growth: true }] },
];

/** Durable requests per second of 32 concurrent callers, and how that changes with what is there already. */
export const allocate: Bench = {
  async run(options) {
    const server = await startBenchServer();
    try {
      options.say(server.description);
      const figures: Figure[] = [];
      for (const setting of SETTINGS) figures.push(...(await runSetting(server, setting, options)));
      return [...figures, ...growthOf(figures)];
    } finally {
      await server.stop();
    }
  },
};

async function runSetting(server: BenchServer, setting: Setting, options: BenchOptions): Promise<Figure[]> {
  const scenarios = setting.scenarios.filter(({ name }) => options.wants(name));
  if (scenarios.length === 0) return [];
  const { allocations, pools } = setting;
  const began = performance.now();
  const world = await buildWorld(server, { allocations, pools, seed: options.seed });
  const copy: World = { ...world, url: await server.copyDatabase(world.url) };
  const took = ((performance.now() - began) / 1000).toFixed(0);
  options.say(`${allocations} allocations in ${pools} pool${pools > 1 ? 's' : ''}, loaded in ${took} s`);
  const ours = await openCadastre(world, options.seed);
  const theirs = await openAutocommit(copy, CALLERS, options.seed);
  try {
    const figures: Figure[] = [];
    for (const scenario of scenarios)
      figures.push(...(await runScenario(server, scenario, ours, theirs, options)));
    await ours.check();
    await theirs.check();
    return figures;
  } finally {
    await ours.stop();
    await theirs.stop();
    await server.dropDatabase(world.url);
    await server.dropDatabase(copy.url);
  }
}

async function runScenario(
  server: BenchServer,
  scenario: Scenario,
  ours: Register,
  theirs: Autocommit,
  { rounds, seconds, say }: BenchOptions,
): Promise<Figure[]> {
  const { name, call, reference = call, aim, growth } = scenario;
  const side = (who: string, register: Register, request: (caller: number) => Promise<void>) => {
    const latencies: number[] = [];
    const shares = new CpuShares(server.pid);
    let backlog = 0;
    const round = async (counted: boolean): Promise<number> => {
      const work = () => underLoad(CALLERS, seconds, request);
      const load = await (counted ? shares.during(work) : work());
      backlog = Math.max(backlog, await register.backlog());
      await published(register);
      const rate = load.calls / load.seconds;
      if (counted) for (const latency of load.latencies) latencies.push(latency);
      say(`  ${name} ${who}: ${rate.toFixed(0)} 1/s${counted ? '' : ' (warm-up)'}`);
      return rate;
    };
    const describe = (): string =>
      `${who} ${describeLatencies(latencies)}, ${shares.describe(latencies.length)}, ${backlog} changes unpublished at the end of a round`;
    return { round, describe };
  };
  const a = side('ours', ours, (caller) => ours[call](caller));
  const b = side('reference', theirs, (caller) => theirs[reference](caller));
  await server.checkpoint();
  const measured = await interleave({ ours: a.round, theirs: b.round }, rounds);
  const figure = figureOf({
    name,
    unit: '1/s',
    ...measured,
    better: 'higher',
    reference:
      reference === 'bareRow' ? 'one allocation row per autocommit statement, 32 connections' : SAME_ROWS,
    aim,
    note: `${CALLERS} callers; ${a.describe()}; ${b.describe()}`,
  });
  return growth ? [figure, slowing(name, measured.ours)] : [figure];
}

/** The last third of the rounds against the first third. */
function slowing(name: string, rates: readonly number[]): Figure {
  const third = Math.ceil(rates.length / 3);
  const [first, last] = [median(rates.slice(0, third)), median(rates.slice(-third))];
  const ratio = Number((last / first).toFixed(2));
  return {
    name: `${name}-growth`,
    ours: Math.round(last),
    reference: 'its own first rounds',
    theirs: Math.round(first),
    unit: '1/s',
    ratio,
    aim: 0.9,
    met: ratio >= 0.9,
    note: `rounds in order: ${rates.map((rate) => rate.toFixed(0)).join(', ')}`,
  };
}

/** A round ends when its changes have their positions, so that none is paid for by the next. */
async function published(register: Register): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_WITH_PUBLISHER_MS;
  while ((await register.backlog()) > 0) {
    if (performance.now() > giveUpAt)
      throw new Error('The publisher does not come to an end: look at the table publisher.');
    await delay(20);
  }
}

function growthOf(figures: readonly Figure[]): Figure[] {
  const [small, large] = ['service-100k', 'service-1m'].map((name) =>
    figures.find((figure) => figure.name === name),
  );
  if (!small || !large) return [];
  const ratio = Number((large.ours / small.ours).toFixed(2));
  return [
    {
      name: 'growth',
      ours: large.ours,
      reference: 'ours at 100,000 allocations',
      theirs: small.ours,
      unit: '1/s',
      ratio,
      aim: 0.9,
      met: ratio >= 0.9,
      note: 'ours at 1,000,000 allocations, measured after it',
    },
  ];
}
