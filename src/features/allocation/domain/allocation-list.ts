import type { Prefix } from '../../../address/index.js';
import type { AllocationStatus } from './allocation.js';

/** What a list of allocations is narrowed to; all given conditions hold. */
export interface AllocationFilter {
  readonly poolId?: number;
  readonly statuses?: readonly AllocationStatus[];
  readonly cidrWithin?: Prefix;
  readonly cidrContaining?: Prefix;
  /** Every field given is equal. */
  readonly holder?: Readonly<Record<string, string>>;
  readonly tag?: { readonly key: string; readonly value?: string };
  readonly key?: string;
  /** In description, key, tags or holder, in any case. */
  readonly text?: string;
}

export const ALLOCATION_ORDERS = ['CIDR', 'CREATED'] as const;
export type AllocationOrder = (typeof ALLOCATION_ORDERS)[number];

/** Where a page ended. */
export interface AllocationPlace {
  readonly cidr: string;
  readonly id: number;
}
