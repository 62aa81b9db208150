import { Logger } from '@nestjs/common';
import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { type Cloud, ListFailedError, type ReadingCost, type Scope } from './domain/cloud.js';
import type { ObservedKind } from './domain/observed.js';
import { isLockedOut, NOTHING_YET, type ScopeFailure, type SweepCounts } from './domain/sweep.js';
import type { InventoryStore, ScopeRecorder } from './inventory-store.js';
import type { ListRecorder } from './list-recorder.js';
import { endsScope, type Fence } from './scope-writes.js';

/** Where what is read goes. */
export type ListStore = Pick<InventoryStore, 'openScope'>;

/** One scope to be swept. */
export interface ScopeTask {
  readonly scope: Scope;
  readonly kinds: readonly ObservedKind[];
  readonly sweptAt: Instant;
  readonly fence: Fence;
  readonly signal: AbortSignal;
  /** How far it is; called often, so it only remembers. */
  readonly progress: (counts: SweepCounts) => void;
}

export interface ScopeResult {
  readonly counts: SweepCounts;
  readonly good: readonly ObservedKind[];
  readonly failures: readonly ScopeFailure[];
}

/** Reads everything of one account and region from the cloud into the store. */
export class ScopeSweep {
  private readonly log = new Logger('sweep');

  constructor(
    private readonly cloud: Cloud,
    private readonly store: ListStore,
  ) {}

  /**
   * A list that cannot be read hinders no other. Throws only what ends the whole scope: the signal's reason, LeaseLostError,
   * and errors of a database that is away or busy, after which the scope may be swept again.
   */
  async run(ctx: RequestContext, task: ScopeTask): Promise<ScopeResult> {
    const { scope, kinds, sweptAt, fence, signal } = task;
    const recorder = await this.store.openScope(ctx, scope, kinds, sweptAt, fence);
    try {
      return await this.lists(task, recorder);
    } catch (error) {
      // what was read until somebody stopped it is true
      if (signal.aborted) await recorder.finish().catch(() => undefined);
      throw error;
    }
  }

  private async lists(task: ScopeTask, recorder: ScopeRecorder): Promise<ScopeResult> {
    const counter = new Counter(task.progress);
    const good = new Set<ObservedKind>();
    const failures: ScopeFailure[] = [];
    const recorders = new Map<ObservedKind, ListRecorder>();
    for (const kind of task.kinds) {
      task.signal.throwIfAborted();
      const lockedOut = isLockedOut(counter.readLists, failures) ? failures[0]! : null;
      const list = recorder.list(kind);
      recorders.set(kind, list);
      const failure = lockedOut
        ? await giveUp(list, { ...lockedOut, kind })
        : await this.list(task, kind, list, counter, () => good.add(kind));
      if (failure) failures.push(failure);
    }
    for (const [kind, error] of await recorder.finish()) {
      good.delete(kind);
      const failure = this.failureOf(error, task.scope, kind, task.signal);
      await recorders.get(kind)!.fail(textOf(failure));
      failures.push(failure);
    }
    return { counts: counter.counts, good: [...good], failures };
  }

  /** Null where the list is good. */
  private async list(
    { scope, signal }: ScopeTask,
    kind: ObservedKind,
    recorder: ListRecorder,
    counter: Counter,
    wasGood: () => void,
  ): Promise<ScopeFailure | null> {
    try {
      for await (const page of this.cloud.list(scope, kind, signal, (cost) => counter.cost(cost))) {
        const { seen, changed } = await recorder.page(page);
        counter.add({ objects: seen, changed });
        signal.throwIfAborted();
      }
      const { good, missing, heldBack } = await recorder.complete();
      counter.add({ missing });
      counter.readLists++;
      if (good) wasGood();
      // the recorder has written that it is stale, and why
      return heldBack === undefined ? null : { kind, reason: 'SUSPICIOUS', message: heldBack };
    } catch (error) {
      const failure = this.failureOf(error, scope, kind, signal);
      await recorder.fail(textOf(failure));
      return failure;
    }
  }

  /** Throws the error again where it is not one of this list alone. */
  private failureOf(error: unknown, scope: Scope, kind: ObservedKind, signal: AbortSignal): ScopeFailure {
    if (error instanceof ListFailedError) return { kind, reason: error.reason, message: error.message };
    signal.throwIfAborted();
    if (endsScope(error)) throw error;
    this.log.error({ msg: `${kind} of ${scope.account} ${scope.region} could not be swept`, err: error });
    return { kind, reason: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
  }
}

async function giveUp(recorder: ListRecorder, failure: ScopeFailure): Promise<ScopeFailure> {
  await recorder.fail(textOf(failure));
  return failure;
}

function textOf({ reason, message }: ScopeFailure): string {
  return `${reason}: ${message}`;
}

class Counter {
  counts: SweepCounts = NOTHING_YET;
  readLists = 0;

  constructor(private readonly tell: (counts: SweepCounts) => void) {}

  cost({ calls, throttles, retries }: ReadingCost): void {
    this.add({ calls, throttles, retries });
  }

  add(more: Partial<SweepCounts>): void {
    const sum = { ...this.counts } as Record<keyof SweepCounts, number>;
    for (const [name, number] of Object.entries(more) as [keyof SweepCounts, number][]) sum[name] += number;
    this.counts = sum;
    this.tell(sum);
  }
}
