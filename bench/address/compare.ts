import type { BenchOptions, Figure } from '../harness/bench.js';
import { figureOf } from '../harness/figure.js';
import { interleave } from '../harness/interleave.js';

export interface Comparison {
  readonly name: string;
  readonly aim?: number;
  readonly reference: string;
  readonly note?: string;
  /** What one go of each side does this many of, as `prefix` or `look-up`. */
  readonly each: { readonly what: string; readonly ours: number; readonly theirs?: number };
  ours(): unknown;
  theirs(): unknown;
  /** CPU microseconds of what `theirs` does, where that is not in this process. */
  readonly theirCpu?: (work: () => unknown) => number;
}

/** A round of a short go is many of them, so that clocks and collections of garbage even out. */
const ROUND_MICROSECONDS = 100_000;

/** Nanoseconds of CPU time for each thing that two sides do, in turns. */
export async function compare(
  { name, aim, reference, note, each, ours, theirs, theirCpu = cpuOf }: Comparison,
  { rounds, say }: BenchOptions,
): Promise<Figure> {
  const side = (work: () => unknown, count: number, cpu: typeof cpuOf) => {
    let goes = 0;
    return () => {
      goes ||= Math.ceil(ROUND_MICROSECONDS / Math.max(1000, cpu(work)));
      let spent = 0;
      for (let go = 0; go < goes; go++) spent += cpu(work);
      return Promise.resolve((spent * 1000) / (goes * count));
    };
  };
  const measured = await interleave(
    { ours: side(ours, each.ours, cpuOf), theirs: side(theirs, each.theirs ?? each.ours, theirCpu) },
    rounds,
  );
  const figure = figureOf({
    name,
    unit: `ns CPU per ${each.what}`,
    ...measured,
    better: 'lower',
    reference,
    aim,
    note,
  });
  say(`  ${name}: ${figure.ours} against ${figure.theirs} ${figure.unit}`);
  return figure;
}

/** CPU time, user and system, of all threads of this process, in microseconds. */
function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
