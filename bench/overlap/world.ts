import type { PrefixColumns } from '../../src/address/index.js';
import { columnsIn } from '../address/columns.js';
import { worldsOf } from '../address/prefixes.js';
import { randomOf } from '../harness/random.js';

/** Networks, each a prefix in a routing domain. */
export interface Networks {
  readonly columns: PrefixColumns;
  readonly domains: Uint32Array;
}

export const DOMAINS = 1000;
/** Of the networks: those that took a prefix which everybody takes. */
const COMMON = 0.2;
/** Of the distinct prefixes: those that everybody takes. */
const POPULAR = 0.001;

/**
 * IPv4 networks in random order and random domains: four of five have a prefix of a routing table, drawn or from the file in
 * BENCH_PREFIXES, and one of five has one of the few that many take, as default VPCs do.
 */
export function networksOf(count: number, seed: number): Networks {
  const [world] = worldsOf(4, [Math.ceil(count * (1 - COMMON))], seed);
  const own = world!.texts;
  const random = randomOf(seed + 1);
  const popular = Math.max(1, Math.round(own.length * POPULAR));
  const texts = Array.from({ length: count }, (_, i) =>
    i < own.length ? own[i]! : own[Math.floor(random() * popular)]!,
  );
  const domains = Uint32Array.from(texts, () => Math.floor(random() * DOMAINS));
  return { columns: columnsIn(4, texts), domains };
}
