import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { Prefix } from '../../../address/index.js';
import { connectionOf, PageArgs } from '../../../platform/graphql/pagination.js';
import { BigIntScalar, CIDR } from '../../../platform/graphql/scalars.js';
import { HolderType } from '../../allocation/index.js';
import { FindingType } from '../../findings/index.js';
import type { Network } from '../../inventory/index.js';
import { RoutingDomainType } from '../../routing-domains/index.js';
import type { OverlapClass } from '../domain/overlaps.js';
import type { ShownOverlap } from '../overlaps.service.js';
import { OverlapClassEnum } from './enums.js';
import { ReachWayType } from './reach.types.js';

@InputType({
  description: 'Which overlaps. All given conditions hold; those about networks are of one and the same.',
})
export class OverlapFilterInput {
  @Field(() => [OverlapClassEnum], { nullable: true, description: 'Of one of these classes.' })
  readonly class?: OverlapClass[] | null;

  @Field(() => ID, { nullable: true, description: 'With a network in this routing domain, by id or name.' })
  readonly routingDomain?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'With this network: a VPC, or the name of an external network.',
  })
  readonly network?: string | null;

  @Field(() => String, { nullable: true, description: 'With a network of this account.' })
  readonly account?: string | null;

  @Field(() => String, { nullable: true, description: 'With a network in this region.' })
  readonly region?: string | null;

  @Field(() => CIDR, { nullable: true, description: 'Whose addresses are among these, in part at least.' })
  readonly cidr?: Prefix | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: somebody answers for it now; false: nobody does.',
  })
  readonly waived?: boolean | null;
}

@ObjectType({ description: 'A live allocation of a block that overlaps.' })
export class OverlapHolder {
  @Field(() => ID, { description: '"alloc_" and a number.' })
  readonly id!: string;

  @Field(() => String, { nullable: true, description: 'Its key.' })
  readonly key!: string | null;

  @Field(() => HolderType, { description: 'What it is for.' })
  readonly holder!: HolderType;
}

@ObjectType({
  description: 'A network in an overlap: a VPC as it is observed, or an external network as it is declared.',
})
export class OverlapNetwork {
  readonly network!: Network;

  @Field(() => ID, { description: 'The id of the VPC, or the name of the external network.' })
  readonly id!: string;

  @Field(() => String, { description: '"vpc" or "external_network".' })
  readonly kind!: string;

  @Field(() => String, { nullable: true, description: 'Its tag Name; null without one.' })
  readonly name!: string | null;

  @Field(() => String, { nullable: true, description: 'Null for an external network.' })
  readonly account!: string | null;

  @Field(() => String, { nullable: true, description: 'Null for an external network.' })
  readonly region!: string | null;

  @Field(() => Boolean, { description: 'The last good list left it out; it counts until it has ended.' })
  readonly missing!: boolean;

  @Field(() => CIDR, { description: 'Its block that overlaps.' })
  readonly cidr!: Prefix;

  @Field(() => RoutingDomainType, { nullable: true, description: 'Its routing domain.' })
  readonly routingDomain?: RoutingDomainType | null;

  @Field(() => BigIntScalar, {
    description: 'Addresses of network interfaces in the block, delegated prefixes counted whole.',
  })
  readonly addressesInUse?: bigint;

  @Field(() => OverlapHolder, {
    nullable: true,
    description: 'The allocation of exactly this block; null where there is none.',
  })
  readonly allocation?: OverlapHolder | null;
}

@ObjectType({ description: 'Two networks that have the same addresses and come together.' })
export class OverlapConflict {
  @Field(() => OverlapNetwork, {
    description: 'Of an overlap of containing blocks the one with the outer block.',
  })
  readonly a!: OverlapNetwork;

  @Field(() => OverlapNetwork, { description: 'The other.' })
  readonly b!: OverlapNetwork;

  @Field(() => [ReachWayType], { description: 'How; empty where both are in one routing domain.' })
  readonly via!: readonly ReachWayType[];
}

@ObjectType({ description: 'A page of conflicts, by the ids of both.' })
export class OverlapConflictConnection extends connectionOf(OverlapConflict) {}

@ObjectType('Overlap', {
  description:
    'A block that several networks have, or a block and one inside it. Each network is listed once per side.',
})
export class OverlapType {
  readonly row!: ShownOverlap;

  @Field(() => ID, { description: 'As "10.0.0.0/16", or "10.0.0.0/8>10.1.0.0/16"; subject of its finding.' })
  readonly subject!: string;

  @Field(() => OverlapClassEnum, { description: 'The worst of its pairs of networks.' })
  readonly class!: OverlapClass;

  @Field(() => CIDR, { description: 'The block, or the outer one.' })
  readonly cidr!: Prefix;

  @Field(() => CIDR, { nullable: true, description: 'The block inside it; null where all have the same.' })
  readonly inner!: Prefix | null;

  @Field(() => Int, { description: 'How many networks have the block, or the outer one.' })
  readonly networkCount!: number;

  @Field(() => Int, { description: 'How many networks have the inner block; 0 where all have the same.' })
  readonly innerNetworkCount!: number;

  @Field(() => FindingType, {
    nullable: true,
    description: 'Its finding, with the waiver if somebody gave one; null until it was swept.',
  })
  readonly finding!: FindingType | null;
}

@ObjectType({ description: 'A page of overlaps, the worst first, then by address.' })
export class OverlapConnection extends connectionOf(OverlapType, 'Overlap') {}

/** Conflicts of an overlap: lists in lists are short unless somebody asks for more. */
@ArgsType()
export class ConflictArgs extends PageArgs {
  @Field(() => Int, { defaultValue: 10, description: 'How many, 1 to 1000.' })
  override first: number = 10;
}

/** Networks of one side of an overlap. */
@ArgsType()
export class SideArgs {
  @Field(() => Int, { defaultValue: 10, description: 'How many at most, 1 to 1000.' })
  readonly first: number = 10;
}

export function networkTypeOf(network: Network, cidr: Prefix): OverlapNetwork {
  const { id, kind, name, account, region, missing } = network;
  return Object.assign(new OverlapNetwork(), { network, id, kind, name, account, region, missing, cidr });
}
