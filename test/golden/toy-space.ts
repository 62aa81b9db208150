import fc from 'fast-check';
import { Address } from '../../src/address/address.js';
import { AddressRange } from '../../src/address/address-range.js';
import { Prefix } from '../../src/address/prefix.js';

/** Blocks of 64 addresses at the ends of both families and around word boundaries, so that random parts collide. */
export const TOY_SPACES = [
  '0.0.0.0/26',
  '127.255.255.192/26',
  '255.255.255.192/26',
  '::/122',
  '2001:db8:0:0:ffff:ffff:ffff:ffc0/122',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffc0/122',
].map((text) => Prefix.must(text));

/** The same six bits of structure further up: prefixes /26../32 of IPv6, each as wide as four words minus the top. */
export const WIDE_SPACE = Prefix.must('2001:db80::/26');

export function prefixIn(space: Prefix): fc.Arbitrary<Prefix> {
  return fc.tuple(fc.nat(6), fc.nat(63)).map(([extra, index]) => {
    const step = BigInt(space.hostBits) - 6n;
    return Prefix.of(
      Address.of(space.family, space.address.value + (BigInt(index) << step)),
      space.length + extra,
    );
  });
}

export function addressIn(space: Prefix): fc.Arbitrary<Address> {
  return fc.nat(63).map((i) => Address.of(space.family, space.address.value + BigInt(i)));
}

export function rangeIn(space: Prefix): fc.Arbitrary<AddressRange> {
  return fc.tuple(addressIn(space), addressIn(space)).map(([a, b]) => {
    return a.compare(b) <= 0 ? AddressRange.of(a, b) : AddressRange.of(b, a);
  });
}

export function anyAddress(): fc.Arbitrary<Address> {
  return fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value) => Address.of(4, value)),
    fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => Address.of(6, value)),
    // Few bits set, so that runs of zero groups happen.
    fc.array(fc.nat(127), { maxLength: 4 }).map((bits) =>
      Address.of(
        6,
        bits.reduce((v, b) => v | (1n << BigInt(b)), 0n),
      ),
    ),
    fc.nat(0xffffffff).map((value) => Address.of(6, 0xffff00000000n + BigInt(value))),
  );
}

export function anyPrefix(): fc.Arbitrary<Prefix> {
  return fc
    .tuple(anyAddress(), fc.nat(128))
    .map(([address, length]) => Prefix.of(address, address.family === 4 ? length % 33 : length));
}
