import { setTimeout as delay } from 'node:timers/promises';
import { type Core, startCore } from '../test/support/core.js';
import { openCadastre } from './allocate/cadastre.js';
import { CALLERS } from './allocate/stage.js';
import { buildWorld, type World } from './allocate/world.js';
import { type Bench, type Figure, OracleError } from './harness/bench.js';
import { cpuSeconds } from './harness/cpu.js';
import { figureOf } from './harness/figure.js';
import { interleave } from './harness/interleave.js';
import { describeLatencies, underLoad } from './harness/load.js';
import { makeScratchFolder } from './harness/scratch.js';
import { startBenchServer } from './harness/server.js';
import { median } from './harness/statistics.js';
import { type Client, startClient } from './http/client.js';
import type { RoundRequest } from './http/client-process.js';
import { type ServiceProcess, startServiceProcess } from './http/service.js';
import { unpublished, violations } from './oracle.js';

const CONNECTIONS = 32;
/** Calls of many items are served two at a time; the others arrive and leave meanwhile. */
const MANY_CALLERS = 8;
const EXISTING = 100_000;
const MICROSECONDS = 1_000_000;

/**
 * What a request costs all processes of the service, against one that only crosses HTTP, GraphQL and access control; and
 * how fast many allocations per request are, against single ones that cross none of these.
 */
export const allocateHttp: Bench = {
  async run({ wants, seed, rounds, seconds, say }) {
    if (!wants('single') && !wants('many')) return [];
    const server = await startBenchServer();
    const scratch = makeScratchFolder();
    try {
      if (server.pid === null)
        throw new Error('The database runs on another machine: its CPU time cannot be read from here.');
      const world = await buildWorld(server, { allocations: EXISTING, pools: 1, seed });
      const copy: World = { ...world, url: await server.copyDatabase(world.url) };
      say(`${server.description}, ${EXISTING} allocations`);
      const service = await startServiceProcess({ dataFolder: scratch.path, databaseUrl: world.url });
      const core = await startCore({ url: world.url, poolSize: 2 });
      const client = startClient(service.url, CONNECTIONS, `pool_${world.pools[0]!.id}`, seed);
      const stage: Stage = { core, client, service, serverPid: server.pid, acknowledged: 0 };
      const plan: Plan = { seed, rounds, seconds, say };
      try {
        const figures: Figure[] = [];
        if (wants('single')) figures.push(await measureSingle(stage, plan));
        if (wants('many')) figures.push(await measureMany(stage, copy, plan));
        await check(stage);
        return figures;
      } finally {
        client.stop();
        await core.stop();
        await service.stop();
      }
    } finally {
      await server.stop();
      scratch.remove();
    }
  },
};

/** A service with its database, and a client that has asked it for some allocations so far. */
interface Stage {
  readonly core: Core;
  readonly client: Client;
  readonly service: ServiceProcess;
  readonly serverPid: number;
  acknowledged: number;
}

interface Plan {
  readonly seed: number;
  readonly rounds: number;
  readonly seconds: number;
  say(line: string): void;
}

