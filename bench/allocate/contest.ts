import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions, Figure } from '../harness/bench.js';
import { CpuShares } from '../harness/cpu.js';
import { figureOf } from '../harness/figure.js';
import { interleave, type Side } from '../harness/interleave.js';
import { describeLatencies, underLoad } from '../harness/load.js';
import type { BenchServer } from '../harness/server.js';
import type { Register } from './register.js';
import { CALLERS } from './stage.js';

const PATIENCE_WITH_PUBLISHER_MS = 60_000;

export interface Contestant {
  readonly name: string;
  readonly register: Register;
  request(caller: number): Promise<void>;
}

export interface Contest {
  readonly figure: string;
  readonly reference: string;
  readonly aim?: number;
}

/** Two contestants take turns; a figure of their rates, and our rate in each round. */
export async function compare(
  server: BenchServer,
  { figure, reference, aim }: Contest,
  contestants: { ours: Contestant; theirs: Contestant },
  options: BenchOptions,
): Promise<{ figure: Figure; rates: readonly number[] }> {
  const ours = measured(server, figure, contestants.ours, options);
  const theirs = measured(server, figure, contestants.theirs, options);
  await server.checkpoint();
  const rates = await interleave({ ours: ours.round, theirs: theirs.round }, options.rounds);
  const note = `${CALLERS} callers; ${ours.describe()}; ${theirs.describe()}`;
  return {
    figure: figureOf({ name: figure, unit: '1/s', ...rates, better: 'higher', reference, aim, note }),
    rates: rates.ours,
  };
}

function measured(
  server: BenchServer,
  figure: string,
  { name, register, request }: Contestant,
  { seconds, say }: BenchOptions,
): { round: Side; describe(): string } {
  const latencies: number[] = [];
  const shares = new CpuShares(server.pid);
  let backlog = 0;
  return {
    async round(counted) {
      const work = () => underLoad(CALLERS, seconds, request);
      const load = await (counted ? shares.during(work) : work());
      backlog = Math.max(backlog, await register.backlog());
      await published(register);
      const rate = load.calls / load.seconds;
      if (counted) for (const latency of load.latencies) latencies.push(latency);
      say(`  ${figure} ${name}: ${rate.toFixed(0)} 1/s${counted ? '' : ' (warm-up)'}`);
      return rate;
    },
    describe: () =>
      `${name} ${describeLatencies(latencies)}, ${shares.describe(latencies.length)}, ` +
      `${backlog} changes unpublished at the end of a round`,
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
