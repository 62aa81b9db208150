import fc from 'fast-check';
import { Random } from '../../test/support/random.js';
import { LinearMap } from '../../test/golden/linear-map.js';
import {
  addressIn,
  anyAddress,
  anyPrefix,
  prefixIn,
  TOY_SPACES,
  WIDE_SPACE,
} from '../../test/golden/toy-space.js';
import { Address } from './address.js';
import { Prefix } from './prefix.js';
import { type PrefixEntry, PrefixMap } from './prefix-map.js';

const p = (text: string) => Prefix.must(text);
const map = (...texts: string[]) => PrefixMap.of(texts.map((text) => [p(text), text] as const));
const at = (m: PrefixMap<string>, text: string) => m.longestMatch(Address.must(text))?.value ?? null;

describe('PrefixMap', () => {
  it('finds the longest match', () => {
    const m = map('10.1.2.3/32', '0.0.0.0/0', '10.1.0.0/16', '10.0.0.0/8');
    expect(at(m, '10.1.2.3')).toBe('10.1.2.3/32');
    expect(at(m, '10.1.2.4')).toBe('10.1.0.0/16');
    expect(at(m, '10.2.0.0')).toBe('10.0.0.0/8');
    expect(at(m, '11.0.0.0')).toBe('0.0.0.0/0');
    expect(at(m, '255.255.255.255')).toBe('0.0.0.0/0');
    expect(at(m, '::')).toBeNull();
    expect(at(map('10.1.2.3/32', '10.1.0.0/16', '10.0.0.0/8'), '11.0.0.0')).toBeNull();
  });

  it('keeps the families apart', () => {
    const m = map('::/0', '10.0.0.0/8');
    expect(at(m, '10.0.0.1')).toBe('10.0.0.0/8');
    expect(at(m, '11.0.0.1')).toBeNull();
    expect(at(m, '::ffff:10.0.0.1')).toBe('::/0');
    expect([...m.subnetsOf(p('::/0'))]).toHaveLength(1);
    expect(m.supernetsOf(p('::1/128')).map((entry) => entry.value)).toEqual(['::/0']);
  });

  it('is empty without entries', () => {
    const empty = PrefixMap.of<string>([]);
    expect(empty.size).toBe(0);
    expect([...empty]).toEqual([]);
    expect([at(empty, '10.0.0.1'), at(empty, '::1')]).toEqual([null, null]);
    expect(empty.get(p('::/0'))).toBeUndefined();
    expect(empty.supernetsOf(p('::/0'))).toEqual([]);
  });

  it('takes the later of two equal prefixes, and undefined for a value', () => {
    const m = PrefixMap.of<number | undefined>([
      [p('10.0.0.0/8'), 1],
      [p('10.0.0.0/8'), undefined],
    ]);
    expect(m.size).toBe(1);
    expect(m.get(p('10.0.0.0/8'))).toBeUndefined();
    expect(m.has(p('10.0.0.0/8'))).toBe(true);
    expect(m.has(p('10.0.0.0/9'))).toBe(false);
  });

  it('looks up words, signed or unsigned', () => {
    const m = map('200.0.0.0/8', 'ff00::/8');
    expect(m.entryAt(m.lookup4(0xc8000001)).value).toBe('200.0.0.0/8');
    expect(m.lookup4(0xc8000001 | 0)).toBe(m.lookup4(0xc8000001));
    expect(m.entryAt(m.lookup6(0xff000000, 0, 0, 0xffffffff)).value).toBe('ff00::/8');
    expect(m.lookup6(0xff000000 | 0, 0, 0, -1)).toBe(m.lookup6(0xff000000, 0, 0, 0xffffffff));
    expect(m.lookup4(0)).toBe(-1);
    expect(m.lookup6(0, 0, 0, 0)).toBe(-1);
  });

  // Common prefixes of every length put the index window at every place, the last words included.
  it.each([0, 1, 31, 32, 33, 52, 63, 64, 65, 75, 76, 77, 95, 96, 97, 111, 120, 127, 128])(
    'matches entries that share a prefix of %i bits',
    (length) => {
      const common = Prefix.of(Address.must('a5a5:5a5a:ffff:1:8000:7fff:ffff:fffe'), length);
      const inner = [common, ...(common.halves() ?? []), Prefix.of(common.last, 128)];
      const m = PrefixMap.of(inner.map((prefix) => [prefix, String(prefix)] as const));
      const golden = new LinearMap(inner.map((prefix) => [prefix, String(prefix)] as const));
      for (const address of edges(inner)) {
        expect(m.longestMatch(address)?.value).toBe(golden.longestMatch(address)?.[1]);
      }
    },
  );
});

