import type { Instant } from '../../../platform/context/instant.js';
import type { Allocation } from './allocation.js';
import { claimEndsAt, endClaim } from './claims.js';
import type { Actor, Ledger } from './ledger.js';

const CLOCK: Actor = { actor: 'system:clock', correlation: 'due' };

/** Whether the deadline of a row, or of its claim, has passed. */
export function isDue(row: Allocation, now: Instant): boolean {
  if (row.status === 'RESERVED') return row.expiresAt! <= now;
  if (row.status === 'QUARANTINED') return row.availableAt! <= now;
  return row.status === 'EXPIRED' && row.claim !== null && claimEndsAt(row) <= now;
}

/**
 * Turns every loaded row whose deadline has passed, each at its due time: an expired reservation and an ended
 * quarantine free their space or leave it unswept, an expired claim ends after thirty days. Recorded in the order of the due times.
 */
export function turnDue(ledger: Ledger): void {
  const due = [...ledger.state.due].sort(
    (a, b) => (a.expiresAt ?? a.availableAt)! - (b.expiresAt ?? b.availableAt)! || a.id - b.id,
  );
  for (const { id } of due) {
    const row = ledger.row(id)!;
    if (row.status === 'QUARANTINED' && row.availableAt! <= ledger.now) {
      ledger.giveBack(
        ledger.put({ ...row, status: 'RELEASED' }, 'allocation.quarantine_ended', CLOCK, row.availableAt!),
        // its resource could be seen gone from the release on
        row.releasedAt!,
      );
    }
    if (row.status === 'RESERVED' && row.expiresAt! <= ledger.now) {
      ledger.giveBack(
        ledger.put({ ...row, status: 'EXPIRED' }, 'allocation.expired', CLOCK, row.expiresAt!),
        row.expiresAt!,
      );
    }
    const turned = ledger.row(id)!;
    if (turned.status === 'EXPIRED' && turned.claim && claimEndsAt(turned) <= ledger.now) {
      endClaim(ledger, turned, CLOCK, 'allocation.claim_ended', claimEndsAt(turned));
    }
  }
}
