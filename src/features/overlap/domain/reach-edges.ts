import type {
  ExternalNetworkBody,
  Network,
  TransitGatewayAttachmentBody,
  TransitGatewayRouteTableBody,
  VpcPeeringBody,
  VpnConnectionBody,
  VpnGatewayBody,
} from '../../inventory/index.js';
import type { ReachEdge, Way } from './reach.js';

/** A current object: what was observed under this id. */
export interface Observed<Body> {
  readonly id: string;
  readonly body: Body;
}

/** What decides which routing domains reach which. */
export interface ReachWorld {
  readonly networks: readonly Pick<Network, 'id' | 'routingDomainId'>[];
  readonly externals: readonly Observed<Pick<ExternalNetworkBody, 'gateways'>>[];
  readonly peerings: readonly Observed<Pick<VpcPeeringBody, 'status' | 'requester' | 'accepter'>>[];
  /** A peering of two transit gateways is listed by both, under one id. */
  readonly attachments: readonly Observed<Omit<TransitGatewayAttachmentBody, 'tags'>>[];
  readonly routeTables: readonly Observed<Omit<TransitGatewayRouteTableBody, 'tags'>>[];
  readonly vpnGateways: readonly Observed<Pick<VpnGatewayBody, 'attachments'>>[];
  readonly vpnConnections: readonly Observed<
    Pick<VpnConnectionBody, 'state' | 'vpnGatewayId' | 'transitGatewayId' | 'customerGatewayId'>
  >[];
  /** Declared links of routing domains. */
  readonly links: readonly { readonly id: string; readonly aId: number; readonly bId: number }[];
}

const USABLE = new Set(['available', 'modifying']);

/**
 * The steps that packets can take. A route table of a transit gateway leads to what propagates into it, also where the
 * provider dropped a route because of an overlap, which is what overlaps are looked for; and to what its static routes
 * name. Whether a VPC itself has a route to the gateway does not count: it is one click away.
 */
export function edgesOf(world: ReachWorld): ReachEdge[] {
  const edges = new Map<string, ReachEdge>();
  const add = (edge: ReachEdge): void => {
    const { from, to, how, resource } = edge;
    if (from === to) return;
    const swapped = typeof from === 'number' && typeof to === 'number' && from > to;
    const kept = swapped ? { from: to, to: from, how, resource } : { from, to, how, resource };
    edges.set(keyOf(kept), kept);
  };
  const domains = new DomainsOf(world);
  for (const { id, aId, bId } of world.links) add({ from: aId, to: bId, how: 'DECLARED', resource: id });
  for (const { id, body } of world.peerings) {
    if (body.status !== 'active') continue;
    for (const from of domains.of(body.requester.vpcId))
      for (const to of domains.of(body.accepter.vpcId)) add({ from, to, how: 'PEERING', resource: id });
  }
  for (const { id, body } of world.vpnConnections) {
    if (body.state !== 'available' || body.vpnGatewayId === null) continue;
    const gateway = world.vpnGateways.find((one) => one.id === body.vpnGatewayId);
    for (const { vpcId, state } of gateway?.body.attachments ?? [])
      if (state === 'attached')
        for (const from of domains.of(vpcId))
          for (const to of domains.behind(id, body.customerGatewayId))
            add({ from, to, how: 'VPN', resource: id });
  }
  addHubs(world, domains, add);
  return [...edges.values()];
}

/** What tells an edge from every other. */
export function keyOf({ from, to, how, resource }: ReachEdge): string {
  return `${from} ${to} ${how} ${resource}`;
}

