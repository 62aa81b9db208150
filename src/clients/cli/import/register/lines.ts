import { HOLDER_FIELDS, type Holder, type Tag } from '../entry.js';

/** One line of a register as `cadastre export` writes it; see docs/import.md. */
export const HEADER = { format: 'cadastre-register', version: 1 } as const;

export interface DomainLine {
  readonly name: string;
  readonly description?: string;
  readonly tags?: Tags;
}

export interface LinkLine {
  readonly a: string;
  readonly b: string;
  readonly via: string;
}

/** By name of the tag. */
export type Tags = Readonly<Record<string, string>>;

export interface SourceLine {
  readonly pool: string;
  readonly cidr: string;
  readonly key?: string;
  readonly request?: string;
  readonly holder?: Holder;
  readonly tags?: Tags;
  readonly description?: string;
}

export interface PoolLine {
  readonly name: string;
  readonly family?: string;
  readonly routingDomain?: string;
  /** Of a root. */
  readonly cidrs?: readonly string[];
  /** Of a child, oldest first. */
  readonly sources?: readonly SourceLine[];
  readonly rules?: object;
  readonly tags?: Tags;
  readonly description?: string;
}

export interface AllocationLine extends SourceLine {
  readonly status?: 'RESERVED' | 'QUARANTINED';
  /** CIDR of the open claim that a pending one stands beside. */
  readonly replaces?: string;
}

export type Line =
  | { readonly routingDomain: DomainLine }
  | { readonly link: LinkLine }
  | { readonly pool: PoolLine }
  | { readonly allocation: AllocationLine };

export const KINDS = ['routingDomain', 'link', 'pool', 'allocation'] as const;

/** A value without what is null, undefined or empty; keys keep their order. */
export function lean<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => !isEmpty(each))) as Partial<Value>;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** By name, in order of the names. */
export function tagsToLine(tags: readonly Tag[]): Tags {
  const sorted = [...tags].sort((a, b) => (a.key < b.key ? -1 : 1));
  // a Map first: a tag may be called "__proto__"
  return Object.fromEntries(new Map(sorted.map(({ key, value }) => [key, value])));
}

export function tagsOfLine(tags: Tags = {}): Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function holderToLine(holder: { readonly [Field in keyof Holder]?: string | null }): Holder {
  return lean(Object.fromEntries(HOLDER_FIELDS.map((field) => [field, holder[field] ?? null]))) as Holder;
}
