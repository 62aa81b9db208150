import { quantile } from './statistics.js';

export interface Load {
  readonly calls: number;
  /** Until the last answer. */
  readonly seconds: number;
  /** Milliseconds of each call. */
  readonly latencies: readonly number[];
}

/** Callers that each make one call after the other until the time is over, and then wait for their last answer. */
export async function underLoad(
  callers: number,
  seconds: number,
  call: (caller: number) => Promise<unknown>,
): Promise<Load> {
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  const caller = async (_: unknown, index: number): Promise<void> => {
    for (let asked = performance.now(); asked < end;) {
      await call(index);
      const answered = performance.now();
      latencies.push(answered - asked);
      asked = answered;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { calls: latencies.length, seconds: (performance.now() - start) / 1000, latencies };
}

/** `p50 1.1 ms, p99 3.0 ms` */
export function describeLatencies(latencies: readonly number[]): string {
  return [0.5, 0.99].map((q) => `p${q * 100} ${quantile(latencies, q).toFixed(1)} ms`).join(', ');
}
