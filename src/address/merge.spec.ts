import fc from 'fast-check';
import { mergeByIntervals } from '../../test/golden/interval-union.js';
import { anyPrefix, prefixIn, TOY_SPACES, WIDE_SPACE } from '../../test/golden/toy-space.js';
import { columnsOf, formatColumns, parseColumns } from './columns.js';
import { mergeColumns6, mergePrefixes } from './merge.js';
import { InvalidAddressError } from './parse-result.js';
import { PrefixSet } from './prefix-set.js';

describe('mergePrefixes', () => {
  it.each([
    [
      ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'],
      ['10.0.0.0/23', '10.0.2.0/24'],
    ],
    [
      ['10.0.1.0/24', '10.0.2.0/24'],
      ['10.0.1.0/24', '10.0.2.0/24'],
    ],
    [['128.0.0.0/1', '0.0.0.0/1'], ['0.0.0.0/0']],
    [['255.255.255.255/32', '255.255.255.254/32'], ['255.255.255.254/31']],
    [
      ['255.255.255.0/24', '1.0.0.0/24'],
      ['1.0.0.0/24', '255.255.255.0/24'],
    ],
    [['::/1', '8000::/1'], ['::/0']],
    [['10.0.0.0/8', '10.0.0.0/8', '10.1.0.0/16'], ['10.0.0.0/8']],
    [
      ['::/0', '0.0.0.0/0', '::1/128'],
      ['0.0.0.0/0', '::/0'],
    ],
    [[], []],
  ])('makes %j to %j', (texts, merged) => expect(mergePrefixes(texts)).toEqual(merged));

  it('refuses host bits', () => {
    expect(() => mergePrefixes(['10.0.0.0/8', '10.0.0.1/8'])).toThrow(InvalidAddressError);
  });

  it.each([4, 6] as const)('joins 2^14 shuffled hosts of IPv%i to one', (family) => {
    const host = (i: number) =>
      family === 4 ? `10.0.${i >> 8}.${i & 255}/32` : `2001:db8::${i.toString(16)}/128`;
    // 8191 is odd, so the products run through all residues in another order.
    const texts = Array.from({ length: 2 ** 14 }, (_, i) => host((i * 8191) % 2 ** 14));
    expect(mergePrefixes(texts)).toEqual([family === 4 ? '10.0.0.0/18' : '2001:db8::/114']);
  });

  it('agrees with interval union in toy spaces', () => {
    const dense = fc.oneof(...[...TOY_SPACES, WIDE_SPACE].map((space) => prefixIn(space)));
    fc.assert(
      fc.property(fc.array(dense, { maxLength: 60, size: 'max' }), (prefixes) => {
        expect(mergePrefixes(prefixes.map(String))).toEqual(mergeByIntervals(prefixes));
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it('agrees with interval union and with PrefixSet on long lists, which are sorted by digits', () => {
    const long = { minLength: 5000, maxLength: 6000, size: 'max' } as const;
    const mixed = fc.oneof(anyPrefix(), prefixIn(WIDE_SPACE), prefixIn(TOY_SPACES[1]!));
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            mixed,
            anyPrefix().map((p) => p.halves()?.[0] ?? p),
          ),
          long,
        ),
        (prefixes) => {
          const merged = mergePrefixes(prefixes.map(String));
          expect(merged).toEqual(mergeByIntervals(prefixes));
          expect(PrefixSet.of(prefixes).prefixes().map(String)).toEqual(merged);
        },
      ),
      { numRuns: 4, seed: 9 },
    );
  });

  it('leaves its input as it was', () => {
    const texts = ['8000::/1', '::/1'];
    const parsed = parseColumns(texts);
    if (!parsed.ok) throw new Error(parsed.error.reason);
    expect(formatColumns(mergeColumns6(parsed.value.v6))).toEqual(['::/0']);
    expect(formatColumns(parsed.value.v6)).toEqual(texts);
    expect(columnsOf(4, []).lengths).toHaveLength(0);
  });
});
