import { networkOf } from '../../../../test/support/networks.js';
import type { Route } from '../../inventory/index.js';
import { Reach } from './reach.js';
import { routeShadowsOf } from './route-shadows.js';

const [OWN, PEER, OTHER] = [
  networkOf('vpc-own', 1, '10.0.0.0/16'),
  networkOf('vpc-peer', 2, '10.1.0.0/16'),
  networkOf('vpc-other', 3, '10.2.0.0/16'),
];
const REACH = Reach.of([
  { from: 1, to: 2, how: 'PEERING', resource: 'pcx-1' },
  { from: 'rtb-t', to: 3, how: 'TRANSIT_GATEWAY', resource: 'tgw-1' },
]);
const route = (destination: string, target: string, origin: Route['origin'] = 'static'): Route => ({
  destination,
  target,
  origin,
  state: 'active',
});
const shadows = (...routes: Route[]) =>
  routeShadowsOf({
    networks: [OWN, PEER, OTHER],
    reach: REACH,
    routeTables: [
      {
        id: 'rtb-1',
        body: { vpcId: 'vpc-own', routes: [route('10.0.0.0/16', 'local', 'local'), ...routes] },
      },
    ],
    transitTables: [],
  }).map(
    ({ subject, network, cidr, target, expected }) =>
      `${subject} ${network.id} ${cidr}: ${target}, not ${expected}`,
  );

it('finds a more specific route that leaves the way to a reachable network', () => {
  expect(shadows(route('10.1.0.0/16', 'pcx-1'), route('10.1.7.0/24', 'eni-1', 'propagated'))).toEqual([
    'rtb-1 10.1.7.0/24 vpc-peer 10.1.0.0/16: eni-1, not pcx-1',
  ]);
  expect(shadows(route('10.0.0.0/8', 'pcx-1'), route('10.1.0.0/17', ''))).toEqual([
    'rtb-1 10.1.0.0/17 vpc-peer 10.1.0.0/16: nowhere, not pcx-1',
  ]);
});

it('finds none where the way is the same, the network is not reached, or nothing leads to it', () => {
  expect(shadows(route('10.1.0.0/16', 'pcx-1'), route('10.1.7.0/24', 'pcx-1'))).toEqual([]);
  expect(shadows(route('10.2.0.0/16', 'vgw-1'), route('10.2.7.0/24', 'eni-1'))).toEqual([]);
  expect(shadows(route('10.1.7.0/24', 'eni-1'), route('pl-1', 'eni-2'))).toEqual([]);
  // a middlebox in the own VPC
  expect(shadows(route('10.0.1.0/24', 'eni-1'))).toEqual([]);
});

it('looks into route tables of transit gateways', () => {
  const to = (destination: string, ...attachments: string[]) =>
    ({ destination, type: 'static', state: 'active', attachments }) as const;
  const found = routeShadowsOf({
    networks: [OWN, PEER, OTHER],
    reach: REACH,
    routeTables: [],
    transitTables: [
      {
        id: 'rtb-t',
        body: { routes: [to('10.2.0.0/16', 'att-3'), to('10.2.9.0/24', 'att-9'), to('10.2.8.0/24')] },
      },
    ],
  });
  expect(found.map(({ subject, target }) => `${subject} ${target}`)).toEqual([
    'rtb-t 10.2.8.0/24 nowhere',
    'rtb-t 10.2.9.0/24 att-9',
  ]);
});
