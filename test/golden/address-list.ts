import { Address } from '../../src/address/address.js';
import { type AddressRange } from '../../src/address/address-range.js';
import { Prefix } from '../../src/address/prefix.js';

/** A set of addresses as the list of them all, in a space small enough to write out: the oracle for PrefixSet. */
export class AddressList {
  constructor(
    readonly space: Prefix,
    readonly values: ReadonlySet<bigint>,
  ) {}

  static of(space: Prefix, parts: Iterable<Prefix | AddressRange>): AddressList {
    const values = new Set<bigint>();
    for (const { first, last } of parts) for (let v = first.value; v <= last.value; v++) values.add(v);
    return new AddressList(space, values);
  }

  filter(keep: (value: bigint) => boolean): AddressList {
    const all = AddressList.of(this.space, [this.space]).values;
    return new AddressList(this.space, new Set([...all].filter(keep)));
  }

  containsAll(part: Prefix): boolean {
    return [...AddressList.of(this.space, [part]).values].every((value) => this.values.has(value));
  }

  containsSome(part: Prefix): boolean {
    return [...AddressList.of(this.space, [part]).values].some((value) => this.values.has(value));
  }

  /** The fewest prefixes: a block if it is full, nothing if it is empty, else the halves. */
  cover(block = this.space): Prefix[] {
    if (this.containsAll(block)) return [block];
    if (!this.containsSome(block)) return [];
    const half = 1n << BigInt(block.hostBits - 1);
    const upper = Address.of(block.family, block.address.value + half);
    return [
      ...this.cover(Prefix.of(block.address, block.length + 1)),
      ...this.cover(Prefix.of(upper, block.length + 1)),
    ];
  }
}
