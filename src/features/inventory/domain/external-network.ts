import type { Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import type { InventoryFailure } from './failure.js';
import type { TagMap } from './observed.js';

/** What people say of a network that no cloud lists. */
export interface ExternalNetworkDeclaration {
  readonly name: string;
  readonly cidrs: readonly Prefix[];
  /** Ids of customer gateways, Direct Connect gateways and VPN connections through which it is reached. */
  readonly gateways: readonly string[];
  /** Id or name; null: a routing domain of its own. */
  readonly routingDomain: string | null;
  readonly description: string;
  readonly contact: string;
  readonly tags: TagMap;
}

export interface ExternalNetwork {
  readonly name: string;
  /** Ascending. */
  readonly cidrs: readonly string[];
  readonly gateways: readonly string[];
  readonly description: string;
  readonly contact: string;
  readonly tags: TagMap;
  /** One more with every change, also beyond a removal. */
  readonly version: number;
  readonly declaredAt: Instant;
  readonly changedAt: Instant;
}

const ascending = (values: Iterable<string>): string[] => [...new Set(values)].sort();

/** Its body as it is kept: each CIDR and gateway once, in order. */
export function bodyOf({ cidrs, gateways, description, contact, tags }: ExternalNetworkDeclaration) {
  const inOrder = [...cidrs].sort((a, b) => a.compare(b)).map(String);
  const keys = Object.keys(tags).sort();
  return {
    cidrs: [...new Set(inOrder)],
    contact,
    description,
    gateways: ascending(gateways),
    tags: Object.fromEntries(keys.map((key) => [key, tags[key]!])),
  };
}

/** Null where it may be declared. All there is would overlap with every network, and block every pool. */
export function brokenRuleOf({ cidrs }: ExternalNetworkDeclaration): InventoryFailure | null {
  const all = cidrs.find(({ length }) => length === 0);
  if (!all) return null;
  const value = all.toString();
  const message = `${value} is every address there is: give the ranges that are really there.`;
  const allowed = 'the ranges that are really there, each longer than /0';
  return { code: 'RULE_VIOLATION', message, rule: 'cidrs', value, allowed };
}
