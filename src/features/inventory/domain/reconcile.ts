import type { Prefix } from '../../../address/index.js';
import type {
  AllocatedResource,
  AllocationThere,
  KnownReservation,
  PlaceOfCidr,
} from '../../allocation/index.js';
import type { Observation } from '../../findings/index.js';
import { differencesOf, kindOfHolder, namesPlaceOf } from './fit.js';
import * as found from './reconcile-findings.js';
import type { Seen } from './seen.js';

/** A CIDR that is in use somewhere, in whatever account and region. */
export interface Sighting {
  readonly resource: string;
  readonly account: string;
  readonly region: string;
  readonly cidr: Prefix;
}

/** What is known of one account and region. */
export interface ScopeState {
  /** The last lists of VPCs and of subnets were good; else nothing is settled or adopted. */
  readonly good: boolean;
  /** By resource and CIDR. */
  readonly seen: readonly Seen[];
  /** Of each of `seen`: the innermost pool CIDR around it where it counts, with what is live there. */
  readonly places: readonly (PlaceOfCidr | null)[];
  /** Reservations that tags of `seen` name, by index. */
  readonly tagged: ReadonlyMap<number, KnownReservation>;
  /** ALLOCATED ones whose holder names a resource in this account and region. */
  readonly held: readonly AllocatedResource[];
  /** Who has a CIDR of `seen` anywhere, those of `seen` too. */
  readonly sightings: readonly Sighting[];
}

export interface Settling {
  readonly allocationId: number;
  readonly seen: Seen;
}

export interface Adopting {
  readonly poolId: number;
  readonly seen: Seen;
}

export interface ScopeDecision {
  readonly settle: readonly Settling[];
  readonly adopt: readonly Adopting[];
  /** As if nothing were settled or adopted. */
  readonly findings: readonly Observation[];
  /** Allocated, and not seen: orphans once enough good lists have said so. */
  readonly unseen: readonly AllocatedResource[];
}

/**
 * Compares what is observed of one account and region with what is allocated. Depends on nothing but the state, so that
 * deciding again after everything was done decides nothing. Never settles or adopts across accounts and regions.
 */
export function decideScope(state: ScopeState): ScopeDecision {
  const decision = { settle: [] as Settling[], adopt: [] as Adopting[], findings: [] as Observation[] };
  const taken = new Set<number | string>();
  const unsettled = new Set<string>();
  for (const index of blocksBeforeParts(state.seen)) {
    const seen = state.seen[index]!;
    const place = state.places[index] ?? null;
    // below a block that is not its VPC's by the register, one finding says it all
    if (seen.within && unsettled.has(keyOf(seen.vpcId, seen.within))) continue;
    const verdict = judge(state, seen, place, state.tagged.get(index) ?? null);
    if (verdict.finding) unsettled.add(keyOf(seen.resource, seen.cidr));
    const mayAct = state.good && !seen.missing && seen.usable;
    if (verdict.settle !== undefined && mayAct && once(taken, verdict.settle))
      decision.settle.push({ allocationId: verdict.settle, seen });
    if (verdict.adoptIn !== undefined && mayAct && once(taken, `${verdict.adoptIn} ${seen.cidr}`))
      decision.adopt.push({ poolId: verdict.adoptIn, seen });
    if (verdict.finding) decision.findings.push(verdict.finding);
  }
  return { ...decision, ...judgeHeld(state, decision.findings) };
}

interface Verdict {
  readonly settle?: number;
  readonly adoptIn?: number;
  readonly finding?: Observation;
}

function judge(
  state: ScopeState,
  seen: Seen,
  place: PlaceOfCidr | null,
  tagged: KnownReservation | null,
): Verdict {
  if (
    tagged &&
    !tagged.cidr.equals(seen.cidr) &&
    !seenOf(state, seen.resource).some((cidr) => cidr.equals(tagged.cidr))
  )
    return { finding: found.taggedElsewhere(seen, tagged) };
  // what lies in a VPC is said by the VPC, as long as that has no pool
  if (!place) return seen.kind === 'vpc' ? { finding: found.unmanaged(seen) } : {};
  const there = place.allocations[0];
  if (there?.cidr.equals(seen.cidr)) return judgeEqual(state, seen, place, there, tagged);
  if (there && covers(there, seen)) return {};
  if (there) return { finding: found.rogueInside(seen, there) };
  if (place.autoAdopt && place.poolCidr.contains(seen.cidr))
    return { adoptIn: place.poolId, finding: found.rogue(seen) };
  return { finding: found.rogue(seen) };
}

