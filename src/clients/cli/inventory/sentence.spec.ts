import { describeChange } from './sentence.js';

const change = (more: Partial<Parameters<typeof describeChange>[0]>) =>
  describeChange({
    action: 'vpc.changed',
    kind: 'VPC',
    resourceId: 'vpc-1',
    name: 'shop',
    path: 'state',
    old: null,
    new: null,
    ...more,
  });

const END = { vpcId: 'vpc-2', account: '111122223333', region: 'eu-west-1' };
const ofPeering = { kind: 'VPC_PEERING', resourceId: 'pcx-1', name: null } as const;
const endChanged = { ...ofPeering, action: 'peering.changed', path: 'accepter' } as const;

const ROUTE = { destination: '10.0.0.0/8', target: 'vgw-1', origin: 'propagated', state: 'active' };
const inTable = { kind: 'ROUTE_TABLE', resourceId: 'rtb-1', name: null, path: 'routes' } as const;

it.each([
  [
    change({ ...inTable, action: 'route.added', new: ROUTE }),
    'route to 10.0.0.0/8 via vgw-1 added (propagated) in rtb-1',
  ],
  [
    change({
      ...inTable,
      action: 'route.replaced',
      old: ROUTE,
      new: { ...ROUTE, target: 'pcx-1', origin: 'static' },
    }),
    'route to 10.0.0.0/8 now via pcx-1 (static), was via vgw-1 (propagated) in rtb-1',
  ],
  [
    change({ ...inTable, action: 'route.blackholed', old: ROUTE, new: ROUTE }),
    'route to 10.0.0.0/8 via vgw-1 turned into a blackhole in rtb-1',
  ],
  [
    change({ ...inTable, action: 'gateway.propagation_enabled', path: 'propagatingGateways', new: 'vgw-1' }),
    'vgw-1 propagation enabled, route table rtb-1',
  ],
  [
    change({
      action: 'vpc.cidr_associated',
      path: 'cidrs',
      new: { cidr: '10.1.0.0/16', state: 'associated' },
    }),
    '10.1.0.0/16 associated, vpc vpc-1 "shop"',
  ],
  [
    change({
      action: 'vpc.created',
      path: '',
      new: { cidrs: [{ cidr: '10.0.0.0/16', state: 'associated' }] },
    }),
    'vpc vpc-1 "shop" created: 10.0.0.0/16',
  ],
  [change({ action: 'vpc.missing', path: '' }), 'vpc vpc-1 "shop" is not listed any more'],
  [
    change({ action: 'vpc.changed', old: 'pending', new: 'available' }),
    'state of vpc vpc-1 "shop": pending → available',
  ],
  [
    change({ action: 'tags.changed', path: 'tags', old: { a: '1', b: '2' }, new: { b: '3', c: '' } }),
    'tags of vpc vpc-1 "shop": -a=1, b=2 → 3, +c=none',
  ],
  [
    change({
      kind: 'VPC_PEERING',
      resourceId: 'pcx-1',
      name: null,
      action: 'peering.accepted',
      path: 'status',
      old: 'pending-acceptance',
      new: 'active',
    }),
    'vpc peering pcx-1 accepted, was pending-acceptance',
  ],
  [change({ ...ofPeering, action: 'peering.missing', path: '' }), 'vpc peering pcx-1 is not listed any more'],
  [
    change({
      ...endChanged,
      old: { ...END, cidrs: ['10.0.0.0/16'] },
      new: { ...END, cidrs: ['10.0.0.0/16', '10.1.0.0/16'] },
    }),
    'accepter of vpc peering pcx-1: 10.0.0.0/16 → 10.0.0.0/16, 10.1.0.0/16',
  ],
  [
    change({
      ...endChanged,
      old: { ...END, cidrs: ['10.0.0.0/16'] },
      new: { ...END, vpcId: 'vpc-3', cidrs: ['10.0.0.0/16'] },
    }),
    'accepter of vpc peering pcx-1: vpcId vpc-2 → vpc-3',
  ],
  [change({ ...endChanged, old: { ...END, cidrs: [] }, new: { ...END, cidrs: ['10.0.0.0/16'] } }), ''],
  [
    change({
      kind: 'PREFIX_LIST',
      resourceId: 'pl-1',
      name: 'sites',
      action: 'prefix_list.renamed',
      path: 'name',
      old: 'offices',
      new: 'sites',
    }),
    'prefix list pl-1 renamed: offices → sites',
  ],
  [
    change({ action: 'inventory.baseline', kind: 'CUSTOMER_GATEWAY', path: '', new: 3 }),
    'first list of customer gateways: 3, from now on compared',
  ],
])('%s', (said, expected) => expect(said).toBe(expected));
