/** Shapes of what `aws ec2 describe-vpcs` and `describe-subnets` print. */

export interface VpcSpec {
  readonly id: string;
  readonly cidrs: readonly string[];
  readonly account?: string;
  readonly ipv6?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly isDefault?: boolean;
  /** CIDRs that are gone. */
  readonly gone?: readonly string[];
}

export interface SubnetSpec {
  readonly id: string;
  readonly vpc: string;
  readonly cidr?: string;
  readonly account?: string;
  readonly region?: string;
  readonly ipv6?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const ACCOUNT = '111122223333';

export function vpcElement({
  id,
  cidrs,
  account = ACCOUNT,
  ipv6,
  tags = {},
  isDefault = false,
  gone = [],
}: VpcSpec): object {
  return {
    OwnerId: account,
    InstanceTenancy: 'default',
    Ipv6CidrBlockAssociationSet: ipv6
      ? [
          {
            AssociationId: `vpc-cidr-assoc-${id}6`,
            Ipv6CidrBlock: ipv6,
            Ipv6CidrBlockState: { State: 'associated' },
          },
        ]
      : [],
    CidrBlockAssociationSet: [
      ...cidrs.map((CidrBlock, index) => ({
        AssociationId: `vpc-cidr-assoc-${id}${index}`,
        CidrBlock,
        CidrBlockState: { State: 'associated' },
      })),
      ...gone.map((CidrBlock) => ({ CidrBlock, CidrBlockState: { State: 'disassociated' } })),
    ],
    IsDefault: isDefault,
    Tags: tagList(tags),
    VpcId: id,
    State: 'available',
    CidrBlock: cidrs[0],
    DhcpOptionsId: 'dopt-1',
  };
}

export function subnetElement({
  id,
  vpc,
  cidr,
  account = ACCOUNT,
  region = 'eu-west-1',
  ipv6,
  tags = {},
}: SubnetSpec): object {
  return {
    AvailabilityZone: `${region}a`,
    AvailabilityZoneId: 'euw1-az1',
    SubnetArn: `arn:aws:ec2:${region}:${account}:subnet/${id}`,
    OwnerId: account,
    SubnetId: id,
    VpcId: vpc,
    State: 'available',
    ...(cidr && { CidrBlock: cidr }),
    Ipv6CidrBlockAssociationSet: ipv6
      ? [{ AssociationId: 'a', Ipv6CidrBlock: ipv6, Ipv6CidrBlockState: { State: 'associated' } }]
      : [],
    Tags: tagList(tags),
  };
}

export function vpcsJson(...vpcs: readonly VpcSpec[]): string {
  return JSON.stringify({ Vpcs: vpcs.map(vpcElement) }, null, 4);
}

export function subnetsJson(...subnets: readonly SubnetSpec[]): string {
  return JSON.stringify({ Subnets: subnets.map(subnetElement) }, null, 4);
}

function tagList(tags: Readonly<Record<string, string>>): object[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
