import fc from 'fast-check';
import { AddressList } from '../../test/golden/address-list.js';
import { addressIn, prefixIn, rangeIn, TOY_SPACES, WIDE_SPACE } from '../../test/golden/toy-space.js';
import { Address } from './address.js';
import { AddressRange } from './address-range.js';
import { Prefix } from './prefix.js';
import { PrefixSet } from './prefix-set.js';

const p = (text: string) => Prefix.must(text);
const set = (...texts: string[]) => PrefixSet.of(texts.map(p));
const texts = (prefixes: Iterable<Prefix>) => [...prefixes].map(String);

describe('PrefixSet', () => {
  it('holds both families, IPv4 first', () => {
    const both = set('2001:db8::/33', '10.0.1.0/24', '2001:db8:8000::/33', '10.0.0.0/24');
    expect(texts(both)).toEqual(['10.0.0.0/23', '2001:db8::/32']);
    expect(both.size()).toBe(512n + (1n << 96n));
    expect(both.size(4)).toBe(512n);
    expect(both.contains(Address.must('::ffff:10.0.0.1'))).toBe(false);
    expect(both.toString()).toBe('{10.0.0.0/23, 2001:db8::/32}');
  });

  it('reaches the ends of both spaces', () => {
    const everything = set('0.0.0.0/0', '::/0');
    expect(everything.size()).toBe((1n << 32n) + (1n << 128n));
    expect(texts(everything)).toEqual(['0.0.0.0/0', '::/0']);
    expect(everything.subtract(everything).isEmpty).toBe(true);
    expect(texts(everything.subtract(set('0.0.0.0/1', '8000::/1')))).toEqual(['128.0.0.0/1', '::/1']);
    expect(everything.contains(p('255.255.255.255/32'))).toBe(true);
  });

  it('is empty without parts', () => {
    expect(PrefixSet.empty.isEmpty).toBe(true);
    expect(PrefixSet.of([]).equals(PrefixSet.empty)).toBe(true);
    expect(PrefixSet.empty.largestBlock(4)).toBeNull();
    expect(PrefixSet.empty.size()).toBe(0n);
    expect(PrefixSet.empty.overlaps(p('0.0.0.0/0'))).toBe(false);
  });

  it('takes ranges beside prefixes', () => {
    const range = AddressRange.of(Address.must('10.0.0.1'), Address.must('10.0.0.9'));
    expect(texts(PrefixSet.of([range, p('10.0.0.0/32')]))).toEqual(['10.0.0.0/29', '10.0.0.8/31']);
  });

  it('parses many texts, or names the first wrong one', () => {
    const parsed = PrefixSet.parseMany(['10.0.0.0/25', '10.0.0.128/25']);
    expect(parsed.ok && texts(parsed.value)).toEqual(['10.0.0.0/24']);
    expect(PrefixSet.parseMany(['10.0.0.0/25', '10.0.0.1/25', 'x'])).toMatchObject({
      error: { input: '10.0.0.1/25' },
    });
  });

  // The published course of a /22 pool, best fit at the lowest address: what is free after each step.
  it.each<[string[], string[]]>([
    [['10.0.0.0/24'], ['10.0.1.0/24', '10.0.2.0/23']],
    [
      ['10.0.0.0/24', '10.0.1.0/25'],
      ['10.0.1.128/25', '10.0.2.0/23'],
    ],
    [
      ['10.0.0.0/24', '10.0.1.0/25', '10.0.2.0/24'],
      ['10.0.1.128/25', '10.0.3.0/24'],
    ],
    [
      ['10.0.0.0/24', '10.0.2.0/24'],
      ['10.0.1.0/24', '10.0.3.0/24'],
    ],
    [['10.0.2.0/24'], ['10.0.0.0/23', '10.0.3.0/24']],
    [[], ['10.0.0.0/22']],
  ])('finds what %j leaves free', (taken, free) => {
    expect(texts(set(...taken).complement(p('10.0.0.0/22')))).toEqual(free);
  });

  it('finds the largest block, the lowest of equals, and counts blocks by length', () => {
    const free = set('10.0.0.0/24').complement(p('10.0.0.0/22'));
    expect(free.largestBlock(4)).toEqual(p('10.0.2.0/23'));
    expect(free.largestBlock(6)).toBeNull();
    expect(set('10.0.3.0/24', '10.0.1.0/24').largestBlock(4)).toEqual(p('10.0.1.0/24'));
    expect(free.blocksByLength(4)).toEqual(
      new Map([
        [24, 1],
        [23, 1],
      ]),
    );
  });

  it('iterates lazily', () => {
    const hosts = set('::1/128').complement(p('::/0'));
    expect(hosts[Symbol.iterator]().next().value).toEqual(p('::/128'));
  });
});

const options = { numRuns: 60, seed: 7 };

describe.each(TOY_SPACES)('sets in %s, compared with lists of addresses', (space) => {
  const parts = fc.array(fc.oneof(prefixIn(space), rangeIn(space)), { maxLength: 8 });

  it('have the same algebra', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const [setA, setB] = [PrefixSet.of(a), PrefixSet.of(b)];
        const [listA, listB] = [AddressList.of(space, a), AddressList.of(space, b)];
        const having = (keep: (inA: boolean, inB: boolean) => boolean) =>
          listA.filter((v) => keep(listA.values.has(v), listB.values.has(v))).cover();
        expect(setA.prefixes()).toEqual(listA.cover());
        expect(setA.union(setB).prefixes()).toEqual(having((inA, inB) => inA || inB));
        expect(setA.intersect(setB).prefixes()).toEqual(having((inA, inB) => inA && inB));
        expect(setA.subtract(setB).prefixes()).toEqual(having((inA, inB) => inA && !inB));
        expect(setA.complement(space).prefixes()).toEqual(having((inA) => !inA));
        expect(setA.equals(setB)).toBe(String(listA.cover()) === String(listB.cover()));
        expect(setA.equals(PrefixSet.of(listA.cover()))).toBe(true);
      }),
      options,
    );
  });

  it('answer the same', () => {
    fc.assert(
      fc.property(parts, prefixIn(space), addressIn(space), (a, prefix, address) => {
        const [mine, list] = [PrefixSet.of(a), AddressList.of(space, a)];
        expect(mine.contains(prefix)).toBe(list.containsAll(prefix));
        expect(mine.overlaps(prefix)).toBe(list.containsSome(prefix));
        expect(mine.contains(address)).toBe(list.values.has(address.value));
        expect(mine.size(space.family)).toBe(BigInt(list.values.size));
        const byLength = [...mine.blocksByLength(space.family)].sort(([x], [y]) => x - y);
        expect(byLength.reduce((sum, [, count]) => sum + count, 0)).toBe(list.cover().length);
        const largest = list.cover().sort((x, y) => x.length - y.length)[0] ?? null;
        expect(mine.largestBlock(space.family)).toEqual(largest);
      }),
      options,
    );
  });
});

it('carries across words when blocks are wide', () => {
  fc.assert(
    fc.property(fc.array(prefixIn(WIDE_SPACE), { maxLength: 12 }), (parts) => {
      const mine = PrefixSet.of(parts);
      const free = mine.complement(WIDE_SPACE);
      expect(mine.intersect(free).isEmpty).toBe(true);
      expect(mine.union(free).prefixes()).toEqual([WIDE_SPACE]);
      expect(mine.size() + free.size()).toBe(WIDE_SPACE.size);
    }),
    options,
  );
});
