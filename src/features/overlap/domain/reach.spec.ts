import { ReachPairs } from '../../../../test/golden/reach-pairs.js';
import { EMPTY_WORLD, randomReachWorld } from '../../../../test/support/reach-worlds.js';
import { edgesOf, type ReachWorld } from './reach-edges.js';
import { Reach } from './reach.js';

const worldOf = (given: Partial<ReachWorld>): ReachWorld => ({ ...EMPTY_WORLD, ...given });
const ways = (reach: Reach, a: number, b: number): string[] =>
  reach.between(a, b).map(({ how, resource }) => `${how} ${resource}`);

const attachment = (id: string, resourceType: string, resourceId: string, transitGatewayId = 'tgw-1') => ({
  id,
  body: {
    transitGatewayId,
    transitGatewayOwnerId: '111122223333',
    resourceType,
    resourceId,
    resourceOwnerId: '111122223333',
    state: 'available',
    associatedRouteTable: null,
  },
});
const table = (
  id: string,
  associations: string[],
  propagations: string[],
  routes: string[] = [],
  gateway = 'tgw-1',
) => ({
  id,
  body: {
    transitGatewayId: gateway,
    state: 'available',
    associations,
    propagations,
    routes: routes.map((one) => ({
      destination: '10.0.0.0/8',
      type: 'static' as const,
      state: 'active',
      attachments: [one],
    })),
  },
});

describe('Reach', () => {
  it('follows one direction of a transit gateway from route table to route table', () => {
    const reach = Reach.of(
      edgesOf(
        worldOf({
          networks: ['vpc-a', 'vpc-b', 'vpc-c'].map((id, i) => ({ id, routingDomainId: i + 1 })),
          attachments: [
            attachment('att-a', 'vpc', 'vpc-a'),
            attachment('att-p', 'peering', 'tgw-2'),
            attachment('att-p', 'peering', 'tgw-1', 'tgw-2'),
            attachment('att-b', 'vpc', 'vpc-b', 'tgw-2'),
            attachment('att-c', 'vpc', 'vpc-c', 'tgw-2'),
          ],
          routeTables: [
            table('rtb-1', ['att-a'], [], ['att-p']),
            table('rtb-2', ['att-p'], ['att-b'], [], 'tgw-2'),
            table('rtb-3', ['att-b'], ['att-c'], [], 'tgw-2'),
          ],
        }),
      ),
    );
    expect(ways(reach, 1, 2)).toEqual(['TRANSIT_GATEWAY tgw-1']);
    expect(ways(reach, 2, 1)).toEqual(['TRANSIT_GATEWAY tgw-1']);
    expect(ways(reach, 1, 3)).toEqual([]);
    expect(reach.neighbours(2)).toEqual([1, 3]);
  });

  it('knows a site by its customer gateway, and a peering only when it is active', () => {
    const end = (vpcId: string) => ({ vpcId, account: '', region: '', cidrs: [] });
    const reach = Reach.of(
      edgesOf(
        worldOf({
          networks: ['vpc-a', 'vpc-b', 'site'].map((id, i) => ({ id, routingDomainId: i + 1 })),
          externals: [{ id: 'site', body: { gateways: ['cgw-1'] } }],
          vpnGateways: [{ id: 'vgw-1', body: { attachments: [{ vpcId: 'vpc-a', state: 'attached' }] } }],
          vpnConnections: [
            {
              id: 'vpn-1',
              body: {
                state: 'available',
                vpnGatewayId: 'vgw-1',
                transitGatewayId: null,
                customerGatewayId: 'cgw-1',
              },
            },
          ],
          peerings: [
            {
              id: 'pcx-1',
              body: { status: 'pending-acceptance', requester: end('vpc-a'), accepter: end('vpc-b') },
            },
          ],
        }),
      ),
    );
    expect(ways(reach, 3, 1)).toEqual(['VPN vpn-1']);
    expect(ways(reach, 1, 2)).toEqual([]);
  });

  it('keeps 5,000 attachments to one table as steps, not as pairs', () => {
    const ids = Array.from({ length: 5000 }, (_, i) => i);
    const edges = edgesOf(
      worldOf({
        networks: ids.map((i) => ({ id: `vpc-${i}`, routingDomainId: i })),
        attachments: ids.map((i) => attachment(`att-${i}`, 'vpc', `vpc-${i}`)),
        routeTables: [
          table(
            'rtb-1',
            ids.map((i) => `att-${i}`),
            ids.map((i) => `att-${i}`),
          ),
        ],
      }),
    );
    expect(edges).toHaveLength(10_000);
    const reach = Reach.of(edges);
    expect(reach.neighbours(17)).toHaveLength(4999);
    expect(reach.connectsAny(new Set(ids), new Set([17]))).toBe(true);
    expect(reach.connectsAny(new Set([17]), new Set([17]))).toBe(false);
  });

  it('has of random worlds the pairs that following every packet finds', () => {
    let connected = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const world = randomReachWorld(seed);
      const reach = Reach.of(edgesOf(world));
      const slow = new ReachPairs(world);
      const domains = [...new Set(world.networks.map(({ routingDomainId }) => routingDomainId))];
      for (const a of domains) {
        const near = domains.filter((b) => slow.between(a, b).length > 0);
        expect({ seed, a, near: reach.neighbours(a) }).toEqual({ seed, a, near: near.sort((x, y) => x - y) });
        for (const b of domains) {
          const expected = slow.between(a, b);
          connected += expected.length;
          expect({ seed, a, b, ways: ways(reach, a, b).sort() }).toEqual({ seed, a, b, ways: expected });
          expect(reach.connects(a, b)).toBe(expected.length > 0);
          expect(reach.connectsAny(new Set([a]), new Set([b]))).toBe(expected.length > 0);
        }
      }
    }
    expect(connected).toBeGreaterThan(250);
  });
});
