import { Injectable, Logger } from '@nestjs/common';
import { systemContext } from '../../platform/context/request-context.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Leases } from '../../platform/jobs/leases.js';
import { SweepQueue } from './data/sweep-queue.js';
import { SweepRepository } from './data/sweep.repository.js';
import { SweepMetrics } from './sweep-metrics.js';
import { Swept, type SweptScope } from './swept.js';

/** Between two calls while scopes are still being swept: at least, and where calls are dear at most. */
const EVERY_MS = 3_000;
const RARELY_MS = 60_000;
/** So many times as long as a call takes passes until it: a sweep's end looks at everything again, so it is only for haste. */
const REST = 50;
/** One process at a time tells who depends on what was swept. */
const LEASE = 'swept';
/** A sweep ends also where what follows it keeps failing: it says so. */
const MOST_TRIES = 3;

/**
 * Tells who depends on what was observed what was swept here, every few seconds while that is cheap; and once more, with all of a sweep, before
 * the sweep counts as done. Never keeps sweeping waiting.
 */
@Injectable()
export class SweepSettler {
  private readonly log = new Logger('sweep');
  private readonly ctx = systemContext('reconciliation');
  private readonly fresh = new Map<number, SweptScope>();
  private readonly tries = new Map<number, number>();
  private running: Promise<void> | null = null;
  private toldAt = -Infinity;
  /** Milliseconds that a call last took, per scope. */
  private cost = 0;
  private stopped = false;

  constructor(
    private readonly swept: Swept,
    private readonly leases: Leases,
    private readonly queue: SweepQueue,
    private readonly sweeps: SweepRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly metrics: SweepMetrics,
  ) {}

  /** A scope was swept in this process. */
  add(scope: SweptScope): void {
    this.fresh.set(scope.id, scope);
  }

  /** `sweptOut`: sweeps of which nothing is left to sweep. Returns at once; does nothing while it is at it. */
  async round(sweptOut: readonly number[]): Promise<void> {
    const rest = Math.min(RARELY_MS, Math.max(EVERY_MS, this.fresh.size * this.cost * REST));
    const due = this.fresh.size > 0 && performance.now() - this.toldAt >= rest;
    if (this.running || this.stopped || (!due && sweptOut.length === 0)) return;
    this.running = this.settle(sweptOut)
      .catch((error: unknown) => this.log.warn(`settling a sweep will be tried again: ${String(error)}`))
      .then(() => void (this.running = null));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async settle(sweptOut: readonly number[]): Promise<void> {
    await this.leases.hold(LEASE, async (_, signal) => {
      for (const id of sweptOut) if (!signal.aborted && !this.stopped) await this.close(id);
      const scopes = [...this.fresh.values()];
      if (scopes.length === 0) return;
      this.fresh.clear();
      await this.announce(scopes);
    });
  }

  /** Answers with what failed, in words. */
  private async announce(scopes: readonly SweptScope[]): Promise<string[]> {
    const began = performance.now();
    const failed = await this.swept.announce(this.ctx, scopes);
    this.toldAt = performance.now();
    this.cost = (this.toldAt - began) / Math.max(1, scopes.length);
    return failed;
  }

  private async close(id: number): Promise<void> {
    const scopes = (await this.queue.swept(id)).map((scope) => ({ ...scope, provider: 'aws' }));
    // these are among them, or older
    for (const scope of scopes) {
      if ((this.fresh.get(scope.id)?.beganAt ?? Infinity) <= scope.beganAt) this.fresh.delete(scope.id);
    }
    const failed = await this.announce(scopes);
    const tries = (this.tries.get(id) ?? 0) + 1;
    this.tries.set(id, tries);
    if (failed.length > 0 && tries < MOST_TRIES) return;
    const problem = failed.length > 0 ? failed.join('; ').slice(0, 2000) : null;
    const closed = await this.unitOfWork.run(this.ctx, (tx) => this.queue.close(tx, id, problem));
    this.tries.delete(id);
    const sweep = closed ? await this.sweeps.find(id) : null;
    if (sweep) this.metrics.sweepEnded(sweep.cause, (sweep.endedAt! - sweep.startedAt) / 1_000_000);
  }
}
