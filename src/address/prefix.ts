import { Address } from './address.js';
import { type Family, widthOf } from './family.js';
import { type ParseResult, valueOrThrow } from './parse-result.js';
import { bytesOf, lengthInBytes, parseError, scanLength, scanSlash } from './scan.js';
import { NETWORK_MASKS } from './words.js';

/**
 * A CIDR block: a network address and a length; immutable and canonical, since host bits are never set. Two prefixes of
 * one family are nested or disjoint, never partly overlapping. Methods cost O(1) unless they say otherwise.
 */
export class Prefix {
  readonly family: Family;
  #text: string | undefined;

  private constructor(
    /** The network address. */
    readonly address: Address,
    /** Network bits: 0..32 or 0..128. */
    readonly length: number,
  ) {
    this.family = address.family;
  }

  /**
   * Reads `address/length`, as Address.parse does, the length in decimal without sign or leading zeros. Set host bits
   * are an error whose `canonical` is the prefix that was probably meant; a missing length is an error.
   */
  static parse(text: string): ParseResult<Prefix> {
    const bytes = bytesOf(text);
    const end = lengthInBytes(text);
    const slash = scanSlash(bytes, 0, end);
    if (slash < 0) return failed(text, slash, text.length);
    const address = Address.scan(bytes, slash);
    if (typeof address === 'number') return failed(text, address, slash);
    const length = scanLength(bytes, slash + 1, end, widthOf(address.family));
    if (length < 0) return failed(text, length, slash);
    if (address.trailingZeros() < widthOf(address.family) - length) {
      const canonical = Prefix.of(address, length).toString();
      const reason = `host bits are set; the prefix is ${canonical}`;
      return { ok: false, error: { input: text, reason, position: 0, canonical } };
    }
    return { ok: true, value: new Prefix(address, length) };
  }

  /** For literals in code and tests. Throws InvalidAddressError. */
  static must(text: string): Prefix {
    return valueOrThrow(Prefix.parse(text));
  }

  /** The block of that length around the address: host bits are cleared. Throws RangeError for a length out of range. */
  static of(address: Address, length: number): Prefix {
    const hostBits = widthOf(address.family) - length;
    if (!Number.isInteger(length) || length < 0 || hostBits < 0) {
      throw new RangeError(`/${length} is not an IPv${address.family} prefix length`);
    }
    return new Prefix(address.trailingZeros() >= hostBits ? address : address.masked(hostBits), length);
  }

  /** The smallest prefix that contains both. Throws RangeError for prefixes of two families. */
  static commonSupernet(a: Prefix, b: Prefix): Prefix {
    if (a.family !== b.family) throw new RangeError(`${a} and ${b} are of two families`);
    const hostBits = Math.max(a.hostBits, b.hostBits, a.address.differingBits(b.address));
    return Prefix.of(a.address, widthOf(a.family) - hostBits);
  }

  /** width - length. */
  get hostBits(): number {
    return widthOf(this.family) - this.length;
  }

  /** Number of addresses, 2^hostBits. */
  get size(): bigint {
    return 1n << BigInt(this.hostBits);
  }

  get first(): Address {
    return this.address;
  }

  get last(): Address {
    return this.address.filled(this.hostBits);
  }

  /** Whether every address of `other` is in this prefix; a prefix contains itself. False across families. */
  contains(other: Prefix | Address): boolean {
    if (other instanceof Address) return this.covers(other);
    return this.length <= other.length && this.covers(other.address);
  }

  /** Whether the two share an address, that is, whether one contains the other. False across families. */
  overlaps(other: Prefix): boolean {
    return this.length <= other.length ? this.covers(other.address) : other.covers(this.address);
  }

  equals(other: Prefix): boolean {
    return this.length === other.length && this.address.equals(other.address);
  }

  /** Total order: IPv4 before IPv6, then by network address, then a supernet before its subnets. */
  compare(other: Prefix): number {
    return this.address.compare(other.address) || this.length - other.length;
  }

  /** The prefix one bit shorter, or null for /0. */
  parent(): Prefix | null {
    return this.length === 0 ? null : this.supernet(this.length - 1);
  }

  /** The other half of the parent, or null for /0. */
  buddy(): Prefix | null {
    return this.length === 0 ? null : new Prefix(this.address.flipBit(this.hostBits), this.length);
  }

  /** The lower and the upper half, or null for a single address. */
  halves(): [Prefix, Prefix] | null {
    const hostBits = this.hostBits;
    if (hostBits === 0) return null;
    const length = this.length + 1;
    return [new Prefix(this.address, length), new Prefix(this.address.flipBit(hostBits - 1), length)];
  }

  /** The prefix of that length which contains this one. Throws RangeError for a length greater than this one's. */
  supernet(length: number): Prefix {
    if (length > this.length) throw new RangeError(`/${length} is longer than ${this}`);
    return Prefix.of(this.address, length);
  }

  /**
   * All subnets of that length in ascending order, made one by one; there are 2^(length - this.length).
   * Throws RangeError for a length shorter than this one's or wider than the family.
   */
  subnets(length: number): Iterable<Prefix> {
    if (length < this.length) throw new RangeError(`/${length} is shorter than ${this}`);
    const lowest = Prefix.of(this.address, length);
    const contains = (address: Address) => this.covers(address);
    return {
      *[Symbol.iterator]() {
        let subnet = lowest;
        for (;;) {
          yield subnet;
          const next = subnet.last.next();
          if (next === null || !contains(next)) return;
          subnet = new Prefix(next, length);
        }
      },
    };
  }

  /**
   * This minus `inner` as the fewest prefixes, in order: the buddies on the way up from `inner`, one per bit of length
   * between the two. Empty when `inner` contains this; this itself when they are disjoint.
   */
  subtract(inner: Prefix): Prefix[] {
    if (!this.overlaps(inner)) return [this];
    const rest: Prefix[] = [];
    for (let length = inner.length; length > this.length; length--)
      rest.push(inner.supernet(length).buddy()!);
    return rest.sort((a, b) => a.compare(b));
  }

  /** Canonical `address/length`, kept after the first call. */
  toString(): string {
    return (this.#text ??= `${this.address.toString()}/${this.length}`);
  }

  toJSON(): string {
    return this.toString();
  }

  private covers(address: Address): boolean {
    const own = this.address;
    const m = 4 * this.hostBits;
    return (
      own.family === address.family &&
      (((own.w3 ^ address.w3) & NETWORK_MASKS[m + 3]!) |
        ((own.w2 ^ address.w2) & NETWORK_MASKS[m + 2]!) |
        ((own.w1 ^ address.w1) & NETWORK_MASKS[m + 1]!) |
        ((own.w0 ^ address.w0) & NETWORK_MASKS[m]!)) ===
        0
    );
  }
}

function failed(text: string, fault: number, end: number): ParseResult<Prefix> {
  return { ok: false, error: parseError(text, fault, end) };
}
