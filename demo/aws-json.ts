/** A VPC as AWS has it. */
export interface Vpc {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  /** The primary one first. */
  readonly cidrs: readonly string[];
  readonly ipv6?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly isDefault: boolean;
}

export interface Subnet {
  readonly id: string;
  readonly vpc: string;
  readonly account: string;
  readonly region: string;
  readonly zone: string;
  readonly cidr: string;
  readonly ipv6?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What `aws ec2 describe-vpcs` prints, with an element on a line. */
export function describeVpcs(vpcs: readonly Vpc[]): string {
  return document('Vpcs', vpcs.map(vpcElement));
}

/** What `aws ec2 describe-subnets` prints, with an element on a line. */
export function describeSubnets(subnets: readonly Subnet[]): string {
  return document('Subnets', subnets.map(subnetElement));
}

function document(name: string, elements: readonly object[]): string {
  return `{"${name}":[\n${elements.map((element) => JSON.stringify(element)).join(',\n')}\n]}\n`;
}

function vpcElement({ id, account, cidrs, ipv6, tags, isDefault }: Vpc): object {
  return {
    OwnerId: account,
    CidrBlockAssociationSet: cidrs.map((CidrBlock) => ({
      CidrBlock,
      CidrBlockState: { State: 'associated' },
    })),
    ...(ipv6 && {
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: ipv6, Ipv6CidrBlockState: { State: 'associated' } }],
    }),
    IsDefault: isDefault,
    ...tagSet(tags),
    VpcId: id,
    State: 'available',
    CidrBlock: cidrs[0],
  };
}

function subnetElement({ id, vpc, account, region, zone, cidr, ipv6, tags }: Subnet): object {
  return {
    AvailabilityZone: zone,
    OwnerId: account,
    SubnetArn: `arn:aws:ec2:${region}:${account}:subnet/${id}`,
    SubnetId: id,
    VpcId: vpc,
    State: 'available',
    CidrBlock: cidr,
    ...(ipv6 && {
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: ipv6, Ipv6CidrBlockState: { State: 'associated' } }],
    }),
    ...tagSet(tags),
  };
}

function tagSet(tags: Readonly<Record<string, string>>): object {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return list.length > 0 ? { Tags: list } : {};
}
