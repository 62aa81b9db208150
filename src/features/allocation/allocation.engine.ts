import { Injectable } from '@nestjs/common';
import { systemContext } from '../../platform/context/request-context.js';
import { isBusy, isUnavailable } from '../../platform/database/sqlstate.js';
import type { Tx } from '../../platform/database/statement.js';
import { CommitUnknownError, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher } from '../../platform/events/index.js';
import { CodedError } from '../../platform/graphql/errors.js';
import { BatchRepository } from './data/batch.repository.js';
import { lockPool, type PoolTrail, trailOf } from './data/pool-trail.js';
import type { Outcome } from './domain/command.js';
import { type BatchDecision, decideBatch, type Item, notFound } from './domain/decide.js';
import { loadUntilEnough } from './load-until-enough.js';

/** How long a batch waits for those that were in the last one: less than it takes to serve them alone. */
const COMPANY_MS = 2;
/** Longer queues are served in several batches, so that none holds its pool's lock for long. */
const MOST_ITEMS = 500;
const DUE_BESIDE_ITEMS = 1_000;
const DUE_IN_SWEEP = 10_000;

interface Waiting {
  readonly item: Item;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

interface Queue {
  readonly waiting: Waiting[];
  running: boolean;
  /** How many asked lately, served or waiting: as many may ask again. */
  callers: number;
  /** Called when as many wait. */
  complete: (() => void) | null;
}

/**
 * Serves the items of each pool in batches: one queue per pool, at most one batch in flight, and what arrives
 * meanwhile is the next one. A batch is one unit of work with a fixed number of round trips whatever its size.
 */
@Injectable()
export class AllocationEngine {
  private readonly queues = new Map<number, Queue>();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly batches: BatchRepository,
    private readonly publisher: Publisher,
  ) {}

  /** Resolves after COMMIT. Rejects with UNAVAILABLE when the database is away, telling whether anything can have happened. */
  submit(poolId: number, item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      let queue = this.queues.get(poolId);
      if (!queue)
        this.queues.set(poolId, (queue = { waiting: [], running: false, callers: 1, complete: null }));
      queue.waiting.push({ item, resolve, reject });
      if (queue.waiting.length >= queue.callers) queue.complete?.();
      if (!queue.running) {
        queue.running = true;
        setImmediate(() => void this.drain(poolId, queue));
      }
    });
  }

  /** Turns everything that is due in a pool; returns how many changes that made. */
  async sweep(poolId: number): Promise<number> {
    const changes = await this.unitOfWork.run(
      systemContext('sweep'),
      async (tx, opened) => {
        const trail = trailOf(poolId, await opened);
        return trail ? (await this.turnAllDue(tx, trail)).sequence - trail.sequence : 0;
      },
      lockPool(poolId),
    );
    if (changes > 0) this.publisher.wake();
    return changes;
  }

  private async drain(poolId: number, queue: Queue): Promise<void> {
    while (queue.waiting.length > 0) {
      const batch = queue.waiting.splice(0, MOST_ITEMS);
      const answer = await this.serve(poolId, batch, queue.waiting);
      queue.callers = Math.min(batch.length + queue.waiting.length, MOST_ITEMS);
      answer();
      if (queue.waiting.length < queue.callers) await company(queue);
    }
    this.queues.delete(poolId);
  }

  /** Does what the batch asks for; what it returns tells the callers. `behind` waits for the same lock. */
  private async serve(poolId: number, batch: readonly Waiting[], behind: Waiting[]): Promise<() => void> {
    try {
      const outcomes = await this.runBatch(
        poolId,
        batch.map(({ item }) => item),
      );
      return () => batch.forEach(({ resolve }, index) => resolve(outcomes[index]!));
    } catch (error) {
      // whoever has the lock has had it for long: those behind would wait as long again, for the same answer
      const told = isBusy(error) ? [...batch, ...behind.splice(0)] : batch;
      if (
        batch.length === 1 ||
        isBusy(error) ||
        error instanceof CommitUnknownError ||
        isUnavailable(error)
      ) {
        return () => told.forEach(({ reject }) => reject(faultOf(error)));
      }
      // one item that PostgreSQL refuses must not cost the others theirs
      for (const waiting of batch) (await this.serve(poolId, [waiting], behind))();
      return () => undefined;
    }
  }

  private async runBatch(poolId: number, items: readonly Item[]): Promise<readonly Outcome[]> {
    const { outcomes, changes } = await this.unitOfWork.run(
      systemContext('batch'),
      (tx, opened) => this.decide(tx, poolId, items, opened),
      lockPool(poolId),
    );
    if (changes.length > 0) this.publisher.wake();
    return outcomes;
  }

  private async decide(
    tx: Tx,
    poolId: number,
    items: readonly Item[],
    opened: Promise<Record<string, unknown>[][]>,
  ): Promise<Pick<BatchDecision, 'outcomes' | 'changes'>> {
    let turned: PoolTrail | null = null;
    const decision = await loadUntilEnough(
      { window: items.length, due: DUE_BESIDE_ITEMS, counts: false },
      (limits) => this.batches.load(tx, poolId, null, items, limits),
      (state) => decideBatch(state, items),
      async () => void (turned = await this.turnAllDue(tx, trailOf(poolId, await opened)!)),
    );
    const trail = turned ?? trailOf(poolId, await opened);
    if (!decision || !trail) return { outcomes: items.map(() => missingPool(poolId)), changes: [] };
    this.batches.write(tx, trail, decision);
    return decision;
  }

  private async turnAllDue(tx: Tx, locked: PoolTrail): Promise<PoolTrail> {
    let trail = locked;
    for (;;) {
      const state = await this.batches.load(tx, trail.poolId, trail.now, [], {
        window: 1,
        due: DUE_IN_SWEEP,
        counts: false,
      });
      if (!state) return trail;
      const decision = decideBatch(state, []);
      this.batches.write(tx, trail, decision);
      trail = { ...trail, sequence: trail.sequence + decision.changes.length };
      if (!state.moreDue) return trail;
    }
  }
}

/**
 * Callers that have their answer often ask again at once. Two batches that take turns, each with a part of them, cost
 * nearly twice as much as one with all.
 */
function company(queue: Queue): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      queue.complete = null;
      resolve();
    };
    const timer = setTimeout(done, COMPANY_MS);
    queue.complete = done;
  });
}

function missingPool(poolId: number): Outcome {
  return { ok: false, failure: notFound(`pool_${poolId}`) };
}

function faultOf(error: unknown): unknown {
  if (error instanceof CommitUnknownError) {
    return new CodedError(
      'UNAVAILABLE',
      'The database went away while this was being committed: it may have happened. Repeat it with the same key, or look before you repeat it without one.',
    );
  }
  return error;
}
