import type { Prefix } from '../../../address/index.js';
import type { Conflict } from './failure.js';
import type { BlockReason } from './pool.js';

/** One thing that lies on a CIDR that somebody asks about. */
export interface Occupant {
  readonly asked: Prefix;
  readonly poolId: number;
  readonly poolCidr: Prefix;
  /** Null where the pool CIDR alone touches it. */
  readonly cidr: Prefix | null;
  readonly allocationId: number | null;
  readonly key: string | null;
  readonly holder: Conflict['holder'];
  readonly reason: BlockReason | null;
  /** Of something observed. */
  readonly resource: string | null;
  /** The allocation is the source of a child pool: space inside it is what it is there. */
  readonly feeds: boolean;
}

export const CHECK_STATUSES = ['INVALID', 'FREE', 'ALLOCATED', 'BLOCKED', 'OBSERVED', 'OVERLAPPING'] as const;
export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** What is known of one CIDR. */
export interface CheckedCidr {
  readonly status: Exclude<CheckStatus, 'INVALID'>;
  /** The deepest pool that all of it lies in; null where there is none. */
  readonly poolId: number | null;
  readonly conflicts: readonly Conflict[];
}

/**
 * ALLOCATED: all of it lies in one live allocation. OVERLAPPING: it covers some, or reaches out of the pools it
 * touches. BLOCKED, OBSERVED: nobody holds it, and it is not handed out. FREE: none of these. An allocation that feeds a
 * child pool decides only about CIDRs that are not strictly inside it; it stands among the conflicts all the same.
 */
export function checkedCidr(cidr: Prefix, occupants: readonly Occupant[]): CheckedCidr {
  const inside = occupants.filter(({ poolCidr }) => poolCidr.contains(cidr));
  const deepest = inside.reduce<Occupant | null>(
    (a, b) => (a && a.poolCidr.length >= b.poolCidr.length ? a : b),
    null,
  );
  const deciding = occupants.filter(
    ({ feeds, cidr: held }) => !(feeds && held!.contains(cidr) && !held!.equals(cidr)),
  );
  const cut = occupants
    .filter(({ poolCidr }) => !poolCidr.contains(cidr))
    .map(({ poolCidr }): Conflict => ({
      cidr: poolCidr,
      allocationId: null,
      holder: null,
      key: null,
      reason: 'pool',
    }));
  return {
    status: statusOf(cidr, conflictsOf(deciding), cut.length > 0),
    poolId: deepest?.poolId ?? null,
    conflicts: unique([...conflictsOf(occupants), ...cut]),
  };
}

function conflictsOf(occupants: readonly Occupant[]): Conflict[] {
  return occupants.flatMap(({ cidr, allocationId, holder, key, reason, resource }): Conflict[] =>
    cidr === null
      ? []
      : [
          {
            cidr,
            allocationId,
            holder,
            key,
            reason: reason ?? 'allocated',
            ...(resource !== null && { resource }),
          },
        ],
  );
}

function statusOf(cidr: Prefix, conflicts: readonly Conflict[], cut: boolean): CheckedCidr['status'] {
  const live = conflicts.filter(({ reason }) => reason === 'allocated');
  if (live.some((held) => held.cidr.contains(cidr))) return 'ALLOCATED';
  if (live.length > 0 || cut) return 'OVERLAPPING';
  if (conflicts.some(({ reason }) => reason === 'observed')) return 'OBSERVED';
  return conflicts.length > 0 ? 'BLOCKED' : 'FREE';
}

function unique(conflicts: readonly Conflict[]): Conflict[] {
  const seen = new Map(
    conflicts.map((conflict) => [
      `${conflict.cidr} ${conflict.allocationId} ${conflict.reason} ${conflict.resource}`,
      conflict,
    ]),
  );
  return [...seen.values()].sort((a, b) => a.cidr.compare(b.cidr));
}
