import IPCIDR from 'ip-cidr';
import { Address } from './address.js';
import { compress } from './format.js';
import { type ParseResult } from './parse-result.js';
import { Prefix } from './prefix.js';

/*
 * Where people type, two independent readers must agree on what was meant. Our own parser decides what is accepted;
 * ip-cidr checks what it made of it. Never for bulk work: see docs/decisions/0011-ip-cidr-at-the-edge.md.
 */

/**
 * Prefix.parse, with accepted input read a second time by ip-cidr. Costs 3 µs for IPv4 and 8 µs for IPv6, some twenty times
 * Prefix.parse alone. Throws Error when the two disagree on the canonical text, since then one of them is wrong.
 */
export function parsePrefixAtEdge(text: string): ParseResult<Prefix> {
  const result = Prefix.parse(text);
  if (result.ok) requireAgreement(text, result.value.address, result.value.length);
  return result;
}

/** Address.parse, with accepted input read a second time by ip-cidr. Cost and error as parsePrefixAtEdge. */
export function parseAddressAtEdge(text: string): ParseResult<Address> {
  const result = Address.parse(text);
  if (result.ok) requireAgreement(text, result.value, null);
  return result;
}

function requireAgreement(text: string, address: Address, length: number | null): void {
  const suffix = length === null ? '' : `/${length}`;
  // ip-cidr writes v4-mapped addresses in hexadecimal groups.
  const { w0, w1, w2, w3 } = address;
  const ours = (address.isMapped() ? compress(w0, w1, w2, w3) : address.toString()) + suffix;
  const theirs = readByIpCidr(text, length !== null);
  if (ours !== theirs)
    throw new Error(`${JSON.stringify(text)} is ${ours} to Cadastre and ${theirs} to ip-cidr`);
}

function readByIpCidr(text: string, isPrefix: boolean): string {
  const asked = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)/, (tail, ...octets) =>
    text.includes(':') ? tailInGroups(octets.slice(0, 4).map(Number)) : tail,
  );
  try {
    // what our parser accepts has no host bits, so this is the first address too
    const address = IPCIDR.createAddress(asked);
    return isPrefix ? `${address.correctForm()}/${address.subnetMask}` : address.correctForm();
  } catch (error) {
    return `invalid (${String(error)})`;
  }
}

/** ip-cidr takes every text with dots for IPv4, so the dotted tail of an IPv6 address is put to it as two groups. */
function tailInGroups([a, b, c, d]: number[]): string {
  return `${(a! * 256 + b!).toString(16)}:${(c! * 256 + d!).toString(16)}`;
}
