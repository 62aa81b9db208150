// CIDRs as plain intervals of integers: slow, and obvious.

export interface Span {
  readonly cidr: string;
  readonly family: 4 | 6;
  readonly length: number;
  readonly start: bigint;
  /** The first address behind it. */
  readonly end: bigint;
}

const known = new Map<string, Span>();

/** Of a canonical CIDR. */
export function spanOf(cidr: string): Span {
  const found = known.get(cidr);
  if (found) return found;
  const [address, length] = cidr.split('/') as [string, string];
  const family = address.includes(':') ? 6 : 4;
  const start = family === 6 ? valueOf6(address) : valueOf4(address);
  const span: Span = { cidr, family, length: Number(length), start, end: start + sizeOf(family, +length) };
  known.set(cidr, span);
  return span;
}

export function overlap(a: Span, b: Span): boolean {
  return a.family === b.family && a.start < b.end && b.start < a.end;
}

export function contains(outer: Span, inner: Span): boolean {
  return outer.family === inner.family && outer.start <= inner.start && inner.end <= outer.end;
}

export function size({ start, end }: Pick<Span, 'start' | 'end'>): bigint {
  return end - start;
}

/** What is left of `whole`, as maximal aligned blocks in address order. */
export function leftOf(whole: Span, taken: readonly Span[]): Span[] {
  const inside = taken.filter((span) => overlap(span, whole));
  if (inside.length === 0) return [whole];
  if (inside.some((span) => contains(span, whole))) return [];
  return halvesOf(whole).flatMap((half) => leftOf(half, inside));
}

function halvesOf({ family, length, start }: Span): Span[] {
  const half = sizeOf(family, length + 1);
  return [start, start + half].map((first) => ({
    cidr: `${textOf(family, first)}/${length + 1}`,
    family,
    length: length + 1,
    start: first,
    end: first + half,
  }));
}

function sizeOf(family: 4 | 6, length: number): bigint {
  return 1n << BigInt((family === 6 ? 128 : 32) - length);
}

function valueOf4(address: string): bigint {
  return address.split('.').reduce((value, octet) => value * 256n + BigInt(octet), 0n);
}

function valueOf6(address: string): bigint {
  const [left, right] = address.split('::').map((side) => (side ? side.split(':') : [])) as [
    string[],
    string[] | undefined,
  ];
  const zeros = Array<string>(right ? 8 - left.length - right.length : 0).fill('0');
  return [...left, ...zeros, ...(right ?? [])].reduce(
    (value, group) => value * 65536n + BigInt(`0x${group}`),
    0n,
  );
}

/** Not the canonical text of IPv6: only for people, and to tell spans apart. */
function textOf(family: 4 | 6, value: bigint): string {
  const [parts, bits] = family === 4 ? [4, 8n] : [8, 16n];
  const groups = Array.from({ length: parts }, (_, index) =>
    ((value >> (bits * BigInt(parts - 1 - index))) & ((1n << bits) - 1n)).toString(family === 4 ? 10 : 16),
  );
  return groups.join(family === 4 ? '.' : ':');
}
