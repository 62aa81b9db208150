import { company, type CompanyOptions } from './company.js';
import type { World } from './world.js';

const SMALL: Partial<CompanyOptions> = {
  accounts: 26,
  regions: ['eu-west-1', 'us-east-1'],
  interfaces: 40,
};

const regionsOf = (world: World) => world.accounts.flatMap(({ regions }) => Object.values(regions));

it('depends on its options alone', () => {
  expect(company(SMALL)).toEqual(company(SMALL));
  expect(company({ ...SMALL, seed: 2 })).not.toEqual(company(SMALL));
});

it('has as many of each as asked for, and some of every kind', () => {
  const regions = regionsOf(company(SMALL));
  expect(regions).toHaveLength(52);
  for (const { vpcs, subnets, networkInterfaces } of regions)
    expect([vpcs.length, subnets.length, networkInterfaces.length]).toEqual([2, 12, 40]);
  const { reservations: _, ...lists } = regions.reduce((a, b) => ({ ...a, ...b }));
  for (const kind of Object.keys(lists) as (keyof typeof lists)[])
    expect([kind, regions.some((region) => region[kind].length > 0)]).toEqual([kind, true]);
});

it('gives no id and no address of a VPC twice, and every interface an address of its subnet', () => {
  const ids = new Set<string>();
  for (const { networkInterfaces, subnets, vpcs, routeTables } of regionsOf(company(SMALL))) {
    const all = [
      ...networkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId!),
      ...subnets.map(({ SubnetId }) => SubnetId!),
      ...vpcs.map(({ VpcId }) => VpcId!),
      ...routeTables.map(({ RouteTableId }) => RouteTableId!),
    ];
    for (const id of all) ids.add(id);
    expect(ids.size).toBeGreaterThanOrEqual(all.length);
    const addresses = networkInterfaces.flatMap(({ VpcId, PrivateIpAddresses }) =>
      PrivateIpAddresses!.map(({ PrivateIpAddress }) => `${VpcId} ${PrivateIpAddress}`),
    );
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const { SubnetId, PrivateIpAddress } of networkInterfaces) {
      const { CidrBlock } = subnets.find((subnet) => subnet.SubnetId === SubnetId)!;
      expect(PrivateIpAddress!.split('.').slice(0, 2)).toEqual(CidrBlock!.split('.').slice(0, 2));
    }
  }
  const total = regionsOf(company(SMALL)).reduce(
    (sum, region) =>
      sum +
      region.networkInterfaces.length +
      region.subnets.length +
      region.vpcs.length +
      region.routeTables.length,
    0,
  );
  expect(ids.size).toBe(total);
});

it('makes the same interfaces lazily, and again', () => {
  const eager = regionsOf(company(SMALL));
  const lazy = regionsOf(company({ ...SMALL, lazy: true }));
  for (const index of [0, 7, 51]) {
    expect(lazy[index]!.networkInterfaces).toEqual(eager[index]!.networkInterfaces);
    expect(lazy[index]!.networkInterfaces).toEqual(lazy[index]!.networkInterfaces);
  }
});

it('has blocks that overlap', () => {
  const primary = regionsOf(company(SMALL)).flatMap(({ vpcs }) => vpcs.map(({ CidrBlock }) => CidrBlock));
  expect(new Set(primary).size).toBeLessThan(primary.length);
});
