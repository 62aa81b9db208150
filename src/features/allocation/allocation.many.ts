import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../platform/context/request-context.js';
import type { Tx } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher } from '../../platform/events/index.js';
import { faultOf } from './allocation.engine.js';
import { AllocationService, type TakeCommand } from './allocation.service.js';
import { BatchRepository } from './data/batch.repository.js';
import { lockPools } from './data/pool-trail.js';
import { type DecidedPool, decidePool } from './decide-pool.js';
import type { Allocation } from './domain/allocation.js';
import type { Command, Outcome } from './domain/command.js';
import { notFound } from './domain/decide.js';
import type { Failure, FailureOf } from './domain/failure.js';
import { PoolTurns } from './pool-turns.js';

/** How many run at a time in one process; each holds a connection. */
const AT_ONCE = 2;

export type ManyOutcome =
  | {
      readonly ok: true;
      /** In the order of the items. */
      readonly allocations: readonly Allocation[];
      /** Indexes of the items whose key had this answer already. */
      readonly replayed: readonly number[];
    }
  | { readonly ok: false; readonly failure: FailureOf<'BATCH_REJECTED'> };

/** A command and its pool; without one, the id that was given and that nothing has. */
type Placed = { readonly command: Command; readonly poolId: number } | { readonly missing: string };

/** An item whose pool is known, with its place in the list. */
interface Listed {
  readonly index: number;
  readonly command: Command;
}

/**
 * Commands on many allocations, of one pool or several: one transaction, all or nothing. Outside the queues of the
 * engine, which hold one pool each and so never wait for a second lock.
 */
@Injectable()
export class AllocationMany {
  private readonly turns = new PoolTurns(AT_ONCE);

  constructor(
    private readonly service: AllocationService,
    private readonly unitOfWork: UnitOfWork,
    private readonly batches: BatchRepository,
    private readonly publisher: Publisher,
  ) {}

  /** allocate, reserve or adopt each. `pool` is an id or a name. BATCH_REJECTED: nothing was written. */
  async take(
    ctx: RequestContext,
    items: readonly { readonly pool: string; readonly command: TakeCommand }[],
  ): Promise<ManyOutcome> {
    const place = async (item: (typeof items)[number]): Promise<Placed> => {
      const poolId = await this.service.resolvePool(item.pool);
      return poolId === null ? { missing: item.pool } : { command: item.command, poolId };
    };
    const keys = items.map(({ command }) => command.key ?? null);
    return this.run(ctx, await Promise.all(items.map(place)), keys);
  }

  /** Releases each. BATCH_REJECTED: nothing was written. */
  async release(
    ctx: RequestContext,
    items: readonly { readonly id: string; readonly force: boolean }[],
  ): Promise<ManyOutcome> {
    const place = async ({ id, force }: (typeof items)[number]): Promise<Placed> => {
      const found = await this.service.locate(id);
      if (!found) return { missing: id };
      return { command: { kind: 'release', id: found.id, force }, poolId: found.poolId };
    };
    const keys = items.map(() => null);
    return this.run(ctx, await Promise.all(items.map(place)), keys);
  }

  private async run(
    ctx: RequestContext,
    placed: readonly Placed[],
    keys: readonly (string | null)[],
  ): Promise<ManyOutcome> {
    const outcomes: Outcome[] = placed.map((item) => ({
      ok: false,
      failure: notFound('missing' in item ? item.missing : ''),
    }));
    const byPool = groupByPool(placed);
    const poolIds = [...byPool.keys()].sort((a, b) => a - b);
    if (poolIds.length === 0) return answerOf(outcomes, keys);
    let changes = 0;
    const attempt = (): Promise<ManyOutcome> =>
      this.unitOfWork.run(
        ctx,
        async (tx, opened) => {
          const decided = await this.decide(ctx, tx, poolIds, byPool, opened);
          decided.forEach((pool, at) =>
            byPool.get(poolIds[at]!)!.forEach(({ index }, n) => (outcomes[index] = pool.outcomes[n]!)),
          );
          const answer = answerOf(outcomes, keys);
          if (!answer.ok) throw new Rejection(answer);
          for (const pool of decided) pool.write();
          changes = decided.reduce((sum, pool) => sum + pool.changes, 0);
          return answer;
        },
        lockPools(poolIds),
      );
    try {
      const answer = await this.turns.run(poolIds, attempt);
      if (changes > 0) this.publisher.wake();
      return answer;
    } catch (error) {
      if (error instanceof Rejection) return error.answer;
      throw faultOf(error);
    }
  }

