import type { Instance, NetworkInterface, Subnet } from '@aws-sdk/client-ec2';
import { Random } from '../random.js';
import { freeIn, hostIn } from './ids.js';
import { Place } from './place.js';
import type { World } from './world.js';

/** Ten blocks of 16 from here on in each subnet are for prefixes, what is below for addresses. */
const PREFIXES_FROM = 96;
const PREFIXES = 10;
const ADDRESSES_FROM = 10;

/** The same for the same arguments: instances' for the most part, Lambda's, load balancers', some with a /28 for pods. */
export function companyInterfaces(
  account: string,
  region: string,
  subnets: readonly Subnet[],
  count: number,
  seed: number,
): { made: NetworkInterface[]; instances: Instance[] } {
  const random = new Random(seed);
  const world: World = { accounts: [] };
  const place = new Place(world, account, region);
  // ids that the place itself has not given out
  place.ids.begin('interfaces');
  const taken = subnets.map(() => ({ addresses: 0, prefixes: 0 }));
  for (let index = 0; index < count; index++) {
    const number = index % subnets.length;
    const subnet = subnets[number]!;
    const of = taken[number]!;
    const addresses: string[] = [];
    const wanted = random.chance(0.15) ? 2 : 1;
    for (let more = 0; more < wanted; more++) addresses.push(address(subnet, of.addresses++));
    const kind = random.weighted({ instance: 80, lambda: 10, network_load_balancer: 6, interface: 4 });
    const tags = {
      Name: `${kind}-${index}`,
      owner: `team-${random.below(40)}`,
      'cost-center': String(1000 + random.below(90)),
    };
    const isInstance = kind === 'instance';
    const hasPrefix = isInstance && of.prefixes < PREFIXES && random.chance(0.06);
    place.networkInterface(subnet, {
      addresses: addresses as [string, ...string[]],
      tags,
      type: isInstance ? 'interface' : kind,
      requesterManaged: kind === 'lambda' || kind === 'network_load_balancer',
      description: DESCRIPTIONS[kind],
      ...(isInstance && { instance: place.instance(tags) }),
      ...(hasPrefix && { prefixes: [`${hostIn(subnet.CidrBlock!, PREFIXES_FROM + 16 * of.prefixes++)}/28`] }),
    });
  }
  return { made: place.world.networkInterfaces, instances: place.world.instances };
}

const DESCRIPTIONS = {
  instance: '',
  interface: 'kept for later',
  lambda: 'AWS Lambda VPC ENI-checkout-3f0f0d5e-6f0c-4a53-a7d5-1b3a9c1d7a55',
  network_load_balancer: 'ELB net/checkout/0123456789abcdef',
} as const;

/** Sets what AWS would count, never below zero. */
export function freeAddresses(subnets: readonly Subnet[], interfaces: readonly NetworkInterface[]): void {
  const used = new Map<string, number>();
  for (const { SubnetId: id = '', PrivateIpAddresses, Ipv4Prefixes } of interfaces) {
    const more = (PrivateIpAddresses?.length ?? 0) + 16 * (Ipv4Prefixes?.length ?? 0);
    used.set(id, (used.get(id) ?? 0) + more);
  }
  for (const subnet of subnets)
    subnet.AvailableIpAddressCount = Math.max(
      0,
      freeIn(subnet.CidrBlock!) - (used.get(subnet.SubnetId!) ?? 0),
    );
}

/** Below the prefixes as long as there is room, then behind them. Throws where the subnet is too small. */
function address({ CidrBlock: cidr = '' }: Subnet, index: number): string {
  const room = PREFIXES_FROM - ADDRESSES_FROM;
  const host = index < room ? ADDRESSES_FROM + index : PREFIXES_FROM + 16 * PREFIXES + index - room;
  if (host > freeIn(cidr)) throw new Error(`too many interfaces for the subnet ${cidr}`);
  return hostIn(cidr, host);
}
