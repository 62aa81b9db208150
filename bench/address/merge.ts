import { mergeCidr } from 'cidr-tools';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatColumns, mergePrefixes, Prefix } from '../../src/address/index.js';
import { mergeByIntervals } from '../../test/golden/interval-union.js';
import { type BenchOptions, type Figure, OracleError } from '../harness/bench.js';
import { cpuSeconds } from '../harness/cpu.js';
import { columnsIn } from './columns.js';
import { compare } from './compare.js';
import type { World } from './prefixes.js';

/** Integers of any size are slow. */
const ASKED_OF_GOLDEN = 200_000;

/** Texts to merged texts, against cidr-tools, and for IPv4 against the program iprange. */
export async function measureMerge(world: World, options: BenchOptions): Promise<Figure[]> {
  const { family, size, texts } = world;
  const figures: Figure[] = [];
  const merge = `merge${family === 6 ? '6' : ''}-vs-cidr-tools-${size}`;
  if (options.wants(merge)) {
    if (texts.length <= ASKED_OF_GOLDEN)
      requireSame(merge, mergePrefixes(texts), mergeByIntervals(texts.map(Prefix.must)));
    requireSame(merge, mergePrefixes(texts), sorted(world, mergeCidr([...texts])));
    figures.push(
      await compare(
        {
          name: merge,
          aim: 5,
          reference: 'mergeCidr of cidr-tools 11',
          each: { what: 'prefix', ours: texts.length },
          ours: () => mergePrefixes(texts),
          theirs: () => mergeCidr(texts as string[]),
        },
        options,
      ),
    );
  }
  const iprange = `merge-vs-iprange-${size}`;
  if (family === 4 && options.wants(iprange)) figures.push(await measureIprange(iprange, world, options));
  return figures;
}

async function measureIprange(name: string, world: World, options: BenchOptions): Promise<Figure> {
  const each = { what: 'prefix', ours: world.texts.length };
  const lines = world.texts.join('\n') + '\n';
  const ours = () => mergePrefixes(lines.trimEnd().split('\n')).join('\n');
  const folder = mkdtempSync(join(tmpdir(), 'cadastre-bench-'));
  const path = join(folder, 'prefixes.txt');
  try {
    writeFileSync(path, lines);
    const run = () => spawnSync('iprange', [path], { encoding: 'utf8', maxBuffer: 2 ** 30 });
    const first = run();
    if (first.error) return missing(name);
    const theirs = first.stdout
      .trim()
      .split('\n')
      .map((line) => (line.includes('/') ? line : `${line}/32`));
    requireSame(name, mergePrefixes(world.texts), sorted(world, theirs));
    const theirCpu = (work: () => unknown) => {
      const before = cpuOfChildren();
      work();
      return cpuOfChildren() - before;
    };
    const reference = 'the program iprange, from a file to text, its start included';
    return await compare({ name, aim: 1, reference, each, ours, theirs: run, theirCpu }, options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** CPU microseconds of the processes that this one started and that have ended. */
function cpuOfChildren(): number {
  const { user, system } = process.cpuUsage();
  return cpuSeconds(process.pid) * 1_000_000 - user - system;
}

function missing(name: string): Figure {
  return {
    name,
    ours: 0,
    reference: null,
    theirs: null,
    unit: 'ns CPU per prefix',
    ratio: null,
    aim: 1,
    met: null,
    note: 'not measured: the program iprange is not installed',
  };
}

/** Merged prefixes in our order and notation; they are disjoint, so sorting them is all. */
function sorted({ family }: World, texts: readonly string[]): string[] {
  const prefixes = formatColumns(columnsIn(family, texts)).map(Prefix.must);
  return prefixes.sort((a, b) => a.compare(b)).map(String);
}

function requireSame(name: string, ours: readonly string[], theirs: readonly string[]): void {
  const at = ours.findIndex((text, i) => text !== theirs[i]);
  if (ours.length === theirs.length && at < 0) return;
  throw new OracleError(
    `${name}: ${ours.length} and ${theirs.length} prefixes; ${ours[at]} and ${theirs[at]} at ${at}`,
  );
}
