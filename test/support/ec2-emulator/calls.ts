import type { Call } from './faults.js';

export interface Counted extends Call {
  calls: number;
  /** Bytes of answers that were written. */
  bytes: number;
  /** Calls that a fault, the token bucket or a refusal befell. */
  failed: number;
}

/** How often what was called. */
export class Calls {
  private readonly counted = new Map<string, Counted>();

  add({ action, account, region }: Call, bytes: number, failed: boolean): void {
    const key = `${account}/${region}/${action}`;
    let entry = this.counted.get(key);
    if (!entry) this.counted.set(key, (entry = { action, account, region, calls: 0, bytes: 0, failed: 0 }));
    entry.calls++;
    entry.bytes += bytes;
    if (failed) entry.failed++;
  }

  all(): readonly Readonly<Counted>[] {
    return [...this.counted.values()];
  }

  /** Sums over the calls that agree with what is said. */
  count(which: Partial<Call> = {}): { calls: number; bytes: number; failed: number } {
    const sum = { calls: 0, bytes: 0, failed: 0 };
    for (const entry of this.counted.values()) {
      if (which.action !== undefined && which.action !== entry.action) continue;
      if (which.account !== undefined && which.account !== entry.account) continue;
      if (which.region !== undefined && which.region !== entry.region) continue;
      sum.calls += entry.calls;
      sum.bytes += entry.bytes;
      sum.failed += entry.failed;
    }
    return sum;
  }

  clear(): void {
    this.counted.clear();
  }
}
