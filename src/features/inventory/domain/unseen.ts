import type { Instant } from '../../../platform/context/instant.js';

/** How often in a row an allocation was looked for in vain. */
export interface Unseen {
  readonly allocationId: number;
  /** Last change of the allocation when looking began. */
  readonly since: Instant;
  /** Good lists in a row, at most as many as make an orphan. */
  readonly looks: number;
  /** When the last of them began. */
  readonly lastLookAt: Instant;
}

/**
 * What one more look makes of it: a good list counts once, and only where it began after the last change of the
 * allocation; a changed allocation is looked for anew. Null: it has not been looked for yet. `goodAt`: when the last good
 * list of its kind began, null where the last list was not good.
 */
export function lookedFor(
  before: Unseen | null,
  allocation: { readonly id: number; readonly updatedAt: Instant },
  goodAt: Instant | null,
  patience: number,
): Unseen | null {
  const { id: allocationId, updatedAt: since } = allocation;
  const kept = before?.since === since ? before : null;
  if (goodAt === null || goodAt <= since) return kept;
  if (!kept) return { allocationId, since, looks: 1, lastLookAt: goodAt };
  if (kept.looks >= patience || goodAt <= kept.lastLookAt) return kept;
  return { ...kept, looks: kept.looks + 1, lastLookAt: goodAt };
}
