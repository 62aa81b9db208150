import { Address } from '../address.js';
import { Prefix } from '../prefix.js';
import {
  chooseRoute,
  chooseTransitRoute,
  mayHoldRoutes,
  mayRoute,
  prefixListWeight,
  type RouteKind,
  routeTableUsage,
  type RouteTarget,
  type TableRoute,
  type TransitRoute,
  type TransitRouteKind,
} from './index.js';

const p = (text: string) => Prefix.must(text);
const route = (destination: string, kind: RouteKind, target: string): TableRoute => ({
  table: 'rtb-1',
  destination: p(destination),
  kind,
  target,
});
const list = (id: string, target: string, entries: string[], maxEntries: number | null = 10): TableRoute => ({
  table: 'rtb-1',
  destination: { list: id, name: null, family: 4, maxEntries, entries: entries.map(p) },
  kind: 'prefix_list',
  target,
});
const targets = (routes: TableRoute[], to: string) => {
  const chosen = chooseRoute(routes, Address.must(to));
  if (chosen.choice === 'NONE') return chosen.choice;
  return chosen.choice === 'ONE'
    ? chosen.route.target
    : `${chosen.choice} ${chosen.routes.map(({ target }) => target).join(' ')}`;
};

describe('The route of a VPC route table', () => {
  const byPriority = [
    route('10.9.0.0/16', 'static', 'pcx'),
    list('pl-1', 'tgw', ['10.9.0.0/16']),
    route('10.9.0.0/16', 'direct_connect_bgp', 'vgw-dx'),
    route('10.9.0.0/16', 'vpn_static', 'vgw-static'),
    route('10.9.0.0/16', 'vpn_bgp', 'vgw-bgp'),
  ];

  it('to one destination is static, then a prefix list, Direct Connect, VPN static, VPN BGP', () => {
    const order = byPriority.map((_, index) => targets(byPriority.slice(index).reverse(), '10.9.1.1'));
    expect(order).toEqual(['pcx', 'tgw', 'vgw-dx', 'vgw-static', 'vgw-bgp']);
  });

  it('is the most specific, whatever its kind', () => {
    expect(targets([...byPriority, route('10.9.1.0/24', 'vpn_bgp', 'specific')], '10.9.1.1')).toBe(
      'specific',
    );
    const routes = [route('10.10.2.15/32', 'static', 'one'), route('10.10.2.0/24', 'static', 'many')];
    expect(targets(routes, '10.10.2.15')).toBe('one');
    expect(targets(routes, '10.10.2.16')).toBe('many');
    expect(targets(routes, '10.10.3.1')).toBe('NONE');
  });

  it('is local before any propagated one, also a more specific one', () => {
    const routes = [route('10.2.0.0/16', 'local', 'local'), route('10.2.4.0/24', 'vpn_bgp', 'vgw')];
    expect(targets(routes, '10.2.4.1')).toBe('local');
    expect(chooseRoute(routes, Address.must('10.2.4.1'))).toMatchObject({ reason: { rule: 'route.local' } });
    expect(targets([...routes, route('10.2.4.0/24', 'static', 'eni')], '10.2.4.1')).toBe('eni');
  });

  it('is for AWS to decide between prefix lists that overlap', () => {
    const routes = [list('pl-1', 'tgw-1', ['10.9.0.0/16']), list('pl-2', 'tgw-2', ['10.9.1.0/24'])];
    expect(targets(routes, '10.9.1.1')).toBe('AWS_DECIDES tgw-1 tgw-2');
    expect(targets(routes, '10.9.2.1')).toBe('tgw-1');
    const same = [list('pl-1', 'tgw-1', ['10.9.0.0/16']), list('pl-2', 'tgw-1', ['10.9.1.0/24'])];
    expect(targets(same, '10.9.1.1')).toBe('tgw-1');
    expect(targets([...routes, route('10.9.1.0/24', 'static', 'pcx')], '10.9.1.1')).toBe('pcx');
  });

  it('is for AWS to decide between equals', () => {
    const routes = [route('10.9.0.0/16', 'vpn_bgp', 'vgw-1'), route('10.9.0.0/16', 'vpn_bgp', 'vgw-2')];
    expect(targets(routes, '10.9.1.1')).toBe('AWS_DECIDES vgw-1 vgw-2');
  });
});