function addHubs(world: ReachWorld, domains: DomainsOf, add: (edge: ReachEdge) => void): void {
  const usable = world.attachments.filter(({ body }) => USABLE.has(body.state));
  const byId = new Map<string, (typeof usable)[number][]>();
  for (const attachment of usable) {
    const same = byId.get(attachment.id);
    if (same) same.push(attachment);
    else byId.set(attachment.id, [attachment]);
  }
  const at = (id: string, gateway: string) =>
    byId.get(id)?.filter(({ body }) => body.transitGatewayId === gateway) ?? [];
  // a table lists its associations, and an attachment its table; in the account of a VPC only the attachment is seen
  const lookedUpIn = new Map<string, Set<string>>();
  const associate = (gateway: string, attachment: string, table: string): void => {
    const key = `${gateway} ${attachment}`;
    lookedUpIn.set(key, (lookedUpIn.get(key) ?? new Set()).add(table));
  };
  for (const { id, body } of usable)
    if (body.associatedRouteTable) associate(body.transitGatewayId, id, body.associatedRouteTable);
  for (const { id, body } of world.routeTables)
    for (const attachment of body.associations) associate(body.transitGatewayId, attachment, id);

  for (const [key, tables] of lookedUpIn) {
    const [gateway, id] = key.split(' ') as [string, string];
    for (const attachment of at(id, gateway))
      for (const table of tables)
        for (const { domain, how, resource } of domains.at(attachment))
          add({ from: domain, to: table, how, resource });
  }
  for (const { id: table, body } of world.routeTables) {
    const led = new Set([...body.propagations, ...body.routes.flatMap(({ attachments }) => attachments)]);
    for (const id of led)
      for (const attachment of at(id, body.transitGatewayId)) {
        for (const { domain, how, resource } of domains.at(attachment))
          add({ from: table, to: domain, how, resource });
        const { resourceType, resourceId } = attachment.body;
        if (resourceType !== 'peering' || at(id, resourceId).length === 0) continue;
        for (const next of lookedUpIn.get(`${resourceId} ${id}`) ?? [])
          add({ from: table, to: next, how: 'TRANSIT_GATEWAY', resource: id });
      }
  }
}

interface Member {
  readonly domain: number;
  readonly how: Way;
  readonly resource: string;
}

/** Routing domains by what an object names. */
class DomainsOf {
  private readonly byNetwork: Map<string, number>;
  /** Of external networks, by each gateway that they are reached through. */
  private readonly byGateway = new Map<string, Set<number>>();
  private readonly customerGateways: Map<string, string>;

  constructor({ networks, externals, vpnConnections }: ReachWorld) {
    this.byNetwork = new Map(networks.map(({ id, routingDomainId }) => [id, routingDomainId]));
    this.customerGateways = new Map(vpnConnections.map(({ id, body }) => [id, body.customerGatewayId]));
    for (const { id, body } of externals)
      for (const domain of this.of(id))
        for (const gateway of body.gateways)
          this.byGateway.set(gateway, (this.byGateway.get(gateway) ?? new Set()).add(domain));
  }

  of(network: string): number[] {
    const domain = this.byNetwork.get(network);
    return domain === undefined ? [] : [domain];
  }

  /** Of the external networks behind any of these gateways. */
  behind(...gateways: string[]): Set<number> {
    return new Set(gateways.flatMap((gateway) => [...(this.byGateway.get(gateway) ?? [])]));
  }

  /** Of what is attached to a transit gateway. A peering leads to no domain but to other tables. */
  at({ id, body }: ReachWorld['attachments'][number]): Member[] {
    const { resourceType, resourceId, transitGatewayId } = body;
    if (resourceType === 'vpc')
      return this.of(resourceId).map((domain) => ({
        domain,
        how: 'TRANSIT_GATEWAY',
        resource: transitGatewayId,
      }));
    const customerGateway = this.customerGateways.get(resourceId) ?? resourceId;
    const domains = resourceType === 'peering' ? [] : [...this.behind(id, resourceId, customerGateway)];
    if (resourceType === 'vpn')
      return domains.map((domain) => ({ domain, how: 'VPN', resource: resourceId }));
    const how = resourceType === 'direct-connect-gateway' ? 'DIRECT_CONNECT' : 'TRANSIT_GATEWAY';
    const resource = how === 'DIRECT_CONNECT' ? resourceId : transitGatewayId;
    return domains.map((domain) => ({ domain, how, resource }));
  }
}
