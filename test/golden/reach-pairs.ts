import type { ReachWorld } from '../../src/features/overlap/domain/reach-edges.js';
import type { Via } from '../../src/features/overlap/domain/reach.js';

type Attachment = ReachWorld['attachments'][number];

/** Which routing domains reach which, by following every packet from every network to every other: the oracle for Reach. */
export class ReachPairs {
  constructor(private readonly world: ReachWorld) {}

  /** Either direction, as `how resource`, sorted. */
  between(a: number, b: number): string[] {
    if (a === b) return [];
    const ways = [...this.direct(a, b), ...this.direct(b, a), ...this.walk(a, b), ...this.walk(b, a)];
    return [...new Set(ways.map(({ how, resource }) => `${how} ${resource}`))].sort();
  }

  private direct(a: number, b: number): Via[] {
    const { links, peerings, vpnConnections, vpnGateways } = this.world;
    const ways: Via[] = [];
    for (const { id, aId, bId } of links)
      if (aId === a && bId === b) ways.push({ how: 'DECLARED', resource: id });
    for (const { id, body } of peerings)
      if (body.status === 'active' && this.is(body.requester.vpcId, a) && this.is(body.accepter.vpcId, b))
        ways.push({ how: 'PEERING', resource: id });
    for (const { id, body } of vpnConnections)
      for (const gateway of vpnGateways)
        if (
          body.state === 'available' &&
          gateway.id === body.vpnGatewayId &&
          this.isBehind(b, [id, body.customerGatewayId])
        )
          for (const { vpcId, state } of gateway.body.attachments)
            if (state === 'attached' && this.is(vpcId, a)) ways.push({ how: 'VPN', resource: id });
    return ways;
  }

  /** Packets of `a` that come to `b` over transit gateways. */
  private walk(a: number, b: number): Via[] {
    const ways: Via[] = [];
    for (const out of this.world.attachments) {
      if (!this.leadsTo(out, a)) continue;
      for (const into of this.reached(out)) {
        if (!this.leadsTo(into, b)) continue;
        const special = [out, into].filter(({ body }) =>
          ['vpn', 'direct-connect-gateway'].includes(body.resourceType),
        );
        for (const { body } of special.length > 0 ? special : [out])
          ways.push(
            body.resourceType === 'vpn'
              ? { how: 'VPN', resource: body.resourceId }
              : body.resourceType === 'direct-connect-gateway'
                ? { how: 'DIRECT_CONNECT', resource: body.resourceId }
                : { how: 'TRANSIT_GATEWAY', resource: body.transitGatewayId },
          );
      }
    }
    return ways;
  }

  /** Attachments that packets out of this one may leave through. */
  private reached(out: Attachment): Attachment[] {
    if (out.body.state !== 'available') return [];
    const { routeTables, attachments } = this.world;
    const found: Attachment[] = [];
    const seen = new Set<string>();
    const arrive = (at: Attachment): void => {
      for (const { id: table, body } of routeTables) {
        if (body.transitGatewayId !== at.body.transitGatewayId) continue;
        if (at.body.associatedRouteTable !== table && !body.associations.includes(at.id)) continue;
        if (seen.has(table)) continue;
        seen.add(table);
        for (const next of attachments) {
          const routed =
            body.propagations.includes(next.id) ||
            body.routes.some((one) => one.attachments.includes(next.id));
          if (
            !routed ||
            next.body.transitGatewayId !== body.transitGatewayId ||
            next.body.state !== 'available'
          )
            continue;
          found.push(next);
          if (next.body.resourceType !== 'peering') continue;
          for (const far of attachments)
            if (
              far.id === next.id &&
              far.body.transitGatewayId === next.body.resourceId &&
              far.body.state === 'available'
            )
              arrive(far);
        }
      }
    };
    arrive(out);
    return found;
  }

  private leadsTo({ body }: Attachment, domain: number): boolean {
    const { resourceType, resourceId } = body;
    if (resourceType === 'vpc') return this.is(resourceId, domain);
    if (resourceType === 'peering') return false;
    const connection = this.world.vpnConnections.find(({ id }) => id === resourceId);
    return this.isBehind(domain, [resourceId, connection?.body.customerGatewayId ?? resourceId]);
  }

  private is(network: string, domain: number): boolean {
    return this.world.networks.some(
      ({ id, routingDomainId }) => id === network && routingDomainId === domain,
    );
  }

  private isBehind(domain: number, gateways: readonly string[]): boolean {
    return this.world.externals.some(
      ({ id, body }) => this.is(id, domain) && body.gateways.some((gateway) => gateways.includes(gateway)),
    );
  }
}
