import { Address } from './address.js';
import { widthOf } from './family.js';
import { type ParseResult } from './parse-result.js';
import { Prefix } from './prefix.js';

/** All addresses from `first` to `last`, both included; never empty, one family. */
export class AddressRange implements Iterable<Prefix> {
  private constructor(
    readonly first: Address,
    readonly last: Address,
  ) {}

  /** Throws RangeError when the families differ or `last` comes before `first`. */
  static of(first: Address, last: Address): AddressRange {
    if (first.family !== last.family) throw new RangeError(`${first} and ${last} are of two families`);
    if (first.compare(last) > 0) throw new RangeError(`${first} comes after ${last}`);
    return new AddressRange(first, last);
  }

  static ofPrefix(prefix: Prefix): AddressRange {
    return new AddressRange(prefix.first, prefix.last);
  }

  /** Reads `first-last`, both as Address.parse does, without spaces. */
  static parse(text: string): ParseResult<AddressRange> {
    const dash = text.indexOf('-');
    if (dash < 0) return failed(text, "a range is written as 'first-last'", text.length);
    const first = Address.parse(text.slice(0, dash));
    if (!first.ok) return failed(text, first.error.reason, first.error.position);
    const last = Address.parse(text.slice(dash + 1));
    if (!last.ok) return failed(text, last.error.reason, last.error.position + dash + 1);
    if (first.value.family !== last.value.family) return failed(text, 'a range is of one family', dash + 1);
    if (first.value.compare(last.value) > 0) return failed(text, 'the range ends before it begins', dash + 1);
    return { ok: true, value: new AddressRange(first.value, last.value) };
  }

  /** Number of addresses. */
  get size(): bigint {
    return this.last.value - this.first.value + 1n;
  }

  contains(address: Address): boolean {
    return this.first.compare(address) <= 0 && address.compare(this.last) <= 0;
  }

  overlaps(other: AddressRange): boolean {
    return this.first.compare(other.last) <= 0 && other.first.compare(this.last) <= 0;
  }

  /** The fewest prefixes that make up the range, in order: at most 2 * width - 2. */
  toPrefixes(): Prefix[] {
    return [...this];
  }

  /** As toPrefixes, made one by one. Each is the largest block that starts where the last one ended and still fits. */
  *[Symbol.iterator](): Iterator<Prefix> {
    const { last } = this;
    const width = widthOf(last.family);
    for (let at: Address | null = this.first; at !== null && at.compare(last) <= 0;) {
      const differing = at.differingBits(last);
      // A block as high as the highest differing bit fits only if it ends exactly with the range.
      const fitting = last.filled(differing).equals(last) ? differing : differing - 1;
      const block: Prefix = Prefix.of(at, width - Math.min(at.trailingZeros(), fitting));
      yield block;
      at = block.last.next();
    }
  }

  toString(): string {
    return `${this.first}-${this.last}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

function failed(input: string, reason: string, position: number): ParseResult<AddressRange> {
  return { ok: false, error: { input, reason, position } };
}
