import { Prefix, PrefixMap } from '../../../address/index.js';
import type { Network, RouteTableBody, TransitGatewayRouteTableBody } from '../../inventory/index.js';
import type { Reach } from './reach.js';
import type { Observed } from './reach-edges.js';

/** A route that takes a part of a reachable network somewhere else. */
export interface RouteShadow {
  /** `rtb-1 10.1.2.0/24` */
  readonly subject: string;
  readonly table: string;
  readonly destination: Prefix;
  /** Where the route sends it. */
  readonly target: string;
  readonly network: Network;
  /** Of the network, wider than the destination. */
  readonly cidr: Prefix;
  /** Where the table sends the rest of it. */
  readonly expected: string;
}

export interface ShadowWorld {
  readonly networks: readonly Network[];
  readonly reach: Reach;
  readonly routeTables: readonly Observed<Pick<RouteTableBody, 'vpcId' | 'routes'>>[];
  readonly transitTables: readonly Observed<Pick<TransitGatewayRouteTableBody, 'routes'>>[];
}

interface Route {
  readonly destination: Prefix;
  readonly target: string;
}

/**
 * Routes of VPC and transit gateway tables that are more specific than a CIDR of a network that is reached from there, with
 * another target than the route that leads to this CIDR; by table, then destination. A route to nowhere (blackhole) is
 * somewhere else too.
 */
export function routeShadowsOf({ networks, reach, routeTables, transitTables }: ShadowWorld): RouteShadow[] {
  const owners = new Map<string, { cidr: Prefix; networks: Network[] }>();
  for (const network of networks)
    for (const cidr of network.cidrs) {
      const known = owners.get(cidr.toString());
      if (known) known.networks.push(network);
      else owners.set(cidr.toString(), { cidr, networks: [network] });
    }
  const byCidr = PrefixMap.of([...owners.values()].map((one) => [one.cidr, one.networks] as const));
  const domains = new Map(networks.map(({ id, routingDomainId }) => [id, routingDomainId]));
  const found: RouteShadow[] = [];
  const look = (table: string, routes: readonly Route[], reached: (network: Network) => boolean): void => {
    const ways = PrefixMap.of(routes.map(({ destination, target }) => [destination, target]));
    for (const { destination, target } of routes) {
      // the innermost network around it is whose addresses it takes
      for (const { prefix: cidr, value: around } of byCidr.supernetsOf(destination).reverse()) {
        if (cidr.length === destination.length) continue;
        const expected = ways.supernetsOf(cidr).at(-1)?.value;
        const network = around.find(reached);
        if (!network || expected === undefined || expected === target) continue;
        const subject = `${table} ${destination}`;
        found.push({ subject, table, destination, target, network, cidr, expected });
        break;
      }
    }
  };
  for (const { id, body } of routeTables) {
    const own = domains.get(body.vpcId);
    if (own === undefined) continue;
    const routes = body.routes.flatMap(({ destination, target, origin }) =>
      origin === 'local' ? [] : routeOf(destination, target || 'nowhere'),
    );
    look(id, routes, (network) => network.id !== body.vpcId && reach.connects(own, network.routingDomainId));
  }
  for (const { id, body } of transitTables) {
    const led = new Set(reach.behind([id]));
    const routes = body.routes.flatMap(({ destination, attachments }) =>
      routeOf(destination, attachments.join(', ') || 'nowhere'),
    );
    look(id, routes, (network) => led.has(network.routingDomainId));
  }
  return found.sort((a, b) =>
    a.table < b.table ? -1 : a.table > b.table ? 1 : a.destination.compare(b.destination),
  );
}

/** None for a prefix list. */
function routeOf(destination: string, target: string): Route[] {
  const parsed = Prefix.parse(destination);
  return parsed.ok ? [{ destination: parsed.value, target }] : [];
}
