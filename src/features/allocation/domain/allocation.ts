import type { Prefix } from '../../../address/index.js';
import { type Instant, plusSeconds } from '../../../platform/context/instant.js';

export const ALLOCATION_STATUSES = ['RESERVED', 'ALLOCATED', 'QUARANTINED', 'RELEASED', 'EXPIRED'] as const;
export type AllocationStatus = (typeof ALLOCATION_STATUSES)[number];

export const PLACEMENTS = ['BEST_FIT', 'SPARSE', 'LAST', 'NEAR'] as const;
export type Placement = (typeof PLACEMENTS)[number];

/** OPEN: the claim that answers a key. PENDING: stands beside an OPEN one that it is to replace. */
export type ClaimState = 'OPEN' | 'PENDING';

/** What the CIDR is for. Every field is free text of the caller's world; none is looked up. */
export interface Holder {
  provider?: string;
  account?: string;
  region?: string;
  resourceType?: string;
  resourceId?: string;
  routingDomain?: string;
  contact?: string;
}

export type Tags = Readonly<Record<string, string>>;

/** One row of the register. `id` is the bare number; `alloc_<id>` outside. */
export interface Allocation {
  readonly id: number;
  readonly poolId: number;
  /** The pool CIDR it lies (or lay) in. */
  readonly poolCidrId: number;
  readonly poolCidr: Prefix;
  readonly cidr: Prefix;
  readonly status: AllocationStatus;
  /** Of a RESERVED or EXPIRED one: when it expires or expired. */
  readonly expiresAt: Instant | null;
  /** Of a QUARANTINED one: when its space becomes free. */
  readonly availableAt: Instant | null;
  readonly releasedAt: Instant | null;
  /** Of a source: the end of the longest quarantine that ended together with its child pool. */
  readonly heldUntil: Instant | null;
  readonly key: string | null;
  /** `/24`, `10.0.0.0/24` or `default`; what "the same request" compares. Null without a key. */
  readonly request: string | null;
  readonly claim: ClaimState | null;
  /** The allocation that it took the key from, or (PENDING) is to take it from. */
  readonly replaces: number | null;
  /** The caller's nonce of the confirm. */
  readonly nonce: string | null;
  /** When discovery made it ALLOCATED; null once its caller has confirmed it. */
  readonly settledAt: Instant | null;
  readonly holder: Holder;
  readonly tags: Tags;
  readonly description: string;
  /** Rules of the pool that it broke when it was adopted. */
  readonly noncompliant: readonly string[];
  /** Raised by one with every change of the row. */
  readonly version: number;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
}

/** An expired claim can revive its allocation this long while nobody took the CIDR. */
export const EXPIRED_CLAIM_SECONDS = 30 * 24 * 3600;

/** Live as the row says it; a deadline that has passed is turned before anybody decides (see due.ts). */
export function isLive(status: AllocationStatus): boolean {
  return status === 'RESERVED' || status === 'ALLOCATED' || status === 'QUARANTINED';
}

/** The claim at `now`: an expired one ends after its time, also where no batch has turned the row yet. */
export function claimAt(
  row: Pick<Allocation, 'status' | 'expiresAt' | 'claim'>,
  now: Instant,
): ClaimState | null {
  const expired = row.expiresAt !== null && (row.status === 'RESERVED' || row.status === 'EXPIRED');
  return expired && plusSeconds(row.expiresAt, EXPIRED_CLAIM_SECONDS) <= now ? null : row.claim;
}

/** The status at `now`, also where no batch has turned the row yet. */
export function statusAt(
  row: Pick<Allocation, 'status' | 'expiresAt' | 'availableAt'>,
  now: Instant,
): AllocationStatus {
  if (row.status === 'RESERVED' && row.expiresAt! <= now) return 'EXPIRED';
  if (row.status === 'QUARANTINED' && row.availableAt! <= now) return 'RELEASED';
  return row.status;
}
