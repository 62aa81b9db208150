import { type Prefix, widthOf } from '../../../address/index.js';
import { plusSeconds } from '../../../platform/context/instant.js';
import type { Allocation, ClaimState } from './allocation.js';
import { answeringClaim, isFreeTo, subjectOf, takeKeyFromOpenClaim } from './claims.js';
import type { AdoptCommand, AllocateCommand, Outcome, ReserveCommand, SpaceRequest } from './command.js';
import type { Conflict, Failure } from './failure.js';
import { type Actor, type Ledger, MoreNeededError } from './ledger.js';
import type { PoolCidr } from './pool.js';
import { brokenByAdoption, brokenRule, requestedLength } from './rules.js';
import { expired, invalidTransition, refused } from './transitions.js';

/** The commands that take space. */
export type TakeCommand = AllocateCommand | ReserveCommand | AdoptCommand;

/** What a new row does with its key. */
interface Claiming {
  readonly claim: ClaimState | null;
  readonly replaces: number | null;
}

/** `/24`, `10.0.0.0/24` or `default`: what "the same request" compares. */
export function canonicalRequest(request: Pick<SpaceRequest, 'cidr' | 'prefixLength' | 'request'>): string {
  if (request.request !== undefined) return request.request;
  if (request.cidr) return request.cidr.toString();
  return request.prefixLength === undefined ? 'default' : `/${request.prefixLength}`;
}

/** allocate, reserve and adopt: what the key says first, then new space. */
export function take(ledger: Ledger, command: TakeCommand, by: Actor): Outcome {
  const { key } = command;
  if (key === undefined) return takeNew(ledger, command, by, { claim: null, replaces: null });
  const claim = answeringClaim(ledger, key);
  if (!claim)
    return (
      restoreReleased(ledger, command, by) ?? takeNew(ledger, command, by, { claim: 'OPEN', replaces: null })
    );

  const same = answersTo(claim, command);
  const replaces = command.kind === 'adopt' ? undefined : command.replaces;
  if (replaces === claim.id) {
    if (claim.status === 'EXPIRED' && !(same && isFreeTo(ledger, claim)))
      return replaceExpired(ledger, command, claim, by);
    if (claim.status === 'ALLOCATED') return replaceAllocated(ledger, command, claim, by);
  }
  if (!same) return refused(keyConflict(key, claim));
  const takesOver =
    claim.claim === 'PENDING' && replaces !== undefined && ledger.openClaim(key)?.id === replaces;
  return answer(ledger, command, claim, takesOver, by);
}

/** Whoever names the request beside a CIDR asks for both: an answer with another CIDR would be none. */
function answersTo(claim: Allocation, command: TakeCommand): boolean {
  if (claim.request !== canonicalRequest(command)) return false;
  return command.request === undefined || claim.cidr.equals(command.cidr!);
}

/** The same request again: the same allocation, revived where it has expired. */
function answer(
  ledger: Ledger,
  command: TakeCommand,
  claim: Allocation,
  takesOver: boolean,
  by: Actor,
): Outcome {
  switch (claim.status) {
    case 'ALLOCATED':
      return replayed(claim);
    case 'RESERVED':
      if (command.kind === 'reserve') return replayed(prolong(ledger, claim, command.ttlSeconds, by));
      if (command.kind === 'allocate' && takesOver)
        return replayed(settleClaim(ledger, claim, {}, 'allocation.allocated', by));
      return refused(invalidTransition(claim, `${command.kind} of a reservation; confirm it`));
    case 'EXPIRED':
      if (!isFreeTo(ledger, claim)) return refused(expired(ledger, claim));
      return replayed(revive(ledger, claim, command, by));
    case 'QUARANTINED':
    case 'RELEASED':
      throw new Error(`allocation ${claim.id} is ${claim.status} and has a claim`);
  }
}

const replayed = (allocation: Allocation): Outcome => ({ ok: true, allocation, replayed: true });

function revive(ledger: Ledger, claim: Allocation, command: TakeCommand, by: Actor): Allocation {
  ledger.takeBack(claim);
  if (command.kind !== 'reserve') return settleClaim(ledger, claim, {}, 'allocation.revived', by);
  const expiresAt = plusSeconds(ledger.now, command.ttlSeconds);
  return ledger.put({ ...claim, status: 'RESERVED', expiresAt }, 'allocation.revived', by);
}

/** Later of the old and the new deadline; a row that would not change stays untouched. */
export function prolong(ledger: Ledger, row: Allocation, ttlSeconds: number, by: Actor): Allocation {
  const expiresAt = plusSeconds(ledger.now, ttlSeconds);
  return expiresAt <= row.expiresAt! ? row : ledger.put({ ...row, expiresAt }, 'allocation.renewed', by);
}

