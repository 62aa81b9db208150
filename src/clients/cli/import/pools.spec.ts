import { Prefix } from '../../../address/index.js';
import type { KnownPool } from './operations.js';
import { Pools } from './pools.js';

const root = (id: string, cidrs: string[], domain: string | null = null): KnownPool => ({
  id,
  name: `name of ${id}`,
  routingDomain: domain === null ? null : { name: domain },
  cidrs,
  sources: [],
});

const child = (id: string, of: string, cidr: string, vpc?: string): KnownPool => ({
  ...root(id, [cidr]),
  sources: [
    {
      cidr,
      allocation: {
        id: `source of ${id}`,
        holder: vpc ? { resourceType: 'vpc', resourceId: vpc } : {},
        pool: { id: of },
      },
    },
  ],
});

const LIST = [
  root('global', ['10.0.0.0/8', 'fd00::/32']),
  child('region', 'global', '10.0.0.0/12'),
  child('vpc', 'region', '10.1.0.0/16', 'vpc-1'),
  root('red', ['192.168.0.0/16'], 'red'),
  child('red vpc', 'red', '192.168.0.0/20', 'vpc-2'),
  root('blue', ['192.168.0.0/16'], 'blue'),
];

const named = (pool: KnownPool | undefined): string | null => pool?.id ?? null;

describe('Pools', () => {
  const pools = new Pools(LIST, 'red');

  it.each([
    ['10.1.2.0/24', 'region'],
    ['10.1.0.0/16', 'region'],
    ['10.0.0.0/12', 'region'],
    ['10.200.0.0/16', 'global'],
    ['10.0.0.0/8', 'global'],
    ['fd00:0:0:1::/64', 'global'],
    ['192.168.0.0/24', 'red'],
    ['172.16.0.0/16', null],
    ['10.0.0.0/7', null],
  ])('a VPC of %s goes to %s', (cidr, pool) => expect(named(pools.forVpc(Prefix.must(cidr)))).toBe(pool));

  it.each([
    ['10.1.2.0/24', 'vpc'],
    ['10.1.0.0/16', 'region'],
    ['10.0.0.0/12', 'global'],
    ['10.0.0.0/8', 'global'],
    ['192.168.1.0/24', 'red vpc'],
    ['172.16.0.0/16', null],
  ])('a row of %s goes to %s', (cidr, pool) => expect(named(pools.forCidr(Prefix.must(cidr)))).toBe(pool));

  it('counts no routing domain that was not asked for', () => {
    const global = new Pools(LIST, null);
    expect(named(global.forVpc(Prefix.must('192.168.0.0/24')))).toBeNull();
    expect(new Pools([root('blue', ['10.0.0.0/8'], 'blue')], null).isEmpty).toBe(true);
  });

  it('knows what a pool is made of, and whose it is', () => {
    expect(pools.ofVpc('vpc-1').map(({ id }) => id)).toEqual(['vpc']);
    expect(pools.isAbove('source of region', 'vpc')).toBe(true);
    expect(pools.isAbove('source of vpc', 'region')).toBe(false);
    expect(pools.domainOf(pools.find('red vpc')!)).toBe('red');
    expect(named(pools.find('name of blue'))).toBe('blue');
  });
});
