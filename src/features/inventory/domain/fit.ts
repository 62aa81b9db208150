import type { Holder } from '../../allocation/index.js';
import type { Seen } from './seen.js';

const KINDS: Readonly<Record<string, Seen['kind']>> = {
  vpc: 'vpc',
  aws_vpc: 'vpc',
  aws_vpc_ipv4_cidr_block_association: 'vpc',
  aws_vpc_ipv6_cidr_block_association: 'vpc',
  'aws::ec2::vpc': 'vpc',
  'aws::ec2::vpccidrblock': 'vpc',
  subnet: 'subnet',
  aws_subnet: 'subnet',
  'aws::ec2::subnet': 'subnet',
};

/** What a holder is for, by its type or else its id; null for what discovery does not see CIDRs of. */
export function kindOfHolder({ provider = 'aws', resourceType, resourceId }: Holder): Seen['kind'] | null {
  if (provider !== 'aws') return null;
  if (resourceType) return KINDS[resourceType.toLowerCase()] ?? null;
  return /^vpc-/.test(resourceId ?? '') ? 'vpc' : /^subnet-/.test(resourceId ?? '') ? 'subnet' : null;
}

/** What a holder says otherwise than what was seen: `[as it says, as it is]` by field. What it does not say fits. */
export function differencesOf(holder: Holder, seen: Seen): Record<string, readonly [string, string]> {
  const kind = kindOfHolder(holder);
  const pairs: readonly (readonly [string, string | undefined, string])[] = [
    ['provider', holder.provider, 'aws'],
    ['account', holder.account, seen.account],
    ['region', holder.region, seen.region],
    // a subnet of the VPC that it names is a part of what it is for
    [
      'resourceId',
      holder.resourceId,
      holder.resourceId === seen.vpcId && kind !== 'subnet' ? seen.vpcId : seen.resource,
    ],
  ];
  const differing = pairs.filter(([, said, is]) => said !== undefined && said !== '' && said !== is);
  const type = holder.resourceType;
  const unfit =
    type !== undefined && type !== '' && kind !== seen.kind
      ? [['resourceType', type, seen.kind] as const]
      : [];
  return Object.fromEntries(
    [...differing, ...unfit].map(([field, said, is]) => [field, [said!, is] as const]),
  );
}

/** It says in which account and region its resource is to be, and that is where this one is. */
export function namesPlaceOf(holder: Holder, seen: Seen): boolean {
  return holder.account === seen.account && holder.region === seen.region;
}
