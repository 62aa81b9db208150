import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/settings.js';
import { systemContext } from '../../platform/context/request-context.js';
import { isUnavailable } from '../../platform/database/sqlstate.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { type Lease, LeaseLostError, Leases, requireLease } from '../../platform/jobs/leases.js';
import { type ScheduledJob, Scheduler } from '../../platform/jobs/scheduler.js';
import { type NextScope, type ScopeEnd, scopeLease, SweepQueue } from './data/sweep-queue.js';
import type { Scope } from './domain/cloud.js';
import { NOTHING_YET, type SweepCounts } from './domain/sweep.js';
import { roleArnOf } from './ports/aws/role-arn.js';
import { ScopeSweep } from './scope-sweep.js';
import { SweepMetrics } from './sweep-metrics.js';
import { SweepSettler } from './sweep-settler.js';

/** How often progress is written down, a stop is noticed and left scopes are found. */
const BEAT_SECONDS = 0.5;
/** While nothing is to be done: how often sweeps that another process was asked for are looked for. */
const IDLE_MS = 3_000;

/** Somebody stopped the sweep. */
class SweepCancelledError extends Error {}
/** This process ends. */
class ShuttingDownError extends Error {}

interface RunningScope {
  readonly sweepId: number;
  readonly scopeId: number;
  readonly token: number;
  readonly abort: AbortController;
  counts: SweepCounts;
  readonly done: Promise<void>;
}

/**
 * Works off the scopes of sweeps in this process, some at a time, each under a lease. What another process leaves behind,
 * dead or asleep, waits again once its lease has ended, and is then swept here.
 */
