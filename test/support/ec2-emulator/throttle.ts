import type { Call } from './faults.js';

/** AWS's own: 100 and 20 for Describe, Get and Search. */
export interface BucketSize {
  readonly capacity: number;
  readonly perSecond: number;
}

/** One token bucket per account, region and action, full at first. */
export class Throttle {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(
    private readonly size: BucketSize,
    /** Milliseconds. */
    private readonly now: () => number,
  ) {}

  /** False: the call is one too many. */
  take({ account, region, action }: Call): boolean {
    const key = `${account}/${region}/${action}`;
    const at = this.now();
    let bucket = this.buckets.get(key);
    if (!bucket) this.buckets.set(key, (bucket = { tokens: this.size.capacity, at }));
    const gained = ((at - bucket.at) / 1000) * this.size.perSecond;
    bucket.tokens = Math.min(this.size.capacity, bucket.tokens + gained);
    bucket.at = at;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
