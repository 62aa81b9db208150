import type { Family, Prefix } from '../../../address/index.js';

export const POOL_ORDERS = ['DEPTH', 'NAME'] as const;
export type PoolOrder = (typeof POOL_ORDERS)[number];

/** Which pools; what is left out does not matter. */
export interface PoolFilter {
  /** Null: those without a parent. */
  readonly parentId?: number | null;
  readonly family?: Family;
  /** Root pools of this routing domain. */
  readonly routingDomainId?: number;
  /** `value` left out: any. */
  readonly tag?: { readonly key: string; readonly value?: string };
  /** One of its CIDRs contains this one. */
  readonly cidrContaining?: Prefix;
  /** One of its CIDRs lies in this one. */
  readonly cidrWithin?: Prefix;
  /** In its name, description or tags, whatever the case. */
  readonly text?: string;
}

/** Where a pool stands in either order. */
export interface PoolPlace {
  readonly depth: number;
  readonly name: string;
}
