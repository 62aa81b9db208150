import { Address } from './address.js';
import { AddressRange } from './address-range.js';
import { boundariesOf, combine, rankOf } from './boundaries.js';
import { addressAt, columnsOf, parseColumns, type PrefixColumns, strideOf } from './columns.js';
import { type Family, widthOf } from './family.js';
import { mergeColumns } from './merge.js';
import { type ParseResult } from './parse-result.js';
import { Prefix } from './prefix.js';

const FAMILIES = [4, 6] as const;
const NONE = new Uint32Array(0);

/** Searching is synchronous, so one set of words serves every question. */
const asked = new Uint32Array(4);

/**
 * A set of addresses of both families: immutable, and the same whatever prefixes it was made from. Costs are in the
 * number n of disjoint intervals; 8 bytes per IPv4 interval, 32 per IPv6 interval.
 */
export class PrefixSet implements Iterable<Prefix> {
  static readonly empty = new PrefixSet(NONE, NONE);

  private constructor(
    /** Where membership changes, as boundaries.ts describes. */
    private readonly v4: Uint32Array,
    private readonly v6: Uint32Array,
  ) {}

  /** The union of all parts, which may overlap and come in any order. O(n log n), or O(n) from 4,096 parts on. */
  static of(parts: Iterable<Prefix | AddressRange>): PrefixSet {
    const prefixes: Prefix[] = [];
    for (const part of parts) {
      if (part instanceof Prefix) prefixes.push(part);
      else prefixes.push(...part);
    }
    return PrefixSet.ofColumns(columnsOf(4, prefixes), columnsOf(6, prefixes));
  }

  /** The union of many prefixes in text, without an object for each; the error is that of the first wrong text. */
  static parseMany(texts: readonly string[]): ParseResult<PrefixSet> {
    const parsed = parseColumns(texts);
    return parsed.ok ? { ok: true, value: PrefixSet.ofColumns(parsed.value.v4, parsed.value.v6) } : parsed;
  }

  /** The union of prefixes in typed arrays. */
  static ofColumns(v4: PrefixColumns, v6: PrefixColumns): PrefixSet {
    return new PrefixSet(boundariesOf(mergeColumns(v4)), boundariesOf(mergeColumns(v6)));
  }

  /** O(n + m), as are subtract and intersect. */
  union(other: PrefixSet): PrefixSet {
    return this.combine(other, (mine, theirs) => mine || theirs);
  }

  subtract(other: PrefixSet): PrefixSet {
    return this.combine(other, (mine, theirs) => mine && !theirs);
  }

  intersect(other: PrefixSet): PrefixSet {
    return this.combine(other, (mine, theirs) => mine && theirs);
  }

  /** What is in `within` and not in this set: the free space of a block. */
  complement(within: Prefix): PrefixSet {
    return PrefixSet.of([within]).subtract(this);
  }

  /** The fewest prefixes with these addresses, in order. */
  prefixes(): Prefix[] {
    return [...this];
  }

  /** As `prefixes`, made one by one. */
  *[Symbol.iterator](): Iterator<Prefix> {
    for (const family of FAMILIES) for (const range of this.ranges(family)) yield* range;
  }

  /** The disjoint, non-adjacent intervals of one family in order, made one by one. */
  *ranges(family: Family): Iterable<AddressRange> {
    const boundaries = this.boundaries(family);
    const count = boundaries.length / strideOf(family);
    for (let i = 0; i < count; i += 2) {
      const first = addressAt(family, boundaries, i);
      const last =
        i + 1 < count ? addressAt(family, boundaries, i + 1).previous()! : first.filled(widthOf(family));
      yield AddressRange.of(first, last);
    }
  }

  /** Number of addresses, of one family or of both together. O(n). */
  size(family?: Family): bigint {
    let size = 0n;
    for (const each of FAMILIES) {
      if (family === undefined || family === each) for (const range of this.ranges(each)) size += range.size;
    }
    return size;
  }

  get isEmpty(): boolean {
    return this.v4.length === 0 && this.v6.length === 0;
  }

  /** Whether every address of `part` is in the set. O(log n). */
  contains(part: Prefix | Address): boolean {
    if (part instanceof Address) return this.rank(part) % 2 === 1;
    const rank = this.rank(part.first);
    return rank % 2 === 1 && rank === this.rank(part.last);
  }

  /** Whether some address of `part` is in the set. O(log n). */
  overlaps(part: Prefix): boolean {
    const rank = this.rank(part.first);
    return rank % 2 === 1 || rank < this.rank(part.last);
  }

  equals(other: PrefixSet): boolean {
    return FAMILIES.every((family) => {
      const [mine, theirs] = [this.boundaries(family), other.boundaries(family)];
      return mine.length === theirs.length && mine.every((word, i) => word === theirs[i]);
    });
  }

  /** The largest aligned block inside the set, the lowest of equals; null when the family has no address. O(n · width). */
  largestBlock(family: Family): Prefix | null {
    let largest: Prefix | null = null;
    for (const range of this.ranges(family)) {
      for (const block of range) if (largest === null || block.length < largest.length) largest = block;
    }
    return largest;
  }

  /** How many prefixes of each length `prefixes` has in one family; lengths that do not occur are absent. */
  blocksByLength(family: Family): Map<number, number> {
    const counts = new Map<number, number>();
    for (const range of this.ranges(family)) {
      for (const { length } of range) counts.set(length, (counts.get(length) ?? 0) + 1);
    }
    return counts;
  }

  toString(): string {
    return `{${this.prefixes().join(', ')}}`;
  }

  private boundaries(family: Family): Uint32Array {
    return family === 4 ? this.v4 : this.v6;
  }

  private combine(other: PrefixSet, keep: (mine: boolean, theirs: boolean) => boolean): PrefixSet {
    return new PrefixSet(combine(4, this.v4, other.v4, keep), combine(6, this.v6, other.v6, keep));
  }

  private rank(address: Address): number {
    const { family } = address;
    asked[0] = family === 4 ? address.w3 : address.w0;
    asked[1] = address.w1;
    asked[2] = address.w2;
    asked[3] = address.w3;
    return rankOf(family, this.boundaries(family), asked);
  }
}
