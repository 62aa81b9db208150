import type { Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import type { Body, Json } from './change.js';
import type { StoredKind } from './observed.js';
import type { Sightings } from './presence.js';

/** Which current objects; what is left out does not restrict. */
export interface ObservedFilter {
  readonly scopeIds?: readonly number[];
  readonly account?: string;
  readonly region?: string;
  readonly kinds?: readonly StoredKind[];
  /** What belongs to this VPC, connects it or serves it. */
  readonly vpcId?: string;
  readonly ids?: readonly string[];
  /** Part of id or name, whatever its case. */
  readonly text?: string;
  /** True: only what the last good list left out; false: only the others. */
  readonly missing?: boolean;
  /** What has a CIDR or address that contains this or is it. */
  readonly holding?: Prefix;
}

/** Where a list of objects goes on: by scope, kind, id. */
export interface ObservedPlace {
  readonly scopeId: number;
  readonly kind: string;
  readonly id: string;
}

/** A version of an object. */
export interface ObservedVersion extends Sightings {
  readonly scopeId: number;
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly kind: StoredKind;
  readonly id: string;
  readonly vpcId: string | null;
  readonly name: string | null;
  readonly prefixes: readonly string[];
  /** Its `ObservedBodies` member. */
  readonly body: Body;
}

/** A current object. */
export interface CurrentObject extends ObservedVersion {
  /** The beginning of its first version. */
  readonly firstSeen: Instant;
  /** The last good list that had it, or what has shown it since. */
  readonly seenLast: Instant;
}

export interface ChangeFilter {
  readonly account?: string;
  readonly region?: string;
  readonly vpcId?: string;
  readonly kind?: StoredKind;
  /** From this instant on. */
  readonly since?: Instant;
  /** Before this instant. */
  readonly until?: Instant;
}

/** Where a list of changes goes on, the latest first. */
export interface ChangePlace {
  readonly at: Instant;
  readonly id: number;
}

/** A change as it was recorded. */
export interface RecordedChange {
  readonly id: number;
  readonly position: number | null;
  readonly at: Instant;
  readonly recordedAt: Instant;
  readonly actor: string;
  readonly action: string;
  readonly kind: StoredKind;
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly resourceId: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  readonly vpcs: readonly string[];
  readonly path: string;
  readonly old: Json;
  readonly new: Json;
}

/** Which lists; what is left out does not restrict. */
export interface ListFilter {
  /** Any of these. */
  readonly accounts?: readonly string[];
  readonly region?: string;
  readonly kind?: StoredKind;
  readonly stale?: boolean;
}

/** State of one list, as operators see it. */
export interface ListStatus {
  readonly scopeId: number;
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly kind: StoredKind;
  readonly objects: number;
  readonly missing: number;
  readonly coveredSince: Instant | null;
  readonly lastGoodAt: Instant | null;
  readonly lastTriedAt: Instant | null;
  readonly staleSince: Instant | null;
  readonly staleReason: string | null;
  readonly suspicious: number;
  readonly dropAccepted: boolean;
}
