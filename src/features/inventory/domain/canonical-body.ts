import { Prefix } from '../../../address/index.js';
import type { Body, Json } from './change.js';

/** Lists sorted at every depth, keys in order: equal for two values that differ in order only. No list of a body has a meaning in its order. */
export function canonicalBody(body: Body): Body {
  return canonical(body) as Body;
}

function canonical(value: Json): Json {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(canonical);
    return items
      .map((item) => [sortKeyOf(item), item] as const)
      .sort(compare)
      .map(([, item]) => item);
  }
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Readonly<Record<string, Json>>;
  const keys = Object.keys(object).sort();
  return Object.fromEntries(keys.map((key) => [key, canonical(object[key]!)]));
}

interface SortKey {
  readonly prefix: Prefix | null;
  readonly text: string;
}

function sortKeyOf(item: Json): SortKey {
  const first =
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? ((item as Readonly<Record<string, Json>>).cidr ??
        (item as Readonly<Record<string, Json>>).destination ??
        null)
      : item;
  const parsed = typeof first === 'string' && first.includes('/') ? Prefix.parse(first) : null;
  return { prefix: parsed?.ok ? parsed.value : null, text: JSON.stringify(item) };
}

/** CIDRs as numbers, before whatever is none; then by text. */
function compare([a]: readonly [SortKey, Json], [b]: readonly [SortKey, Json]): number {
  if (a.prefix && b.prefix) {
    const order = a.prefix.compare(b.prefix);
    if (order !== 0) return order;
  } else if (a.prefix || b.prefix) return a.prefix ? -1 : 1;
  return a.text < b.text ? -1 : Number(a.text > b.text);
}
