import fc from 'fast-check';
import IPCIDR from 'ip-cidr';
import { AddressList } from '../../test/golden/address-list.js';
import { decomposeRange } from '../../test/golden/interval-union.js';
import {
  addressIn,
  anyAddress,
  anyPrefix,
  prefixIn,
  rangeIn,
  TOY_SPACES,
} from '../../test/golden/toy-space.js';
import { AddressRange } from './address-range.js';
import { Prefix } from './prefix.js';

const options = { numRuns: 25, seed: 4 };

describe.each(TOY_SPACES)('prefixes in %s, compared with lists of addresses', (space) => {
  const list = (...parts: (Prefix | AddressRange)[]) => AddressList.of(space, parts);

  it('contain, overlap, subtract and range over the same addresses', () => {
    fc.assert(
      fc.property(prefixIn(space), prefixIn(space), addressIn(space), (a, b, address) => {
        expect(a.contains(b)).toBe(list(a).containsAll(b));
        expect(a.overlaps(b)).toBe(list(a).containsSome(b));
        expect(a.contains(address)).toBe(list(a).values.has(address.value));
        expect(a.size).toBe(BigInt(list(a).values.size));
        expect(a.subtract(b)).toEqual(
          list(a)
            .filter((v) => list(a).values.has(v) && !list(b).values.has(v))
            .cover(),
        );
        const common = Prefix.commonSupernet(a, b);
        expect(common.contains(a) && common.contains(b)).toBe(true);
        expect(common.halves()?.some((half) => half.contains(a) && half.contains(b)) ?? false).toBe(false);
      }),
      options,
    );
  });

  it('list the same neighbours, halves and subnets', () => {
    fc.assert(
      fc.property(prefixIn(space), fc.nat(6), (prefix, extra) => {
        const length = Math.max(prefix.length, space.length + extra);
        const subnets = [...prefix.subnets(length)];
        expect(subnets.every((subnet) => subnet.length === length)).toBe(true);
        expect(subnets.map((subnet) => subnet.address.value)).toEqual(
          [...list(prefix).values].filter(
            (value) => value % (1n << BigInt(space.hostBits + space.length - length)) === 0n,
          ),
        );
        expect(prefix.halves() ?? [prefix]).toEqual([
          ...prefix.subnets(prefix.length + (prefix.hostBits ? 1 : 0)),
        ]);
        expect(prefix.buddy()!.buddy()).toEqual(prefix);
        expect(prefix.parent()!.halves()).toContainEqual(prefix);
        expect(prefix.parent()!.halves()).toContainEqual(prefix.buddy());
        expect(prefix.last.next()?.value ?? 1n << BigInt(space.length + space.hostBits)).toBe(
          prefix.address.value + prefix.size,
        );
      }),
      options,
    );
  });

  it('make up ranges', () => {
    fc.assert(
      fc.property(rangeIn(space), rangeIn(space), (range, other) => {
        expect(range.toPrefixes()).toEqual(list(range).cover());
        expect(range.size).toBe(BigInt(list(range).values.size));
        expect(range.overlaps(other)).toBe(
          list(range, other).values.size < list(range).values.size + list(other).values.size,
        );
      }),
      options,
    );
  });
});

describe('prefixes anywhere', () => {
  it('agree with integers', () => {
    fc.assert(
      fc.property(anyPrefix(), anyPrefix(), anyAddress(), (a, b, address) => {
        const ends = (p: Prefix) => [p.address.value, p.address.value + p.size - 1n] as const;
        const [[firstA, lastA], [firstB, lastB]] = [ends(a), ends(b)];
        const same = a.family === b.family;
        expect(a.last.value).toBe(lastA);
        expect(a.contains(b)).toBe(same && firstA <= firstB && lastB <= lastA);
        expect(a.overlaps(b)).toBe(same && firstA <= lastB && firstB <= lastA);
        expect(Math.sign(a.address.compare(address))).toBe(
          Math.sign(a.family - address.family) ||
            (firstA < address.value ? -1 : firstA > address.value ? 1 : 0),
        );
        expect(address.next()?.value).toBe(address.next() ? address.value + 1n : undefined);
        expect(address.previous()?.value).toBe(address.value === 0n ? undefined : address.value - 1n);
        if (same) {
          const [low, high] = firstA <= firstB ? [a.address, b.address] : [b.address, a.address];
          const range = AddressRange.of(low, high);
          expect(range.toPrefixes().map(String)).toEqual(decomposeRange(range));
        }
      }),
      { numRuns: 500, seed: 5 },
    );
  });

  it('agree with ip-cidr on first, last and contains', () => {
    fc.assert(
      fc.property(anyPrefix(), anyAddress(), (prefix, address) => {
        // ip-cidr takes the dotted form of a v4-mapped address for an IPv4 address.
        fc.pre(![prefix.first, prefix.last, address].some((each) => each.isMapped()));
        const theirs = new IPCIDR(prefix.toString());
        expect(theirs.addressStart.correctForm()).toBe(prefix.first.toString());
        expect(theirs.start({ type: 'bigInteger' })).toBe(prefix.first.value);
        expect(theirs.end({ type: 'bigInteger' })).toBe(prefix.last.value);
        expect(theirs.size).toBe(prefix.size);
        if (prefix.family === address.family) {
          expect(theirs.contains(address.toString())).toBe(prefix.contains(address));
        }
        expect(theirs.contains(prefix.last.toString())).toBe(true);
      }),
      { numRuns: 300, seed: 6 },
    );
  });
});
