import { isDeepStrictEqual } from 'node:util';
import { plusSeconds } from '../../../platform/context/instant.js';
import type { Allocation, AllocationStatus } from './allocation.js';
import { endClaim, isFreeTo, ownOf, subjectOf } from './claims.js';
import type {
  ConfirmCommand,
  Outcome,
  ReleaseCommand,
  RenewCommand,
  SettleCommand,
  UpdateCommand,
} from './command.js';
import type { Failure, FailureOf } from './failure.js';
import type { Actor, Ledger } from './ledger.js';
import type { Block } from './pool.js';
import { missingTags } from './rules.js';
import { prolong, settleClaim } from './take.js';
import { resourceOf } from './unswept.js';

export function refused(failure: Failure): Outcome {
  return { ok: false, failure };
}

const done = (allocation: Allocation): Outcome => ({ ok: true, allocation });

const POSSIBLE: Readonly<Record<AllocationStatus, readonly string[]>> = {
  RESERVED: ['confirm', 'renew', 'release', 'update'],
  ALLOCATED: ['release', 'update'],
  QUARANTINED: ['restore', 'update'],
  EXPIRED: ['confirm', 'reserve or allocate with its key'],
  RELEASED: [],
};

export function invalidTransition(
  row: Allocation,
  what: string,
): FailureOf<'ALREADY_CONFIRMED' | 'INVALID_TRANSITION'> {
  const possible = POSSIBLE[row.status];
  const message = `${subjectOf(row.id)} is ${row.status}: no ${what}. Possible: ${possible.join(', ') || 'nothing any more'}.`;
  return { code: 'INVALID_TRANSITION', message, status: row.status, possible };
}

export function expired(ledger: Ledger, row: Allocation): FailureOf<'EXPIRED'> {
  const lostKey = row.key !== null && row.claim === null;
  const takenBy = lostKey ? [] : ledger.conflicts(row.cidr, ownOf(ledger, row));
  const why =
    ledger.poolCidrAround(row.cidr)?.id !== row.poolCidrId
      ? 'its pool CIDR is gone'
      : takenBy[0]
        ? takenBy[0].resource !== undefined
          ? `${takenBy[0].resource} uses ${takenBy[0].cidr} of it (if that is yours, confirm ${subjectOf(row.id)} with its resource id)`
          : `${takenBy[0].cidr} was taken since`
        : 'its key went to another allocation';
  const message = `The reservation of ${row.cidr} expired and ${why}. Reserve again${row.claim ? ` with replaces: ${subjectOf(row.id)}` : ''}.`;
  return {
    code: 'EXPIRED',
    message,
    allocationId: row.id,
    cidr: row.cidr,
    expiredAt: row.expiresAt!,
    takenBy,
  };
}

export function confirm(ledger: Ledger, row: Allocation, command: ConfirmCommand, by: Actor): Outcome {
  const holder = { ...row.holder, ...command.holder };
  const confirmed = { nonce: command.nonce ?? null, settledAt: null, holder };
  switch (row.status) {
    case 'RESERVED':
      return done(settleClaim(ledger, row, confirmed, 'allocation.confirmed', by));
    case 'ALLOCATED':
      if (command.nonce !== undefined && row.nonce === command.nonce) return done(row);
      if (row.settledAt !== null)
        return done(ledger.put({ ...row, ...confirmed }, 'allocation.confirmed', by));
      return refused({
        ...invalidTransition(row, 'second confirm'),
        code: 'ALREADY_CONFIRMED',
        message: `${subjectOf(row.id)} is already confirmed${row.nonce === null ? '' : ' with another nonce'}.`,
      });
    case 'EXPIRED': {
      const lostKey = row.key !== null && row.claim === null;
      if (lostKey || !isFreeTo(ledger, row, command.holder?.resourceId)) return refused(expired(ledger, row));
      ledger.takeBack(row);
      return done(settleClaim(ledger, row, confirmed, 'allocation.confirmed', by));
    }
    case 'QUARANTINED':
    case 'RELEASED':
      return refused(invalidTransition(row, 'confirm'));
  }
}