@Injectable()
export class SweepRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('sweep');
  private readonly running = new Map<number, RunningScope>();
  /** Ends that could not be written down: the database was away. */
  private readonly owed: ScopeEnd[] = [];
  private readonly ctx = systemContext('discovery');
  private job: ScheduledJob | null = null;
  private stopped = false;
  private away = false;
  private idleUntil = -Infinity;

  constructor(
    private readonly queue: SweepQueue,
    private readonly leases: Leases,
    private readonly unitOfWork: UnitOfWork,
    private readonly scheduler: Scheduler,
    private readonly sweep: ScopeSweep,
    private readonly settler: SweepSettler,
    private readonly metrics: SweepMetrics,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'discovery'>,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.discovery.scopesAtOnce === 0) return;
    this.job = this.scheduler.every({
      name: 'sweeping',
      seconds: BEAT_SECONDS,
      run: () => this.round(),
    });
  }

  /** What was begun here is given back at once, for another process to do. */
  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    const running = [...this.running.values()];
    for (const { abort } of running) abort.abort(new ShuttingDownError());
    await Promise.all(running.map(({ done }) => done));
    await this.settler.stop();
  }

  /** Something changed: look now. */
  wake(): void {
    this.idleUntil = -Infinity;
    this.job?.soon();
  }

  /** Ends at once what of a sweep runs here; other processes notice within a beat. */
  cancel(sweepId: number): void {
    for (const scope of this.running.values()) {
      if (scope.sweepId === sweepId) scope.abort.abort(new SweepCancelledError());
    }
    this.wake();
  }

  private async round(): Promise<void> {
    try {
      await this.beat();
      while (this.owed.length > 0) {
        await this.queue.end(this.owed[0]!);
        this.owed.shift();
      }
      if (performance.now() < this.idleUntil) return;
      if (!(await this.queue.isBusy())) {
        this.idleUntil = performance.now() + IDLE_MS;
        return void (await this.settler.round([]));
      }
      await this.queue.takeBack();
      while (!this.stopped && this.running.size < this.settings.discovery.scopesAtOnce) {
        if (!(await this.beginNext())) break;
      }
      await this.settler.round(await this.queue.sweptOut());
      this.away = false;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (!this.away) this.log.warn(`sweeping waits for the database: ${String(error)}`);
      this.away = true;
    }
  }

  private async beat(): Promise<void> {
    const running = [...this.running.values()];
    if (running.length === 0) return;
    const states = await this.queue.beat(running);
    for (const { scopeId, abort, token } of running) {
      // one that has ended meanwhile has no state either
      if (this.running.get(scopeId)?.token !== token) continue;
      const state = states.get(scopeId);
      if (state === undefined) abort.abort(new LeaseLostError(scopeLease(scopeId)));
      else if (state !== 'RUNNING') abort.abort(new SweepCancelledError());
    }
  }

  /** False where nothing waits that could be begun. */
  private async beginNext(): Promise<boolean> {
    const begun = await this.unitOfWork.run(this.ctx, async (tx) => {
      const next = await this.queue.next(tx);
      if (!next) return null;
      const { sweepId, scope, discovered } = next;
      if (!discovered) {
        await this.queue.leave(tx, sweepId, scope.id);
        return 'left';
      }
      const lease = await this.leases.take(scopeLease(scope.id), undefined, tx);
      // another process was quicker, for another sweep: it waits until that is done
      if (!lease) return null;
      return { next, lease, sweptAt: await this.queue.begin(tx, sweepId, scope.id, lease.token) };
    });
    if (begun === null || begun === 'left') return begun === 'left';
    this.begin(begun.next, begun.lease, begun.sweptAt);
    return true;
  }

  private begin({ sweepId, scope, kinds }: NextScope, lease: Lease, sweptAt: number): void {
    const abort = new AbortController();
    const running: { -readonly [Key in keyof RunningScope]: RunningScope[Key] } = {
      sweepId,
      scopeId: scope.id,
      token: lease.token,
      abort,
      counts: NOTHING_YET,
      done: Promise.resolve(),
    };
    this.running.set(scope.id, running);
    if (this.stopped) abort.abort(new ShuttingDownError());
    running.done = this.leases
      .keep(lease, async (lost) => {
        const end = await this.outcomeOf(running, lost, () =>
          this.sweep.run(this.ctx, {
            scope: this.withRole(scope),
            kinds,
            sweptAt,
            fence: (tx) => requireLease(tx, lease.name, lease.token),
            signal: AbortSignal.any([abort.signal, lost]),
            progress: (counts) => (running.counts = counts),
          }),
        );
        if (end) await this.end(end);
        if (end?.status === 'DONE' || end?.status === 'FAILED')
          this.settler.add({ ...scope, provider: 'aws', beganAt: sweptAt, good: end.good });
      })
      .catch((error: unknown) => this.log.error({ msg: 'a scope was lost', err: error }))
      .then(() => {
        this.running.delete(scope.id);
        this.wake();
      });
  }

  private withRole(scope: Scope): Scope {
    const { awsRole } = this.settings.discovery;
    if (scope.roleArn !== null || awsRole === undefined) return scope;
    return { ...scope, roleArn: roleArnOf(awsRole, scope.account, scope.region) };
  }

  /** Null where somebody else has it now. */
  private async outcomeOf(
    running: RunningScope,
    lost: AbortSignal,
    work: () => ReturnType<ScopeSweep['run']>,
  ): Promise<ScopeEnd | null> {
    const { sweepId, scopeId, token, abort } = running;
    const base = { sweepId, scopeId, token };
    try {
      const { counts, good, failures } = await work();
      return { ...base, counts, good, failures, status: failures.length > 0 ? 'FAILED' : 'DONE' };
    } catch (error) {
      if (lost.aborted || error instanceof LeaseLostError) {
        this.log.warn(`scope ${scopeId} of sweep ${sweepId} was taken over by another process`);
        return null;
      }
      const left = { ...base, counts: running.counts, good: [], failures: [] };
      if (abort.signal.reason instanceof SweepCancelledError) return { ...left, status: 'CANCELLED' };
      if (!abort.signal.aborted)
        this.log.warn(`scope ${scopeId} of sweep ${sweepId} will be swept again: ${String(error)}`);
      return { ...left, status: 'PENDING' };
    }
  }

  private async end(end: ScopeEnd): Promise<void> {
    try {
      await this.queue.end(end);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      // repeatable: the token says whether it is still to be written
      this.owed.push(end);
    }
    this.metrics.scopeEnded(end.status, end.counts);
  }
}
