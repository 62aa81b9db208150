import { type Address } from '../../src/address/address.js';
import { type Prefix } from '../../src/address/prefix.js';

/** Longest match by reading everything: the oracle for PrefixMap. */
export class LinearMap<V> {
  readonly #distinct: [Prefix, V][];

  /** Of equal prefixes the later one counts. */
  constructor(entries: readonly (readonly [Prefix, V])[]) {
    const byText = new Map(
      entries.map(([prefix, value]) => [prefix.toString(), [prefix, value] as [Prefix, V]]),
    );
    this.#distinct = [...byText.values()];
  }

  distinct(): [Prefix, V][] {
    return [...this.#distinct];
  }

  longestMatch(address: Address): [Prefix, V] | null {
    let longest: [Prefix, V] | null = null;
    for (const entry of this.distinct()) {
      if (entry[0].contains(address) && (longest === null || entry[0].length > longest[0].length))
        longest = entry;
    }
    return longest;
  }

  supernetsOf(prefix: Prefix): [Prefix, V][] {
    const found = this.distinct().filter(([each]) => each.contains(prefix));
    return found.sort(([a], [b]) => a.length - b.length);
  }

  subnetsOf(prefix: Prefix): [Prefix, V][] {
    const found = this.distinct().filter(([each]) => prefix.contains(each));
    return found.sort(([a], [b]) => a.compare(b));
  }
}