async function measureSingle(stage: Stage, { rounds, seconds, say }: Plan): Promise<Figure> {
  const { core, client, service, serverPid } = stage;
  const side = (what: RoundRequest['what']) => {
    const seen: { latencies: string; rate: number; service: number; postgres: number }[] = [];
    const round = async (counted: boolean): Promise<number> => {
      const before = [cpuSeconds(service.pid), cpuSeconds(serverPid)] as const;
      const result = await client.round({ what, seconds, callers: CONNECTIONS });
      // publishing is part of what a request costs
      while ((await unpublished(core.database)) > 0) await delay(20);
      const spent = [cpuSeconds(service.pid) - before[0], cpuSeconds(serverPid) - before[1]] as const;
      stage.acknowledged += result.allocations;
      const [inService, inPostgres] = spent.map((cpu) => (cpu / result.calls) * MICROSECONDS) as [
        number,
        number,
      ];
      const rate = result.calls / result.seconds;
      if (counted) seen.push({ latencies: result.latencies, rate, service: inService, postgres: inPostgres });
      const total = inService + inPostgres;
      say(`  ${what}: ${total.toFixed(0)} us CPU, ${rate.toFixed(0)} 1/s${counted ? '' : ' (warm-up)'}`);
      return total;
    };
    const describe = (): string =>
      `${what}: service ${median(seen.map((round) => round.service)).toFixed(0)} us, ` +
      `postgres ${median(seen.map((round) => round.postgres)).toFixed(0)} us, ` +
      `${median(seen.map((round) => round.rate)).toFixed(0)} 1/s, ${seen[seen.length - 1]!.latencies}`;
    return { round, describe };
  };
  const ours = side('allocate');
  const theirs = side('nothing');
  const measured = await interleave({ ours: ours.round, theirs: theirs.round }, rounds);
  return figureOf({
    name: 'single',
    unit: 'us CPU per request, service and postgres',
    ...measured,
    better: 'lower',
    reference: 'an authorised mutation that touches no database, same server, client and token',
    aim: 0.7,
    note: `${CONNECTIONS} connections; ${ours.describe()}; ${theirs.describe()}`,
  });
}

/** Allocations per second: 100 per request over HTTP, and one per call of the engine as `allocate` has it. */
async function measureMany(stage: Stage, copy: World, { seed, rounds, seconds, say }: Plan): Promise<Figure> {
  const { core, client, service, serverPid } = stage;
  const engine = await openCadastre(copy, seed);
  let latencies = '';
  const costs: number[] = [];
  const ours = async (counted: boolean): Promise<number> => {
    const before = cpuSeconds(service.pid) + cpuSeconds(serverPid);
    const result = await client.round({ what: 'many', seconds, callers: MANY_CALLERS });
    while ((await unpublished(core.database)) > 0) await delay(20);
    const cpu = cpuSeconds(service.pid) + cpuSeconds(serverPid) - before;
    stage.acknowledged += result.allocations;
    if (counted) {
      costs.push((cpu / result.allocations) * MICROSECONDS);
      latencies = result.latencies;
    }
    const rate = result.allocations / result.seconds;
    say(`  many: ${rate.toFixed(0)} allocations/s${counted ? '' : ' (warm-up)'}`);
    return rate;
  };
  const theirLatencies: number[] = [];
  const theirs = async (counted: boolean): Promise<number> => {
    const load = await underLoad(CALLERS, seconds, (caller) => engine.allocate(caller));
    while ((await engine.backlog()) > 0) await delay(20);
    if (counted) for (const latency of load.latencies) theirLatencies.push(latency);
    const rate = load.calls / load.seconds;
    say(`  service-100k: ${rate.toFixed(0)} 1/s${counted ? '' : ' (warm-up)'}`);
    return rate;
  };
  try {
    const measured = await interleave({ ours, theirs }, rounds);
    await engine.check();
    return figureOf({
      name: 'many',
      unit: 'allocations/s',
      ...measured,
      better: 'higher',
      reference: 'ours of allocate service-100k: the engine with 32 callers in its own process',
      aim: 0.6,
      note:
        `100 per request, ${MANY_CALLERS} connections, last round ${latencies}, ` +
        `service and postgres ${median(costs).toFixed(0)} us CPU per allocation; engine ${describeLatencies(theirLatencies)}`,
    });
  } finally {
    await engine.stop();
  }
}

async function check({ core, acknowledged }: Stage): Promise<void> {
  const [row] = await core.database.query<{ n: number }>('SELECT count(*) AS n FROM allocation');
  const found = await violations(core);
  if (row!.n !== EXISTING + acknowledged) found.push(`${row!.n} rows instead of ${EXISTING + acknowledged}`);
  if (found.length > 0) throw new OracleError(found.join('\n'));
}
