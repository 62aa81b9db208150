/** At most `most` at once; who waits longest is next. */
export class Gate {
  private inside = 0;
  private readonly waiting: { enter: () => void; signal: AbortSignal; leave: () => void }[] = [];

  constructor(private readonly most: number) {}

  /** Resolves to the function that leaves again, to be called once. Throws the reason of `signal` when it aborts first. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.inside < this.most) this.inside++;
    else await this.wait(signal);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      // the place goes to who waits, without ever being free
      const next = this.waiting.shift();
      if (next) next.enter();
      else this.inside--;
    };
  }

  private wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiter = { enter, signal, leave };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(waiter);
    });
  }
}

/** Milliseconds that only grow, and a sleep that a signal ends by throwing its reason. */
export interface Timing {
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const REAL_TIMING: Timing = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const end = () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', end);
        resolve();
      }, milliseconds);
      signal.addEventListener('abort', end, { once: true });
    }),
};

/** `rate` a second on the average, and as many at once after a pause of a second. First come, first served. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly rate: number,
    private readonly timing: Timing,
  ) {
    this.tokens = Math.max(1, rate);
    this.filledAt = timing.now();
  }

  /** Throws the reason of `signal` when it aborts first. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const now = this.timing.now();
    this.tokens = Math.min(Math.max(1, this.rate), this.tokens + ((now - this.filledAt) / 1000) * this.rate);
    this.filledAt = now;
    // below zero is a debt: whoever comes later waits for it too
    this.tokens -= 1;
    if (this.tokens < 0) await this.timing.sleep((-this.tokens / this.rate) * 1000, signal);
  }

  /** The provider has throttled us: its own bucket is empty, so ours is. */
  drain(): void {
    this.tokens = Math.min(this.tokens, 0);
  }
}
