import type { Prefix } from '../../../../address/index.js';
import type { Entry, Holder, Place } from '../entry.js';
import { fit } from '../limits.js';
import type { Outcome } from '../loader.js';
import type { Pools } from '../pools.js';
import type { Resource } from './resources.js';
import type { Survey, Vpc, VpcCidr } from './survey.js';

/** The name of a VPC's pool. */
export function poolName(vpc: string, family: 4 | 6): string {
  return family === 4 ? vpc : `${vpc}-ipv6`;
}

/** Stands for the pool that a VPC is going to have, where a dry run makes none. */
export function futurePool(vpc: string, family: 4 | 6): string {
  return `future:${poolName(vpc, family)}`;
}

export interface VpcEntry extends Entry {
  readonly vpc: Vpc;
  readonly of: VpcCidr;
}

export interface SubnetEntry extends Entry {
  readonly id: string;
}

/** Where a VPC's CIDR goes; null for none. `region`: of VPCs whose region no file tells. */
export function vpcEntry(
  vpc: Vpc,
  of: VpcCidr,
  pools: Pools,
  region: string | null,
  said: (cut: readonly string[]) => void,
): VpcEntry | null {
  const pool = pools.forVpc(of.prefix);
  if (!pool) return null;
  const { tags, description, cut } = fit(vpc.tags, vpc.name);
  said(cut);
  return {
    vpc,
    of,
    place: vpc.place,
    pool: pool.id,
    cidr: of.prefix,
    key: keyOf(vpc.account, vpc.id, of.prefix),
    holder: holderOf(vpc.account, vpc.region ?? region, 'vpc', vpc.id),
    tags,
    description,
  };
}

export type SubnetPlan =
  | { readonly entry: SubnetEntry }
  /** It cannot be registered, as its VPC, or for a reason of its own. */
  | { readonly outcome: Outcome };

/** Where a subnet's CIDR goes: to the pool of its VPC and to no other. */
export function planSubnet(
  subnet: Resource,
  cidr: Prefix,
  place: Place,
  { vpcs, badVpcs }: Pick<Survey, 'vpcs' | 'badVpcs'>,
  region: string | null,
  said: (cut: readonly string[]) => void,
): SubnetPlan {
  const vpc = vpcs.get(subnet.vpc!);
  if (!vpc) return { outcome: badVpcs.has(subnet.vpc!) ? vpcIsBad(subnet.vpc!) : vpcIsMissing(subnet.vpc!) };
  const around = vpc.cidrs.find(({ prefix }) => prefix.contains(cidr));
  if (!around)
    return {
      outcome: {
        fate: 'invalid',
        reason: `it lies in no CIDR of its VPC ${vpc.id}`,
        todo: 'Export VPCs and subnets at the same time.',
      },
    };
  const pool = vpc.pools[cidr.family];
  const isIn = around.outcome?.fate === 'adopted' || around.outcome?.fate === 'present';
  if (!isIn || pool === undefined) return { outcome: fateOfVpc(vpc, around) };
  const { tags, description, cut } = fit(subnet.tags, subnet.name);
  said(cut);
  const holder = holderOf(subnet.account, subnet.region ?? vpc.region ?? region, 'subnet', subnet.id);
  const key = keyOf(subnet.account, subnet.id, cidr);
  return { entry: { id: subnet.id, place, pool, cidr, key, holder, tags, description } };
}

function vpcIsBad(vpc: string): Outcome {
  return { fate: 'invalid', reason: `its VPC ${vpc} cannot be imported`, todo: 'It follows its VPC.' };
}

function vpcIsMissing(vpc: string): Outcome {
  return {
    fate: 'outside',
    reason: `its VPC ${vpc} is in none of the files`,
    todo: 'Name also the file with its VPC.',
  };
}

function fateOfVpc({ id }: Vpc, { prefix, outcome }: VpcCidr): Outcome {
  const fate =
    outcome && outcome.fate !== 'adopted' && outcome.fate !== 'present' ? outcome.fate : 'conflicting';
  const reason = `${prefix.toString()} of its VPC ${id} was not adopted: ${outcome?.reason ?? 'it has no pool'}`;
  return { fate, reason, todo: 'It follows its VPC.', with: outcome?.with };
}

function keyOf(account: string, id: string, cidr: Prefix): string {
  return `aws/${account}/${id}/${cidr.toString()}`;
}

function holderOf(account: string, region: string | null, resourceType: string, resourceId: string): Holder {
  return { provider: 'aws', account, ...(region !== null && { region }), resourceType, resourceId };
}
