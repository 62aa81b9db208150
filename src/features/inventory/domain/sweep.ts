import type { Instant } from '../../../platform/context/instant.js';
import type { ListFailedError } from './cloud.js';
import type { ObservedKind } from './observed.js';

export const SWEEP_STATUSES = ['RUNNING', 'DONE', 'CANCELLED'] as const;
export type SweepStatus = (typeof SWEEP_STATUSES)[number];

/** FAILED: at least one list of it could not be read, or was held back. */
export const SCOPE_STATUSES = ['PENDING', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'] as const;
export type ScopeStatus = (typeof SCOPE_STATUSES)[number];

export type SweepCause = 'asked' | 'schedule';

/** Why lists are not good: as the cloud's adapter says it, too much gone at once, or something of ours. */
export type FailureReason = ListFailedError['reason'] | 'SUSPICIOUS' | 'INTERNAL';

/** A list that could not be read to its end or was held back; `kind` null: no list of the scope. */
export interface ScopeFailure {
  readonly kind: ObservedKind | null;
  readonly reason: FailureReason;
  readonly message: string;
}

/** What sweeping has come to so far. */
export interface SweepCounts {
  readonly calls: number;
  readonly throttles: number;
  readonly retries: number;
  readonly objects: number;
  /** Objects that are new or different. */
  readonly changed: number;
  /** Objects that a good list no longer had. */
  readonly missing: number;
}

export const NOTHING_YET: SweepCounts = {
  calls: 0,
  throttles: 0,
  retries: 0,
  objects: 0,
  changed: 0,
  missing: 0,
};

export interface Sweep extends SweepCounts {
  readonly id: number;
  readonly status: SweepStatus;
  readonly cause: SweepCause;
  readonly kinds: readonly ObservedKind[];
  readonly startedAt: Instant;
  readonly startedBy: string;
  readonly endedAt: Instant | null;
  readonly problem: string | null;
  readonly accountsDone: number;
  readonly accountsTotal: number;
  /** Swept, failed ones too; not those that were cancelled or left. */
  readonly scopesDone: number;
  readonly scopesRunning: number;
  readonly scopesFailed: number;
  readonly scopesTotal: number;
  readonly remainingSeconds: number | null;
}

export interface FailedScope {
  readonly account: string;
  readonly region: string;
  readonly failures: readonly ScopeFailure[];
}

/**
 * Seconds until the rest is done at the pace so far; null while nothing is done. `done` of those that were open when this
 * run began, after `elapsed` seconds of it.
 */
export function remainingSeconds({
  done,
  open,
  elapsed,
}: {
  readonly done: number;
  readonly open: number;
  readonly elapsed: number;
}): number | null {
  if (open === 0) return 0;
  return done === 0 ? null : Math.ceil((Math.max(elapsed, 0) / done) * open);
}

/** Whether a sweep by schedule is to begin: one every `minutes`, counted from the beginning of the last; 0 for none. */
export function sweepIsDue(minutes: number, lastBegan: Instant | null, now: Instant): boolean {
  return minutes > 0 && (lastBegan === null || now - lastBegan >= minutes * 60_000_000);
}

/**
 * Whether what was forbidden is the whole scope: nothing was read, and two lists in a row were refused. One list alone may
 * be what the role's policy lacks.
 */
export function isLockedOut(readLists: number, failures: readonly ScopeFailure[]): boolean {
  return readLists === 0 && failures.length >= 2 && failures.every(({ reason }) => reason === 'FORBIDDEN');
}
