import {
  AWS_RULES,
  mayUseAddresses,
  networkAddressUsage,
  peeredAddressUsage,
  type QuotaName,
  quotaOf,
  Quotas,
} from './index.js';

describe('A quota', () => {
  it.each<[QuotaName, number, number | null, string, string | null]>([
    ['vpcs', 5, null, 'YES', 'L-F678F1CE'],
    ['subnets', 200, null, 'YES', 'L-407747CB'],
    ['ipv4Blocks', 5, 50, 'YES', 'L-83CA0A9D'],
    ['ipv6Blocks', 5, 50, 'YES', 'L-085A6257'],
    ['routeTables', 200, null, 'YES', 'L-589F43AA'],
    ['routes', 500, 1_000, 'YES', 'L-93826ACB'],
    ['propagatedRoutes', 100, null, 'NO', null],
    ['prefixListEntries', 1_000, null, 'BY_SUPPORT', null],
    ['prefixListReferences', 10_000, null, 'BY_SUPPORT', null],
    ['networkInterfaces', 5_000, null, 'YES', 'L-DF5E4CA3'],
    ['natGatewayAddresses', 8, null, 'UNKNOWN', 'L-DFA99DE7'],
    ['activePeerings', 50, 125, 'YES', null],
    ['pendingPeerings', 25, null, 'YES', null],
    ['transitGatewayRoutes', 10_000, null, 'BY_SUPPORT', null],
    ['transitGatewayAttachments', 5_000, null, 'YES', 'L-E0233F82'],
    ['transitGatewaysPerVpc', 5, null, 'NO', null],
    ['vpnGatewayRoutesIn', 100, null, 'NO', null],
    ['directConnectRoutesIn', 100, 1_000, 'BY_SUPPORT', null],
    ['directConnectPrefixesOut', 200, null, 'BY_SUPPORT', null],
    ['networkAddressUsage', 64_000, 256_000, 'YES', 'L-BB24F6E5'],
    ['peeredNetworkAddressUsage', 128_000, 512_000, 'YES', 'L-CD17FD4B'],
    ['ipamAllocations', 550_000, null, 'UNKNOWN', null],
    ['securityGroupRules', 60, null, 'YES', 'L-0EA8095F'],
  ])('%s is %i, at most %p, adjustable %s, code %p', (name, value, max, adjustable, code) => {
    expect(quotaOf(name)).toMatchObject({ name, value, max, adjustable, code, overridden: false });
  });

  it('takes the closest override', () => {
    const quotas = new Quotas([
      { account: '1', region: 'r1', quota: 'ipv4Blocks', value: 12 },
      { account: '1', region: null, quota: 'ipv4Blocks', value: 10 },
      { account: null, region: 'r1', quota: 'ipv4Blocks', value: 8 },
      { account: null, region: null, quota: 'ipv4Blocks', value: 6 },
      { account: '1', region: 'r1', quota: 'routes', value: 800 },
    ]);
    const value = (account: string, region: string, name: QuotaName = 'ipv4Blocks') =>
      quotaOf(name, quotas.effective(account, region)).value;
    expect([value('1', 'r1'), value('1', 'r2'), value('2', 'r1'), value('2', 'r2')]).toEqual([12, 10, 8, 6]);
    expect(value('1', 'r1', 'routes')).toBe(800);
    expect(value('1', 'r2', 'routes')).toBe(500);
    expect(Quotas.defaults.effective('1', 'r1')).toEqual({});
    expect(quotaOf('ipv4Blocks', { ipv4Blocks: 60 })).toMatchObject({ value: 60, overridden: true });
  });

  it.each([-1, 1.5, NaN])('is never %p', (value) => {
    const override = { account: null, region: null, quota: 'vpcs', value } as const;
    expect(() => new Quotas([override])).toThrow(RangeError);
  });
});

describe('The rules', () => {
  it('say which day they are of, and every source is a page of theirs', () => {
    expect(AWS_RULES.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(AWS_RULES.version).toBeGreaterThanOrEqual(1);
    const pages = new Set<string>(Object.values(AWS_RULES.sources));
    const cited = (value: unknown): string[] =>
      value === null || typeof value !== 'object'
        ? []
        : Object.entries(value).flatMap(([key, each]) =>
            typeof each === 'string' && /source$/i.test(key) ? [each] : cited(each),
          );
    expect(cited(AWS_RULES).filter((page) => !pages.has(page))).toEqual([]);
    expect(cited(AWS_RULES).length).toBeGreaterThan(50);
    for (const page of pages)
      expect(page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\w+\/latest\/.+\.html$/);
  });

  it('give no code of Service Quotas twice', () => {
    const codes = Object.values(AWS_RULES.quotas).flatMap(({ code }) => (code === null ? [] : [code]));
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe('Network address usage', () => {
  // AWS's own example
  const counts = { networkLoadBalancerZone: 50 * 2, address: 10_000 * 2, lambdaFunction: 100 };

  it('weighs what a VPC has', () => {
    expect(networkAddressUsage(counts)).toEqual({
      units: 21_200,
      by: { networkLoadBalancerZone: 600, address: 20_000, lambdaFunction: 600 },
    });
    expect(networkAddressUsage({})).toEqual({ units: 0, by: {} });
  });

  it.each([
    ['address', 1],
    ['additionalInterface', 1],
    ['prefix', 1],
    ['pod', 1],
    ['elasticFabricAdapter', 1],
    ['networkLoadBalancerZone', 6],
    ['gatewayLoadBalancerZone', 6],
    ['endpointZone', 6],
    ['transitGatewayAttachment', 6],
    ['lambdaFunction', 6],
    ['natGateway', 6],
    ['fileSystemMountTarget', 6],
  ])('of one %s is %i', (user, units) => {
    expect(networkAddressUsage({ [user]: 1 }).units).toBe(units);
  });

  it('adds peers of the same region only', () => {
    expect(peeredAddressUsage(21_200, [{ units: 21_200, sameRegion: true }])).toBe(42_400);
    expect(peeredAddressUsage(21_200, [{ units: 21_200, sameRegion: false }])).toBe(21_200);
  });

  it('is a sixteenth with delegated prefixes', () => {
    expect(networkAddressUsage({ address: 16 }).units).toBe(16 * networkAddressUsage({ prefix: 1 }).units);
  });

  it('is held to both quotas', () => {
    expect(mayUseAddresses(64_000).verdict).toBe('ALLOWED');
    expect(mayUseAddresses(64_001)).toMatchObject({ verdict: 'REFUSED', reasons: [{ rule: 'quota' }] });
    expect(mayUseAddresses(64_001, [], { networkAddressUsage: 256_000 }).verdict).toBe('ALLOWED');
    const peers = [{ units: 64_001, sameRegion: true }];
    expect(mayUseAddresses(64_000, peers).verdict).toBe('REFUSED');
    expect(mayUseAddresses(64_000, peers, { peeredNetworkAddressUsage: 512_000 }).verdict).toBe('ALLOWED');
  });
});
