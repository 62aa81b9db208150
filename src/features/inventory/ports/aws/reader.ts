import type { CidrAssociation, ObservedBodies, ObservedKind, TagMap } from '../../domain/observed.js';
import type { Read, Shape } from './scanner.js';

/** Where a page comes from: what a peering is called depends on which end of it is ours. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** An object before its body is made canonical. */
export interface Draft<K extends ObservedKind = ObservedKind> {
  readonly id: string;
  readonly vpcId: string | null;
  readonly name: string | null;
  readonly body: ObservedBodies[K];
}

/** How the pages of one action are read: its list, what is wanted of an item, and what becomes of it. */
export interface Reader<Row = unknown> {
  /** The kind whose whole objects the rows are, to be sealed where they are decoded; null for parts of objects. */
  readonly seals: ObservedKind | null;
  /** Elements of the answer that hold items; one at least must be there, or the answer is none. */
  readonly lists: readonly string[];
  readonly item: Shape;
  /** Null leaves the item out: it is gone, though the provider still lists it. */
  readonly read: (item: never, place: Place) => Row | null;
}

/** An item lacks what every one has: the page is not what it should be. */
export class IncompleteItemError extends Error {
  override name = 'IncompleteItemError';
}

export function whole<K extends ObservedKind, const S extends Shape>(
  kind: K,
  list: string,
  item: S,
  read: (item: Read<S>, place: Place) => Draft<K> | null,
): Reader<Draft<K>> {
  return { seals: kind, lists: [list], item, read };
}

/** Heads of composite objects, whose parts are still to be read, and the parts. */
export function part<Row, const S extends Shape>(
  list: string | readonly string[],
  item: S,
  read: (item: Read<S>, place: Place) => Row | null,
): Reader<Row> {
  return { seals: null, lists: typeof list === 'string' ? [list] : list, item, read };
}

export const TAGS = [{ key: 'text', value: 'text' }] as const;

/** Throws IncompleteItemError when the element is missing or empty. */
export function need(value: string | undefined, element: string): string {
  if (value === undefined || value === '') throw new IncompleteItemError(`an item without ${element}`);
  return value;
}

export function orNull(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

export function wholeNumber(value: string | undefined): number | null {
  return value === undefined || !/^-?\d{1,16}$/.test(value) ? null : Number(value);
}

export function tagMap(tags: Read<typeof TAGS> | undefined): TagMap {
  if (tags === undefined || tags.length === 0) return {};
  // fromEntries defines properties, so that a tag `__proto__` is a tag like any other
  return Object.fromEntries(tags.map(({ key, value }) => [need(key, 'key of a tag'), value ?? '']));
}

export function nameTag(tags: TagMap): string | null {
  return orNull(Object.hasOwn(tags, 'Name') ? tags.Name : undefined);
}

export function compact(values: readonly (string | undefined)[] | undefined): string[] {
  return values === undefined
    ? []
    : (values.filter((value) => value !== undefined && value !== '') as string[]);
}

/** An association that has come to its end, well or not. moto writes states oddly, so everything else counts as there. */
export function ended(state: string | undefined): boolean {
  return state === 'disassociated' || state === 'failed';
}

export function associated(cidr: string | undefined, state: string | undefined): CidrAssociation[] {
  return cidr === undefined || cidr === '' || ended(state) ? [] : [{ cidr, state: state ?? '' }];
}
