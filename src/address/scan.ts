/*
 * The grammar, once. Scanners read ASCII bytes in place and allocate nothing, so that single parses and bulk parses
 * share them; bytes, since reading a JavaScript string character by character is slow when it is a slice of another.
 * They return a value >= 0, or a negative number that packs a reason and a position; `parseError` unpacks it.
 */
import { type ParseError } from './parse-result.js';

const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;

const REASONS = [
  'unexpected character',
  'an octet is at most 255',
  'an octet has no leading zeros',
  'an IPv4 address has four octets',
  'a group has at most four hexadecimal digits',
  'an IPv6 address has eight groups',
  "only one '::' is allowed",
  "'::' must stand for at least one group",
  'the dotted part must be the last 32 bits',
  "a prefix needs a length, such as '/24'",
  'a prefix length has no leading zeros',
  'the prefix length is larger than the address is wide',
] as const;

const UNEXPECTED = 0;
const OCTET_TOO_LARGE = 1;
const OCTET_LEADING_ZERO = 2;
const FOUR_OCTETS = 3;
const GROUP_TOO_LONG = 4;
const EIGHT_GROUPS = 5;
const SECOND_GAP = 6;
const EMPTY_GAP = 7;
const TAIL_POSITION = 8;
const LENGTH_MISSING = 9;
const LENGTH_LEADING_ZERO = 10;
const LENGTH_TOO_LARGE = 11;

/** No valid text is longer than 49 characters, and a scanner stops at the first fault, so a position fits in 8 bits. */
function fault(reason: number, position: number): number {
  return -1 - (reason * 256 + Math.min(position, 255));
}

/** The error behind a negative scanner result; the address was expected in input[0, end). */
export function parseError(input: string, code: number, end: number): ParseError {
  const packed = -1 - code;
  const position = packed & 255;
  return { input, reason: explain(input, packed >> 8, position, end), position };
}

function explain(input: string, reason: number, position: number, end: number): string {
  if (reason !== UNEXPECTED) return REASONS[reason]!;
  if (end === 0) return 'the address is missing';
  if (position === end || position === input.length) return 'the address ends too early';
  const found = input[position]!;
  if (/\s/.test(found)) return 'whitespace is not allowed';
  if (found === '%') return 'zone ids are not allowed';
  if (found === '/') return 'a prefix length is not allowed here';
  return `unexpected character ${JSON.stringify(found)}`;
}

/** More than any valid text has (49 characters), so a text cut here stays invalid, with its first fault in place. */
const MOST_BYTES = 64;

/** Parsing is synchronous, so one buffer serves every single parse. */
const buffer = new Uint8Array(MOST_BYTES);

/** The text as bytes for the scanners, in a buffer that the next call overwrites; any non-ASCII character becomes 255. */
export function bytesOf(text: string): Uint8Array {
  const length = lengthInBytes(text);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    buffer[i] = code < 128 ? code : 255;
  }
  return buffer;
}

/** How many bytes `bytesOf` gives for the text. */
export function lengthInBytes(text: string): number {
  return Math.min(text.length, MOST_BYTES);
}

/** Whether an address in bytes[from, end) is meant as IPv6: a colon comes before any dot. */
export function looksLikeIPv6(bytes: Uint8Array, from: number, end: number): boolean {
  for (let i = from; i < end; i++) {
    if (bytes[i] === COLON) return true;
    if (bytes[i] === DOT) return false;
  }
  return false;
}

