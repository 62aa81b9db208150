import { type Family, widthOf } from './family.js';
import { formatIPv4, formatIPv6 } from './format.js';
import { type ParseResult, valueOrThrow } from './parse-result.js';
import { bytesOf, lengthInBytes, looksLikeIPv6, parseError, scanIPv4, scanIPv6 } from './scan.js';
import { bitLength, NETWORK_MASKS, trailingZeros } from './words.js';

/** Parsing is synchronous, so one set of words serves every parse. */
const scratch = new Uint32Array(4);

/**
 * An IP address: immutable, its family part of the value, totally ordered (IPv4 before IPv6, then by value).
 *
 * A v4-mapped IPv6 address (`::ffff:10.0.0.1`) is an IPv6 address and differs from `10.0.0.1` until `unmap()` is called.
 *
 * Held as signed 32-bit words rather than as a bigint, so that comparing and masking allocate nothing; an IPv4 address
 * is `w3` alone. All methods cost O(1).
 */
export class Address {
  private constructor(
    readonly family: Family,
    /** Bits 127..96, as a signed 32-bit integer; so on to `w3`, bits 31..0. */
    readonly w0: number,
    readonly w1: number,
    readonly w2: number,
    readonly w3: number,
  ) {}

  /**
   * Reads dotted decimal (four octets, no leading zeros) or any RFC 4291 text form, dotted tail included. Whitespace,
   * zone ids (`%eth0`) and short forms such as `10.1` are errors. About 0.1 µs for IPv4, 0.3 µs for IPv6.
   */
  static parse(text: string): ParseResult<Address> {
    const address = Address.scan(bytesOf(text), lengthInBytes(text));
    return typeof address === 'number'
      ? { ok: false, error: parseError(text, address, text.length) }
      : { ok: true, value: address };
  }

  /** For literals in code and tests. Throws InvalidAddressError. */
  static must(text: string): Address {
    return valueOrThrow(Address.parse(text));
  }

  /** Throws RangeError unless 0 <= value < 2^width. */
  static of(family: Family, value: bigint): Address {
    if (value < 0n || value >> BigInt(widthOf(family)) !== 0n) {
      throw new RangeError(`${value} is not an IPv${family} address`);
    }
    if (family === 4) return new Address(4, 0, 0, 0, Number(value) | 0);
    const word = (shift: bigint) => Number(BigInt.asIntN(32, value >> shift));
    return new Address(6, word(96n), word(64n), word(32n), word(0n));
  }

  /** For bulk code: words may be signed or unsigned; for IPv4 the first three must be 0. Unchecked. */
  static ofWords(family: Family, w0: number, w1: number, w2: number, w3: number): Address {
    return new Address(family, w0 | 0, w1 | 0, w2 | 0, w3 | 0);
  }

  /** For Prefix.parse: the address in bytes[0, end), or the scanner's negative fault. */
  static scan(bytes: Uint8Array, end: number): Address | number {
    if (!looksLikeIPv6(bytes, 0, end)) {
      const value = scanIPv4(bytes, 0, end);
      return value < 0 ? value : new Address(4, 0, 0, 0, value | 0);
    }
    const fault = scanIPv6(bytes, 0, end, scratch, 0);
    if (fault < 0) return fault;
    return Address.ofWords(6, scratch[0]!, scratch[1]!, scratch[2]!, scratch[3]!);
  }

  /** The address as an unsigned integer, built at each call (10 ns for IPv4, 60 ns for IPv6). */
  get value(): bigint {
    if (this.family === 4) return BigInt(this.w3 >>> 0);
    const high = (BigInt(this.w0 >>> 0) << 32n) | BigInt(this.w1 >>> 0);
    return (high << 64n) | (BigInt(this.w2 >>> 0) << 32n) | BigInt(this.w3 >>> 0);
  }

