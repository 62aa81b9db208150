import type { Instant } from '../../../platform/context/instant.js';
import type { Allocation } from './allocation.js';
import { endClaim, subjectOf } from './claims.js';
import { turnDue } from './due.js';
import type { FailureOf } from './failure.js';
import type { Actor, Ledger } from './ledger.js';

/** An allocation that keeps its pool CIDR in place, and the pool that it feeds, if it does. */
export interface Blocker {
  readonly allocation: Pick<Allocation, 'id' | 'cidr' | 'status'>;
  readonly pool: string | null;
}

const MOST_LISTED = 100;

/** Why pool CIDRs stay where they are; null where nothing blocks. `what` is what was to go. */
export function stillUsed(what: string, blockers: readonly Blocker[]): FailureOf<'HAS_DEPENDENTS'> | null {
  if (blockers.length === 0) return null;
  const dependents = blockers.slice(0, MOST_LISTED).map(({ allocation, pool }) => {
    const feeds = pool === null ? '' : `, source of ${pool}`;
    return `${subjectOf(allocation.id)} ${allocation.cidr} (${allocation.status}${feeds})`;
  });
  const rest = blockers.length > MOST_LISTED ? ' and more' : '';
  const message = `${what} is in use: release ${dependents.slice(0, 3).join(', ')}${dependents.length > 3 ? ` and ${dependents.length - 3} more` : ''}${rest} first.`;
  return { code: 'HAS_DEPENDENTS', message, dependents };
}

/**
 * Ends what rests in pool CIDRs that are about to go: quarantines and the claims of expired reservations. Returns by pool
 * CIDR until when something in it should have rested, for its source to rest as long once that is released.
 */
export function endEverything(
  ledger: Ledger,
  poolCidrIds: ReadonlySet<number>,
  by: Actor,
): Map<number, Instant> {
  turnDue(ledger);
  const restsUntil = new Map<number, Instant>();
  for (const { id, poolCidrId } of ledger.state.allocations) {
    const row = ledger.row(id)!;
    if (!poolCidrIds.has(poolCidrId)) continue;
    if (row.status === 'QUARANTINED') {
      restsUntil.set(poolCidrId, Math.max(restsUntil.get(poolCidrId) ?? -Infinity, row.availableAt!));
      ledger.giveBack(
        ledger.put({ ...row, status: 'RELEASED' }, 'allocation.deprovisioned', by),
        row.releasedAt!,
      );
    } else if (row.status === 'EXPIRED' && row.claim) {
      endClaim(ledger, row, by, 'allocation.claim_ended');
    }
  }
  return restsUntil;
}
