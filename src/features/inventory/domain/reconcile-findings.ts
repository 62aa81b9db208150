import type { AllocatedResource, AllocationThere, KnownReservation } from '../../allocation/index.js';
import type { Observation } from '../../findings/index.js';
import type { Sighting } from './reconcile.js';
import type { Seen } from './seen.js';

type Differences = Record<string, readonly [string, string]>;

/** `alloc_12` */
export function subjectOf(id: number): string {
  return `alloc_${id}`;
}

function factsOf(seen: Seen): Record<string, unknown> {
  const { account, region, resource, name, vpcId, cidr } = seen;
  return { account, region, resource, name, vpc: vpcId, cidr: cidr.toString() };
}

/** `10.0.0.0/16 of vpc-1 (shop) in 111122223333 eu-west-1` */
function wordsOf({ cidr, resource, name, account, region }: Seen): string {
  return `${cidr} of ${resource}${name ? ` (${name})` : ''} in ${account} ${region}`;
}

/** What is observed names itself by resource and CIDR. */
function about(seen: Seen): string {
  return `${seen.resource} ${seen.cidr}`;
}

export function unmanaged(seen: Seen): Observation {
  const message = `${wordsOf(seen)} lies in no pool.`;
  return { kind: 'UNMANAGED', subject: about(seen), severity: 'INFO', message, detail: factsOf(seen) };
}

export function rogue(seen: Seen): Observation {
  const message = `${wordsOf(seen)} lies in a pool and is not allocated: adopt it, or delete it.`;
  return { kind: 'ROGUE', subject: about(seen), severity: 'WARNING', message, detail: factsOf(seen) };
}

function rogueAt(
  seen: Seen,
  there: AllocationThere,
  why: string,
  severity: Observation['severity'],
): Observation {
  const detail = { ...factsOf(seen), allocation: subjectOf(there.id), key: there.key };
  return { kind: 'ROGUE', subject: about(seen), severity, message: `${wordsOf(seen)} ${why}`, detail };
}

export function rogueInside(seen: Seen, there: AllocationThere): Observation {
  const why = `lies inside ${there.cidr} (${subjectOf(there.id)}), which is for somebody else.`;
  return rogueAt(seen, there, why, 'CRITICAL');
}

export function reservedForAnother(
  seen: Seen,
  there: AllocationThere,
  differences: Differences,
): Observation {
  const why = `was made in what ${subjectOf(there.id)} reserves for another ${differing(differences)}.`;
  return rogueAt(seen, there, why, 'CRITICAL');
}

export function reservedForNobody(seen: Seen, there: AllocationThere): Observation {
  const id = subjectOf(there.id);
  const why = `is there, and ${id} reserves it without saying for which account and region: confirm it, or tag the resource cadastre:allocation=${id}.`;
  return rogueAt(seen, there, why, 'WARNING');
}

export function stillInUse(seen: Seen, there: AllocationThere): Observation {
  const why = `is still there although ${subjectOf(there.id)} was released: restore that, or delete it.`;
  return rogueAt(seen, there, why, 'WARNING');
}

/** The tag names a reservation of another CIDR. */
export function taggedElsewhere(seen: Seen, { id, cidr, key, holder }: KnownReservation): Observation {
  const message = `${wordsOf(seen)} is tagged as what ${subjectOf(id)} reserves, which is ${cidr}.`;
  const detail = {
    ...factsOf(seen),
    allocation: subjectOf(id),
    key,
    holder,
    differs: ['cidr'],
    expected: cidr.toString(),
  };
  return { kind: 'DRIFT', subject: subjectOf(id), severity: 'WARNING', message, detail };
}

export function drift(there: AllocationThere, differences: Differences, seen: Seen): Observation {
  const message = `${subjectOf(there.id)} is for another ${differing(differences)} than ${wordsOf(seen)}, which is what is there.`;
  const detail = {
    ...factsOf(seen),
    allocation: subjectOf(there.id),
    key: there.key,
    differs: Object.keys(differences),
    expected: expected(differences),
  };
  return { kind: 'DRIFT', subject: subjectOf(there.id), severity: 'WARNING', message, detail };
}

/** Its resource is there, with other CIDRs. `own`: all of the resource, at least one. */
export function otherCidrs(allocation: AllocatedResource, own: readonly Seen[]): Observation {
  const [first] = own;
  const cidrs = own.map(({ cidr }) => cidr.toString());
  const { account, region, resource, name, vpcId } = first!;
  const id = subjectOf(allocation.id);
  const message = `${id} is ${allocation.cidr} of ${resource}, which has ${cidrs.join(', ')} and not that.`;
  const detail = {
    ...{ account, region, resource, name, vpc: vpcId, cidrs, allocation: id, key: allocation.key },
    ...{ differs: ['cidr'], expected: allocation.cidr.toString() },
  };
  return { kind: 'DRIFT', subject: id, severity: 'WARNING', message, detail };
}

/** The CIDR is allocated to a resource that is there too. */
export function duplicate(
  seen: Seen,
  there: AllocationThere,
  owner: Sighting,
  isGlobal: boolean,
): Observation {
  const other = `${owner.resource} in ${owner.account} ${owner.region}`;
  const message = `${wordsOf(seen)} is the second with this CIDR: ${subjectOf(there.id)} is for ${other}.`;
  const facts = factsOf(seen);
  const detail = {
    ...facts,
    allocation: subjectOf(there.id),
    holder: owner.resource,
    accounts: [...new Set([seen.account, owner.account])].sort(),
    regions: [...new Set([seen.region, owner.region])].sort(),
  };
  return {
    kind: 'DUPLICATE_GLOBAL',
    subject: about(seen),
    severity: isGlobal ? 'CRITICAL' : 'WARNING',
    message,
    detail,
  };
}

export function noncompliant(allocation: AllocatedResource): Observation {
  const { id, cidr, key, holder, noncompliant: rules } = allocation;
  const message = `${cidr} (${subjectOf(id)}) was adopted against the pool's rules: ${rules.join(', ')}.`;
  const { account, region, resourceId } = holder;
  const detail = {
    account,
    region,
    resource: resourceId,
    allocation: subjectOf(id),
    cidr: cidr.toString(),
    key,
    rules,
  };
  return { kind: 'NONCOMPLIANT', subject: subjectOf(id), severity: 'INFO', message, detail };
}

export function orphan(allocation: AllocatedResource, looks: number): Observation {
  const { id, cidr, key, holder } = allocation;
  const { account, region, resourceId } = holder;
  const message = `${cidr} (${subjectOf(id)}) is for ${resourceId} in ${account} ${region}, which ${looks} good lists in a row did not have: release it, or say what it is for.`;
  const detail = {
    account,
    region,
    resource: resourceId,
    allocation: subjectOf(id),
    cidr: cidr.toString(),
    key,
  };
  return { kind: 'ORPHAN', subject: subjectOf(id), severity: 'WARNING', message, detail };
}

/** `account and region` */
function differing(differences: Differences): string {
  const words = Object.keys(differences).map((field) => WORDS[field] ?? field);
  return words.join(' and ');
}

const WORDS: Readonly<Record<string, string>> = { resourceId: 'resource', resourceType: 'type of resource' };

function expected(differences: Differences): Record<string, string> {
  return Object.fromEntries(Object.entries(differences).map(([field, [said]]) => [field, said]));
}
