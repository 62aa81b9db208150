/** How well it answers, the best first. */
export const MATCHES = ['ID', 'ADDRESS', 'NAME', 'TAG', 'TEXT'] as const;
export type MatchedBy = (typeof MATCHES)[number];

/** One thing that a search finds, allocated, observed or declared. */
export interface Hit {
  readonly by: MatchedBy;
  /** `allocation`, `pool`, `routing_domain`, or what it is observed as: `vpc`, `subnet`, `external_network` … */
  readonly kind: string;
  readonly id: string;
  readonly name: string | null;
  /** Its CIDR or address; null for what has none. */
  readonly cidr: string | null;
  /** Where it is: pool, account, region, VPC, the outermost first. */
  readonly chain: readonly string[];
  /** Who holds it or what else is said of it; may be empty. */
  readonly note: string;
}

/** How many bits of an address a hit fixes; of an address the innermost is the best answer. */
export function bitsOf({ cidr }: Pick<Hit, 'cidr'>): number {
  return cidr === null ? -1 : Number(cidr.slice(cidr.indexOf('/') + 1));
}

/**
 * By rank; of addresses the innermost first, of others the order in which they came. A thing that was found several times
 * is there once, by its best rank.
 */
export function rankHits(hits: readonly Hit[]): Hit[] {
  const ranked = [...hits].sort(
    (a, b) =>
      MATCHES.indexOf(a.by) - MATCHES.indexOf(b.by) ||
      (a.by === 'ADDRESS' && b.by === 'ADDRESS' ? bitsOf(b) - bitsOf(a) : 0),
  );
  const seen = new Set<string>();
  return ranked.filter(({ kind, id }) => {
    const key = `${kind} ${id}`;
    return !seen.has(key) && seen.add(key);
  });
}
