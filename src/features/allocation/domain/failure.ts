import type { Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import type { AllocationStatus, Holder } from './allocation.js';
import type { BlockReason } from './pool.js';

/** Something that stands in the way of a CIDR: a live allocation, or blocked space with its reason. */
export interface Conflict {
  readonly cidr: Prefix;
  readonly allocationId: number | null;
  readonly holder: Holder | null;
  readonly key: string | null;
  readonly reason: BlockReason | 'allocated' | 'pool';
  /** What was observed there, by its id in its provider's world. */
  readonly resource?: string;
}

/** Why an expected request is refused. Nothing was written for it. One vocabulary for API, CLI and Terraform. */
export type Failure =
  | {
      readonly code: 'NO_SPACE';
      readonly message: string;
      readonly prefixLength: number;
      readonly largestFreeBlock: Prefix | null;
      /** Ascending by prefix length; of the whole pool. */
      readonly freeBlocksByLength: readonly { prefixLength: number; count: number }[];
    }
  | {
      readonly code: 'CIDR_CONFLICT';
      readonly message: string;
      readonly cidr: Prefix;
      /** In address order; at most 100. */
      readonly conflicts: readonly Conflict[];
    }
  | {
      readonly code: 'OUTSIDE_POOL';
      readonly message: string;
      readonly cidr: Prefix;
      readonly poolCidrs: readonly Prefix[];
    }
  | {
      readonly code: 'RULE_VIOLATION';
      readonly message: string;
      /** Name of the rule as in PoolRules, or of the argument. */
      readonly rule: string;
      readonly value: string;
      readonly allowed: string;
    }
  | {
      readonly code: 'KEY_CONFLICT';
      readonly message: string;
      readonly key: string;
      /** Null for what another item of a refused request would have made. */
      readonly allocationId: number | null;
      readonly cidr: Prefix;
      readonly request: string;
      readonly holder: Holder;
    }
  | {
      readonly code: 'ALREADY_CONFIRMED' | 'INVALID_TRANSITION';
      readonly message: string;
      readonly status: AllocationStatus;
      /** Names of the operations that are possible now. */
      readonly possible: readonly string[];
    }
  | {
      readonly code: 'EXPIRED';
      readonly message: string;
      readonly allocationId: number;
      readonly cidr: Prefix;
      readonly expiredAt: Instant;
      /** Who took any of it since; empty where the key went to another allocation or the pool CIDR is gone. */
      readonly takenBy: readonly Conflict[];
    }
  | { readonly code: 'HAS_DEPENDENTS'; readonly message: string; readonly dependents: readonly string[] }
  | {
      readonly code: 'VERSION_CONFLICT';
      readonly message: string;
      readonly version: number;
      readonly changedBy: string;
    }
  | { readonly code: 'NAME_TAKEN'; readonly message: string; readonly name: string; readonly takenBy: string }
  | { readonly code: 'NOT_FOUND'; readonly message: string; readonly id: string }
  | {
      readonly code: 'BATCH_REJECTED';
      readonly message: string;
      /** In the order of the items; each the one that item would have had with those before it done. */
      readonly failures: readonly ItemFailure[];
    };

/** Why one of many items is refused. */
export interface ItemFailure {
  /** Place in the caller's list, from 0. */
  readonly index: number;
  readonly key: string | null;
  readonly failure: Failure;
}

export type FailureCode = Failure['code'];
export type FailureOf<Code extends FailureCode> = Extract<Failure, { code: Code }>;
