import fc from 'fast-check';
import { readAddress, readPrefix } from '../../test/golden/slow-parser.js';
import { anyAddress, anyPrefix } from '../../test/golden/toy-space.js';
import { Address } from './address.js';
import { parseColumns, prefixAt } from './columns.js';
import { Prefix } from './prefix.js';

/** Texts from the alphabet of addresses: mostly wrong, now and then right. */
const nearlyAddress = fc.oneof(
  fc.array(fc.constantFrom('0', '1', '9', '255', '256', '.', ':', '::', 'f', 'ffff', '/', '%', ' ', 'G'), {
    maxLength: 16,
  }),
  fc
    .array(fc.constantFrom('0', '10', '255', '256', '01', ''), { minLength: 3, maxLength: 5 })
    .map((octets) => [octets.join('.')]),
  fc
    .tuple(
      fc.array(fc.constantFrom('0', '1', 'ffff', 'abcde', ''), { maxLength: 9 }),
      fc.constantFrom('', ':1.2.3.4', '::', '::1.2.3.4'),
    )
    .map(([groups, tail]) => [groups.join(':'), tail]),
);

describe('the grammar of addresses', () => {
  it('accepts and refuses what the slow parser does', () => {
    fc.assert(
      fc.property(nearlyAddress, (parts) => {
        const text = parts.join('');
        const result = Address.parse(text);
        const expected = readAddress(text);
        expect(result.ok ? { family: result.value.family, value: result.value.value } : null).toEqual(
          expected,
        );
        if (!result.ok) {
          expect(result.error.position).toBeGreaterThanOrEqual(0);
          expect(result.error.position).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 1500, seed: 1 },
    );
  });

  it('accepts and refuses prefixes as the slow parser does, one by one and in bulk', () => {
    const length = fc.constantFrom(
      '',
      '/',
      '/0',
      '/8',
      '/24',
      '/32',
      '/33',
      '/64',
      '/128',
      '/129',
      '/08',
      '/+1',
      '/8 ',
      '/8/8',
      '\n',
    );
    fc.assert(
      fc.property(nearlyAddress, length, (parts, suffix) => {
        const text = parts.join('') + suffix;
        const single = Prefix.parse(text);
        const expected = readPrefix(text);
        expect(single.ok ? single.value.toString() : null).toBe(
          expected && `${Address.of(expected.family, expected.value)}/${expected.length}`,
        );
        const bulk = parseColumns(['10.0.0.0/8', text, '::/0']);
        if (!single.ok) expect(bulk).toEqual(single);
        else
          expect(
            bulk.ok &&
              prefixAt(
                single.value.family === 4 ? bulk.value.v4 : bulk.value.v6,
                single.value.family === 4 ? 1 : 0,
              ),
          ).toEqual(single.value);
      }),
      { numRuns: 1500, seed: 2 },
    );
  });

  it('reads back what it prints', () => {
    fc.assert(
      fc.property(anyAddress(), anyPrefix(), (address, prefix) => {
        expect(Address.must(address.toString())).toEqual(address);
        expect(Address.of(address.family, address.value)).toEqual(address);
        expect(readAddress(address.toString())).toEqual({ family: address.family, value: address.value });
        expect(Prefix.must(prefix.toString())).toEqual(prefix);
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  it('reads long lists across its chunks', () => {
    const texts = Array.from({ length: 20_000 }, (_, i) =>
      i % 3 ? `10.${i >> 8}.${i & 255}.0/24` : `2001:db8:${i.toString(16)}::/48`,
    );
    const parsed = parseColumns(texts);
    expect(parsed.ok && [parsed.value.v4.lengths.length, parsed.value.v6.lengths.length]).toEqual([
      13_333, 6_667,
    ]);
    expect(parsed.ok && prefixAt(parsed.value.v6, 6_666).toString()).toBe(texts[19_998]);
    texts[15_000] = '10.0.0.1/24';
    expect(parseColumns(texts)).toMatchObject({
      ok: false,
      error: { input: '10.0.0.1/24', canonical: '10.0.0.0/24' },
    });
  });

  it.each(['10.0.0.0/8\n10.0.0.0/8', '10.0.0.0/8\n', '\n', '10.0.0.0/8é', '10.0.0.0/8' + ' '.repeat(100)])(
    'does not take %j for prefixes in bulk',
    (text) => expect(parseColumns([text]).ok).toBe(false),
  );
});