/** The addresses where an answer can change: both ends of each prefix, and their neighbours outside. */
function edges(prefixes: readonly Prefix[]): Address[] {
  return prefixes
    .flatMap(({ first, last }) => [first, first.previous(), last, last.next()])
    .filter((address) => address !== null);
}

const plain = <V>(entries: Iterable<PrefixEntry<V>>) =>
  [...entries].map(({ prefix, value }) => [prefix, value]);

function compare(prefixes: readonly Prefix[], asked: Prefix, addresses: readonly Address[]): void {
  const entries = prefixes.map((prefix, i) => [prefix, i] as const);
  const mine = PrefixMap.of(entries);
  const golden = new LinearMap(entries);
  for (const address of [...addresses, ...edges(prefixes)]) {
    const match = mine.longestMatch(address);
    expect(match?.value ?? null).toBe(golden.longestMatch(address)?.[1] ?? null);
  }
  expect(plain(mine)).toEqual(golden.distinct().sort(([a], [b]) => a.compare(b)));
  for (const prefix of [asked, ...prefixes.slice(0, 3)]) {
    expect(mine.get(prefix)).toBe(golden.distinct().find(([each]) => each.equals(prefix))?.[1]);
    expect(plain(mine.supernetsOf(prefix))).toEqual(golden.supernetsOf(prefix));
    expect(plain(mine.subnetsOf(prefix))).toEqual(golden.subnetsOf(prefix));
  }
}

describe('PrefixMap, compared with a linear scan', () => {
  it('agrees where entries crowd, level within level, and beyond the 52 bits of a key', () => {
    const crowds = ['f000::/4', 'fe80::/10', '2001::/16', '2001:db8::/32', '2001:db8::/64'];
    for (let i = 0; i < 120; i++) {
      const hex = i.toString(16);
      crowds.push(
        `2001:db8:${hex}::/48`,
        `2001:db8:0:${hex}::/64`,
        `2001:db8::${hex}/128`,
        `10.${i}.0.0/16`,
        `10.0.0.${i}/32`,
      );
    }
    const entries = crowds.map((text) => [p(text), text] as const);
    const mine = PrefixMap.of(entries);
    const golden = new LinearMap(entries);
    for (const address of edges(entries.map(([prefix]) => prefix))) {
      const [expected, found] = [golden.longestMatch(address)?.[1], mine.longestMatch(address)?.value];
      if (found !== expected) throw new Error(`${address}: ${found} instead of ${expected}`);
    }
  });

  it('agrees where thousands of boundaries have one key', () => {
    const random = new Random(5);
    const hosts = Array.from(
      { length: 700 },
      () => `2001:db8::${random.below(65536).toString(16)}:${random.below(65536).toString(16)}/128`,
    );
    const entries = ['2001:db8::/32', '2001:db8:ffff::/48', ...hosts].map((text) => [p(text), text] as const);
    const mine = PrefixMap.of(entries);
    const golden = new LinearMap(entries);
    for (const address of edges(entries.map(([prefix]) => prefix))) {
      const [expected, found] = [golden.longestMatch(address)?.[1], mine.longestMatch(address)?.value];
      if (found !== expected) throw new Error(`${address}: ${found} instead of ${expected}`);
    }
  });

  it('agrees in toy spaces', () => {
    const space = fc.constantFrom(...TOY_SPACES, WIDE_SPACE);
    const scene = space.chain((s) =>
      fc.tuple(
        fc.array(prefixIn(s), { maxLength: 12 }),
        prefixIn(s),
        fc.array(addressIn(s), { maxLength: 4 }),
      ),
    );
    fc.assert(
      fc.property(scene, ([prefixes, asked, addresses]) => compare(prefixes, asked, addresses)),
      { numRuns: 150, seed: 10 },
    );
  });

  it('agrees on prefixes anywhere', () => {
    const many = fc.array(fc.oneof(anyPrefix(), prefixIn(WIDE_SPACE)), { maxLength: 40 });
    fc.assert(fc.property(many, anyPrefix(), fc.array(anyAddress(), { maxLength: 5 }), compare), {
      numRuns: 40,
      seed: 11,
    });
  });
});
