import type { Subnet, Vpc } from '@aws-sdk/client-ec2';
import { AwsError } from './answer-error.js';
import { Place, type Tags } from './place.js';
import type { Input } from './reads.js';

/** An action that changes the world; gives its answer. AWS's rules about CIDRs are not asked. */
export type Write = (place: Place, input: Input) => object;

export const WRITES: Readonly<Record<string, Write>> = {
  CreateVpc: (place, input) => ({
    Vpc: place.vpc({ cidrs: [text(input, 'CidrBlock')], tags: tagsIn(input) }),
  }),

  AssociateVpcCidrBlock: (place, input) => {
    const vpc = vpcIn(place, input);
    place.associateCidr(vpc, text(input, 'CidrBlock'));
    return { VpcId: vpc.VpcId, CidrBlockAssociation: vpc.CidrBlockAssociationSet!.at(-1) };
  },

  CreateSubnet: (place, input) => {
    const zone = String(input['AvailabilityZone'] ?? 'a').at(-1) as 'a' | 'b' | 'c';
    const of = { cidr: text(input, 'CidrBlock'), zone, tags: tagsIn(input) };
    return { Subnet: place.subnet(vpcIn(place, input), of) };
  },

  DeleteSubnet: (place, input) => {
    place.remove(subnetIn(place, input));
    return {};
  },

  /** Takes what AWS makes with a VPC along and nothing else. */
  DeleteVpc: (place, input) => {
    const vpc = vpcIn(place, input);
    const { subnets, networkInterfaces } = place.world;
    if ([...subnets, ...networkInterfaces].some(({ VpcId }) => VpcId === vpc.VpcId))
      throw new AwsError(
        400,
        'DependencyViolation',
        `The vpc '${vpc.VpcId}' has dependencies and cannot be deleted.`,
      );
    place.removeVpc(vpc);
    return {};
  },
};

function vpcIn({ world }: Place, { VpcId: id }: Input): Vpc {
  const vpc = world.vpcs.find(({ VpcId }) => VpcId === id);
  if (!vpc) throw new AwsError(400, 'InvalidVpcID.NotFound', `The vpc ID '${String(id)}' does not exist`);
  return vpc;
}

function subnetIn({ world }: Place, { SubnetId: id }: Input): Subnet {
  const subnet = world.subnets.find(({ SubnetId }) => SubnetId === id);
  if (!subnet)
    throw new AwsError(400, 'InvalidSubnetID.NotFound', `The subnet ID '${String(id)}' does not exist`);
  return subnet;
}

function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value !== 'string')
    throw new AwsError(400, 'MissingParameter', `The request must contain the parameter ${name}`);
  return value;
}

function tagsIn({ TagSpecifications: all = [] }: Input): Tags {
  const tags = (all as { Tags?: { Key: string; Value: string }[] }[]).flatMap(({ Tags = [] }) => Tags);
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}
