import { Address, Prefix } from '../../../address/index.js';

/** Why a text is no CIDR, and what to write in its place. */
export interface CidrProblem {
  readonly reason: string;
  readonly todo: string;
}

export type CidrReading = { readonly cidr: Prefix } | { readonly problem: CidrProblem };

/** Reads a CIDR that people or programs wrote; spaces around it do not count. */
export function readCidr(given: string): CidrReading {
  const text = given.trim();
  const parsed = Prefix.parse(text);
  if (parsed.ok) return { cidr: parsed.value };
  const meant = parsed.error.canonical ?? meantBy(text);
  const reason = `${quoted(given)} is no CIDR: ${parsed.error.reason}`;
  return {
    problem: {
      reason,
      todo: meant === null ? 'Write it as 10.0.0.0/24 or 2001:db8::/64.' : `Write ${meant}.`,
    },
  };
}

/** Reads an address with or without the length of the network that it is in, as `10.0.0.5/24`: the address alone counts. */
export function readHost(given: string): CidrReading {
  const [host = '', length] = given.trim().split('/');
  const address = Address.parse(host);
  if (!address.ok)
    return {
      problem: {
        reason: `${quoted(given)} is no address: ${address.error.reason}`,
        todo: 'Write it as 10.0.0.5/24.',
      },
    };
  const width = address.value.family === 4 ? 32 : 128;
  if (length !== undefined && !(/^\d{1,3}$/.test(length) && Number(length) <= width))
    return {
      problem: {
        reason: `${quoted(given)} is no address: /${length} is no prefix length`,
        todo: `Write a length from 0 to ${width}.`,
      },
    };
  return { cidr: Prefix.of(address.value, width) };
}

/** What is likely to be meant: a mask in place of a length, a range, an address alone. */
function meantBy(text: string): string | null {
  const [, host = '', separator, rest = ''] = /^([^\s/-]+)(?:\s*(\/|-|\s)\s*(\S+))?$/.exec(text) ?? [];
  const address = Address.parse(host);
  if (!address.ok) return null;
  if (separator === undefined)
    return Prefix.of(address.value, address.value.family === 4 ? 32 : 128).toString();
  const other = Address.parse(rest);
  if (!other.ok || other.value.family !== address.value.family) return null;
  if (separator === '-') {
    const length = lengthOfRange(address.value, other.value);
    return length === null ? null : Prefix.of(address.value, length).toString();
  }
  const length = lengthOfMask(other.value);
  return length === null ? null : Prefix.of(address.value, length).toString();
}

/** Of a netmask (255.255.255.0) or a wildcard mask (0.0.0.255). */
function lengthOfMask(mask: Address): number | null {
  if (mask.family !== 4) return null;
  const bits = mask.value.toString(2).padStart(32, '0');
  const [, ones, inverse] = /^(?:(1*)0*|(0+)1*)$/.exec(bits) ?? [];
  return ones?.length ?? inverse?.length ?? null;
}

function lengthOfRange(first: Address, last: Address): number | null {
  const size = last.value - first.value + 1n;
  if (size <= 0n || (size & (size - 1n)) !== 0n || first.value % size !== 0n) return null;
  return (first.family === 4 ? 32 : 128) - (size.toString(2).length - 1);
}

const LONGEST_SHOWN = 60;

/** A text as it was given, short enough to show. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}