  /** Every pool has answered before this settles: none may go on in a transaction that another one's error has ended. */
  private async decide(
    { actor, correlation }: RequestContext,
    tx: Tx,
    poolIds: readonly number[],
    byPool: ReadonlyMap<number, readonly Listed[]>,
    opened: Promise<Record<string, unknown>[][]>,
  ): Promise<DecidedPool[]> {
    const settled = await Promise.allSettled(
      poolIds.map((poolId) => {
        const items = byPool.get(poolId)!.map(({ command }) => ({ command, actor, correlation }));
        return decidePool(this.batches, tx, poolId, items, opened);
      }),
    );
    return settled.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
  }
}

/** Ends the transaction without a trace of it. */
class Rejection extends Error {
  constructor(readonly answer: ManyOutcome) {
    super('an item was refused');
  }
}

function groupByPool(placed: readonly Placed[]): Map<number, Listed[]> {
  const byPool = new Map<number, Listed[]>();
  placed.forEach((item, index) => {
    if ('missing' in item) return;
    const { poolId, command } = item;
    const listed = byPool.get(poolId);
    if (listed) listed.push({ index, command });
    else byPool.set(poolId, [{ index, command }]);
  });
  return byPool;
}

function answerOf(outcomes: readonly Outcome[], keys: readonly (string | null)[]): ManyOutcome {
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.ok ? [] : [{ index, key: keys[index]!, failure: outcome.failure }],
  );
  if (failures.length > 0)
    return { ok: false, failure: rejected(withoutUndone(failures, outcomes), outcomes.length) };
  const done = outcomes.filter((outcome) => outcome.ok);
  return {
    ok: true,
    allocations: done.map(({ allocation }) => allocation),
    replayed: done.flatMap(({ replayed }, index) => (replayed ? [index] : [])),
  };
}

interface Refused {
  readonly index: number;
  readonly key: string | null;
  readonly failure: Failure;
}

/** Failures that name the item of this list in place of an allocation that was made for it and is undone with it. */
function withoutUndone(failures: readonly Refused[], outcomes: readonly Outcome[]): Refused[] {
  const undone = new Map<number, number>();
  outcomes.forEach((outcome, index) => {
    if (outcome.ok && !outcome.replayed && outcome.allocation.version === 1)
      undone.set(outcome.allocation.id, index);
  });
  const visible = (id: number | null): number | null => (id !== null && undone.has(id) ? null : id);
  return failures.map(({ failure, ...item }) => {
    const message = failure.message.replace(/alloc_(\d+)/g, (id, digits: string) => {
      const index = undone.get(Number(digits));
      return index === undefined ? id : `the item at index ${index}`;
    });
    const told = { ...failure, message };
    if (told.code === 'CIDR_CONFLICT') {
      const conflicts = told.conflicts.map((conflict) => ({
        ...conflict,
        allocationId: visible(conflict.allocationId),
      }));
      return { ...item, failure: { ...told, conflicts } };
    }
    if (told.code === 'KEY_CONFLICT')
      return { ...item, failure: { ...told, allocationId: visible(told.allocationId) } };
    return { ...item, failure: told };
  });
}

function rejected(failures: readonly Refused[], items: number): FailureOf<'BATCH_REJECTED'> {
  const [first] = failures;
  const message = `Nothing was done: ${failures.length} of ${items} items are refused, the first at index ${first!.index}: ${first!.failure.message}`;
  return { code: 'BATCH_REJECTED', message, failures };
}
