const OCTETS = Array.from({ length: 256 }, (_, octet) => String(octet));
const DOTTED = OCTETS.map((octet) => `${octet}.`);

/** Hexadecimal text of a group, made when first asked for: number formatting is most of the cost of an address. */
const HEX = new Array<string | undefined>(65536);

const hex = (group: number): string => (HEX[group] ??= group.toString(16));

/** Formatting is synchronous, so one set of groups serves every address. */
const groups = new Uint16Array(8);

/** Dotted decimal of a 32-bit number, signed or unsigned. */
export function formatIPv4(value: number): string {
  return (
    DOTTED[value >>> 24]! +
    DOTTED[(value >>> 16) & 255]! +
    DOTTED[(value >>> 8) & 255]! +
    OCTETS[value & 255]!
  );
}

/**
 * RFC 5952 text of four 32-bit words, the most significant first: lower case, no leading zeros, `::` for the longest run
 * of at least two zero groups (the first of equals), and mixed notation for v4-mapped addresses (§5) only.
 */
export function formatIPv6(w0: number, w1: number, w2: number, w3: number): string {
  if ((w0 | w1) === 0 && w2 === 0xffff) return `::ffff:${formatIPv4(w3)}`;
  return compress(w0, w1, w2, w3);
}

/** RFC 5952 text in hexadecimal groups only, also for v4-mapped addresses. */
export function compress(w0: number, w1: number, w2: number, w3: number): string {
  groups[0] = w0 >>> 16;
  groups[1] = w0;
  groups[2] = w1 >>> 16;
  groups[3] = w1;
  groups[4] = w2 >>> 16;
  groups[5] = w2;
  groups[6] = w3 >>> 16;
  groups[7] = w3;
  let runStart = -1;
  let runLength = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > runLength) {
      runStart = i;
      runLength = end - i;
    }
    i = end;
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === runStart) {
      text += '::';
      i += runLength - 1;
    } else {
      const separator = i === 0 || i === runStart + runLength ? '' : ':';
      text += separator + hex(groups[i]!);
    }
  }
  return text;
}
