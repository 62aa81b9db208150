import type { Client } from '../graphql/client.js';
import { getAllocation } from '../graphql/operations.js';
import { notFound } from './errors.js';

/**
 * The id of an allocation given as `alloc_…` or as `pool:key`, which is split at its first colon (a pool with a colon in
 * its name goes by its id). Throws RefusedError with NOT_FOUND where the pool has no such key.
 */
export async function allocationId(client: Client, given: string): Promise<string> {
  const place = placeOf(given);
  if (!place) return given;
  const { allocation } = await client.ask(getAllocation, place);
  if (!allocation) throw notFound('allocation', given);
  return allocation.id;
}

/** What `pool:key` names; null for any other text. */
export function placeOf(text: string): { readonly pool: string; readonly key: string } | null {
  const colon = text.indexOf(':');
  if (colon <= 0 || colon === text.length - 1) return null;
  return { pool: text.slice(0, colon), key: text.slice(colon + 1) };
}
