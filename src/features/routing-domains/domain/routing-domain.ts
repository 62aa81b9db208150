import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../../../platform/context/instant.js';

export interface RoutingDomain {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** One more with every change of name, description or tags. */
  readonly version: number;
  readonly createdAt: Instant;
  readonly createdBy: string;
}

/** What people say of a routing domain, and may change. */
export type NewRoutingDomain = Pick<RoutingDomain, 'name' | 'description' | 'tags'>;

/** Two routing domains reach each other, as somebody declared. Without a direction: `a` is the one with the smaller id. */
export interface DomainLink {
  readonly id: number;
  readonly a: RoutingDomain;
  readonly b: RoutingDomain;
  /** What connects them, in the words of whoever declared it. */
  readonly via: string;
  readonly createdAt: Instant;
  readonly createdBy: string;
}

/** `[old, new]` of every field that differs. The order of tags is no difference. */
export function differences(
  before: NewRoutingDomain,
  after: NewRoutingDomain,
): Record<string, readonly [unknown, unknown]> {
  const fields = ['name', 'description', 'tags'] as const;
  const changed = fields.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  return Object.fromEntries(changed.map((field) => [field, [before[field], after[field]] as const]));
}
