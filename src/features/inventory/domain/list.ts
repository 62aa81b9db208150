import type { Instant } from '../../../platform/context/instant.js';

/** A drop smaller than this is believed at once. */
export const SUSPICIOUS_OBJECTS = 5;
/** Part of the last good list that has to be gone for a drop to be suspicious. */
export const SUSPICIOUS_PART = 0.5;

/** What is known of a list before it is read again. */
export interface ListState {
  /** A first good list is there: from then on differences are changes. */
  readonly baseline: boolean;
  /** When the last good list began. */
  readonly lastGoodAt: Instant | null;
  readonly lastTriedAt: Instant | null;
  /** How many objects the last good list had. */
  readonly objects: number;
  readonly staleSince: Instant | null;
  readonly staleReason: string | null;
  /** Suspicious lists in a row. */
  readonly suspicious: number;
  /** Somebody said that the drop is real. */
  readonly dropAccepted: boolean;
}

export const NEW_LIST: ListState = {
  baseline: false,
  lastGoodAt: null,
  lastTriedAt: null,
  objects: 0,
  staleSince: null,
  staleReason: null,
  suspicious: 0,
  dropAccepted: false,
};

/**
 * Whether to hold back what a list says by leaving out: it lost more than half of what the last good one had, which is
 * rather a permission or a service that failed quietly. Believed once `patience` lists in a row (at least two), this one included, say so,
 * or when somebody accepts it. `gone`: objects that the last good list had and this one has not.
 */
export function isSuspicious(list: ListState, gone: number, patience: number): boolean {
  const dropped = gone >= SUSPICIOUS_OBJECTS && gone > list.objects * SUSPICIOUS_PART;
  return dropped && !list.dropAccepted && list.suspicious + 1 < Math.max(patience, 2);
}

/** A current object as the next list is compared with it. */
export interface Known {
  readonly hash: string;
  readonly seenFrom: Instant;
  readonly missingSince: Instant | null;
  readonly lastSeen: Instant | null;
  /** Good lists in a row without it. */
  readonly misses: number;
}

export type Absence =
  | { readonly kind: 'missing'; readonly lastSeen: Instant; readonly misses: number }
  | { readonly kind: 'ended'; readonly lastSeen: Instant; readonly missingSince: Instant };

/**
 * What a good list that began at `at` makes of an object that it leaves out. It ends with the `patience`-th such list in a
 * row, at the last good list that had it or, where a list that failed later showed it after that, at that one.
 */
export function absenceOf(known: Known, list: ListState, at: Instant, patience: number): Absence {
  const lastSeen = known.lastSeen ?? Math.max(known.seenFrom, list.lastGoodAt ?? known.seenFrom);
  const missingSince = known.missingSince ?? at;
  const misses = known.misses + 1;
  return misses >= patience
    ? { kind: 'ended', lastSeen, missingSince }
    : { kind: 'missing', lastSeen, misses };
}
