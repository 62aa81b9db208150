import type { Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';

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
