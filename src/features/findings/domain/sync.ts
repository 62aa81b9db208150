import { isDeepStrictEqual } from 'node:util';
import { type Instant, plusSeconds } from '../../../platform/context/instant.js';
import { type Finding, type FindingKind, type Observation, SEVERITIES } from './finding.js';

/** What was looked for, and where: every open finding of these kinds in this area is seen again or over. */
export interface Within {
  readonly kinds: readonly FindingKind[];
  /** As `aws/111122223333/eu-west-1`, or `overlap`. */
  readonly area: string;
}

export type OpenFinding = Pick<
  Finding,
  'id' | 'kind' | 'subject' | 'area' | 'severity' | 'message' | 'detail' | 'lastSeen'
>;

export interface SyncPlan {
  readonly opened: readonly Observation[];
  readonly changed: readonly { readonly from: OpenFinding; readonly to: Observation }[];
  /** Seen again, the same as before, and long not written. */
  readonly touched: readonly OpenFinding[];
  readonly closed: readonly OpenFinding[];
}

/** `last_seen` of what stays the same is at most this old. */
const TOUCHED_SECONDS = 3600;

/**
 * What makes the open findings of these kinds in this area exactly `found`. `open`: at least those, and those of other
 * areas that are about what was found, which move here. Of two observations of one thing the worse counts.
 */
export function decideSync(
  open: readonly OpenFinding[],
  within: Within,
  found: readonly Observation[],
  now: Instant,
): SyncPlan {
  const wanted = new Map<string, Observation>();
  for (const observation of found) {
    if (!within.kinds.includes(observation.kind))
      throw new Error(`${observation.kind} is none of the kinds that were looked for`);
    const before = wanted.get(keyOf(observation));
    if (!before || rank(observation) < rank(before)) wanted.set(keyOf(observation), observation);
  }
  const there = new Map(open.map((finding) => [keyOf(finding), finding]));
  const changed: { from: OpenFinding; to: Observation }[] = [];
  const touched: OpenFinding[] = [];
  const opened: Observation[] = [];
  for (const [key, to] of wanted) {
    const from = there.get(key);
    if (!from) opened.push(to);
    else if (from.area !== within.area || !isSame(from, to)) changed.push({ from, to });
    else if (plusSeconds(from.lastSeen, TOUCHED_SECONDS) <= now) touched.push(from);
  }
  const closed = open.filter(
    (finding) =>
      finding.area === within.area && within.kinds.includes(finding.kind) && !wanted.has(keyOf(finding)),
  );
  return { opened, changed, touched, closed };
}

function keyOf({ kind, subject }: Pick<Observation, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`;
}

function rank({ severity }: Pick<Observation, 'severity'>): number {
  return SEVERITIES.indexOf(severity);
}

function isSame(a: OpenFinding, b: Observation): boolean {
  return (
    a.severity === b.severity && a.message === b.message && isDeepStrictEqual(a.detail, asStored(b.detail))
  );
}

/** JSON knows no undefined. */
function asStored(detail: Observation['detail']): unknown {
  return JSON.parse(JSON.stringify(detail));
}
