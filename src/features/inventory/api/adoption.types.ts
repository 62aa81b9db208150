import { createUnionType, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { Prefix } from '../../../address/index.js';
import { Failure, NotFound } from '../../../platform/graphql/failure.js';
import { CIDR } from '../../../platform/graphql/scalars.js';
import { TagInput } from '../../../platform/graphql/tags.js';
import { AllocationType, PoolType } from '../../allocation/index.js';

@InputType({ description: 'What is observed and to be registered.' })
export class AdoptObservedInput {
  @Field(() => ID, { description: 'Id of a VPC or subnet: 1 to 64 characters.' })
  readonly resource!: string;

  @Field(() => ID, { nullable: true, description: 'Id or name; left out: the pool that it lies in.' })
  readonly pool?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Of the first CIDR, the others have none: 1 to 256 characters.',
  })
  readonly key?: string | null;

  @Field(() => String, { nullable: true, description: 'Who to ask: at most 256 characters.' })
  readonly contact?: string | null;

  @Field(() => [TagInput], {
    nullable: true,
    description: 'In place of the tags that the resource has; at most 50.',
  })
  readonly tags?: TagInput[] | null;
}

@ObjectType({ description: 'A CIDR that was not adopted, and why.' })
export class AdoptionFailureType {
  @Field(() => String, { description: 'What has it.' })
  readonly resource!: string;

  @Field(() => CIDR, { description: 'Which.' })
  readonly cidr!: Prefix;

  @Field(() => Failure, { description: 'Why it was not.' })
  readonly failure!: Failure;
}

@ObjectType('Adoption', { description: 'What was adopted, and what was not.' })
export class AdoptionType {
  @Field(() => ID, { description: 'What was named.' })
  readonly resource!: string;

  @Field(() => [AllocationType], {
    description: 'Of what was named, also those that were there already; and of subnets that followed.',
  })
  readonly allocations!: readonly AllocationType[];

  @Field(() => [PoolType], { description: 'Pools that were made for the VPC or got its CIDRs.' })
  readonly pools!: readonly PoolType[];

  @Field(() => [AdoptionFailureType], { description: 'CIDRs of what was named that were not adopted.' })
  readonly failures!: readonly AdoptionFailureType[];
}

export const AdoptObservedResult = createUnionType({
  name: 'AdoptObservedResult',
  description: 'What was adopted, or why nothing was looked at.',
  types: () => [AdoptionType, NotFound] as const,
});