function judgeEqual(
  state: ScopeState,
  seen: Seen,
  place: PlaceOfCidr,
  there: AllocationThere,
  tagged: KnownReservation | null,
): Verdict {
  const differences = differencesOf(there.holder, seen);
  const differs = Object.keys(differences).length > 0;
  switch (there.status) {
    case 'RESERVED': {
      if (differs) return { finding: found.reservedForAnother(seen, there, differences) };
      if (namesPlaceOf(there.holder, seen) || tagged?.id === there.id) return { settle: there.id };
      return { finding: found.reservedForNobody(seen, there) };
    }
    case 'ALLOCATED': {
      if (!differs) return {};
      const owner = state.sightings.find((sighting) => isHolders(there, sighting, seen));
      const finding = owner
        ? found.duplicate(seen, there, owner, place.routingDomainId === null)
        : found.drift(there, differences, seen);
      return { finding };
    }
    default:
      return { finding: found.stillInUse(seen, there) };
  }
}

/** An allocation around it whose holder says nothing against it, as one for a whole account. */
function covers({ status, holder }: AllocationThere, seen: Seen): boolean {
  if (status !== 'RESERVED' && status !== 'ALLOCATED') return false;
  const { account, region, resourceId } = holder;
  const fits = (said: string | undefined, is: string): boolean => !said || said === is;
  return (
    fits(account, seen.account) && fits(region, seen.region) && (!resourceId || resourceId === seen.vpcId)
  );
}

/** Where the holder's own resource is seen with the CIDR, this one is a second. */
function isHolders({ cidr, holder }: AllocationThere, sighting: Sighting, seen: Seen): boolean {
  if (!sighting.cidr.equals(cidr) || sighting.resource === seen.resource) return false;
  if (holder.resourceId) return sighting.resource === holder.resourceId;
  return sighting.account === holder.account && (!holder.region || sighting.region === holder.region);
}

function judgeHeld(
  state: ScopeState,
  before: readonly Observation[],
): Pick<ScopeDecision, 'findings' | 'unseen'> {
  const findings = [...before];
  const unseen: AllocatedResource[] = [];
  const resources = new Map<string, Seen[]>();
  for (const seen of state.seen)
    resources.set(seen.resource, [...(resources.get(seen.resource) ?? []), seen]);
  const drifted = new Set(before.filter(({ kind }) => kind === 'DRIFT').map(({ subject }) => subject));
  for (const allocation of state.held) {
    if (allocation.noncompliant.length > 0) findings.push(found.noncompliant(allocation));
    if (kindOfHolder(allocation.holder) === null || drifted.has(found.subjectOf(allocation.id))) continue;
    const own = resources.get(allocation.holder.resourceId!);
    // a missing one still counts, and is looked for; what it was says nothing that is new
    if (!own || own[0]!.missing) unseen.push(allocation);
    else if (!own.some(({ cidr }) => cidr.equals(allocation.cidr)))
      findings.push(found.otherCidrs(allocation, own));
  }
  return { findings, unseen };
}

function seenOf(state: ScopeState, resource: string): Prefix[] {
  return state.seen.filter((seen) => seen.resource === resource).map(({ cidr }) => cidr);
}

/** Indices of all; what is part of a block comes after all blocks. */
function blocksBeforeParts(seen: readonly Seen[]): number[] {
  const indices = [...seen.keys()];
  return [...indices.filter((i) => !seen[i]!.within), ...indices.filter((i) => seen[i]!.within)];
}

function keyOf(vpcId: string, cidr: Prefix): string {
  return `${vpcId} ${cidr}`;
}

function once<Item>(taken: Set<Item>, item: Item): boolean {
  return taken.size < taken.add(item).size;
}
