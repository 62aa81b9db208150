import type { Tx } from '../../platform/database/statement.js';
import type { BatchRepository } from './data/batch.repository.js';
import { type PoolTrail, trailOf } from './data/pool-trail.js';
import type { Outcome } from './domain/command.js';
import { decideBatch, type Item, notFound } from './domain/decide.js';
import { loadUntilEnough } from './load-until-enough.js';

const DUE_BESIDE_ITEMS = 1_000;
const DUE_IN_SWEEP = 10_000;

/** What the items of one pool come to. */
export interface DecidedPool {
  /** In the order of the items. */
  readonly outcomes: readonly Outcome[];
  /** How many changes `write` records. */
  readonly changes: number;
  /** Sends it all, to travel with COMMIT. */
  write(): void;
}

/**
 * Loads and decides the items of a pool that this transaction has locked. `opened`: what `lockPools` found; the first
 * statement is sent without waiting for it. What is due in the pool may be written on the way.
 */
export async function decidePool(
  batches: BatchRepository,
  tx: Tx,
  poolId: number,
  items: readonly Item[],
  opened: Promise<Record<string, unknown>[][]>,
): Promise<DecidedPool> {
  let turned: PoolTrail | null = null;
  const decision = await loadUntilEnough(
    { window: items.length, due: DUE_BESIDE_ITEMS, counts: false },
    (limits) => batches.load(tx, poolId, null, items, limits),
    (state) => decideBatch(state, items),
    async () => void (turned = await turnAllDue(batches, tx, trailOf(poolId, await opened)!)),
  );
  const trail = turned ?? trailOf(poolId, await opened);
  if (!decision || !trail) {
    const failure = notFound(`pool_${poolId}`);
    return { outcomes: items.map(() => ({ ok: false, failure })), changes: 0, write: () => {} };
  }
  const { outcomes, changes } = decision;
  return { outcomes, changes: changes.length, write: () => batches.write(tx, trail, decision) };
}

/** Turns everything that is due in a locked pool; returns where its trail then stands. */
export async function turnAllDue(batches: BatchRepository, tx: Tx, locked: PoolTrail): Promise<PoolTrail> {
  let trail = locked;
  for (;;) {
    const state = await batches.load(tx, trail.poolId, trail.now, [], {
      window: 1,
      due: DUE_IN_SWEEP,
      counts: false,
    });
    if (!state) return trail;
    const decision = decideBatch(state, []);
    batches.write(tx, trail, decision);
    trail = { ...trail, sequence: trail.sequence + decision.changes.length };
    if (!state.moreDue) return trail;
  }
}
