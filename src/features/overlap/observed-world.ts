import { Injectable } from '@nestjs/common';
import {
  type CurrentObject,
  InventoryReads,
  type Network,
  NetworksService,
  type ObservedBodies,
  type RouteTableBody,
  type StoredKind,
} from '../inventory/index.js';
import { DomainLinksService } from '../routing-domains/index.js';
import { Reach, type ReachEdge } from './domain/reach.js';
import { edgesOf, type Observed, type ReachWorld } from './domain/reach-edges.js';

/** Networks and what connects them, as they are observed and declared now. */
export interface World {
  readonly networks: readonly Network[];
  readonly edges: readonly ReachEdge[];
  readonly reach: Reach;
}

/** Also what routes are made of. */
export interface RoutedWorld extends World {
  readonly routeTables: readonly Observed<RouteTableBody>[];
  readonly transitTables: ReachWorld['routeTables'];
}

const CONNECTING = [
  'external_network',
  'vpc_peering',
  'transit_gateway_attachment',
  'transit_gateway_route_table',
  'vpn_gateway',
  'vpn_connection',
] as const satisfies readonly StoredKind[];

/** Reads what reach and overlaps follow from: three statements, whatever their number; thousands of objects. */
@Injectable()
export class ObservedWorld {
  constructor(
    private readonly networks: NetworksService,
    private readonly objects: InventoryReads,
    private readonly links: DomainLinksService,
  ) {}

  async read(): Promise<World> {
    return this.worldOf(await this.objects.current({ kinds: CONNECTING }));
  }

  async readRouted(): Promise<RoutedWorld> {
    const objects = await this.objects.current({ kinds: [...CONNECTING, 'route_table'] });
    return {
      ...(await this.worldOf(objects)),
      routeTables: ofKind(objects, 'route_table'),
      transitTables: ofKind(objects, 'transit_gateway_route_table'),
    };
  }

  private async worldOf(objects: readonly CurrentObject[]): Promise<World> {
    const [networks, links] = await Promise.all([this.networks.current(), this.links.all()]);
    const edges = edgesOf({
      networks,
      links,
      externals: ofKind(objects, 'external_network'),
      peerings: ofKind(objects, 'vpc_peering'),
      attachments: ofKind(objects, 'transit_gateway_attachment'),
      routeTables: ofKind(objects, 'transit_gateway_route_table'),
      vpnGateways: ofKind(objects, 'vpn_gateway'),
      vpnConnections: ofKind(objects, 'vpn_connection'),
    });
    return { networks, edges, reach: Reach.of(edges) };
  }
}

/** The store gives a body as it was written, which discovery's types are of. */
function ofKind<Kind extends StoredKind>(
  objects: readonly CurrentObject[],
  kind: Kind,
): Observed<ObservedBodies[Kind]>[] {
  return objects
    .filter((one) => one.kind === kind)
    .map(({ id, body }) => ({ id, body: body as unknown as ObservedBodies[Kind] }));
}
