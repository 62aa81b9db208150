import { createUnionType, Field, ID, InputType, Int } from '@nestjs/graphql';
import type { Family, Prefix } from '../../../address/index.js';
import {
  HasDependents,
  NameTaken,
  NotFound,
  RuleViolation,
  VersionConflict,
} from '../../../platform/graphql/failure.js';
import { CIDR } from '../../../platform/graphql/scalars.js';
import { TagInput } from '../../../platform/graphql/tags.js';
import { CidrConflict, InvalidTransition, OutsidePool } from './failure.types.js';
import { FamilyEnum, PoolRulesInput, PoolType, UniquenessEnum } from './pool.types.js';

@InputType({ description: 'A new pool: a root with CIDRs of its own, or a child of allocations.' })
export class CreatePoolInput {
  @Field(() => String, {
    description:
      '1 to 255 characters, unique, not beginning like an id ("pool_", "alloc_", "dom_", "link_", "find_").',
  })
  readonly name!: string;

  @Field(() => FamilyEnum, { nullable: true, description: 'Left out: that of the first CIDR.' })
  readonly family?: Family | null;

  @Field(() => [CIDR], {
    nullable: true,
    description: 'Of a root: 1 to 1,000. An IPv6 CIDR shorter than /32 (to /24) becomes its /32s.',
  })
  readonly cidrs?: Prefix[] | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'Of a child: 1 to 1,000 ALLOCATED allocations of other pools, which become its CIDRs.',
  })
  readonly fromAllocations?: string[] | null;

  @Field(() => UniquenessEnum, {
    nullable: true,
    description: 'Left out: GLOBAL, or ROUTING_DOMAIN where routingDomain is given.',
  })
  readonly uniqueness?: keyof typeof UniquenessEnum | null;

  @Field(() => ID, { nullable: true, description: 'Id or name of the routing domain in which it is unique.' })
  readonly routingDomain?: string | null;

  @Field(() => PoolRulesInput, { nullable: true, description: 'Rules that differ from the defaults.' })
  readonly rules?: PoolRulesInput | null;

  @Field(() => [TagInput], { defaultValue: [], description: 'At most 50.' })
  readonly tags!: TagInput[];

  @Field(() => String, { defaultValue: '', description: 'At most 1,024 characters.' })
  readonly description!: string;
}

@InputType({ description: 'A CIDR to add to a pool.' })
export class ProvisionCidrInput {
  @Field(() => ID, { description: 'Id or name.' })
  readonly pool!: string;

  @Field(() => CIDR, {
    nullable: true,
    description: 'For a root: the CIDR to add; nothing of its scope may overlap it.',
  })
  readonly cidr?: Prefix | null;

  @Field(() => ID, {
    nullable: true,
    description: 'For a child: an ALLOCATED allocation of another pool, which becomes a CIDR of this one.',
  })
  readonly allocation?: string | null;
}

@InputType({ description: 'A CIDR to take out of a pool.' })
export class DeprovisionCidrInput {
  @Field(() => ID, { description: 'Id or name.' })
  readonly pool!: string;

  @Field(() => CIDR, { description: 'One of its CIDRs, as a whole.' })
  readonly cidr!: Prefix;
}

@InputType({ description: 'A pool to take away.' })
export class DeletePoolInput {
  @Field(() => ID, { description: 'Id or name.' })
  readonly pool!: string;

  @Field(() => Int, { nullable: true, description: 'The version you read; left out: whatever it is now.' })
  readonly version?: number | null;
}

@InputType({ description: 'What is to be different; what is left out stays.' })
export class UpdatePoolInput {
  @Field(() => ID, { description: 'Id or name.' })
  readonly pool!: string;

  @Field(() => Int, { nullable: true, description: 'The version you read; left out: whatever it is now.' })
  readonly version?: number | null;

  @Field(() => String, { nullable: true, description: 'As for createPool.' })
  readonly name?: string | null;

  @Field(() => String, { nullable: true, description: 'At most 1,024 characters.' })
  readonly description?: string | null;

  @Field(() => PoolRulesInput, { nullable: true, description: 'Rules to change; the others stay.' })
  readonly rules?: PoolRulesInput | null;

  @Field(() => [TagInput], { nullable: true, description: 'All tags.' })
  readonly tags?: TagInput[] | null;
}

export const CreatePoolResult = createUnionType({
  name: 'CreatePoolResult',
  description: 'The pool, or why there is none.',
  types: () =>
    [PoolType, NameTaken, CidrConflict, RuleViolation, InvalidTransition, HasDependents, NotFound] as const,
});

export const ProvisionCidrResult = createUnionType({
  name: 'ProvisionCidrResult',
  description: 'The pool as it now is, or why it did not get the CIDR.',
  types: () => [PoolType, CidrConflict, RuleViolation, InvalidTransition, HasDependents, NotFound] as const,
});

export const UpdatePoolResult = createUnionType({
  name: 'UpdatePoolResult',
  description: 'The pool as it now is, or why it is not changed.',
  types: () => [PoolType, NameTaken, RuleViolation, VersionConflict, NotFound] as const,
});

export const DeprovisionCidrResult = createUnionType({
  name: 'DeprovisionCidrResult',
  description: 'The pool as it now is, or why it keeps the CIDR.',
  types: () => [PoolType, HasDependents, OutsidePool, NotFound] as const,
});

export const DeletePoolResult = createUnionType({
  name: 'DeletePoolResult',
  description: 'The pool as it was, or why it stays.',
  types: () => [PoolType, HasDependents, VersionConflict, NotFound] as const,
});
