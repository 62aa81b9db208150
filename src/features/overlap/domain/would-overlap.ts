import type { Prefix } from '../../../address/index.js';
import type { Network } from '../../inventory/index.js';

export const CONNECTIONS = ['PEERING', 'TRANSIT_GATEWAY', 'VPN'] as const;
export type ConnectionKind = (typeof CONNECTIONS)[number];

/** One end of a connection that somebody plans. */
export interface End {
  /** As it was named. */
  readonly name: string;
  /** Its networks; none where only CIDRs were given. */
  readonly networks: readonly Network[];
  /** CIDRs that were given as such. */
  readonly cidrs: readonly Prefix[];
}

/** Two blocks that would meet. */
export interface Collision {
  readonly a: Prefix;
  readonly b: Prefix;
  /** Null for a CIDR that was given as such. */
  readonly aNetwork: Network | null;
  readonly bNetwork: Network | null;
}

export interface Verdict {
  readonly via: ConnectionKind;
  /** Whether the provider makes the connection at all. */
  readonly allowed: boolean;
  readonly collisions: readonly Collision[];
  /** What one end could not reach at the other, though it is connected; all of it where the provider refuses. */
  readonly unreachable: readonly Unreachable[];
  /** Beside both ends: networks that the new connection would lead to, and that collide with the end that is new there. */
  readonly beyond: readonly Collision[];
  /** Whether an endpoint service serves a flow that only one end opens. */
  readonly privateLink: boolean;
  /** Whether a private NAT gateway serves it: each end has a block that meets none of the other's. */
  readonly privateNat: boolean;
  /** One sentence per fact, for people. */
  readonly explanation: readonly string[];
}

export interface Unreachable {
  readonly from: string;
  readonly to: string;
  readonly cidr: Prefix;
}

interface Block {
  readonly cidr: Prefix;
  readonly network: Network | null;
}

/**
 * What happens when `a` and `b` are connected. `beyond`: networks that either would come to reach over route tables of the
 * transit gateway, by the end that is new to them.
 */
export function verdictOn(
  a: End,
  b: End,
  via: ConnectionKind,
  beyond: { readonly a: readonly Network[]; readonly b: readonly Network[] },
): Verdict {
  const [blocksA, blocksB] = [blocksOf(a), blocksOf(b)];
  const collisions = collide(blocksA, blocksB);
  const further = [
    ...collide(blocksA, networkBlocks(beyond.a)),
    ...collide(blocksB, networkBlocks(beyond.b)),
  ];
  const allowed = via !== 'PEERING' || collisions.length === 0;
  return {
    via,
    allowed,
    collisions,
    unreachable: collisions.length === 0 ? [] : unreachableOf(a, b, blocksA, blocksB, collisions, via),
    beyond: via === 'TRANSIT_GATEWAY' ? further : [],
    privateLink: collisions.length > 0,
    privateNat: collisions.length > 0 && hasFree(blocksA, blocksB) && hasFree(blocksB, blocksA),
    explanation: [
      ...explain(a, b, via, collisions),
      ...(via === 'TRANSIT_GATEWAY' ? explainBeyond(further) : []),
    ],
  };
}

function unreachableOf(
  a: End,
  b: End,
  blocksA: readonly Block[],
  blocksB: readonly Block[],
  collisions: readonly Collision[],
  via: ConnectionKind,
): Unreachable[] {
  const to = (from: End, other: End, cidrs: Iterable<Prefix>): Unreachable[] =>
    [...cidrs].map((cidr) => ({ from: from.name, to: other.name, cidr }));
  // a refused peering connects nothing
  if (via === 'PEERING')
    return [
      ...to(a, b, distinct(blocksB.map(({ cidr }) => cidr))),
      ...to(b, a, distinct(blocksA.map(({ cidr }) => cidr))),
    ];
  // packets to the part that both have stay where they are: the local route always wins
  const shared = distinct(
    collisions.map(({ a: one, b: other }) => (one.length >= other.length ? one : other)),
  );
  if (via === 'VPN') return [...to(a, b, shared), ...to(b, a, shared)];
  // of an attachment that overlaps, routes to the blocks that overlap are not propagated
  return [
    ...to(a, b, distinct(collisions.map(({ b: cidr }) => cidr))),
    ...to(b, a, distinct(collisions.map(({ a: cidr }) => cidr))),
  ];
}

function explain(a: End, b: End, via: ConnectionKind, collisions: readonly Collision[]): string[] {
  if (collisions.length === 0) return [`No block of ${a.name} overlaps a block of ${b.name}.`];
  const [first] = collisions;
  const more = collisions.length > 1 ? `, and ${collisions.length - 1} more` : '';
  const what = `${first!.a} of ${a.name} overlaps ${first!.b} of ${b.name}${more}.`;
  const consequence = {
    PEERING: 'AWS refuses a peering of VPCs with any overlapping block, IPv4 or IPv6, used or not.',
    TRANSIT_GATEWAY:
      'AWS makes the attachment, but does not propagate routes that overlap: what is there is silently unreachable.',
    VPN: 'The tunnel comes up, but addresses that both sides have never leave their own side: the local route wins.',
  }[via];
  return [what, consequence];
}

function explainBeyond(further: readonly Collision[]): string[] {
  const [first] = further;
  if (!first) return [];
  const others = new Set(further.flatMap(({ bNetwork }) => bNetwork?.id ?? []));
  return [
    `Route tables of the transit gateway lead on: ${first.a} overlaps ${first.b} of ${first.bNetwork?.id ?? 'another network'}` +
      `${others.size > 1 ? `, and of ${others.size - 1} more networks` : ''}.`,
  ];
}

function blocksOf({ networks, cidrs }: End): Block[] {
  return [...networkBlocks(networks), ...cidrs.map((cidr) => ({ cidr, network: null }))];
}

function networkBlocks(networks: readonly Network[]): Block[] {
  return networks.flatMap((network) => network.cidrs.map((cidr) => ({ cidr, network })));
}

function collide(some: readonly Block[], others: readonly Block[]): Collision[] {
  const found = some.flatMap((one) =>
    others
      .filter(
        (other) => one.cidr.overlaps(other.cidr) && !(one.network && one.network.id === other.network?.id),
      )
      .map((other) => ({ a: one.cidr, b: other.cidr, aNetwork: one.network, bNetwork: other.network })),
  );
  return found.sort((x, y) => x.a.compare(y.a) || x.b.compare(y.b));
}

/** Whether an IPv4 block of `some` meets none of `others`: addresses that a NAT gateway can stand on. */
function hasFree(some: readonly Block[], others: readonly Block[]): boolean {
  return some.some(({ cidr }) => cidr.family === 4 && !others.some((other) => other.cidr.overlaps(cidr)));
}

function distinct(cidrs: readonly Prefix[]): Prefix[] {
  const byText = new Map(cidrs.map((cidr) => [cidr.toString(), cidr]));
  return [...byText.values()].sort((a, b) => a.compare(b));
}