/** Makes a reserved or expired row ALLOCATED; a pending claim takes the key over. */
export function settleClaim(
  ledger: Ledger,
  row: Allocation,
  changes: Partial<Allocation>,
  action: string,
  by: Actor,
): Allocation {
  if (row.claim === 'PENDING') takeKeyFromOpenClaim(ledger, row.key!, row.id, by);
  const claim = row.claim === 'PENDING' ? 'OPEN' : row.claim;
  return ledger.put({ ...row, ...changes, status: 'ALLOCATED', expiresAt: null, claim }, action, by);
}

/** The caller gives up an expired claim by name: another allocation steps into its place. */
function replaceExpired(
  ledger: Ledger,
  command: AllocateCommand | ReserveCommand | AdoptCommand,
  claim: Allocation,
  by: Actor,
): Outcome {
  const pending = claim.claim === 'PENDING';
  const stays = pending && command.kind === 'reserve';
  const replaces = stays ? ledger.openClaim(claim.key!)!.id : claim.id;
  return takeNew(ledger, command, by, { claim: stays ? 'PENDING' : 'OPEN', replaces }, () => {
    ledger.put({ ...claim, claim: null }, 'allocation.key_handed_over', by);
    if (pending && !stays) takeKeyFromOpenClaim(ledger, claim.key!, null, by);
  });
}

/** Replace, create before destroy: beside the allocation that has the key, or at once in its place. */
function replaceAllocated(ledger: Ledger, command: TakeCommand, claim: Allocation, by: Actor): Outcome {
  if (command.kind === 'reserve')
    return takeNew(ledger, command, by, { claim: 'PENDING', replaces: claim.id });
  return takeNew(ledger, command, by, { claim: 'OPEN', replaces: claim.id }, () => {
    takeKeyFromOpenClaim(ledger, claim.key!, null, by);
  });
}

/** `allocate` by `cidr` of exactly what the same key released last, still in quarantine. */
function restoreReleased(ledger: Ledger, command: TakeCommand, by: Actor): Outcome | null {
  if (command.kind !== 'allocate' || !command.cidr) return null;
  const { cidr } = command;
  const released = ledger
    .liveOverlaps(cidr)
    .find((row) => row.key === command.key && row.status === 'QUARANTINED' && row.cidr.equals(cidr));
  if (!released || ledger.releasedLater(released)) return null;
  const broken = brokenRule(ledger.pool, command, cidr.length, command.tags);
  if (broken) return refused(broken);
  const { holder, tags, description } = command;
  const restored = {
    ...released,
    status: 'ALLOCATED',
    availableAt: null,
    releasedAt: null,
    claim: 'OPEN',
  } as const;
  const request = canonicalRequest(command);
  return {
    ok: true,
    allocation: ledger.put({ ...restored, request, holder, tags, description }, 'allocation.restored', by),
  };
}

/** Space that was nobody's. `handOver` runs once space is certain, before the row with its claim is entered. */
function takeNew(
  ledger: Ledger,
  command: TakeCommand,
  by: Actor,
  claiming: Claiming,
  handOver: () => void = () => {},
): Outcome {
  const found = command.kind === 'adopt' ? adoptable(ledger, command) : place(ledger, command);
  if ('code' in found) return refused(found);
  ledger.free.takeAvailable(found.cidr);
  handOver();
  const { now } = ledger;
  const row: Allocation = {
    id: ledger.nextId(),
    poolId: ledger.pool.id,
    poolCidrId: found.poolCidr.id,
    poolCidr: found.poolCidr.cidr,
    cidr: found.cidr,
    status: command.kind === 'reserve' ? 'RESERVED' : 'ALLOCATED',
    expiresAt: command.kind === 'reserve' ? plusSeconds(now, command.ttlSeconds) : null,
    availableAt: null,
    releasedAt: null,
    heldUntil: null,
    key: command.key ?? null,
    request: command.key === undefined ? null : canonicalRequest(command),
    claim: claiming.claim,
    replaces: claiming.replaces,
    nonce: null,
    settledAt: null,
    holder: command.holder,
    tags: command.tags,
    description: command.description,
    noncompliant:
      command.kind === 'adopt' ? brokenByAdoption(ledger.pool.rules, command.cidr, command.tags) : [],
    version: 1,
    createdAt: now,
    createdBy: by.actor,
    updatedAt: now,
    updatedBy: by.actor,
  };
  return { ok: true, allocation: ledger.put(row, ACTION[command.kind], by) };
}

const ACTION = {
  allocate: 'allocation.allocated',
  reserve: 'allocation.reserved',
  adopt: 'allocation.adopted',
} as const;

type Found = { readonly poolCidr: PoolCidr; readonly cidr: Prefix };

