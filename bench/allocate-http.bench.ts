import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startCore } from '../test/support/core.js';
import { buildWorld, type World } from './allocate/world.js';
import { type Bench, type Figure, OracleError } from './harness/bench.js';
import { cpuSeconds } from './harness/cpu.js';
import { figureOf } from './harness/figure.js';
import { interleave } from './harness/interleave.js';
import { makeScratchFolder } from './harness/scratch.js';
import { startBenchServer } from './harness/server.js';
import { median } from './harness/statistics.js';
import type { RoundRequest, RoundResult } from './http/client-process.js';
import { type ServiceProcess, startServiceProcess } from './http/service.js';
import { unpublished, violations } from './oracle.js';

const CONNECTIONS = 32;
const EXISTING = 100_000;
const MICROSECONDS = 1_000_000;

/** What a request costs all processes of the service, against one that only crosses HTTP, GraphQL and access control. */
export const allocateHttp: Bench = {
  async run({ wants, seed, rounds, seconds, say }) {
    if (!wants('single')) return [];
    const server = await startBenchServer();
    const scratch = makeScratchFolder();
    try {
      if (server.pid === null)
        throw new Error('The database runs on another machine: its CPU time cannot be read from here.');
      const world = await buildWorld(server, { allocations: EXISTING, pools: 1, seed });
      say(`${server.description}, ${EXISTING} allocations`);
      const service = await startServiceProcess({ dataFolder: scratch.path, databaseUrl: world.url });
      try {
        return [await measureSingle(world, service, server.pid, { seed, rounds, seconds, say })];
      } finally {
        await service.stop();
      }
    } finally {
      await server.stop();
      scratch.remove();
    }
  },
};

interface Plan {
  readonly seed: number;
  readonly rounds: number;
  readonly seconds: number;
  say(line: string): void;
}

async function measureSingle(
  world: World,
  service: ServiceProcess,
  serverPid: number,
  { seed, rounds, seconds, say }: Plan,
): Promise<Figure> {
  const core = await startCore({ url: world.url, poolSize: 2 });
  const client = startClient(service.url, `pool_${world.pools[0]!.id}`, seed);
  let acknowledged = 0;
  const side = (what: RoundRequest['what']) => {
    const seen: { latencies: string; rate: number; service: number; postgres: number }[] = [];
    const round = async (counted: boolean): Promise<number> => {
      const before = [cpuSeconds(service.pid), cpuSeconds(serverPid)] as const;
      const result = await client.round({ what, seconds });
      // publishing is part of what a request costs
      while ((await unpublished(core.database)) > 0) await delay(20);
      const spent = [cpuSeconds(service.pid) - before[0], cpuSeconds(serverPid) - before[1]] as const;
      if (what === 'allocate') acknowledged += result.calls;
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
  try {
    const ours = side('allocate');
    const theirs = side('nothing');
    const measured = await interleave({ ours: ours.round, theirs: theirs.round }, rounds);
    await check(core, acknowledged);
    return figureOf({
      name: 'single',
      unit: 'us CPU per request, service and postgres',
      ...measured,
      better: 'lower',
      reference: 'an authorised mutation that touches no database, same server, client and token',
      aim: 0.7,
      note: `${CONNECTIONS} connections; ${ours.describe()}; ${theirs.describe()}`,
    });
  } finally {
    client.stop();
    await core.stop();
  }
}

async function check(core: Awaited<ReturnType<typeof startCore>>, acknowledged: number): Promise<void> {
  const [row] = await core.database.query<{ n: number }>('SELECT count(*) AS n FROM allocation');
  const found = await violations(core);
  if (row!.n !== EXISTING + acknowledged) found.push(`${row!.n} rows instead of ${EXISTING + acknowledged}`);
  if (found.length > 0) throw new OracleError(found.join('\n'));
}

function startClient(
  url: string,
  pool: string,
  seed: number,
): { round(request: RoundRequest): Promise<RoundResult>; stop(): void } {
  const program = fileURLToPath(new URL('./http/client-process.js', import.meta.url));
  const child = fork(program, [url, String(CONNECTIONS), pool, String(seed)], { execArgv: [] });
  return {
    async round(request) {
      child.send(request);
      const over = new AbortController();
      const failed = once(child, 'exit', { signal: over.signal }).then(() => {
        throw new Error('The client process failed; see above.');
      });
      try {
        const [result] = (await Promise.race([once(child, 'message', { signal: over.signal }), failed])) as [
          RoundResult,
        ];
        return result;
      } finally {
        over.abort();
        failed.catch(() => undefined);
      }
    },
    stop: () => child.disconnect(),
  };
}
