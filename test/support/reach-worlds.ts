import { pickFrom, randomOf } from '../../bench/harness/random.js';
import type { ReachWorld } from '../../src/features/overlap/domain/reach-edges.js';

export const EMPTY_WORLD: ReachWorld = {
  networks: [],
  externals: [],
  peerings: [],
  attachments: [],
  routeTables: [],
  vpnGateways: [],
  vpnConnections: [],
  links: [],
};

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** A small world with everything that connects, at random; some of it not active. */
export function randomReachWorld(seed: number): ReachWorld {
  const random = randomOf(seed);
  const maybe = (share: number): boolean => random() < share;
  const some = <T>(all: readonly T[], share: number): T[] => all.filter(() => maybe(share));
  const vpcs = times(5, (i) => `vpc-${i}`);
  const sites = times(2, (i) => `site-${i}`);
  const gateways = times(3, (i) => `tgw-${i}`);
  const end = (vpcId: string) => ({ vpcId, account: '', region: '', cidrs: [] });
  const attached = gateways.flatMap((transitGatewayId, g) =>
    [
      ...some(vpcs, 0.4).map((resourceId) => ({
        resourceType: 'vpc',
        resourceId,
        id: `att-${g}-${resourceId}`,
      })),
      ...(maybe(0.4) ? [{ resourceType: 'vpn', resourceId: `vpn-${g}`, id: `att-${g}-vpn` }] : []),
      ...(maybe(0.3)
        ? [{ resourceType: 'direct-connect-gateway', resourceId: 'dxgw-0', id: `att-${g}-dx` }]
        : []),
    ].map((one) => ({ ...one, transitGatewayId })),
  );
  const peered = gateways.flatMap((one, i) =>
    gateways.slice(i + 1).flatMap((other) => {
      if (!maybe(0.6)) return [];
      const peering = { id: `att-${one}-${other}`, resourceType: 'peering' };
      return [
        { ...peering, transitGatewayId: one, resourceId: other },
        { ...peering, transitGatewayId: other, resourceId: one },
      ];
    }),
  );
  const all = [...attached, ...peered];
  const tables = gateways.flatMap((gateway, g) => times(2, (t) => ({ id: `rtb-${g}-${t}`, gateway })));
  const associated = new Map(
    all.map((one) => [
      one,
      maybe(0.8)
        ? pickFrom(
            random,
            tables.filter(({ gateway }) => gateway === one.transitGatewayId),
          ).id
        : null,
    ]),
  );
  return {
    networks: [
      ...vpcs.map((id, i) => ({ id, routingDomainId: i === 4 ? 4 : i + 1 })),
      ...sites.map((id, i) => ({ id, routingDomainId: 10 + i })),
    ],
    externals: sites.map((id) => ({
      id,
      body: { gateways: some(['cgw-0', 'cgw-1', 'vpn-2', 'dxgw-0'], 0.4) },
    })),
    peerings: times(3, (i) => ({
      id: `pcx-${i}`,
      body: {
        status: maybe(0.7) ? 'active' : 'pending-acceptance',
        requester: end(pickFrom(random, vpcs)),
        accepter: end(pickFrom(random, vpcs)),
      },
    })),
    attachments: all.map((one) => ({
      id: one.id,
      body: {
        ...one,
        transitGatewayOwnerId: '',
        resourceOwnerId: '',
        state: maybe(0.9) ? 'available' : 'deleting',
        // either the attachment or the table says so, or both
        associatedRouteTable: maybe(0.5) ? associated.get(one)! : null,
      },
    })),
    routeTables: tables.map(({ id, gateway }) => {
      const own = all.filter((one) => one.transitGatewayId === gateway);
      return {
        id,
        body: {
          transitGatewayId: gateway,
          state: 'available',
          associations: own.filter((one) => associated.get(one) === id && maybe(0.8)).map((one) => one.id),
          propagations: some(
            own.filter(({ resourceType }) => resourceType !== 'peering'),
            0.4,
          ).map((one) => one.id),
          routes: some(own, 0.3).map((one) => ({
            destination: '10.0.0.0/8',
            type: 'static' as const,
            state: 'active',
            attachments: [one.id],
          })),
        },
      };
    }),
    vpnGateways: [
      {
        id: 'vgw-0',
        body: {
          attachments: some(vpcs, 0.4).map((vpcId) => ({
            vpcId,
            state: maybe(0.8) ? 'attached' : 'detached',
          })),
        },
      },
    ],
    vpnConnections: times(3, (i) => ({
      id: `vpn-${i}`,
      body: {
        state: maybe(0.8) ? 'available' : 'deleted',
        vpnGatewayId: maybe(0.5) ? 'vgw-0' : null,
        transitGatewayId: null,
        customerGatewayId: `cgw-${i % 2}`,
      },
    })),
    links: maybe(0.5) ? [{ id: 'link_1', aId: 2, bId: 10 }] : [],
  };
}
