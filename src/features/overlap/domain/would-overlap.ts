import type { Prefix } from '../../../address/index.js';
import {
  type Alternative,
  wouldConnect,
  type ConnectionEnd,
  type Judgement,
  type Unreachable,
} from '../../../address/provider-rules/index.js';
import type { Network } from '../../inventory/index.js';

export const CONNECTIONS = ['PEERING', 'TRANSIT_GATEWAY', 'VPN'] as const;
export type ConnectionKind = (typeof CONNECTIONS)[number];

const KINDS = { PEERING: 'vpc_peering', TRANSIT_GATEWAY: 'transit_gateway', VPN: 'vpn' } as const;

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

/** What would come of a connection, as the provider behaves. */
export interface Verdict {
  readonly via: ConnectionKind;
  /** Whether it can be made at all, and why. */
  readonly judgement: Judgement;
  readonly collisions: readonly Collision[];
  /** What one end could not reach at the other; all of it where the provider refuses. */
  readonly unreachable: readonly Unreachable[];
  /** Blocks of an end (`a`) and of networks that it would come to reach beside the other end (`b`). */
  readonly beyond: readonly Collision[];
  /** What serves where only one side opens connections; empty when the ends do not overlap. */
  readonly alternatives: readonly Alternative[];
}

interface Block {
  readonly cidr: Prefix;
  readonly network: Network | null;
}

/**
 * What happens when `a` and `b` are connected; over a transit gateway `b` is attached last. `beyond`: for each end the
 * networks that it would come to reach over the route tables of the other. O(blocks of a × blocks of b and beyond).
 */
export function verdictOn(
  a: End,
  b: End,
  via: ConnectionKind,
  beyond: { readonly a: readonly Network[]; readonly b: readonly Network[] } = { a: [], b: [] },
): Verdict {
  const { judgement, unreachable, alternatives } = wouldConnect(endOf(a), endOf(b), KINDS[via]);
  return {
    via,
    judgement,
    collisions: collide(blocksOf(a), blocksOf(b)),
    unreachable,
    beyond:
      via === 'TRANSIT_GATEWAY'
        ? [...collide(blocksOf(a), networkBlocks(beyond.a)), ...collide(blocksOf(b), networkBlocks(beyond.b))]
        : [],
    alternatives,
  };
}

function endOf(end: End): ConnectionEnd {
  const blocks = blocksOf(end).map(({ cidr }) => cidr);
  const isExternal = end.networks.length > 0 && end.networks.every(({ kind }) => kind === 'external_network');
  const [first, ...others] = end.networks;
  const place = first && others.length === 0 ? { account: first.account, region: first.region } : {};
  return {
    id: end.name,
    blocks,
    kind: isExternal ? 'external_network' : 'vpc',
    ...Object.fromEntries(Object.entries(place).filter(([, value]) => value !== null)),
  };
}

function blocksOf({ networks, cidrs }: End): Block[] {
  return [...networkBlocks(networks), ...cidrs.map((cidr) => ({ cidr, network: null }))];
}

function networkBlocks(networks: readonly Network[]): Block[] {
  return networks.flatMap((network) => network.cidrs.map((cidr) => ({ cidr, network })));
}

/** By address; a network does not collide with itself. */
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