describe('The route of a transit gateway', () => {
  const transit = (
    kind: TransitRouteKind,
    attachment: string,
    more: Partial<TransitRoute> = {},
  ): TransitRoute => ({
    destination: p('10.9.0.0/16'),
    kind,
    attachment,
    ...more,
  });
  const choose = (...routes: TransitRoute[]) => {
    const chosen = chooseTransitRoute(routes, Address.must('10.9.1.1'));
    if (chosen.choice === 'NONE') return chosen.choice;
    return chosen.choice === 'ONE'
      ? chosen.route.attachment
      : `${chosen.choice} ${chosen.routes.map(({ attachment }) => attachment).join(' ')}`;
  };

  it('comes in the order of kinds', () => {
    const kinds: TransitRouteKind[] = [
      'static',
      'prefix_list',
      'vpc',
      'direct_connect_gateway',
      'connect',
      'private_vpn',
      'vpn',
      'vpn_concentrator',
      'client_vpn',
      'peering',
    ];
    const routes = kinds.map((kind) => transit(kind, kind));
    expect(kinds.map((_, index) => choose(...routes.slice(index).reverse()))).toEqual(kinds);
    expect(
      choose(transit('static', 'static'), transit('peering', 'specific', { destination: p('10.9.1.0/24') })),
    ).toBe('specific');
    expect(choose()).toBe('NONE');
  });

  it('then goes by path length, MED, and external before internal', () => {
    const long = transit('vpn', 'long', { pathLength: 3, med: 0 });
    const short = transit('vpn', 'short', { pathLength: 1, med: 200 });
    expect(choose(long, short)).toBe('short');
    // a VPN route without MED has 100
    expect(choose(transit('vpn', 'none'), transit('vpn', 'lower', { med: 99 }))).toBe('lower');
    expect(choose(transit('vpn', 'none'), transit('vpn', 'higher', { med: 101 }))).toBe('none');
    expect(
      choose(transit('direct_connect_gateway', 'none'), transit('direct_connect_gateway', 'one', { med: 1 })),
    ).toBe('none');
    expect(
      choose(transit('vpn', 'internal', { external: false }), transit('vpn', 'external', { external: true })),
    ).toBe('external');
  });

  it('is shared between equal VPN, Connect and Direct Connect routes, not between VPCs or peerings', () => {
    for (const kind of ['vpn', 'connect', 'direct_connect_gateway'] as const) {
      expect(choose(transit(kind, 'one'), transit(kind, 'two'))).toBe('SHARED one two');
    }
    for (const kind of ['vpc', 'peering'] as const) {
      expect(choose(transit(kind, 'one'), transit(kind, 'two'))).toBe('AWS_DECIDES one two');
    }
  });
});

describe('A route inside the VPC', () => {
  const vpc = {
    blocks: ['10.2.0.0/16', '2600:1f00::/56'].map(p),
    subnets: ['10.2.4.0/24', '2600:1f00::/64'].map(p),
  };
  const judge = (destination: string, target: RouteTarget, use: 'subnet' | 'gateway' = 'subnet') =>
    mayRoute({ destination: p(destination), target }, vpc, use).verdict;

  it.each([
    ['10.2.4.0/24', 'network_interface', 'ALLOWED'],
    ['10.2.4.0/24', 'nat_gateway', 'ALLOWED'],
    ['10.2.4.0/24', 'gateway_load_balancer_endpoint', 'ALLOWED'],
    ['2600:1f00::/64', 'network_interface', 'ALLOWED'],
    ['10.2.0.0/16', 'local', 'ALLOWED'],
    ['10.2.4.0/24', 'transit_gateway', 'REFUSED'],
    ['10.2.4.0/25', 'network_interface', 'REFUSED'],
    ['10.2.4.0/23', 'network_interface', 'REFUSED'],
    ['10.0.0.0/8', 'transit_gateway', 'ALLOWED'],
    ['10.3.0.0/16', 'transit_gateway', 'ALLOWED'],
    ['169.254.168.0/22', 'network_interface', 'REFUSED'],
    ['169.254.169.253/32', 'network_interface', 'REFUSED'],
    ['fd00:ec2::254/128', 'network_interface', 'REFUSED'],
  ] as const)('%s to %s is %s', (destination, target, verdict) => {
    expect(judge(destination, target)).toBe(verdict);
  });

  it('covers what is dropped with a warning', () => {
    const judged = mayRoute({ destination: p('169.254.0.0/16'), target: 'network_interface' }, vpc);
    expect(judged.verdict).toBe('ALLOWED');
    expect(judged.warnings).toHaveLength(1);
  });

  it.each([
    ['10.2.0.0/16', 'network_interface', 'ALLOWED'],
    ['10.2.4.0/24', 'gateway_load_balancer_endpoint', 'ALLOWED'],
    ['10.2.4.0/24', 'local', 'ALLOWED'],
    ['10.2.4.0/24', 'nat_gateway', 'REFUSED'],
    ['10.2.4.0/25', 'network_interface', 'REFUSED'],
    ['0.0.0.0/0', 'network_interface', 'REFUSED'],
  ] as const)("of a gateway's table, %s to %s is %s", (destination, target, verdict) => {
    expect(judge(destination, target, 'gateway')).toBe(verdict);
  });

  it("of a gateway's table is no prefix list", () => {
    const { destination } = list('pl-1', 'eni', []);
    expect(mayRoute({ destination, target: 'network_interface' }, vpc, 'gateway').verdict).toBe('REFUSED');
    expect(mayRoute({ destination, target: 'network_interface' }, vpc).verdict).toBe('ALLOWED');
  });
});