  /** Negative, zero or positive: IPv4 before IPv6, then by value. */
  compare(other: Address): number {
    if (this.family !== other.family) return this.family - other.family;
    if (this.w0 !== other.w0) return (this.w0 >>> 0) - (other.w0 >>> 0);
    if (this.w1 !== other.w1) return (this.w1 >>> 0) - (other.w1 >>> 0);
    if (this.w2 !== other.w2) return (this.w2 >>> 0) - (other.w2 >>> 0);
    return (this.w3 >>> 0) - (other.w3 >>> 0);
  }

  equals(other: Address): boolean {
    return (
      this.family === other.family &&
      this.w3 === other.w3 &&
      this.w2 === other.w2 &&
      this.w1 === other.w1 &&
      this.w0 === other.w0
    );
  }

  /** The following address, or null after the last one of the family. */
  next(): Address | null {
    // Adding one flips the lowest zero bit and all ones below it.
    const ones = trailingZeros(~this.w0, ~this.w1, ~this.w2, ~this.w3);
    return ones >= widthOf(this.family) ? null : this.flipBit(ones).masked(ones);
  }

  /** The preceding address, or null before the first one of the family. */
  previous(): Address | null {
    const zeros = this.trailingZeros();
    return zeros === widthOf(this.family) ? null : this.flipBit(zeros).filled(zeros);
  }

  /** Whether this is an IPv6 address of ::ffff:0:0/96. */
  isMapped(): boolean {
    return this.family === 6 && (this.w0 | this.w1) === 0 && this.w2 === 0xffff;
  }

  /** The IPv4 address inside a v4-mapped one; any other address itself. */
  unmap(): Address {
    return this.isMapped() ? new Address(4, 0, 0, 0, this.w3) : this;
  }

  /** With the lowest `hostBits` bits cleared: the network address. 0 <= hostBits <= width. */
  masked(hostBits: number): Address {
    const m = 4 * hostBits;
    return new Address(
      this.family,
      this.w0 & NETWORK_MASKS[m]!,
      this.w1 & NETWORK_MASKS[m + 1]!,
      this.w2 & NETWORK_MASKS[m + 2]!,
      this.w3 & NETWORK_MASKS[m + 3]!,
    );
  }

  /** With the lowest `hostBits` bits set: the last address of the block. 0 <= hostBits <= width. */
  filled(hostBits: number): Address {
    const m = 4 * hostBits;
    return new Address(
      this.family,
      this.w0 | ~NETWORK_MASKS[m]!,
      this.w1 | ~NETWORK_MASKS[m + 1]!,
      this.w2 | ~NETWORK_MASKS[m + 2]!,
      this.w3 | ~NETWORK_MASKS[m + 3]!,
    );
  }

  /** With one bit inverted; bit 0 is the lowest. 0 <= bit < width. */
  flipBit(bit: number): Address {
    const mask = 1 << (bit & 31);
    const word = 3 - (bit >> 5);
    return new Address(
      this.family,
      word === 0 ? this.w0 ^ mask : this.w0,
      word === 1 ? this.w1 ^ mask : this.w1,
      word === 2 ? this.w2 ^ mask : this.w2,
      word === 3 ? this.w3 ^ mask : this.w3,
    );
  }

  /** How far the address is aligned: the number of zero bits at its end, the width for the first address. */
  trailingZeros(): number {
    return Math.min(trailingZeros(this.w0, this.w1, this.w2, this.w3), widthOf(this.family));
  }

  /** The number of bits from the right in which two addresses of one family differ: 0 when equal, at most the width. */
  differingBits(other: Address): number {
    return bitLength(this.w0 ^ other.w0, this.w1 ^ other.w1, this.w2 ^ other.w2, this.w3 ^ other.w3);
  }

  /** Canonical text: dotted decimal, or RFC 5952 with v4-mapped addresses in mixed notation. */
  toString(): string {
    return this.family === 4 ? formatIPv4(this.w3) : formatIPv6(this.w0, this.w1, this.w2, this.w3);
  }

  toJSON(): string {
    return this.toString();
  }
}
