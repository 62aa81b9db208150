import { plusSeconds } from '../../../platform/context/instant.js';
import { type Allocation, EXPIRED_CLAIM_SECONDS } from './allocation.js';
import type { Actor, Ledger, Own } from './ledger.js';
import { scopeOf, sourceOfScope } from './unswept.js';

/** `alloc_<id>`: the id outside, and the subject of changes and blocks. */
export function subjectOf(id: number): string {
  return `alloc_${id}`;
}

/** The claim that answers a key: the pending one while there is one, else the open one. */
export function answeringClaim(ledger: Ledger, key: string): Allocation | undefined {
  return ledger.pendingClaim(key) ?? ledger.openClaim(key);
}

/** Ends the claim of `row`; a pending claim of the key becomes the open one. */
export function endClaim(
  ledger: Ledger,
  row: Allocation,
  by: Actor,
  action: string,
  at = ledger.now,
): Allocation {
  const ended = ledger.put({ ...row, claim: null }, action, by, at);
  if (row.claim === 'OPEN') promotePending(ledger, row.key!, by, at);
  return ended;
}

function promotePending(ledger: Ledger, key: string, by: Actor, at: number): void {
  const pending = ledger.pendingClaim(key);
  if (pending) ledger.put({ ...pending, claim: 'OPEN' }, 'allocation.key_taken_over', by, at);
}

/** Takes the key from whoever has it open, for a row that is about to become its open claim. */
export function takeKeyFromOpenClaim(ledger: Ledger, key: string, except: number | null, by: Actor): void {
  const open = ledger.openClaim(key);
  if (open && open.id !== except) ledger.put({ ...open, claim: null }, 'allocation.key_handed_over', by);
}

/** True while the CIDR of an expired allocation could be given to it again. `confirming`: the resource its confirm names. */
export function isFreeTo(ledger: Ledger, row: Allocation, confirming?: string): boolean {
  if (ledger.poolCidrAround(row.cidr)?.id !== row.poolCidrId) return false;
  return (
    ledger.free.isFree(row.cidr) || ledger.conflicts(row.cidr, ownOf(ledger, row, confirming)).length === 0
  );
}

/**
 * What does not stand in the way of `row` itself: the resources that its holder and its confirm name, and what was made in
 * the holder's account and region with exactly this CIDR, as somebody does who does not confirm.
 */
export function ownOf(ledger: Ledger, row: Allocation, confirming?: string): Own {
  const scope = scopeOf(row.holder);
  const made = scope ? ledger.resourcesAt(row.cidr, sourceOfScope(scope)) : [];
  const resources = [row.holder.resourceId, confirming, ...made].filter((resource) => resource !== undefined);
  return { subject: subjectOf(row.id), resources };
}

/** Whether an expired claim has had its time. */
export function claimEndsAt(row: Allocation): number {
  return plusSeconds(row.expiresAt!, EXPIRED_CLAIM_SECONDS);
}
