import { Prefix } from '../../../address/index.js';
import { quotaFindings, type RouteCount } from './over-quota.js';
import type { Seen } from './seen.js';

const block = (n: number): Seen => ({
  ...{ resource: 'vpc-1', kind: 'vpc', name: null, vpcId: 'vpc-1', account: '1', region: 'r' },
  ...{ cidr: Prefix.must(`10.${n}.0.0/16`), within: null, routingDomainId: 1 },
  ...{ missing: false, usable: true, tag: null, tags: {} },
});
const table = (routes: number, propagated: number): RouteCount => ({
  ...{ table: 'rtb-1', name: null, vpcId: 'vpc-1', account: '1', region: 'r', family: 4, routes, propagated },
});
const subjects = (blocks: number, ...tables: RouteCount[]) =>
  quotaFindings(
    Array.from({ length: blocks }, (_, n) => block(n)),
    tables,
  ).map(({ subject }) => subject);

it('tells of what has more than the default quota, and of nothing that has as many', () => {
  expect(subjects(5, table(500, 100))).toEqual([]);
  expect(subjects(6, table(501, 0), table(0, 101))).toEqual([
    'vpc-1 ipv4Blocks',
    'rtb-1 IPv4 routes',
    'rtb-1 IPv4 propagatedRoutes',
  ]);
});
