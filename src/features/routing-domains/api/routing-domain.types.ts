import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { Instant } from '../../../platform/context/instant.js';
import { HasDependents, NameTaken, NotFound, VersionConflict } from '../../../platform/graphql/failure.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { publicId } from '../../../platform/graphql/public-id.js';
import { DateTime } from '../../../platform/graphql/scalars.js';
import { Tag, TagInput, tagsToList } from '../../../platform/graphql/tags.js';
import type { RoutingDomain } from '../domain/routing-domain.js';

@ObjectType('RoutingDomain', {
  description: 'A set of networks in which an address means one thing: a VRF, a VPC, an on-premises site.',
})
export class RoutingDomainType {
  readonly row!: RoutingDomain;

  @Field(() => ID, { description: '"dom_" and a number.' })
  readonly id!: string;

  @Field(() => String, { description: 'Unique; arguments accept it in place of the id.' })
  readonly name!: string;

  @Field(() => String, { description: 'In the words of whoever declared it; may be empty.' })
  readonly description!: string;

  @Field(() => [Tag], { description: 'By key.' })
  readonly tags!: Tag[];

  @Field(() => Int, { description: 'One more with every change of name, description or tags.' })
  readonly version!: number;

  @Field(() => DateTime, { description: 'When it was declared.' })
  readonly createdAt!: Instant;

  @Field(() => String, { description: 'Who made it.' })
  readonly createdBy!: string;
}

export function routingDomainTypeOf(domain: RoutingDomain): RoutingDomainType {
  return Object.assign(new RoutingDomainType(), {
    ...domain,
    row: domain,
    id: publicId('routingDomain', domain.id),
    tags: tagsToList(domain.tags),
  });
}

@ObjectType({ description: 'A page of routing domains, by name.' })
export class RoutingDomainConnection extends connectionOf(RoutingDomainType, 'RoutingDomain') {}

@InputType({ description: 'What createRoutingDomain needs.' })
export class CreateRoutingDomainInput {
  @Field(() => String, {
    description:
      '1 to 255 characters, unique, not beginning like an id ("pool_", "alloc_", "dom_", "link_", "find_").',
  })
  readonly name!: string;

  @Field(() => String, { defaultValue: '', description: 'At most 1,024 characters.' })
  readonly description!: string;

  @Field(() => [TagInput], { defaultValue: [], description: 'At most 50.' })
  readonly tags!: TagInput[];
}

export const CreateRoutingDomainResult = createUnionType({
  name: 'CreateRoutingDomainResult',
  description: 'The routing domain, or why there is none.',
  types: () => [RoutingDomainType, NameTaken] as const,
});

@InputType({ description: 'What is to be different; what is left out stays.' })
export class UpdateRoutingDomainInput {
  @Field(() => ID, { description: 'Id or name.' })
  readonly routingDomain!: string;

  @Field(() => Int, { nullable: true, description: 'The version you read; left out: whatever it is now.' })
  readonly version?: number | null;

  @Field(() => String, { nullable: true, description: 'As for createRoutingDomain.' })
  readonly name?: string | null;

  @Field(() => String, { nullable: true, description: 'At most 1,024 characters.' })
  readonly description?: string | null;

  @Field(() => [TagInput], { nullable: true, description: 'All tags.' })
  readonly tags?: TagInput[] | null;
}

@InputType({ description: 'What is to go.' })
export class DeleteRoutingDomainInput {
  @Field(() => ID, { description: 'Id or name.' })
  readonly routingDomain!: string;
}

export const UpdateRoutingDomainResult = createUnionType({
  name: 'UpdateRoutingDomainResult',
  description: 'The routing domain as it now is, or why it is not changed.',
  types: () => [RoutingDomainType, NameTaken, VersionConflict, NotFound] as const,
});

export const DeleteRoutingDomainResult = createUnionType({
  name: 'DeleteRoutingDomainResult',
  description: 'The routing domain as it was, or why it is still there.',
  types: () => [RoutingDomainType, HasDependents, NotFound] as const,
});
