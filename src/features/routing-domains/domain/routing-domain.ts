import type { Instant } from '../../../platform/context/instant.js';

export interface RoutingDomain {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Instant;
  readonly createdBy: string;
}

export type NewRoutingDomain = Pick<RoutingDomain, 'name' | 'description' | 'tags'>;
