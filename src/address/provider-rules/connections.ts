import { type Prefix } from '../prefix.js';
import { peeredAddressUsage } from './address-usage.js';
import { AWS_RULES } from './aws.js';
import { type NamedNetwork } from './blocks.js';
import { holdToQuota, type Limits, quotaOf } from './quotas.js';
import { type ProviderRules } from './rule-set.js';
import { Hearing, type Judgement, type Reason } from './verdict.js';

/** An end of a connection that is to be made. What is left out is not judged. */
export interface ConnectionEnd extends NamedNetwork {
  readonly account?: string;
  readonly region?: string;
  /** A VPC unless said otherwise. */
  readonly kind?: 'vpc' | 'external_network';
  readonly activePeerings?: number;
  /** Requests of this VPC that wait for acceptance. */
  readonly pendingPeerings?: number;
  /** Network address units of it, and of it with its peers in the region (its own if left out). */
  readonly addressUsage?: number;
  readonly peeredAddressUsage?: number;
  /** Transit gateways that it is attached to. */
  readonly transitGateways?: readonly string[];
  /** In its account and region. */
  readonly limits?: Limits;
}

/** Two blocks that overlap; `shared` is the smaller of them. */
export interface BlockOverlap {
  readonly a: Prefix;
  readonly b: Prefix;
  readonly shared: Prefix;
}

/** Every pair that overlaps, in the order of `a`, then of `b`. O(|a| × |b|). */
export function overlapsOf(a: readonly Prefix[], b: readonly Prefix[]): BlockOverlap[] {
  return a.flatMap((mine) =>
    b
      .filter((theirs) => theirs.overlaps(mine))
      .map((theirs) => ({ a: mine, b: theirs, shared: mine.length > theirs.length ? mine : theirs })),
  );
}

/** Whether `a` may ask `b` for a peering that then becomes active: no two blocks overlap, used or not, and the quotas. */
export function mayPeer(a: ConnectionEnd, b: ConnectionEnd, rules: ProviderRules = AWS_RULES): Judgement {
  const hearing = new Hearing();
  const source = rules.sources.PEER;
  const overlaps = overlapsOf(a.blocks, b.blocks);
  for (const each of overlaps) {
    const message = `${a.id} has ${each.a}, ${b.id} has ${each.b}; no two blocks of peers may overlap`;
    hearing.say('REFUSED', 'peering.overlap', message, source);
  }
  if (overlaps.length === 0) {
    hearing.say('ALLOWED', 'peering.overlap', `no blocks of ${a.id} and ${b.id} overlap`, source);
  }
  for (const end of [a, b]) {
    if (end.activePeerings === undefined) continue;
    holdToQuota(hearing, end.id, end.activePeerings + 1, quotaOf('activePeerings', end.limits, rules));
  }
  if (a.pendingPeerings !== undefined) {
    holdToQuota(hearing, a.id, a.pendingPeerings + 1, quotaOf('pendingPeerings', a.limits, rules));
  }
  const sameRegion = a.region === b.region;
  for (const [own, other] of [
    [a, b],
    [b, a],
  ] as const) {
    if (own.addressUsage === undefined || other.addressUsage === undefined) continue;
    const before = own.peeredAddressUsage ?? own.addressUsage;
    const after = peeredAddressUsage(before, [{ units: other.addressUsage, sameRegion }]);
    const quota = quotaOf('peeredNetworkAddressUsage', own.limits, rules);
    holdToQuota(hearing, `${own.id} with its peers`, after, quota);
  }
  return hearing.judge();
}

export interface TransitGatewayState {
  readonly id: string;
  /** The VPCs attached to it. */
  readonly attached: readonly NamedNetwork[];
  /** All attachments of any kind, if more than `attached`. */
  readonly attachments?: number;
  /** Of the account and region that own it. */
  readonly limits?: Limits;
}

/**
 * Whether a VPC may be attached to a transit gateway. An overlap is a warning, not a refusal: AWS attaches it and leaves
 * its routes out without a word (see `wouldConnect`).
 */
