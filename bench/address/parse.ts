import { normalizeCidr, parseCidr } from 'cidr-tools';
import IPCIDR from 'ip-cidr';
import { formatColumns, parseColumns } from '../../src/address/index.js';
import { readPrefix } from '../../test/golden/slow-parser.js';
import { type BenchOptions, type Figure, OracleError } from '../harness/bench.js';
import { columnsIn } from './columns.js';
import { compare } from './compare.js';
import type { World } from './prefixes.js';

const ASKED_OF_IP_CIDR = 2000;
const ASKED_OF_GOLDEN = 10_000;

/** Texts to numbers. */
export async function measureParse(world: World, options: BenchOptions): Promise<Figure[]> {
  const { family, size, texts } = world;
  const parse = `parse${family === 6 ? '6' : ''}-vs-cidr-tools-${size}`;
  const normalize = `parse${family === 6 ? '6' : ''}-vs-normalize`;
  const slow = `parse${family === 6 ? '6' : ''}-vs-ip-cidr`;
  const figures: Figure[] = [];
  if (![parse, normalize, slow].some((name) => options.wants(name))) return figures;
  requireRight(world);
  const add = async (name: string, aim: number | undefined, reference: string, theirs: Theirs) => {
    if (!options.wants(name)) return;
    const each = { what: 'prefix', ours: texts.length, theirs: theirs.count };
    const ours = () => parseColumns(texts);
    figures.push(await compare({ name, aim, reference, each, ours, theirs: theirs.work }, options));
  };
  const forEach = (work: (text: string) => unknown, count = texts.length): Theirs => ({
    count,
    work: () => {
      let last: unknown;
      for (let i = 0; i < count; i++) last = work(texts[i]!);
      return last;
    },
  });
  await add(parse, 1, 'parseCidr of cidr-tools 11, results not kept', forEach(parseCidr));
  if (size !== '10k') return figures;
  await add(
    normalize,
    undefined,
    'normalizeCidr of cidr-tools 11, which gives text, results not kept',
    forEach((text) => normalizeCidr(text)),
  );
  const some = Math.min(texts.length, ASKED_OF_IP_CIDR);
  await add(
    slow,
    undefined,
    `new IPCIDR of ip-cidr, of ${some}`,
    forEach((text) => new IPCIDR(text), some),
  );
  return figures;
}

interface Theirs {
  readonly count: number;
  work(): unknown;
}

/** The texts come back from the numbers, and the numbers are those of the golden twin for the first ones. */
function requireRight({ family, texts }: World): void {
  const columns = columnsIn(family, texts);
  const back = formatColumns(columns);
  const stride = family === 4 ? 1 : 4;
  for (let i = 0; i < texts.length; i++) {
    if (back[i] !== texts[i]) throw new OracleError(`parse: ${texts[i]} became ${back[i]}`);
    if (i >= ASKED_OF_GOLDEN) continue;
    let value = 0n;
    for (let word = 0; word < stride; word++)
      value = (value << 32n) | BigInt(columns.words[i * stride + word]!);
    const golden = readPrefix(texts[i]!);
    if (golden?.value !== value || golden.length !== columns.lengths[i])
      throw new OracleError(`parse: ${texts[i]}`);
  }
}
