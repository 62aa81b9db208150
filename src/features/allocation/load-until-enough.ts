import type { LoadLimits } from './data/batch.repository.js';
import { WindowTooShortError } from './domain/free-space.js';
import { type LoadedState, MoreNeededError } from './domain/ledger.js';

const WINDOW_GROWTH = 8;

/**
 * Loads and decides, again with more for as long as the decision says that it needs more. Null where `load` found no
 * pool. `turnDue` is called when everything that is due has to be turned first.
 */
export async function loadUntilEnough<Decision>(
  first: LoadLimits,
  load: (limits: LoadLimits) => Promise<LoadedState | null>,
  decide: (state: LoadedState) => Decision,
  turnDue: () => Promise<void>,
): Promise<Decision | null> {
  let limits = first;
  for (;;) {
    const state = await load(limits);
    if (!state) return null;
    try {
      return decide(state);
    } catch (error) {
      if (error instanceof WindowTooShortError) limits = { ...limits, window: limits.window * WINDOW_GROWTH };
      else if (!(error instanceof MoreNeededError)) throw error;
      else if (error.what === 'totals') limits = { ...limits, counts: true };
      else await turnDue();
    }
  }
}
