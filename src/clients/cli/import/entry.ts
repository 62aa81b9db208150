import type { Prefix } from '../../../address/index.js';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export const HOLDER_FIELDS = [
  'provider',
  'account',
  'region',
  'resourceType',
  'resourceId',
  'routingDomain',
  'contact',
] as const;

/** What a CIDR is for; fields that are not known are left out. */
export type Holder = { readonly [Field in (typeof HOLDER_FIELDS)[number]]?: string };

/** Where something stands in what is imported. */
export interface Place {
  readonly file: string;
  /** As `line 12` or `Vpcs[3]`. */
  readonly at: string;
}

/** A CIDR that is in use, as it is to be registered. */
export interface Entry {
  readonly place: Place;
  /** Id of the pool. */
  readonly pool: string;
  readonly cidr: Prefix;
  readonly key?: string;
  /** What the key answers to, where that is not the CIDR. */
  readonly request?: string;
  readonly holder: Holder;
  readonly tags: readonly Tag[];
  readonly description: string;
}

/** Something that stands in the way of a CIDR. */
export interface Obstacle {
  readonly cidr: string;
  readonly reason: string;
  readonly allocation: string | null;
  readonly key: string | null;
  readonly holder: { readonly [Field in (typeof HOLDER_FIELDS)[number]]?: string | null } | null;
}

/**
 * Whether a holder as the service tells it is the one that was given, field by field; empty is as not given. Of a
 * resource with an id, fields that are not given may be anything: its id says what it is.
 */
export function isSameHolder(given: Holder, told: Obstacle['holder']): boolean {
  return HOLDER_FIELDS.every((field) =>
    given.resourceId && !given[field] ? true : (given[field] || null) === (told?.[field] || null),
  );
}

export function isNobody(holder: Holder): boolean {
  return HOLDER_FIELDS.every((field) => !holder[field]);
}
