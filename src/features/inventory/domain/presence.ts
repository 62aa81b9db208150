import type { Instant } from '../../../platform/context/instant.js';
import { OBSERVED_KINDS, type ObservedKind, type StoredKind } from './observed.js';

/** UNKNOWN: nobody looked, or it was seen before and not after; never a guess. */
export type Presence = 'PRESENT' | 'UNKNOWN';

/** When a version was seen. */
export interface Sightings {
  readonly seenFrom: Instant;
  /** Null: current. */
  readonly seenTo: Instant | null;
  readonly missingSince: Instant | null;
  /** Only of what is missing. */
  readonly lastSeen: Instant | null;
}

/** A time in which a list was not good. */
export interface Gap {
  readonly scopeId: number;
  readonly kind: StoredKind;
  readonly beganAt: Instant;
  /** Null: until now. */
  readonly endedAt: Instant | null;
  readonly reason: string;
}

/**
 * Whether a version was there at an instant that is not in the future; null where it was not. `gaps`: of its list, those at
 * that instant. Of what is missing and has not ended nobody knows yet whether it is there.
 */
export function presenceAt(version: Sightings, gaps: readonly Gap[], at: Instant): Presence | null {
  const { seenFrom, seenTo, missingSince, lastSeen } = version;
  if (at < seenFrom) return null;
  if (at === seenFrom) return 'PRESENT';
  if (seenTo !== null && missingSince === null && at >= seenTo) return null;
  if (seenTo !== null && missingSince !== null && at >= missingSince) return null;
  const seenLast = seenTo !== null && missingSince !== null ? seenTo : lastSeen;
  if (seenLast !== null && at > seenLast) return 'UNKNOWN';
  return at === seenLast || gaps.length === 0 ? 'PRESENT' : 'UNKNOWN';
}

/** A list that says nothing of an instant. */
export interface Uncovered {
  readonly scopeId: number;
  readonly kind: ObservedKind;
  readonly reason: string;
}

/** Lists of a scope that say nothing of an instant: not yet read then, or not good. */
export function uncoveredAt(
  scopeId: number,
  coveredSince: ReadonlyMap<ObservedKind, Instant>,
  gaps: readonly Gap[],
  at: Instant,
): Uncovered[] {
  return OBSERVED_KINDS.flatMap((kind) => {
    const since = coveredSince.get(kind);
    if (since === undefined || since > at)
      return [{ scopeId, kind, reason: 'It was not covered by discovery then.' }];
    const gap = gaps.find((other) => other.scopeId === scopeId && other.kind === kind);
    return gap ? [{ scopeId, kind, reason: gap.reason }] : [];
  });
}