/** Four decimal octets in bytes[from, end): an unsigned 32-bit number, or a fault. */
export function scanIPv4(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  let i = from;
  for (let octets = 1; ; octets++) {
    const start = i;
    let octet = 0;
    for (; i < end; i++) {
      const digit = bytes[i]! - ZERO;
      if (digit < 0 || digit > 9) break;
      octet = octet * 10 + digit;
      if (octet > 255) return fault(OCTET_TOO_LARGE, start);
    }
    if (i === start) return fault(UNEXPECTED, i);
    if (i - start > 1 && bytes[start] === ZERO) return fault(OCTET_LEADING_ZERO, start);
    value = (value << 8) | octet;
    if (octets === 4) return i === end ? value >>> 0 : fault(UNEXPECTED, i);
    if (i === end) return fault(FOUR_OCTETS, i);
    if (bytes[i]! !== DOT) return fault(UNEXPECTED, i);
    i++;
  }
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/**
 * An IPv6 address (RFC 4291 §2.2, all three forms) in bytes[from, end), written to out[at .. at+3] as four 32-bit words,
 * the most significant first. Returns 0 or a fault; after a fault the words are undefined.
 */
export function scanIPv6(bytes: Uint8Array, from: number, end: number, out: Uint32Array, at: number): number {
  out[at] = out[at + 1] = out[at + 2] = out[at + 3] = 0;
  let groups = 0;
  let gap = -1;
  let gapAt = from;
  let i = from;
  if (i >= end) return fault(UNEXPECTED, i);
  if (i + 1 < end && bytes[i] === COLON && bytes[i + 1] === COLON) {
    gap = 0;
    i += 2;
  }
  while (i < end) {
    const start = i;
    let value = 0;
    for (; i < end; i++) {
      const digit = hexDigit(bytes[i]!);
      if (digit < 0) break;
      if (i - start === 4) return fault(GROUP_TOO_LONG, start);
      value = (value << 4) | digit;
    }
    if (i === start) return fault(UNEXPECTED, i);
    if (groups === 8) return fault(EIGHT_GROUPS, start);
    if (i < end && bytes[i]! === DOT) {
      if (groups > 6) return fault(TAIL_POSITION, start);
      const tail = scanIPv4(bytes, start, end);
      if (tail < 0) return tail;
      setGroup(out, at, groups++, tail >>> 16);
      setGroup(out, at, groups++, tail & 0xffff);
      break;
    }
    setGroup(out, at, groups++, value);
    if (i === end) break;
    if (bytes[i]! !== COLON) return fault(UNEXPECTED, i);
    i++;
    if (i === end) return fault(UNEXPECTED, i);
    if (bytes[i]! === COLON) {
      if (gap >= 0) return fault(SECOND_GAP, i - 1);
      gap = groups;
      gapAt = i - 1;
      i++;
    }
  }
  if (gap < 0) return groups === 8 ? 0 : fault(EIGHT_GROUPS, end);
  if (groups === 8) return fault(EMPTY_GAP, gapAt);
  for (let moved = 1; moved <= groups - gap; moved++) {
    const source = groups - moved;
    setGroup(out, at, 8 - moved, (out[at + (source >> 1)]! >>> (source & 1 ? 0 : 16)) & 0xffff);
    setGroup(out, at, source, 0);
  }
  return 0;
}

function setGroup(out: Uint32Array, at: number, group: number, value: number): void {
  const word = at + (group >> 1);
  out[word] = group & 1 ? (out[word]! & 0xffff0000) | value : (out[word]! & 0xffff) | (value << 16);
}

/** Index of the last slash in bytes[from, end), or a fault. */
export function scanSlash(bytes: Uint8Array, from: number, end: number): number {
  for (let i = end - 1; i >= from; i--) if (bytes[i] === SLASH) return i;
  return fault(end === from ? UNEXPECTED : LENGTH_MISSING, end);
}

/** A decimal prefix length in bytes[from, end), at most `width`, or a fault. */
export function scanLength(bytes: Uint8Array, from: number, end: number, width: number): number {
  let length = 0;
  for (let i = from; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return fault(UNEXPECTED, i);
    if (i > from && length === 0) return fault(LENGTH_LEADING_ZERO, from);
    length = length * 10 + digit;
    if (length > width) return fault(LENGTH_TOO_LARGE, from);
  }
  return end > from ? length : fault(LENGTH_MISSING, from);
}
