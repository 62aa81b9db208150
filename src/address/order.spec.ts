import { Random } from '../../test/support/random.js';
import { Address } from './address.js';
import { columnsOf, prefixAt } from './columns.js';
import { orderOf, sortedByAddress } from './order.js';
import { Prefix } from './prefix.js';

/** More than are sorted by comparison, so that digits decide; many alike in their first 64 bits. */
const MANY = 6_000;

function prefixes(family: 4 | 6, seed: number): Prefix[] {
  const random = new Random(seed);
  const networks = ['2001:db8::', '2001:db8:0:1::', '2001:db8:0:1:8000::', 'fe80::'].map(
    (text) => Address.must(text).value,
  );
  return Array.from({ length: MANY }, () => {
    const low = BigInt(random.below(2 ** 32));
    if (family === 4) return Prefix.of(Address.of(4, low), random.below(33));
    const spread = low << BigInt(random.pick([0, 16, 31]));
    return Prefix.of(Address.of(6, random.pick(networks) | spread), random.pick([64, 80, 100, 127, 128]));
  });
}

it.each([4, 6] as const)('orders many prefixes of IPv%i as comparing them two by two does', (family) => {
  const given = prefixes(family, 11);
  // some twice: equal ones stay in their given order
  const all = [...given, ...given.slice(0, 500)];
  const columns = columnsOf(family, all);
  const before = columns.words.slice();
  const expected = all.map((_, index) => index).sort((a, b) => all[a]!.compare(all[b]!) || a - b);
  expect([...orderOf(columns)]).toEqual(expected);
  expect(columns.words).toEqual(before);

  const sorted = sortedByAddress(columns);
  const addresses = Array.from({ length: all.length }, (_, k) => prefixAt(sorted, k).first.toString());
  expect(addresses).toEqual(expected.map((index) => all[index]!.first.toString()));
});
