import type { INestApplicationContext } from '@nestjs/common';
import { InventoryStore, type ObservedKind, Swept } from '../../src/features/inventory/index.js';
import type { Instant } from '../../src/platform/context/instant.js';
import { systemContext } from '../../src/platform/context/request-context.js';
import { observed } from './inventory.js';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const ctx = systemContext('test');

export interface SeenObject {
  readonly kind: ObservedKind;
  readonly id: string;
  readonly vpcId?: string;
  readonly name?: string;
  readonly prefixes?: readonly string[];
  readonly body: object;
}

/** Lets the service believe that one account and region was swept and looks like this; all lists are good. */
export async function sweep(
  app: INestApplicationContext,
  at: Instant,
  objects: readonly SeenObject[],
): Promise<void> {
  const store = app.get(InventoryStore);
  const [scope] = await store.ensureScopes(ctx, [{ account: ACCOUNT, region: REGION }]);
  for (const kind of KINDS) {
    const list = await store.openList(ctx, scope!, kind, at, () => Promise.resolve());
    const page = objects
      .filter((one) => one.kind === kind)
      .map(({ id, body, vpcId = null, name = null, prefixes = [] }) =>
        observed(kind, id, body as never, { vpcId, name, prefixes }),
      );
    await list.page({ objects: page, available: [] });
    await list.complete();
  }
  expect(await app.get(Swept).announce(ctx, [{ ...scope!, beganAt: at, good: [...KINDS] }])).toEqual([]);
}

const KINDS = [
  'vpc',
  'route_table',
  'vpc_peering',
  'transit_gateway_attachment',
  'transit_gateway_route_table',
  'vpn_gateway',
  'vpn_connection',
  'network_interface',
] as const;

export function vpc(id: string, cidrs: readonly string[], tags: Record<string, string> = {}): SeenObject {
  const body = {
    state: 'available',
    ownerId: ACCOUNT,
    isDefault: false,
    primary: cidrs[0] ?? null,
    cidrs: cidrs.map((cidr) => ({ cidr, state: 'associated' })),
    tags,
  };
  return { kind: 'vpc', id, vpcId: id, name: tags.Name, prefixes: cidrs, body };
}

export function peering(id: string, a: string, b: string, status = 'active'): SeenObject {
  const end = (vpcId: string) => ({ vpcId, account: ACCOUNT, region: REGION, cidrs: [] });
  return { kind: 'vpc_peering', id, body: { status, requester: end(a), accepter: end(b), tags: {} } };
}

/** An attachment of a VPC, which `attachedTo` looks up its packets in. */
export function attachment(id: string, vpcId: string, table: string): SeenObject {
  const body = {
    transitGatewayId: 'tgw-1',
    transitGatewayOwnerId: ACCOUNT,
    resourceType: 'vpc',
    resourceId: vpcId,
    resourceOwnerId: ACCOUNT,
    state: 'available',
    associatedRouteTable: table,
    tags: {},
  };
  return { kind: 'transit_gateway_attachment', id, body };
}

export function transitTable(id: string, attachments: readonly string[]): SeenObject {
  const body = {
    transitGatewayId: 'tgw-1',
    state: 'available',
    associations: attachments,
    propagations: attachments,
    routes: [],
    tags: {},
  };
  return { kind: 'transit_gateway_route_table', id, body };
}

export function routeTable(id: string, vpcId: string, routes: Readonly<Record<string, string>>): SeenObject {
  const body = {
    vpcId,
    ownerId: ACCOUNT,
    main: true,
    subnets: [],
    gateways: [],
    routes: Object.entries(routes).map(([destination, target]) => ({
      destination,
      target,
      origin: target === 'local' ? 'local' : 'static',
      state: 'active',
    })),
    propagatingGateways: [],
    tags: {},
  };
  return { kind: 'route_table', id, vpcId, body };
}

export function networkInterface(id: string, vpcId: string, ...prefixes: string[]): SeenObject {
  const body = { vpcId, subnetId: 'subnet-1', description: '', tags: {} };
  return { kind: 'network_interface', id, vpcId, prefixes, body };
}