function place(ledger: Ledger, command: AllocateCommand | ReserveCommand): Found | Failure {
  const { pool } = ledger;
  const length = requestedLength(pool, command);
  if (typeof length !== 'number') return length;
  const broken = brokenRule(pool, command, length, command.tags);
  if (broken) return broken;
  if (command.cidr) return placeAt(ledger, command.cidr, command.key);
  const hostBits = widthOf(pool.family) - length;
  const found = ledger.free.choose(hostBits, command.placement ?? pool.rules.placement, command.near ?? null);
  return found ?? noSpace(ledger, length);
}

function placeAt(ledger: Ledger, cidr: Prefix, key: string | undefined): Found | Failure {
  const poolCidr = ledger.poolCidrAround(cidr);
  if (!poolCidr) return outsidePool(ledger, cidr);
  if (ledger.free.isFree(cidr)) return { poolCidr, cidr };
  return cidrConflict(cidr, ledger.conflicts(cidr), key);
}

function adoptable(ledger: Ledger, command: AdoptCommand): Found | Failure {
  const { cidr } = command;
  const poolCidr = ledger.poolCidrAround(cidr);
  if (!poolCidr) return outsidePool(ledger, cidr);
  if (ledger.free.isFree(cidr)) return { poolCidr, cidr };
  // blocked space may be adopted: it is what blocks it that is adopted
  const held = ledger.conflicts(cidr).filter((conflict) => conflict.allocationId !== null);
  return held.length > 0 ? cidrConflict(cidr, held, command.key) : { poolCidr, cidr };
}

function outsidePool(ledger: Ledger, cidr: Prefix): Failure {
  const poolCidrs = ledger.pool.cidrs.map((poolCidr) => poolCidr.cidr).sort((a, b) => a.compare(b));
  const message = `${cidr} does not lie inside one CIDR of the pool (${poolCidrs.join(', ') || 'it has none'}).`;
  return { code: 'OUTSIDE_POOL', message, cidr, poolCidrs };
}

function cidrConflict(cidr: Prefix, conflicts: readonly Conflict[], key: string | undefined): Failure {
  const own =
    key !== undefined && conflicts.some((conflict) => conflict.key === key && conflict.cidr.equals(cidr));
  const first = conflicts[0];
  const what = first
    ? `${first.cidr} (${first.allocationId === null ? whyBlocked(first) : subjectOf(first.allocationId)})`
    : 'space in use';
  const message = own
    ? `${cidr} is held under the same key: release that allocation first, or ask for another CIDR to replace it.`
    : `${cidr} overlaps ${what}${conflicts.length > 1 ? ` and ${conflicts.length - 1} more` : ''}.`;
  return { code: 'CIDR_CONFLICT', message, cidr, conflicts };
}

function whyBlocked({ reason, resource }: Conflict): string {
  return resource === undefined ? reason : `${reason}: ${resource}`;
}

function keyConflict(key: string, claim: Allocation): Failure {
  return {
    code: 'KEY_CONFLICT',
    message: `The key ${JSON.stringify(key)} already holds ${claim.cidr} for the request ${claim.request}. Use another key, or replaces: ${subjectOf(claim.id)}.`,
    key,
    allocationId: claim.id,
    cidr: claim.cidr,
    request: claim.request!,
    holder: claim.holder,
  };
}

/** Only under the lock, with everything turned that is due, is "no space" an answer. */
function noSpace(ledger: Ledger, prefixLength: number): Failure {
  const { state } = ledger;
  if (state.moreDue) throw new MoreNeededError('due');
  if (!state.freeCounts) throw new MoreNeededError('totals');
  const { largest, byLength } = summary(ledger, state.freeCounts);
  const message = largest
    ? `No free block of /${prefixLength} or larger is left; the largest is ${largest}.`
    : 'The pool has no free space.';
  return { code: 'NO_SPACE', message, prefixLength, largestFreeBlock: largest, freeBlocksByLength: byLength };
}

/** The pool's free blocks by length as loaded, carried on by what this batch took and gave so far. */
export function summary(
  ledger: Ledger,
  counts: ReadonlyMap<number, number>,
): { largest: Prefix | null; byLength: { prefixLength: number; count: number }[] } {
  const { removed, added } = ledger.free.delta();
  const current = new Map(counts);
  for (const { cidr } of removed) current.set(cidr.hostBits, (current.get(cidr.hostBits) ?? 0) - 1);
  for (const { cidr } of added) current.set(cidr.hostBits, (current.get(cidr.hostBits) ?? 0) + 1);
  const width = widthOf(ledger.pool.family);
  const byLength = [...current]
    .filter(([, count]) => count > 0)
    .map(([hostBits, count]) => ({ prefixLength: width - hostBits, count }))
    .sort((a, b) => a.prefixLength - b.prefixLength);
  return { largest: ledger.free.largest(), byLength };
}
