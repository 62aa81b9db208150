import { deepStrictEqual } from 'node:assert';
import pg from 'pg';
import { type Bench, type BenchOptions, type Figure, OracleError } from './harness/bench.js';
import { figureOf } from './harness/figure.js';
import { interleave } from './harness/interleave.js';
import { describeLatencies } from './harness/load.js';
import { randomOf } from './harness/random.js';
import { makeScratchFolder } from './harness/scratch.js';
import { type BenchServer, startBenchServer } from './harness/server.js';
import { quantile } from './harness/statistics.js';
import { GraphqlClient } from './http/graphql.js';
import { startServiceProcess } from './http/service.js';
import { type Question, questionsOf, type Sample } from './registry/questions.js';
import { loadCompany } from './registry/world.js';

const ROWS = Number(process.env.BENCH_ROWS ?? 1_000_000);
const ALLOCATIONS_PER_POOL = 100;
const FEWEST = 10_000;
const SAMPLES = 64;
const CHECKED = 4;
/** In a round, also where these take longer than it should. */
const FEWEST_CALLS = 10;

/** Waiting times of reads over HTTP on a register of three sizes, against their main statement sent bare. */
export const registry: Bench = {
  async run(options) {
    if (!(ROWS >= FEWEST)) throw new Error(`BENCH_ROWS: give a number of at least ${FEWEST}`);
    const sizes = [ROWS / 100, ROWS / 10, ROWS].filter((rows) => rows >= FEWEST);
    const server = await startBenchServer();
    try {
      const figures: Figure[] = [];
      for (const rows of sizes) figures.push(...(await measureSize(server, rows, options)));
      return figures;
    } finally {
      await server.stop();
    }
  },
};

async function measureSize(server: BenchServer, rows: number, options: BenchOptions): Promise<Figure[]> {
  const { seed, say, wants } = options;
  const began = performance.now();
  const url = await server.createDatabase();
  const company = await loadCompany(url, {
    allocations: rows,
    pools: rows / ALLOCATIONS_PER_POOL,
    seed,
  });
  const took = ((performance.now() - began) / 1000).toFixed(0);
  say(`${server.description}: ${rows} allocations in ${company.pools} pools, loaded in ${took} s`);
  await server.checkpoint();
  const scratch = makeScratchFolder();
  const bare = new pg.Client({ connectionString: url });
  await bare.connect();
  const service = await startServiceProcess({ dataFolder: scratch.path, databaseUrl: url });
  const client = new GraphqlClient(service.url, 1);
  try {
    const figures: Figure[] = [];
    for (const question of await questionsOf(company, bare)) {
      const name = `${question.name}-${labelOf(rows)}`;
      if (!wants(name) && !wants(question.name)) continue;
      figures.push(await measure(name, question, client, bare, options));
    }
    return figures;
  } finally {
    client.close();
    await service.stop();
    await bare.end();
    await server.dropDatabase(url);
    scratch.remove();
  }
}

async function measure(
  name: string,
  question: Question,
  client: GraphqlClient,
  bare: pg.Client,
  { seed, rounds, seconds, say }: BenchOptions,
): Promise<Figure> {
  const random = randomOf(seed);
  const samples: Sample[] = [];
  for (let i = 0; i < SAMPLES; i++) samples.push(await question.sample(random));
  for (const sample of samples.slice(0, CHECKED)) await check(name, sample, client, bare);
  const ours = side(seconds, samples, (sample) => client.ask(sample.request));
  const theirs = side(seconds, samples, ({ bare: { statement, values } }) =>
    bare.query({ ...statement, values }),
  );
  const measured = await interleave({ ours: ours.round, theirs: theirs.round }, rounds);
  for (const sample of samples.slice(-1)) await check(name, sample, client, bare);
  const figure = figureOf({
    name,
    unit: 'ms, p99',
    ...measured,
    better: 'lower',
    reference: 'its main statement alone, bare on one connection',
    aim: 0.2,
    note: `${question.about}; over HTTP ${describeLatencies(ours.latencies)}; bare ${describeLatencies(theirs.latencies)}; ${ours.latencies.length} and ${theirs.latencies.length} calls, one after the other`,
  });
  say(`  ${name}: ${figure.ours} ms, bare ${figure.theirs} ms (p99)`);
  return figure;
}

/** A round asks one thing after the other; its value is the p99 of the waiting times. */
function side(
  seconds: number,
  samples: readonly Sample[],
  ask: (sample: Sample) => Promise<unknown>,
): { round(counted: boolean): Promise<number>; latencies: number[] } {
  const latencies: number[] = [];
  let asked = 0;
  const round = async (counted: boolean): Promise<number> => {
    const own: number[] = [];
    const end = performance.now() + seconds * 1000;
    while (own.length < FEWEST_CALLS || performance.now() < end) {
      const sample = samples[asked++ % samples.length]!;
      const before = performance.now();
      await ask(sample);
      own.push(performance.now() - before);
    }
    if (counted) latencies.push(...own);
    return quantile(own, 0.99);
  };
  return { round, latencies };
}

async function check(name: string, sample: Sample, client: GraphqlClient, bare: pg.Client): Promise<void> {
  const shown = sample.shown(await client.ask(sample.request));
  try {
    deepStrictEqual(shown, await sample.expected(bare));
  } catch (error) {
    throw new OracleError(
      `${name}, ${JSON.stringify(sample.request.variables)}: ${(error as Error).message}`,
    );
  }
}

/** 10k, 100k, 1m */
function labelOf(rows: number): string {
  return rows >= 1_000_000 ? `${rows / 1_000_000}m` : `${rows / 1000}k`;
}