export function renew(ledger: Ledger, row: Allocation, command: RenewCommand, by: Actor): Outcome {
  if (row.status === 'RESERVED') return done(prolong(ledger, row, command.ttlSeconds, by));
  return refused(row.status === 'EXPIRED' ? expired(ledger, row) : invalidTransition(row, 'renew'));
}

/** Discovery saw the resource of a reservation. Repeated it changes nothing. */
export function settle(ledger: Ledger, row: Allocation, command: SettleCommand, by: Actor): Outcome {
  if (row.status === 'ALLOCATED') return done(row);
  if (row.status !== 'RESERVED') return refused(invalidTransition(row, 'settle'));
  const said = Object.fromEntries(Object.entries(row.holder).filter(([, value]) => value !== ''));
  const settled = { settledAt: ledger.now, holder: { ...command.resource, ...said } };
  return done(settleClaim(ledger, row, settled, 'allocation.settled', by));
}

/** A reservation's space is free at once, or unswept; what was allocated rests in quarantine first. */
export function release(ledger: Ledger, row: Allocation, command: ReleaseCommand, by: Actor): Outcome {
  const { now } = ledger;
  if (row.status !== 'RESERVED' && row.status !== 'ALLOCATED')
    return refused(invalidTransition(row, 'release'));
  const dependents = ledger.state.dependents.get(row.id);
  if (dependents) {
    const message = `${row.cidr} is the source of a child pool: deprovision it there first (${dependents.join(', ')}).`;
    return refused({ code: 'HAS_DEPENDENTS', message, dependents });
  }
  const observed = command.force ? [] : ledger.observedIn(row);
  if (observed.length > 0) return refused(stillObserved(row, observed));
  const restsUntil = Math.max(
    plusSeconds(now, ledger.pool.rules.quarantineSeconds),
    row.heldUntil ?? -Infinity,
  );
  const rests = row.status === 'ALLOCATED' && restsUntil > now;
  const gone = { ...row, releasedAt: now, expiresAt: null };
  const next: Allocation = rests
    ? { ...gone, status: 'QUARANTINED', availableAt: restsUntil }
    : { ...gone, status: 'RELEASED' };
  const released = endClaim(ledger, next, by, 'allocation.released');
  if (!rests) ledger.giveBack(released, now);
  return done(released);
}

const MOST_LISTED = 100;

function stillObserved(row: Allocation, observed: readonly Block[]): Failure {
  const dependents = [...new Set(observed.map((block) => `${resourceOf(block)} ${block.cidr} (observed)`))];
  const rest = dependents.length > 1 ? ` and ${dependents.length - 1} more` : '';
  const message = `${row.cidr} is still in use: ${dependents[0]}${rest}. Delete that first, or release with force.`;
  return { code: 'HAS_DEPENDENTS', message, dependents: dependents.slice(0, MOST_LISTED) };
}

export function restore(ledger: Ledger, row: Allocation, by: Actor): Outcome {
  if (row.status !== 'QUARANTINED') return refused(invalidTransition(row, 'restore'));
  const claim = row.key !== null && !ledger.openClaim(row.key) ? 'OPEN' : null;
  const restored: Allocation = { ...row, status: 'ALLOCATED', availableAt: null, releasedAt: null, claim };
  return done(ledger.put(restored, 'allocation.restored', by));
}

export function update(ledger: Ledger, row: Allocation, command: UpdateCommand, by: Actor): Outcome {
  if (row.version !== command.version) {
    const message = `${subjectOf(row.id)} is at version ${row.version} now (changed by ${row.updatedBy}), not ${command.version}: read it again.`;
    return refused({ code: 'VERSION_CONFLICT', message, version: row.version, changedBy: row.updatedBy });
  }
  if (row.status === 'EXPIRED' || row.status === 'RELEASED') return refused(invalidTransition(row, 'update'));
  const missing = command.tags && missingTags(ledger.pool.rules, command.tags);
  if (missing) return refused(missing);
  const { holder = row.holder, tags = row.tags, description = row.description } = command;
  if (isDeepStrictEqual([holder, tags, description], [row.holder, row.tags, row.description]))
    return done(row);
  return done(ledger.put({ ...row, holder, tags, description }, 'allocation.updated', by));
}
