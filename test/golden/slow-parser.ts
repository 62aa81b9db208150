/** A parser that is slow and plain to see through: the oracle for the scanners. */
export interface Read {
  family: 4 | 6;
  value: bigint;
}

export function readAddress(text: string): Read | null {
  if (!text.includes(':')) {
    const value = readIPv4(text);
    return value === null ? null : { family: 4, value };
  }
  const tail = /^(.*:)([^:]*\.[^:]*)$/.exec(text);
  if (tail) {
    const value = readIPv4(tail[2]!);
    if (value === null) return null;
    return readAddress(`${tail[1]}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`);
  }
  const parts = text.split('::');
  if (parts.length > 2) return null;
  const [head, rest] = parts.map((part) => (part === '' ? [] : part.split(':')));
  const groups = rest === undefined ? head! : [...head!, ...zeros(8 - head!.length - rest.length), ...rest];
  if (rest !== undefined && head!.length + rest.length > 7) return null;
  if (groups.length !== 8 || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return { family: 6, value: groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

export function readPrefix(text: string): (Read & { length: number }) | null {
  const match = /^([^/]*)\/(0|[1-9][0-9]*)$/.exec(text);
  const address = match && readAddress(match[1]!);
  if (!address) return null;
  const width = address.family === 4 ? 32 : 128;
  const length = Number(match[2]);
  if (length > width || address.value % 2n ** BigInt(width - length) !== 0n) return null;
  return { ...address, length };
}

function readIPv4(text: string): bigint | null {
  const octets = text.split('.');
  if (
    octets.length !== 4 ||
    !octets.every((octet) => /^(0|[1-9][0-9]{0,2})$/.test(octet) && Number(octet) < 256)
  ) {
    return null;
  }
  return octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

function zeros(count: number): string[] {
  return Array.from({ length: Math.max(0, count) }, () => '0');
}
