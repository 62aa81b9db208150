import { compare, type Contestant } from './allocate/contest.js';
import { openStage, type Stage } from './allocate/stage.js';
import type { Bench, BenchOptions, Figure } from './harness/bench.js';
import { type BenchServer, startBenchServer } from './harness/server.js';
import { median } from './harness/statistics.js';

const SAME_ROWS = 'the same rows by one autocommit statement per request, 32 connections';
const BARE_ROW = 'one allocation row per autocommit statement, 32 connections';

interface Scenario {
  readonly figure: string;
  readonly call: 'allocate' | 'release' | 'mixed';
  readonly reference?: 'bareRow';
  readonly aim?: number;
}

const SMALL: readonly Scenario[] = [{ figure: 'service-100k', call: 'allocate', aim: 3 }];
const LARGE: readonly Scenario[] = [
  { figure: 'service-1m', call: 'allocate', aim: 3 },
  { figure: 'bare-row', call: 'allocate', reference: 'bareRow' },
  { figure: 'release', call: 'release' },
  { figure: 'mixed', call: 'mixed' },
];

/** Durable requests per second of 32 concurrent callers, and how that changes with what is there already. */
export const allocate: Bench = {
  async run(options) {
    const server = await startBenchServer();
    try {
      options.say(server.description);
      return [
        ...(await bySize(server, options)),
        ...(await acrossPools(server, options)),
        ...(await fromEmpty(server, options)),
      ];
    } finally {
      await server.stop();
    }
  },
};

async function bySize(server: BenchServer, options: BenchOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  const wanted = (scenarios: readonly Scenario[]) => scenarios.filter(({ figure }) => options.wants(figure));
  const growth = options.wants('growth');
  const open: Stage[] = [];
  const stageOf = async (allocations: number, scenarios: readonly Scenario[]): Promise<void> => {
    if (scenarios.length === 0 && !growth) return;
    const stage = await openStage(server, { allocations, pools: 1 }, options);
    open.push(stage);
    for (const scenario of scenarios)
      figures.push((await runScenario(server, scenario, stage, options)).figure);
  };
  try {
    await stageOf(100_000, wanted(SMALL));
    await stageOf(1_000_000, wanted(LARGE));
    if (growth) figures.push(await compareSizes(server, open[0]!, open[1]!, options));
    for (const stage of open) await stage.check();
  } finally {
    for (const stage of open) await stage.close();
  }
  return figures;
}

async function compareSizes(
  server: BenchServer,
  small: Stage,
  large: Stage,
  options: BenchOptions,
): Promise<Figure> {
  const allocating = (name: string, { ours }: Stage): Contestant => ({
    name,
    register: ours,
    request: (caller) => ours.allocate(caller),
  });
  const contest = { figure: 'growth', reference: 'ours at 100,000 allocations', aim: 0.9 };
  const contestants = { ours: allocating('at 1,000,000', large), theirs: allocating('at 100,000', small) };
  return (await compare(server, contest, contestants, options)).figure;
}

async function acrossPools(server: BenchServer, options: BenchOptions): Promise<Figure[]> {
  if (!options.wants('eight-pools')) return [];
  const stage = await openStage(server, { allocations: 100_000, pools: 8 }, options);
  try {
    const { figure } = await runScenario(server, { figure: 'eight-pools', call: 'allocate' }, stage, options);
    await stage.check();
    return [figure];
  } finally {
    await stage.close();
  }
}

/** Plans are made here while there is nothing, and must still be good when there is something. */
async function fromEmpty(server: BenchServer, options: BenchOptions): Promise<Figure[]> {
  if (!options.wants('young')) return [];
  const stage = await openStage(server, { allocations: 0, pools: 1 }, options);
  try {
    const { figure, rates } = await runScenario(server, { figure: 'young', call: 'mixed' }, stage, options);
    await stage.check();
    return [figure, slowing(rates)];
  } finally {
    await stage.close();
  }
}

function runScenario(
  server: BenchServer,
  { figure, call, reference, aim }: Scenario,
  { ours, theirs }: Stage,
  options: BenchOptions,
): Promise<{ figure: Figure; rates: readonly number[] }> {
  const contest = { figure, aim, reference: reference ? BARE_ROW : SAME_ROWS };
  const contestants = {
    ours: { name: 'ours', register: ours, request: (caller: number) => ours[call](caller) },
    theirs: {
      name: 'reference',
      register: theirs,
      request: (caller: number) => theirs[reference ?? call](caller),
    },
  };
  return compare(server, contest, contestants, options);
}

/** The last third of the rounds against the first third. */
function slowing(rates: readonly number[]): Figure {
  const third = Math.ceil(rates.length / 3);
  const [first, last] = [median(rates.slice(0, third)), median(rates.slice(-third))];
  const ratio = Number((last / first).toFixed(2));
  return {
    name: 'young-growth',
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
