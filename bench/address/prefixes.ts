import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Family, formatColumns, type PrefixColumns } from '../../src/address/index.js';
import { UsageError } from '../harness/command-line.js';
import { randomOf } from '../harness/random.js';

/** Distinct prefixes of one family in random order. */
export interface World {
  readonly family: Family;
  /** As `100k`. */
  readonly size: string;
  readonly texts: readonly string[];
}

/** Of a routing table: prefixes per length, and how many share a root (IPv4: /16, IPv6: /32). */
const SHAPES = {
  4: {
    lengths: { 16: 13, 17: 8, 18: 14, 19: 25, 20: 43, 21: 51, 22: 109, 23: 97, 24: 538, 32: 1 },
    perRoot: 26,
  },
  6: {
    lengths: { 32: 23, 33: 3, 34: 3, 36: 6, 38: 2, 40: 13, 42: 2, 44: 14, 46: 3, 47: 3, 48: 75, 64: 1 },
    perRoot: 4.7,
  },
} as const;

/** The first 16 bits of roots. */
const REGISTRIES6 = [0x2001, 0x2400, 0x2600, 0x2800, 0x2a00, 0x2a10];

/** Worlds of the sizes asked for, from the file in BENCH_PREFIXES or generated; a file may have fewer. */
export function worldsOf(family: Family, sizes: readonly number[], seed: number): World[] {
  const random = randomOf(seed);
  const path = process.env.BENCH_PREFIXES;
  const all = path ? readPrefixes(path, family) : undefined;
  if (all) shuffle(all, random);
  const counts = new Set(sizes.map((size) => Math.min(size, all?.length ?? size)));
  return [...counts].map((count) => ({
    family,
    size: count >= 1_000_000 ? `${count / 1_000_000}m` : `${Math.round(count / 1000)}k`,
    texts: asLines(all ? all.slice(0, count) : generate(family, count, random)),
  }));
}

function readPrefixes(path: string, family: Family): string[] {
  const bytes = readFileSync(path);
  const lines = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trim().split(/\r?\n/);
  const own = [...new Set(lines.filter((line) => line.includes(':') === (family === 6)))];
  if (own.length === 0) throw new UsageError(`BENCH_PREFIXES=${path}: no IPv${family} prefix in it`);
  return own;
}

/** The texts as somebody has them who has read a file: parts of one long string. */
function asLines(texts: readonly string[]): string[] {
  return Buffer.from(texts.join('\n')).toString('latin1').split('\n');
}

/**
 * Prefixes in the shape of a routing table: roots with sizes by rank (the r-th largest has about 1/r of the largest), and in
 * a root half of the prefixes anywhere and half crowded at its beginning.
 */
function generate(family: Family, count: number, random: () => number): string[] {
  const { lengths, perRoot } = SHAPES[family];
  const drawLength = drawOf(lengths, random);
  const roots = family === 4 ? roots4(count / perRoot, random) : roots6(count / perRoot, random);
  const rootLength = family === 4 ? 16 : 32;
  const texts = new Set<string>();
  while (texts.size < count) {
    const rank = random() < 0.4 ? random() * roots.length : roots.length ** random() - 1;
    const length = drawLength();
    const room = 2 ** (length - rootLength);
    const subnet = random() < 0.5 ? random() * room : room ** random() - 1;
    texts.add(prefixText(family, roots[Math.floor(rank)]!, Math.floor(subnet), length));
  }
  return [...texts];
}

function prefixText(family: Family, root: number, subnet: number, length: number): string {
  const words =
    family === 4
      ? Uint32Array.of(root * 2 ** 16 + subnet * 2 ** (32 - length))
      : Uint32Array.of(root, subnet * 2 ** (64 - length), 0, 0);
  const columns: PrefixColumns = { family, words, lengths: Uint8Array.of(length) };
  return formatColumns(columns)[0]!;
}

function roots4(count: number, random: () => number): number[] {
  const roots = new Set<number>();
  while (roots.size < Math.min(Math.ceil(count), 40_000)) roots.add(256 + Math.floor(random() * 222 * 256));
  return [...roots];
}

function roots6(count: number, random: () => number): number[] {
  const roots = new Set<number>();
  while (roots.size < Math.ceil(count)) {
    const registry = REGISTRIES6[Math.floor(random() * REGISTRIES6.length)]! + Math.floor(random() * 16);
    // A member of a registry gets a /29 and begins with its first /32.
    const member = Math.floor(random() * 8192) * 8;
    roots.add(registry * 2 ** 16 + member + (random() < 0.5 ? 0 : Math.floor(random() * 8)));
  }
  return [...roots];
}

function drawOf(weights: Readonly<Record<number, number>>, random: () => number): () => number {
  const all = Object.entries(weights).flatMap(([value, weight]) => Array<number>(weight).fill(Number(value)));
  return () => all[Math.floor(random() * all.length)]!;
}

function shuffle(values: string[], random: () => number): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
}
