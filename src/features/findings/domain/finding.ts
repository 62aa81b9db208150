import type { Instant } from '../../../platform/context/instant.js';

/** What can be wrong. */
export const FINDING_KINDS = [
  'ROGUE',
  'UNMANAGED',
  'ORPHAN',
  'DRIFT',
  'NONCOMPLIANT',
  'OVER_QUOTA',
  'STALE',
  'CONFLICT',
  'DUPLICATE_GLOBAL',
  'LATENT',
  'ROUTE_SHADOW',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** The worst first: the order of lists. */
export const SEVERITIES = ['CRITICAL', 'WARNING', 'INFO'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What somebody sees that is wrong. */
export interface Observation {
  readonly kind: FindingKind;
  /** What it is about, in a text that names it among all of its kind and stays the same from look to look. */
  readonly subject: string;
  readonly severity: Severity;
  /** For people: what is so, and what to do about it. */
  readonly message: string;
  /**
   * Facts, as JSON. `account` and `region` (or `accounts` and `regions`, of several) are what lists are filtered by.
   * What changes by itself does not belong here: every difference is written.
   */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Somebody answers for a finding until an instant. */
export interface Waiver {
  readonly reason: string;
  readonly contact: string;
  readonly until: Instant;
}

export interface GivenWaiver extends Waiver {
  readonly by: string;
  readonly at: Instant;
}

export interface Finding extends Observation {
  readonly id: number;
  /** Who looks whether it is still so. */
  readonly area: string;
  readonly firstSeen: Instant;
  /** Within an hour. */
  readonly lastSeen: Instant;
  /** Null while it is so. */
  readonly endedAt: Instant | null;
  /** As it was given last; it may be over. */
  readonly waiver: GivenWaiver | null;
  /** The waiver is not over. */
  readonly waived: boolean;
}

/** What a list of findings is narrowed to; all given conditions hold. */
export interface FindingFilter {
  readonly kinds?: readonly FindingKind[];
  readonly severities?: readonly Severity[];
  readonly subject?: string;
  /** In subject, message or facts, in any case. */
  readonly text?: string;
  readonly account?: string;
  readonly region?: string;
  readonly waived?: boolean;
  /** Left out: also what is over. */
  readonly open?: boolean;
}

/** Where a page ended: lists go by severity, then age. */
export interface FindingPlace {
  readonly severity: Severity;
  readonly firstSeen: string;
  readonly id: number;
}

/** What is unmanaged is listed and never alerted, so that the change feed does not hear of it. */
export function isTold(kind: FindingKind): boolean {
  return kind !== 'UNMANAGED';
}
