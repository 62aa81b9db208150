import { isDeepStrictEqual } from 'node:util';
import type { NewPool, Pool, PoolRules } from './pool.js';

/** Rules as a change shows them. */
export function plainRules(rules: PoolRules): Record<string, unknown> {
  return { ...rules, excluded: rules.excluded.map(String) };
}

/** `[old, new]` of every field that differs. */
export function differences(pool: Pool, next: NewPool): Record<string, unknown> {
  const plain = ({ name, description, tags, rules }: NewPool): Record<string, unknown> => ({
    name,
    description,
    tags,
    ...plainRules(rules),
  });
  const [before, after] = [plain(pool), plain(next)];
  const changed = Object.keys(after).filter((field) => !isDeepStrictEqual(before[field], after[field]));
  return Object.fromEntries(changed.map((field) => [field, [before[field], after[field]]]));
}
