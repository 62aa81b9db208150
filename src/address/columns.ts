import { Address } from './address.js';
import { type Family, widthOf } from './family.js';
import { formatIPv4, formatIPv6 } from './format.js';
import { type ParseResult } from './parse-result.js';
import { Prefix } from './prefix.js';
import { looksLikeIPv6, scanIPv4, scanIPv6, scanLength, scanSlash } from './scan.js';
import { compareAt, NETWORK_MASKS } from './words.js';

/** Many prefixes of one family without an object each: 5 bytes per IPv4 prefix, 17 per IPv6 prefix. */
export interface PrefixColumns {
  readonly family: Family;
  /** Network addresses: one word each for IPv4; four for IPv6, the most significant first. Host bits are zero. */
  readonly words: Uint32Array;
  readonly lengths: Uint8Array;
}

/** Words per address. */
export function strideOf(family: Family): 1 | 4 {
  return family === 4 ? 1 : 4;
}

/** Room for `capacity` prefixes. */
export function newColumns(family: Family, capacity: number): PrefixColumns {
  return { family, words: new Uint32Array(capacity * strideOf(family)), lengths: new Uint8Array(capacity) };
}

/** The first `count` prefixes, in memory of their own size. */
export function trimColumns(columns: PrefixColumns, count: number): PrefixColumns {
  if (columns.lengths.length === count) return columns;
  const { family, words, lengths } = columns;
  return { family, words: words.slice(0, count * strideOf(family)), lengths: lengths.slice(0, count) };
}

/**
 * Reads many prefixes by the grammar of Prefix.parse, keeping the order within each family. The first text that is wrong
 * ends it with that text's error. About 10 million IPv4 or 4 million IPv6 prefixes per second.
 */
export function parseColumns(
  texts: readonly string[],
): ParseResult<{ v4: PrefixColumns; v6: PrefixColumns }> {
  const v4 = newColumns(4, texts.length);
  let v6 = newColumns(6, 0);
  let count4 = 0;
  let count6 = 0;
  for (const text of texts) {
    const slash = scanSlash(text);
    const six = looksLikeIPv6(text);
    if (six && v6.lengths.length === 0) v6 = newColumns(6, texts.length - count4);
    const scanned =
      slash < 0 ? slash : six ? scanIPv6(text, 0, slash, v6.words, 4 * count6) : scanIPv4(text, 0, slash);
    const length = scanned < 0 ? scanned : scanLength(text, slash + 1, six ? 128 : 32);
    if (!six) v4.words[count4] = scanned;
    if (
      length < 0 ||
      (six
        ? hasHostBits(v6.words, 4 * count6, 4, 128 - length)
        : hasHostBits(v4.words, count4, 1, 32 - length))
    ) {
      const parsed = Prefix.parse(text);
      if (!parsed.ok) return parsed;
      throw new Error(`Prefix.parse accepts ${text}, parseColumns does not`);
    }
    if (six) v6.lengths[count6++] = length;
    else v4.lengths[count4++] = length;
  }
  return { ok: true, value: { v4: trimColumns(v4, count4), v6: trimColumns(v6, count6) } };
}

function hasHostBits(words: Uint32Array, at: number, stride: 1 | 4, hostBits: number): boolean {
  const m = 4 * hostBits + 4 - stride;
  for (let k = 0; k < stride; k++) if ((words[at + k]! & ~NETWORK_MASKS[m + k]!) !== 0) return true;
  return false;
}

/** The prefixes of one family among `prefixes`, in their order. */
export function columnsOf(family: Family, prefixes: readonly Prefix[]): PrefixColumns {
  const columns = newColumns(family, prefixes.length);
  let count = 0;
  for (const { address, length } of prefixes) {
    if (address.family !== family) continue;
    if (family === 4) columns.words[count] = address.w3;
    else columns.words.set([address.w0, address.w1, address.w2, address.w3], 4 * count);
    columns.lengths[count++] = length;
  }
  return trimColumns(columns, count);
}

/** The address at index `i` of an array of words. */
export function addressAt(family: Family, words: Uint32Array, i: number): Address {
  if (family === 4) return Address.ofWords(4, 0, 0, 0, words[i]!);
  return Address.ofWords(6, words[4 * i]!, words[4 * i + 1]!, words[4 * i + 2]!, words[4 * i + 3]!);
}

export function prefixAt(columns: PrefixColumns, i: number): Prefix {
  return Prefix.of(addressAt(columns.family, columns.words, i), columns.lengths[i]!);
}

/** Canonical texts, in order. */
export function formatColumns({ family, words, lengths }: PrefixColumns): string[] {
  const texts = new Array<string>(lengths.length);
  for (let i = 0; i < lengths.length; i++) {
    const address =
      family === 4
        ? formatIPv4(words[i]!)
        : formatIPv6(words[4 * i]!, words[4 * i + 1]!, words[4 * i + 2]!, words[4 * i + 3]!);
    texts[i] = `${address}/${lengths[i]}`;
  }
  return texts;
}

/** Below this many prefixes a comparison sort beats clearing 65,536 counters per digit. */
const RADIX_FROM = 4096;

/**
 * The indices of the prefixes in ascending order (address, then length; equal ones in their given order), as
 * Prefix.compare has it. A least-significant-digit radix sort by 16 bits that skips digits all prefixes share: O(n) per
 * digit, at most 3 for IPv4 and 9 for IPv6 (Knuth, TAOCP 3 §5.2.5).
 */
export function orderOf({ family, words, lengths }: PrefixColumns): Uint32Array {
  const stride = strideOf(family);
  const n = lengths.length;
  let order = Uint32Array.from({ length: n }, (_, i) => i);
  if (n < RADIX_FROM) {
    return order.sort(
      (a, b) => compareAt(words, a * stride, words, b * stride, stride) || lengths[a]! - lengths[b]! || a - b,
    );
  }
  let spare = new Uint32Array(n);
  const counts = new Uint32Array(65536);
  const pass = (digits: Uint32Array | Uint8Array, step: number, from: number, shift: number) => {
    let varying = 0;
    const first = digits[from]!;
    for (let i = from; i < digits.length; i += step) varying |= digits[i]! ^ first;
    if (((varying >>> shift) & 0xffff) === 0) return;
    counts.fill(0);
    for (let i = from; i < digits.length; i += step) counts[(digits[i]! >>> shift) & 0xffff]!++;
    for (let digit = 0, total = 0; digit < 65536; digit++) {
      const count = counts[digit]!;
      counts[digit] = total;
      total += count;
    }
    for (let k = 0; k < n; k++) {
      const i = order[k]!;
      spare[counts[(digits[i * step + from]! >>> shift) & 0xffff]!++] = i;
    }
    [order, spare] = [spare, order];
  };
  pass(lengths, 1, 0, 0);
  for (let word = stride - 1; word >= 0; word--) {
    pass(words, stride, word, 0);
    pass(words, stride, word, 16);
  }
  return order;
}

/** Host bits of the prefix at index `i`. */
export function hostBitsAt(columns: PrefixColumns, i: number): number {
  return widthOf(columns.family) - columns.lengths[i]!;
}
