import type { Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import type { AllocationStatus, Holder } from './allocation.js';

/** A CIDR that is in use in the cloud, or declared to be in use elsewhere. */
export interface ObservedCidr {
  /** Who says so; without a colon. Each source withdraws only what is its own. */
  readonly source: string;
  /** Its id in its provider's world. */
  readonly resource: string;
  /** Null: only GLOBAL pools care. */
  readonly routingDomainId: number | null;
  readonly cidr: Prefix;
  /** Of a part (a subnet): the CIDR that it is a part of. It blocks only pool CIDRs that lie inside that. */
  readonly within: Prefix | null;
}

/** One that its source does not report any more. */
export type WithdrawnCidr = Pick<ObservedCidr, 'resource' | 'cidr' | 'routingDomainId'>;

/** An account and region that was swept well, and when that sweep began. */
export interface SweptScope {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly beganAt: Instant;
}

/** A CIDR of which the place is asked, as in ObservedCidr. */
export type AskedCidr = Pick<ObservedCidr, 'cidr' | 'routingDomainId' | 'within'>;

/** A live allocation that covers a CIDR that was asked for. */
export interface AllocationThere {
  readonly id: number;
  readonly cidr: Prefix;
  /** By the database's clock, like that it is live. */
  readonly status: AllocationStatus;
  readonly holder: Holder;
  readonly key: string | null;
  readonly noncompliant: readonly string[];
}

/** The innermost pool CIDR that a CIDR lies in, where it counts: one that blocks there, or that would be adopted there. */
export interface PlaceOfCidr {
  readonly poolId: number;
  readonly poolCidrId: number;
  readonly poolCidr: Prefix;
  readonly autoAdopt: boolean;
  /** Scope of the root of its tree: null for GLOBAL. */
  readonly routingDomainId: number | null;
  /** Equal to the CIDR or containing it, the equal one first; at most one in a register that is sound. */
  readonly allocations: readonly AllocationThere[];
}

/** An ALLOCATED allocation for a resource in an account and region. */
export interface AllocatedResource {
  readonly id: number;
  readonly poolId: number;
  readonly cidr: Prefix;
  readonly key: string | null;
  readonly holder: Holder;
  readonly noncompliant: readonly string[];
  /** It is the source of a child pool. */
  readonly feeds: boolean;
}

/** A tag that names a reservation: by its id, or by its key in a pool. */
export interface TaggedValue {
  readonly value: string;
  /** The pool that the tagged resource lies in. */
  readonly poolId: number;
}

export interface KnownReservation {
  readonly id: number;
  readonly poolId: number;
  readonly cidr: Prefix;
  readonly status: AllocationStatus;
  readonly key: string | null;
  readonly holder: Holder;
}
