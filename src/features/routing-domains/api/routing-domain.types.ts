import { createUnionType, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { Instant } from '../../../platform/context/instant.js';
import { NameTaken } from '../../../platform/graphql/failure.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { publicId } from '../../../platform/graphql/public-id.js';
import { DateTime } from '../../../platform/graphql/scalars.js';
import { Tag, TagInput, tagsToList } from '../../../platform/graphql/tags.js';
import type { RoutingDomain } from '../domain/routing-domain.js';

@ObjectType('RoutingDomain', {
  description: 'A set of networks in which an address means one thing: a VRF, a VPC, an on-premises site.',
})
export class RoutingDomainType {
  @Field(() => ID, { description: '"dom_" and a number.' })
  readonly id!: string;

  @Field(() => String, { description: 'Unique; arguments accept it in place of the id.' })
  readonly name!: string;

  @Field(() => String, { description: 'In the words of whoever declared it; may be empty.' })
  readonly description!: string;

  @Field(() => [Tag], { description: 'By key.' })
  readonly tags!: Tag[];

  @Field(() => DateTime, { description: 'When it was declared.' })
  readonly createdAt!: Instant;

  @Field(() => String, { description: 'Who made it.' })
  readonly createdBy!: string;
}

export function routingDomainTypeOf(domain: RoutingDomain): RoutingDomainType {
  return Object.assign(new RoutingDomainType(), {
    ...domain,
    id: publicId('routingDomain', domain.id),
    tags: tagsToList(domain.tags),
  });
}

@ObjectType({ description: 'A page of routing domains, by name.' })
export class RoutingDomainConnection extends connectionOf(RoutingDomainType, 'RoutingDomain') {}

@InputType({ description: 'What createRoutingDomain needs.' })
export class CreateRoutingDomainInput {
  @Field(() => String, {
    description: '1 to 255 characters, unique, not beginning like an id ("pool_", "alloc_", "dom_").',
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