export function mayAttach(
  gateway: TransitGatewayState,
  vpc: ConnectionEnd,
  rules: ProviderRules = AWS_RULES,
): Judgement {
  const hearing = new Hearing();
  const source = rules.sources.TGWA;
  const already = gateway.attached.some(({ id }) => id === vpc.id);
  if (already) {
    hearing.say('REFUSED', 'attachment.once', `${vpc.id} is attached to ${gateway.id} already`, source);
  }
  for (const other of gateway.attached.filter(({ id }) => id !== vpc.id)) {
    for (const { a, b } of overlapsOf(other.blocks, vpc.blocks)) {
      const message = `${other.id} has ${a}, ${vpc.id} has ${b}: the routes of ${vpc.id} will not be propagated`;
      hearing.say('WARNED', 'attachment.overlap', message, source);
    }
  }
  const attachments = Math.max(gateway.attached.length, gateway.attachments ?? 0);
  const most = quotaOf('transitGatewayAttachments', gateway.limits, rules);
  if (!already) {
    holdToQuota(hearing, gateway.id, attachments + 1, most);
    if (vpc.transitGateways !== undefined) {
      const quota = quotaOf('transitGatewaysPerVpc', vpc.limits, rules);
      holdToQuota(hearing, vpc.id, vpc.transitGateways.length + 1, quota);
    }
  }
  return hearing.judge();
}

/** How two networks would be connected. Direct Connect to on premises is `vpn`; two VPCs of one gateway are the last. */
export type ConnectionKind = 'vpc_peering' | 'transit_gateway' | 'vpn' | 'direct_connect_gateway';

/** Addresses of `to` that `from` cannot reach, or not with an answer. */
export interface Unreachable {
  readonly from: string;
  readonly to: string;
  readonly cidr: Prefix;
  readonly reason: Reason;
  /** Whether a route that somebody adds afterwards may mend it. */
  readonly mendable: boolean;
}

export interface Connection {
  /** Whether it can be made at all; with warnings where it can and does not do what one expects. */
  readonly judgement: Judgement;
  readonly overlaps: readonly BlockOverlap[];
  readonly unreachable: readonly Unreachable[];
  /** What would serve where only one side opens connections; empty when nothing overlaps. */
  readonly alternatives: readonly Alternative[];
}

/** What serves a one-way flow between networks that overlap. */
export interface Alternative {
  readonly kind: 'privatelink' | 'vpc_lattice' | 'private_nat';
  /** Who opens connections, and to whom. */
  readonly from: string;
  readonly to: string;
  readonly serves: boolean;
  readonly why: string;
  /** What has to be there first. */
  readonly needs: readonly string[];
  readonly source: string;
}

/**
 * What would come of connecting two networks. Over a transit gateway `b` is the VPC attached last; with an external
 * network at either end it is as over a VPN: its routes come by BGP. O(|a.blocks| × |b.blocks|).
 */
export function wouldConnect(
  a: ConnectionEnd,
  b: ConnectionEnd,
  kind: ConnectionKind,
  rules: ProviderRules = AWS_RULES,
): Connection {
  const overlaps = overlapsOf(a.blocks, b.blocks);
  const over = kind === 'transit_gateway' && (isExternal(a) || isExternal(b)) ? 'vpn' : kind;
  return {
    judgement: judge(a, b, over, overlaps, rules),
    overlaps,
    unreachable: overlaps.length === 0 ? [] : unreachableOver(a, b, over, overlaps, rules),
    alternatives:
      overlaps.length === 0 ? [] : [...oneWayAlternatives(a, b, rules), ...oneWayAlternatives(b, a, rules)],
  };
}

const isExternal = ({ kind }: ConnectionEnd) => kind === 'external_network';

function judge(
  a: ConnectionEnd,
  b: ConnectionEnd,
  kind: ConnectionKind,
  overlaps: readonly BlockOverlap[],
  rules: ProviderRules,
): Judgement {
  const hearing = new Hearing();
  const apart = `no blocks of ${a.id} and ${b.id} overlap`;
  switch (kind) {
    case 'vpc_peering':
      return mayPeer(a, b, rules);
    case 'transit_gateway':
      return mayAttach({ id: 'the transit gateway', attached: [a] }, b, rules);
    case 'direct_connect_gateway':
      for (const { a: mine, b: theirs } of overlaps) {
        const message = `${a.id} has ${mine}, ${b.id} has ${theirs}; VPCs of one Direct Connect gateway may not overlap`;
        hearing.say('REFUSED', 'direct-connect.overlap', message, rules.sources.CIDR);
      }
      hearing.say('ALLOWED', 'direct-connect.overlap', apart, rules.sources.CIDR);
      return hearing.judge();
    case 'vpn':
      for (const { shared } of overlaps) {
        const message = `${a.id} and ${b.id} both have ${shared}: each keeps its own traffic to it`;
        hearing.say('WARNED', 'vpn.overlap', message, rules.routes.localSource);
      }
      hearing.say('ALLOWED', 'vpn.overlap', 'a VPN asks nothing of blocks', rules.routes.localSource);
      return hearing.judge();
  }
}

