import { type Address } from './address.js';
import { columnsOf, type PrefixColumns } from './columns.js';
import { type Family } from './family.js';
import { IntervalIndex4 } from './interval-index4.js';
import { IntervalIndex6 } from './interval-index6.js';
import { intervalsOf } from './intervals.js';
import { orderOf } from './order.js';
import { Prefix } from './prefix.js';

/** An entry of a PrefixMap. */
export interface PrefixEntry<V> {
  readonly prefix: Prefix;
  readonly value: V;
}

/**
 * Values by prefix, with longest match: an immutable snapshot of both families, rebuilt rather than changed (1 µs
 * per IPv4 and 2.5 µs per IPv6 entry at a million). A look-up takes 40 ns (IPv4) or 80 ns (IPv6) at 10^5 entries, and
 * 120 or 270 ns at 10^6, where memory decides.
 */
export class PrefixMap<V> implements Iterable<PrefixEntry<V>> {
  readonly #entries: readonly PrefixEntry<V>[];
  readonly #parents: Int32Array;
  readonly #index4: IntervalIndex4;
  readonly #index6: IntervalIndex6;
  /** Where the IPv6 entries begin. */
  readonly #count4: number;

  private constructor(v4: SortedEntries<V>, v6: SortedEntries<V>) {
    this.#entries = [...v4.entries, ...v6.entries];
    this.#count4 = v4.entries.length;
    const intervals4 = intervalsOf(v4.columns);
    const intervals6 = intervalsOf(v6.columns);
    this.#index4 = new IntervalIndex4(intervals4);
    this.#index6 = new IntervalIndex6(intervals6, v6.columns.words.slice(0, 4), commonLength(v6.entries));
    this.#parents = new Int32Array(this.#entries.length);
    this.#parents.set(intervals4.parents);
    intervals6.parents.forEach(
      (parent, i) => (this.#parents[this.#count4 + i] = parent < 0 ? -1 : parent + this.#count4),
    );
  }

  /** From entries in any order; of two with the same prefix the later one counts. O(n). */
  static of<V>(entries: Iterable<readonly [Prefix, V]>): PrefixMap<V> {
    const all = Array.from(entries, ([prefix, value]) => ({ prefix, value }));
    return new PrefixMap(sorted(4, all), sorted(6, all));
  }

  /** Number of entries. */
  get size(): number {
    return this.#entries.length;
  }

  /** The value of exactly this prefix. O(log n). */
  get(prefix: Prefix): V | undefined {
    const entry = this.#entries[this.#lowerBound(prefix)];
    return entry?.prefix.equals(prefix) ? entry.value : undefined;
  }

  /** Whether exactly this prefix is an entry. O(log n). */
  has(prefix: Prefix): boolean {
    return this.#entries[this.#lowerBound(prefix)]?.prefix.equals(prefix) ?? false;
  }

  /** The entry with the longest prefix that contains the address. */
  longestMatch(address: Address): PrefixEntry<V> | null {
    const { family, w0, w1, w2, w3 } = address;
    const found = family === 4 ? this.lookup4(w3) : this.lookup6(w0, w1, w2, w3);
    return found < 0 ? null : this.#entries[found]!;
  }

  /** longestMatch for bulk work: an IPv4 address as a 32-bit number, signed or not, to the index of its entry, or -1. */
  lookup4(value: number): number {
    return this.#index4.find(value);
  }

  /** longestMatch for bulk work: four 32-bit words, signed or not, the most significant first, to the index of the entry, or -1. */
  lookup6(w0: number, w1: number, w2: number, w3: number): number {
    const found = this.#index6.find(w0, w1, w2, w3);
    return found < 0 ? -1 : found + this.#count4;
  }

  /** The entry at an index that lookup4 or lookup6 returned. */
  entryAt(index: number): PrefixEntry<V> {
    return this.#entries[index]!;
  }

  /** The entries that contain `prefix`, itself included, the shortest first. O(log n + their number). */
  supernetsOf(prefix: Prefix): PrefixEntry<V>[] {
    let i = this.#lowerBound(prefix);
    if (!this.#entries[i]?.prefix.equals(prefix)) i--;
    const supernets: PrefixEntry<V>[] = [];
    // The entry before contains it, or shares with it all entries that contain both.
    for (; i >= 0; i = this.#parents[i]!) {
      if (this.#entries[i]!.prefix.contains(prefix)) supernets.push(this.#entries[i]!);
    }
    return supernets.reverse();
  }

  /** The entries inside `prefix`, itself included, in order, one by one. O(log n + their number). */
  *subnetsOf(prefix: Prefix): Iterable<PrefixEntry<V>> {
    for (let i = this.#lowerBound(prefix); i < this.#entries.length; i++) {
      const entry = this.#entries[i]!;
      if (!prefix.contains(entry.prefix)) return;
      yield entry;
    }
  }

  /** All entries in order of Prefix.compare. */
  [Symbol.iterator](): Iterator<PrefixEntry<V>> {
    return this.#entries[Symbol.iterator]();
  }

  /** Index of the first entry not before `prefix`. */
  #lowerBound(prefix: Prefix): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.prefix.compare(prefix) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

interface SortedEntries<V> {
  readonly entries: PrefixEntry<V>[];
  readonly columns: PrefixColumns;
}

function sorted<V>(family: Family, all: readonly PrefixEntry<V>[]): SortedEntries<V> {
  const own = all.filter((entry) => entry.prefix.family === family);
  const order = orderOf(
    columnsOf(
      family,
      own.map((entry) => entry.prefix),
    ),
  );
  const entries: PrefixEntry<V>[] = [];
  for (const i of order) {
    const entry = own[i]!;
    // The order keeps equal prefixes as given, so the later one overwrites.
    if (entries.at(-1)?.prefix.equals(entry.prefix)) entries.pop();
    entries.push(entry);
  }
  return {
    entries,
    columns: columnsOf(
      family,
      entries.map((entry) => entry.prefix),
    ),
  };
}

/** Length of the smallest prefix that contains all entries, which are in order. */
function commonLength<V>(entries: readonly PrefixEntry<V>[]): number {
  let common = entries[0]?.prefix;
  if (common === undefined) return 0;
  for (const { prefix } of entries)
    common = common.contains(prefix) ? common : Prefix.commonSupernet(common, prefix);
  return common.length;
}
