import { badInput } from './errors.js';

/** Most items of an operation on many. */
export const MAX_ITEMS = 1_000;

/** Throws BAD_USER_INPUT for none and for too many. */
export function requireItems<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length < 1 || items.length > MAX_ITEMS)
    throw badInput(`"items" has to be 1 to ${MAX_ITEMS} items, not ${items.length}.`);
  return items;
}

/** How many items the `input` of an operation on many has; null for any other operation. */
export function itemsOf(input: unknown): number | null {
  const items = (input as { items?: unknown } | null | undefined)?.items;
  return Array.isArray(items) ? items.length : null;
}
