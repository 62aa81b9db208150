import LongestPrefixMatch from 'longest-prefix-match';
import { Address, Prefix, PrefixMap } from '../../src/address/index.js';
import { LinearMap } from '../../test/golden/linear-map.js';
import { type BenchOptions, type Figure, OracleError } from '../harness/bench.js';
import { BinarySearch6 } from './binary-search.js';
import { columnsIn } from './columns.js';
import { compare } from './compare.js';
import type { World } from './prefixes.js';
import { addressOf, type Queries, queriesIn } from './queries.js';

const LOOK_UPS = 2 ** 18;
const TEXTS = 2 ** 15;
const ASKED_OF_GOLDEN = 10;

/** Longest match: for IPv4 against a trie from npm, for IPv6 against binary search. */
export async function measureLpm(world: World, options: BenchOptions): Promise<Figure[]> {
  const { family, size, texts } = world;
  const names = family === 4 ? [`lpm-${size}`, `lpm-text-${size}`] : [`lpm6-${size}`];
  if (!names.some((name) => options.wants(name))) return [];
  const entries = texts.map((text, i) => [Prefix.must(text), i] as const);
  const map = PrefixMap.of(entries);
  const queries = queriesIn(world, LOOK_UPS, options.seed);
  requireGolden(entries, map, queries);
  return family === 4 ? measure4(world, map, queries, options) : measure6(world, map, queries, options);
}

async function measure4(
  { size, texts }: World,
  map: PrefixMap<number>,
  queries: Queries,
  options: BenchOptions,
): Promise<Figure[]> {
  const peer = new LongestPrefixMatch<number>();
  texts.forEach((text, i) => peer.addPrefix(text, i));
  const addresses = Array.from({ length: TEXTS }, (_, i) => addressOf(queries, i));
  const asked = addresses.map(String);
  const hosts = asked.map((text) => `${text}/32`);
  const bits = addresses.map(({ w3 }) => (w3 >>> 0).toString(2).padStart(32, '0'));
  const values = addresses.map(({ w3 }) => w3);
  const trie = peer.data.v4;
  for (let i = 0; i < TEXTS; i++) {
    const [ours, theirs] = [map.longestMatch(addresses[i]!)?.value, trie.get(bits[i]!, false)[0]?.data];
    const same = peer.getMatch(hosts[i]!, false)[0];
    if (ours !== theirs || ours !== same)
      throw new OracleError(`lpm: ${asked[i]} is in ${ours} and ${theirs}`);
  }
  const figures: Figure[] = [];
  if (options.wants(`lpm-${size}`)) {
    const { words, count } = queries;
    figures.push(
      await compare(
        {
          name: `lpm-${size}`,
          aim: 2,
          reference: 'trie of longest-prefix-match from npm, given the bits as text, so without its parsing',
          each: { what: 'look-up', ours: count, theirs: TEXTS },
          ours: () => {
            let sum = 0;
            for (let i = 0; i < count; i++) sum = (sum + map.lookup4(words[4 * i + 3]!)) | 0;
            return sum;
          },
          theirs: () => bits.reduce((sum, each) => (sum + trie.get(each, false)[0]!.data) | 0, values[0]!),
        },
        options,
      ),
    );
  }
  if (options.wants(`lpm-text-${size}`)) {
    figures.push(
      await compare(
        {
          name: `lpm-text-${size}`,
          reference: 'getMatch of longest-prefix-match from npm',
          each: { what: 'look-up', ours: TEXTS },
          ours: () => asked.reduce((sum, text) => (sum + map.longestMatch(Address.must(text))!.value) | 0, 0),
          theirs: () => hosts.reduce((sum, text) => (sum + peer.getMatch(text, false)[0]!) | 0, 0),
        },
        options,
      ),
    );
  }
  return figures;
}

async function measure6(
  { size, texts }: World,
  map: PrefixMap<number>,
  { words, count }: Queries,
  options: BenchOptions,
): Promise<Figure[]> {
  const search = new BinarySearch6(columnsIn(6, texts));
  for (let at = 0; at < 4 * count; at += 4) {
    const found = map.lookup6(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    const plain = search.find(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
    if (map.entryAt(found).value !== search.placeOf(plain))
      throw new OracleError(`lpm6: ${found} and ${plain}`);
  }
  return [
    await compare(
      {
        name: `lpm6-${size}`,
        aim: 2,
        reference: 'binary search among the same intervals, sorted',
        each: { what: 'look-up', ours: count },
        ours: () => {
          let sum = 0;
          for (let at = 0; at < 4 * count; at += 4)
            sum = (sum + map.lookup6(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!)) | 0;
          return sum;
        },
        theirs: () => {
          let sum = 0;
          for (let at = 0; at < 4 * count; at += 4)
            sum = (sum + search.find(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!)) | 0;
          return sum;
        },
      },
      options,
    ),
  ];
}

/** A few look-ups as a scan of all entries answers them. */
function requireGolden(
  entries: [Prefix, number][] | (readonly [Prefix, number])[],
  map: PrefixMap<number>,
  queries: Queries,
): void {
  const golden = new LinearMap(entries);
  for (let i = 0; i < ASKED_OF_GOLDEN; i++) {
    const address = addressOf(queries, i);
    const [ours, theirs] = [map.longestMatch(address)?.value, golden.longestMatch(address)?.[1]];
    if (ours !== theirs) throw new OracleError(`longest match of ${address}: ${ours}, by a scan ${theirs}`);
  }
}
