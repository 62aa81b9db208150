import { Injectable } from '@nestjs/common';
import { systemContext } from '../../platform/context/request-context.js';
import { isBusy, isUnavailable } from '../../platform/database/sqlstate.js';
import { CommitUnknownError, UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher } from '../../platform/events/index.js';
import { CodedError } from '../../platform/graphql/errors.js';
import { BatchRepository } from './data/batch.repository.js';
import { lockPool, trailOf } from './data/pool-trail.js';
import { decidePool, turnAllDue } from './decide-pool.js';
import type { Outcome } from './domain/command.js';
import type { Item } from './domain/decide.js';

/** How long a batch waits for those that were in the last one: less than it takes to serve them alone. */
const COMPANY_MS = 2;
/** Longer queues are served in several batches, so that none holds its pool's lock for long. */
const MOST_ITEMS = 500;

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
        return trail ? (await turnAllDue(this.batches, tx, trail)).sequence - trail.sequence : 0;
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
      async (tx, opened) => {
        const decided = await decidePool(this.batches, tx, poolId, items, opened);
        decided.write();
        return decided;
      },
      lockPool(poolId),
    );
    if (changes > 0) this.publisher.wake();
    return outcomes;
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

/** What a caller is told of an error; nothing but a lost COMMIT can have had an effect. */
export function faultOf(error: unknown): unknown {
  if (error instanceof CommitUnknownError) {
    return new CodedError(
      'UNAVAILABLE',
      'The database went away while this was being committed: it may have happened. Repeat it with the same key, or look before you repeat it without one.',
    );
  }
  return error;
}
