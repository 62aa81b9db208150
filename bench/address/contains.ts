import { containsCidr } from 'cidr-tools';
import IPCIDR from 'ip-cidr';
import { Address, Prefix, PrefixSet } from '../../src/address/index.js';
import { type BenchOptions, type Figure, OracleError } from '../harness/bench.js';
import { compare } from './compare.js';
import type { World } from './prefixes.js';
import { addressOf, queriesIn } from './queries.js';

const PAIRS = 10_000;
const ASKED_OF_IP_CIDR = 500;
const ASKED_OF_LIST = 1;

/** Whether a prefix, or a set of them, contains an address, from texts. */
export async function measureContains(world: World, options: BenchOptions): Promise<Figure[]> {
  const { family, size, texts } = world;
  const suffix = `${family === 6 ? '6' : ''}`;
  const pair = `contains${suffix}-vs-cidr-tools`;
  const slow = `contains${suffix}-vs-ip-cidr`;
  const many = `contains-set${suffix}-${size}`;
  const queries = queriesIn(world, PAIRS, options.seed);
  const addresses = Array.from({ length: PAIRS }, (_, i) => addressOf(queries, i).toString());
  // Every other address is asked of a prefix that is not its own.
  const nets = addresses.map((text, i) => {
    const own = Prefix.of(Address.must(text), family === 4 ? 20 : 40);
    return i % 2 === 0 ? own.toString() : texts[i % texts.length]!;
  });
  const ask = (count: number, question: (net: string, address: string) => boolean) => () => {
    let found = 0;
    for (let i = 0; i < count; i++) if (question(nets[i]!, addresses[i]!)) found++;
    return found;
  };
  const ours = (net: string, address: string) => Prefix.must(net).contains(Address.must(address));
  const byIpCidr = (net: string, address: string) => new IPCIDR(net).contains(address);
  requireSame(pair, ask(PAIRS, ours)(), ask(PAIRS, containsCidr)());
  requireSame(slow, ask(ASKED_OF_IP_CIDR, ours)(), ask(ASKED_OF_IP_CIDR, byIpCidr)());
  const figures: Figure[] = [];
  const add = async (name: string, reference: string, theirs: () => unknown, count: number) => {
    if (!options.wants(name)) return;
    const each = { what: 'question', ours: PAIRS, theirs: count };
    figures.push(await compare({ name, reference, each, ours: ask(PAIRS, ours), theirs }, options));
  };
  if (size === '10k') {
    await add(pair, 'containsCidr of cidr-tools 11, both texts', ask(PAIRS, containsCidr), PAIRS);
    const some = ASKED_OF_IP_CIDR;
    await add(slow, `contains of ip-cidr, both texts, of ${some}`, ask(some, byIpCidr), some);
  }
  if (options.wants(many)) {
    const set = PrefixSet.of(texts.map(Prefix.must));
    const asked = addresses.slice(0, ASKED_OF_LIST);
    const count = (question: (address: string) => boolean, of: readonly string[]) => () =>
      of.filter(question).length;
    const inSet = (address: string) => set.contains(Address.must(address));
    const inList = (address: string) => containsCidr(texts as string[], address);
    requireSame(many, count(inSet, addresses)(), PAIRS);
    requireSame(many, count(inSet, asked)(), count(inList, asked)());
    figures.push(
      await compare(
        {
          name: many,
          reference: 'containsCidr of cidr-tools 11 with the whole list, which it reads for each question',
          each: { what: 'question', ours: PAIRS, theirs: ASKED_OF_LIST },
          ours: count(inSet, addresses),
          theirs: count(inList, asked),
        },
        options,
      ),
    );
  }
  return figures;
}

function requireSame(name: string, ours: number, theirs: number): void {
  if (ours !== theirs) throw new OracleError(`${name}: ${ours} and ${theirs} contained`);
}
