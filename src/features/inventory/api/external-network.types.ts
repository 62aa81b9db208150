import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import { failureOf, NotFound, RuleViolation, VersionConflict } from '../../../platform/graphql/failure.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { CIDR, DateTime } from '../../../platform/graphql/scalars.js';
import { Tag, TagInput, tagsToList } from '../../../platform/graphql/tags.js';
import type { ExternalNetwork } from '../domain/external-network.js';
import type { InventoryFailure } from '../domain/failure.js';

@ObjectType('ExternalNetwork', {
  description:
    'A network that no cloud lists, as people declared it: an on-premises site, a range of a partner.',
})
export class ExternalNetworkType {
  @Field(() => String, { description: 'Unique.' })
  readonly name!: string;

  @Field(() => [CIDR], { description: 'Ascending.' })
  readonly cidrs!: readonly string[];

  @Field(() => [String], {
    description:
      'Ids of customer gateways, Direct Connect gateways and VPN connections through which it is reached.',
  })
  readonly gateways!: readonly string[];

  @Field(() => String, { description: 'In the words of whoever declared it; may be empty.' })
  readonly description!: string;

  @Field(() => String, { description: 'Whom to ask; may be empty.' })
  readonly contact!: string;

  @Field(() => [Tag], { description: 'By key.' })
  readonly tags!: Tag[];

  @Field(() => Int, {
    description: 'One more with every change; goes on where a removed one is declared again.',
  })
  readonly version!: number;

  @Field(() => DateTime, { description: 'When it was first declared.' })
  readonly declaredAt!: Instant;

  @Field(() => DateTime, { description: 'When it was declared as it is.' })
  readonly changedAt!: Instant;
}

@ObjectType({ description: 'A page of external networks, by name.' })
export class ExternalNetworkConnection extends connectionOf(ExternalNetworkType, 'ExternalNetwork') {}

@InputType({ description: 'An external network as it is to be; what is left out is empty.' })
export class DeclareExternalNetworkInput {
  @Field(() => String, {
    description:
      '1 to 255 characters, beginning neither like an id of ours nor with "vpc-". One that is there is replaced.',
  })
  readonly name!: string;

  @Field(() => [CIDR], { description: '1 to 1,000.' })
  readonly cidrs!: Prefix[];

  @Field(() => [String], {
    defaultValue: [],
    description:
      'Ids of the gateways and connections through which it is reached; at most 100 of 255 characters.',
  })
  readonly gateways!: string[];

  @Field(() => ID, {
    nullable: true,
    description: 'Id or name of the routing domain it lies in; left out: the one it has, or one of its own.',
  })
  readonly routingDomain?: string | null;

  @Field(() => String, { defaultValue: '', description: 'At most 1,024 characters.' })
  readonly description!: string;

  @Field(() => String, { defaultValue: '', description: 'Whom to ask; at most 255 characters.' })
  readonly contact!: string;

  @Field(() => [TagInput], { defaultValue: [], description: 'At most 50.' })
  readonly tags!: TagInput[];

  @Field(() => Int, {
    nullable: true,
    description: 'The version you read, 0 where there was none; left out: whatever it is now.',
  })
  readonly version?: number | null;
}

@InputType({ description: 'What is to go.' })
export class RemoveExternalNetworkInput {
  @Field(() => ID, { description: 'Its name.' })
  readonly name!: string;

  @Field(() => Int, { nullable: true, description: 'The version you read; left out: whatever it is now.' })
  readonly version?: number | null;
}

export const DeclareExternalNetworkResult = createUnionType({
  name: 'DeclareExternalNetworkResult',
  description: 'The network as it is now, or why nothing changed.',
  types: () => [ExternalNetworkType, VersionConflict, NotFound, RuleViolation] as const,
});

export const RemoveExternalNetworkResult = createUnionType({
  name: 'RemoveExternalNetworkResult',
  description: 'The network as it was, or why it is still there.',
  types: () => [ExternalNetworkType, VersionConflict, NotFound] as const,
});

export function externalNetworkOf(network: ExternalNetwork): ExternalNetworkType {
  return Object.assign(new ExternalNetworkType(), { ...network, tags: tagsToList(network.tags) });
}

export type FailureType = NotFound | RuleViolation | VersionConflict;

/** A new code does not compile until it has a type here. */
export function toFailure(failure: InventoryFailure): FailureType {
  switch (failure.code) {
    case 'NOT_FOUND':
      return failureOf(NotFound, failure);
    case 'VERSION_CONFLICT':
      return failureOf(VersionConflict, failure);
    case 'RULE_VIOLATION':
      return failureOf(RuleViolation, failure);
  }
}
