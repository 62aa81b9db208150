import type { Family, Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import type { Placement, Tags } from './allocation.js';

/** What a pool allows. Lengths are prefix lengths; `null` means the family's own limit. */
export interface PoolRules {
  readonly minPrefixLength: number | null;
  readonly maxPrefixLength: number | null;
  /** For a request with neither `prefixLength` nor `cidr`. */
  readonly defaultPrefixLength: number | null;
  readonly requiredTags: readonly string[];
  readonly placement: Placement;
  /** How long a released CIDR is handed out to nobody else. 0 frees it at once. */
  readonly quarantineSeconds: number;
  /** Never handed out; parts outside the pool's CIDRs have no effect. */
  readonly excluded: readonly Prefix[];
  readonly autoAdopt: boolean;
}

export const DEFAULT_RULES: PoolRules = {
  minPrefixLength: null,
  maxPrefixLength: null,
  defaultPrefixLength: null,
  requiredTags: [],
  placement: 'BEST_FIT',
  quarantineSeconds: 86_400,
  excluded: [],
  autoAdopt: false,
};

export interface PoolCidr {
  readonly id: number;
  readonly cidr: Prefix;
}

/** What a decision about a pool's allocations needs to know of the pool itself. */
export interface PoolFacts {
  readonly id: number;
  readonly family: Family;
  readonly rules: PoolRules;
  readonly cidrs: readonly PoolCidr[];
}

export const BLOCK_REASONS = ['excluded', 'observed', 'unswept', 'growth'] as const;
export type BlockReason = (typeof BLOCK_REASONS)[number];

/** Space that is not handed out although nobody holds it. Blocks may overlap each other and live allocations. */
export interface Block {
  /** Of an unswept one: when its allocation expired or was released. */
  readonly since?: Instant;
  readonly poolCidrId: number;
  readonly cidr: Prefix;
  readonly reason: BlockReason;
  /** The rule, the observed resource or the allocation that it goes back to. */
  readonly subject: string;
}

/** One CIDR of a child pool, and the allocation of another pool that it is. */
export interface PoolSource {
  readonly poolId: number;
  readonly cidr: Prefix;
  readonly allocationId: number;
}

/** A pool as it is read; its CIDRs come with it. */
export interface Pool {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly family: Family;
  /** Each of its CIDRs is an allocation of another pool; it has no scope of its own. */
  readonly isChild: boolean;
  /** Of a root: null for GLOBAL. */
  readonly routingDomainId: number | null;
  /** The pool that its oldest CIDR comes from; null for a root. */
  readonly parentId: number | null;
  /** 0 for a root, else one more than the parent. */
  readonly depth: number;
  readonly cidrs: readonly Prefix[];
  readonly rules: PoolRules;
  readonly tags: Tags;
  readonly version: number;
  readonly createdAt: Instant;
  readonly createdBy: string;
}

export interface NewPool {
  readonly name: string;
  readonly description: string;
  readonly family: Family;
  readonly isChild: boolean;
  readonly routingDomainId: number | null;
  readonly rules: PoolRules;
  readonly tags: Tags;
}