function unreachableOver(
  a: ConnectionEnd,
  b: ConnectionEnd,
  kind: ConnectionKind,
  overlaps: readonly BlockOverlap[],
  rules: ProviderRules,
): Unreachable[] {
  const both = [
    { from: a, to: b },
    { from: b, to: a },
  ];
  if (kind === 'vpc_peering' || kind === 'direct_connect_gateway') {
    const reason: Reason =
      kind === 'vpc_peering'
        ? {
            rule: 'peering.overlap',
            message: 'the peering is refused as a whole',
            source: rules.sources.PEER,
          }
        : {
            rule: 'direct-connect.overlap',
            message: 'the association is refused as a whole',
            source: rules.sources.CIDR,
          };
    return both.flatMap(({ from, to }) =>
      to.blocks.map((cidr) => ({ from: from.id, to: to.id, cidr, reason, mendable: false })),
    );
  }

  const shared = withoutInner(overlaps.map((each) => each.shared));
  const shadowed = both.flatMap(({ from, to }) =>
    shared.map((cidr): Unreachable => ({
      from: from.id,
      to: to.id,
      cidr,
      reason: {
        rule: 'route.local',
        message: isExternal(from)
          ? `${from.id} has ${cidr} itself, and its own routers decide; only a more specific route leads out`
          : `${from.id} has ${cidr} itself, and local is preferred to what is propagated`,
        source: rules.routes.localSource,
      },
      mendable: isExternal(from),
    })),
  );
  if (kind === 'vpn') return shadowed;

  // without b's routes nothing reaches b, and no answer comes back to it either
  const unpropagated = both.flatMap(({ from, to }) =>
    to.blocks.flatMap((block) =>
      apartFrom(block, shared).map((cidr): Unreachable => ({
        from: from.id,
        to: to.id,
        cidr,
        reason: {
          rule: 'attachment.overlap',
          message:
            to === b
              ? `the routes of ${b.id} are not propagated, because it overlaps what is attached`
              : `no answer comes back: the routes of ${b.id} are not propagated`,
          source: rules.sources.TGWA,
        },
        mendable: true,
      })),
    ),
  );
  return [...shadowed, ...unpropagated];
}

/** Ascending, without those inside others. */
function withoutInner(cidrs: readonly Prefix[]): Prefix[] {
  const kept: Prefix[] = [];
  for (const cidr of [...cidrs].sort((a, b) => a.compare(b))) {
    if (!kept.at(-1)?.contains(cidr)) kept.push(cidr);
  }
  return kept;
}

function apartFrom(block: Prefix, taken: readonly Prefix[]): Prefix[] {
  return taken.reduce<Prefix[]>((rest, each) => rest.flatMap((part) => part.subtract(each)), [block]);
}

/**
 * What would serve connections that only `from` opens to a service in `to`, though they overlap. None of it serves where
 * both sides open connections.
 */
export function oneWayAlternatives(
  from: ConnectionEnd,
  to: ConnectionEnd,
  rules: ProviderRules = AWS_RULES,
): Alternative[] {
  const toVpc = !isExternal(to);
  const fromVpc = !isExternal(from);
  const ends = { from: from.id, to: to.id };
  const spare = rules.blocks.spare;
  const offered = toVpc ? to.id : 'a VPC beside it';
  return [
    {
      kind: 'privatelink',
      ...ends,
      serves: true,
      why: `${from.id} sees an address of its own, so blocks may overlap; one service per endpoint`,
      needs: [
        `a Network Load Balancer before the service, in ${offered}, and an endpoint service`,
        fromVpc
          ? `an interface endpoint in ${from.id}`
          : `an interface endpoint in a VPC that ${from.id} reaches and does not overlap`,
      ],
      source: rules.sources.EP,
    },
    {
      kind: 'vpc_lattice',
      ...ends,
      serves: toVpc && fromVpc,
      why:
        toVpc && fromVpc ? 'services are reached by name, so blocks may overlap' : 'it is between VPCs only',
      needs: ['a service network that both VPCs are associated with'],
      source: rules.sources.PEER,
    },
    {
      kind: 'private_nat',
      ...ends,
      serves: fromVpc,
      why: fromVpc
        ? `connections leave ${from.id} with an address that does not overlap`
        : 'only a VPC has a private NAT gateway',
      needs: [
        `a second block in ${from.id} that ${to.id} does not have (${spare}), for the NAT gateway`,
        toVpc
          ? `a second block in ${to.id} that ${from.id} does not have (${spare}), for a load balancer before the service`
          : `addresses for the service in ${to.id} that ${from.id} does not have`,
        'a transit gateway or other route between the second blocks only',
      ],
      source: rules.sources.NAT,
    },
  ];
}
