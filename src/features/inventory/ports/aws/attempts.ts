import { ListFailedError, type ReadingCost } from '../../domain/cloud.js';
import { listFailed, type Verdict, verdictOf } from './failures.js';
import type { Gate, Timing, TokenBucket } from './limits.js';

export type Count = (delta: ReadingCost) => void;

export interface Patience {
  /** Attempts of one call, the first included. */
  readonly attempts: number;
  /** The pause before the second attempt, about; each further one doubles it. */
  readonly pauseMilliseconds: number;
}

const LONGEST_PAUSE = 20_000;
/** A hang costs the whole timeout each time, and rarely passes. */
const MOST_TIMEOUTS = 2;

export interface Call<T> {
  readonly account: string;
  readonly region: string;
  readonly action: string;
  readonly signal: AbortSignal;
  readonly count: Count;
  readonly bucket: TokenBucket | null;
  /** One attempt. */
  readonly once: () => Promise<T>;
  /** Whether it asks about one thing, which may have gone away: else "not found" is a failure like any other. */
  readonly mayBeGone: boolean;
  /** Forgets the credentials, so that the next attempt gets new ones. */
  readonly refresh: () => Promise<void>;
}

/** The outcome: a value, or that what was asked about is not there. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/**
 * Makes a call until it succeeds or there is no sense in trying. Every attempt waits for the action's token and for a
 * place among all calls; the pauses between them hold neither. Throws ListFailedError, or the reason of the signal.
 */
export class Attempts {
  constructor(
    private readonly gate: Gate,
    private readonly timing: Timing,
    private readonly patience: Patience,
  ) {}

  async run<T>(call: Call<T>): Promise<Outcome<T>> {
    let refreshed = false;
    for (let attempt = 1; ; attempt++) {
      const failure = await this.attempt(call, attempt);
      if (failure.ok) return failure;
      const { verdict, error } = failure;
      if (verdict.notThere && call.mayBeGone) return { ok: false };
      if (verdict.retry === 'refresh' && !refreshed) {
        refreshed = true;
        await call.refresh();
        continue;
      }
      const most = verdict.reason === 'TIMEOUT' ? MOST_TIMEOUTS : this.patience.attempts;
      if (verdict.retry !== 'again' || attempt >= Math.min(most, this.patience.attempts)) {
        throw listFailed({ ...call, attempts: attempt }, verdict, error);
      }
      await this.timing.sleep(this.pause(verdict, attempt), call.signal);
    }
  }

  private async attempt<T>(
    call: Call<T>,
    attempt: number,
  ): Promise<{ ok: true; value: T } | { ok: false; verdict: Verdict; error: unknown }> {
    const { signal, bucket, count } = call;
    await bucket?.take(signal);
    const leave = await this.gate.enter(signal);
    try {
      count({ calls: 1, throttles: 0, retries: attempt > 1 ? 1 : 0, bytes: 0 });
      return { ok: true, value: await call.once() };
    } catch (error) {
      // whatever an aborted call throws, it is the abort
      signal.throwIfAborted();
      if (error instanceof ListFailedError) throw error;
      const verdict = verdictOf(error);
      if (verdict.reason === 'THROTTLED') {
        count({ calls: 0, throttles: 1, retries: 0, bytes: 0 });
        bucket?.drain();
      }
      return { ok: false, verdict, error };
    } finally {
      leave();
    }
  }

  /** Spread over the upper half, so that callers that were throttled together do not come back together. */
  private pause({ reason }: Verdict, attempt: number): number {
    const first = this.patience.pauseMilliseconds * (reason === 'THROTTLED' ? 2 : 1);
    return Math.min(LONGEST_PAUSE, first * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
  }
}
