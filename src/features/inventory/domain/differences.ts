import { type Body, type Json, nounOf, wordOf } from './change.js';
import type { StoredKind } from './observed.js';

type Item = Readonly<Record<string, Json>>;

/** How a list in a body is compared and what its differences are called. */
export interface ListRule {
  /** What stays the same while the rest of an item changes; an item that is a plain value is its own. */
  readonly keyOf: (item: Item) => Json;
  readonly added: (item: Item) => string;
  readonly removed: (item: Item) => string;
  readonly changed: (old: Item, now: Item) => string;
}

const named = (added: string, removed: string): ListRule => ({
  keyOf: (item) => item,
  added: () => added,
  removed: () => removed,
  changed: () => added,
});

const ROUTES: ListRule = {
  keyOf: ({ destination }) => destination!,
  added: () => 'route.added',
  removed: () => 'route.removed',
  changed: (old, now) => {
    const target = (item: Item): string => JSON.stringify(item.attachments ?? item.target ?? null);
    // a blackhole of a transit gateway has no attachments: what it lost by turning black is no other target
    const turned = (item: Item): boolean => item.state === 'blackhole';
    if (target(old) !== target(now) && !(turned(old) !== turned(now) && 'attachments' in now))
      return 'route.replaced';
    if (old.state === now.state) return 'route.changed';
    if (turned(now)) return 'route.blackholed';
    return turned(old) ? 'route.restored' : 'route.changed';
  },
};

const VPC_CIDRS: ListRule = {
  keyOf: ({ cidr }) => cidr!,
  added: ({ state }) => `vpc.cidr_${wordOf(state!)}`,
  removed: () => 'vpc.cidr_disassociated',
  changed: (_, { state }) => `vpc.cidr_${wordOf(state!)}`,
};

const ATTACHMENTS: ListRule = {
  keyOf: ({ vpcId }) => vpcId!,
  added: ({ state }) => `gateway.${wordOf(state!)}`,
  removed: () => 'gateway.detached',
  changed: (_, { state }) => `gateway.${wordOf(state!)}`,
};

const ENTRIES: ListRule = {
  keyOf: ({ cidr }) => cidr!,
  added: () => 'prefix_list.entry_added',
  removed: () => 'prefix_list.entry_removed',
  changed: () => 'prefix_list.entry_changed',
};

const RESERVATIONS: ListRule = {
  keyOf: ({ id }) => id!,
  added: () => 'subnet.reservation_added',
  removed: () => 'subnet.reservation_removed',
  changed: () => 'subnet.reservation_changed',
};

const RULES: Partial<Record<StoredKind, Readonly<Record<string, ListRule>>>> = {
  vpc: { cidrs: VPC_CIDRS },
  subnet: {
    ipv6Cidrs: named('subnet.cidr_associated', 'subnet.cidr_disassociated'),
    reservations: RESERVATIONS,
  },
  route_table: {
    routes: ROUTES,
    subnets: named('route_table.subnet_associated', 'route_table.subnet_disassociated'),
    gateways: named('route_table.gateway_associated', 'route_table.gateway_disassociated'),
    propagatingGateways: named('gateway.propagation_enabled', 'gateway.propagation_disabled'),
  },
  transit_gateway: { cidrs: named('transit_gateway.cidr_added', 'transit_gateway.cidr_removed') },
  transit_gateway_route_table: {
    routes: ROUTES,
    associations: named('attachment.associated', 'attachment.disassociated'),
    propagations: named('attachment.propagation_enabled', 'attachment.propagation_disabled'),
  },
  vpn_gateway: { attachments: ATTACHMENTS },
  internet_gateway: { attachments: ATTACHMENTS },
  vpn_connection: { routes: ROUTES },
  prefix_list: { entries: ENTRIES },
  external_network: {
    cidrs: named('external_network.cidr_added', 'external_network.cidr_removed'),
    gateways: named('external_network.gateway_added', 'external_network.gateway_removed'),
  },
};

/** Null: the field is compared as one value. */
export function listRuleOf(kind: StoredKind, field: string): ListRule | null {
  const rules = RULES[kind];
  return rules && Object.hasOwn(rules, field) ? rules[field]! : null;
}

/** What a field that is compared as one value is said to have done. */
export function fieldAction(kind: StoredKind, field: string, now: Json): string {
  if (field === 'tags') return 'tags.changed';
  if (kind === 'vpc_peering' && field === 'status') return peeringAction(now);
  if (kind === 'transit_gateway_attachment' && field === 'associatedRouteTable')
    return now === null ? 'attachment.disassociated' : 'attachment.associated';
  if (kind === 'prefix_list' && field === 'name') return 'prefix_list.renamed';
  return `${nounOf(kind)}.changed`;
}

export function createdAction(kind: StoredKind, body: Body): string {
  const isRequest = kind === 'vpc_peering' && peeringAction(body.status ?? null) === 'peering.requested';
  return isRequest ? 'peering.requested' : `${nounOf(kind)}.created`;
}

/** `active` is what a peering becomes by being accepted. */
function peeringAction(status: Json): string {
  const word = wordOf(status);
  if (word === 'pending_acceptance' || word === 'initiating_request') return 'peering.requested';
  return word === 'active' || word === 'provisioning' ? 'peering.accepted' : `peering.${word}`;
}