describe('Routes of a table', () => {
  it.each([
    ['com.amazonaws.eu-west-1.s3', 1],
    ['com.amazonaws.eu-west-1.dynamodb', 1],
    ['com.amazonaws.global.cloudfront.origin-facing', 55],
    ['com.amazonaws.global.ipv6.cloudfront.origin-facing', 55],
    ['com.amazonaws.eu-west-1.route53-healthchecks', 25],
    ['com.amazonaws.eu-west-1.ipv6.route53-healthchecks', 25],
    ['com.amazonaws.eu-west-1.s3express', 6],
    ['com.amazonaws.eu-west-1.vpc-lattice', 10],
    ['com.amazonaws.global.groundstation', 5],
    ['com.amazonaws.eu-west-1.ec2-instance-connect', 2],
    ['com.amazonaws.eu-west-1.secretsmanager-managed-external-secrets', 20],
    ['com.amazonaws.eu-west-1.constructor', null],
  ])('%s counts %p', (name, weight) => {
    expect(prefixListWeight({ name, maxEntries: null })).toBe(weight);
  });

  it('count local, static and the most entries of lists, each family and propagated ones apart', () => {
    const routes = [
      route('10.2.0.0/16', 'local', 'local'),
      route('0.0.0.0/0', 'static', 'igw'),
      list('pl-1', 'tgw', ['10.9.0.0/16'], 40),
      route('10.8.0.0/16', 'vpn_bgp', 'vgw'),
      route('10.7.0.0/16', 'direct_connect_bgp', 'vgw'),
      route('::/0', 'static', 'igw'),
    ];
    expect(routeTableUsage(routes, 4)).toEqual([
      { table: 'rtb-1', family: 4, routes: 42, propagated: 2, unknown: [] },
    ]);
    expect(routeTableUsage(routes, 6)).toEqual([
      { table: 'rtb-1', family: 6, routes: 1, propagated: 0, unknown: [] },
    ]);
    expect(mayHoldRoutes(routes).verdict).toBe('ALLOWED');
    expect(mayHoldRoutes(routes, { routes: 42 }).verdict).toBe('ALLOWED');
    expect(mayHoldRoutes(routes, { routes: 41 })).toMatchObject({
      verdict: 'REFUSED',
      reasons: [{ rule: 'quota' }],
    });
    expect(mayHoldRoutes(routes, { propagatedRoutes: 1 }).verdict).toBe('REFUSED');
  });

  it('are for AWS to decide with a list of unknown weight', () => {
    expect(mayHoldRoutes([list('pl-9', 'tgw', [], null)])).toMatchObject({
      verdict: 'AWS_DECIDES',
      reasons: [{ rule: 'route.count', message: 'rtb-1 refers to prefix lists of unknown weight: pl-9' }],
    });
  });
});
