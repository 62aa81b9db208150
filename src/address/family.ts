/** IP version. IPv4 sorts before IPv6 wherever both meet. */
export type Family = 4 | 6;

/** Bits in an address of the family. */
export function widthOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}
