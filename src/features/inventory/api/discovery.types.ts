import { createUnionType, Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Instant } from '../../../platform/context/instant.js';
import { NotFound, RuleViolation } from '../../../platform/graphql/failure.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { DateTime } from '../../../platform/graphql/scalars.js';
import {
  type AccountSource,
  type DiscoveryAccount,
  type ScopeReport,
  summaryOf,
} from '../domain/discovery-account.js';
import { ObservedList, observedListOf } from './observed.types.js';

export const AccountSourceEnum = { LIST: 'list', ORGANIZATION: 'organization' } as const;

registerEnumType(AccountSourceEnum, {
  name: 'DiscoverySource',
  description: 'Who named an account.',
  valuesMap: {
    LIST: { description: 'Somebody, with addDiscoveryAccounts.' },
    ORGANIZATION: { description: 'The organization, with importOrganization.' },
  },
});

@ObjectType({ description: 'An account and region that was swept, and how fresh what is known of it is.' })
export class DiscoveryScope {
  @Field(() => String, { description: 'As "eu-west-1".' })
  readonly region!: string;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'What is known of it is at least of then: the oldest of its last good lists; null before all were good once.',
  })
  readonly lastGoodAt!: Instant | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Since when some list of it is stale; null: all are fresh.',
  })
  readonly staleSince!: Instant | null;

  @Field(() => String, { nullable: true, description: 'Why the list is stale that has been for longest.' })
  readonly staleReason!: string | null;

  @Field(() => Int, { description: 'How many objects its last good lists had.' })
  readonly objects!: number;

  @Field(() => Int, { description: 'How many objects are missing from them and have not ended yet.' })
  readonly missing!: number;

  @Field(() => [ObservedList], {
    description: 'State of each list, by kind.',
    complexity: ({ childComplexity }) => 1 + 4 * childComplexity,
  })
  readonly lists!: readonly ObservedList[];
}

@ObjectType('DiscoveryAccount', {
  description: 'An account whose regions are discovered, and how to get in.',
})
export class DiscoveryAccountType {
  @Field(() => ID, { description: '12 digits.' })
  readonly account!: string;

  @Field(() => String, { description: 'In the words of whoever named it; may be empty.' })
  readonly name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The role that is assumed; null: the credentials of the service itself.',
  })
  readonly roleArn!: string | null;

  @Field(() => String, { nullable: true, description: 'What the role asks for as external id; no secret.' })
  readonly externalId!: string | null;

  @Field(() => [String], { description: 'Which regions are swept.' })
  readonly regions!: readonly string[];

  @Field(() => Boolean, { description: 'False: it is not swept.' })
  readonly enabled!: boolean;

  @Field(() => AccountSourceEnum, { description: 'Who named it.' })
  readonly source!: AccountSource;

  @Field(() => DateTime, { description: 'When it was added.' })
  readonly createdAt!: Instant;

  @Field(() => String, { description: 'Who added it.' })
  readonly createdBy!: string;

  @Field(() => DateTime, { description: 'When it was changed last.' })
  readonly updatedAt!: Instant;

  @Field(() => String, { description: 'Who changed it last.' })
  readonly updatedBy!: string;
}

export function accountTypeOf(account: DiscoveryAccount): DiscoveryAccountType {
  return Object.assign(new DiscoveryAccountType(), account);
}

export function scopeTypeOf(report: ScopeReport): DiscoveryScope {
  return Object.assign(new DiscoveryScope(), {
    ...report,
    ...summaryOf(report),
    lists: report.lists.map(observedListOf),
  });
}

@ObjectType({ description: 'A page of accounts that are discovered, by account.' })
export class DiscoveryAccountConnection extends connectionOf(DiscoveryAccountType, 'DiscoveryAccount') {}

@InputType({ description: 'An account to discover; of one that is there what is left out stays.' })
export class DiscoveryAccountInput {
  @Field(() => ID, { description: '12 digits.' })
  readonly account!: string;

  @Field(() => String, { nullable: true, description: 'At most 255 characters; a new account has none.' })
  readonly name?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The role to assume, of this account; empty, or left out of a new one: the credentials of the service itself, which have to be of this account.',
  })
  readonly roleArn?: string | null;

  @Field(() => String, { nullable: true, description: 'What the role asks for as external id; empty: none.' })
  readonly externalId?: string | null;

  @Field(() => [String], { description: 'All regions, 1 to 100, as "eu-west-1".' })
  readonly regions!: string[];

  @Field(() => Boolean, {
    nullable: true,
    description: 'False: keep it, and do not sweep it. A new account is swept.',
  })
  readonly enabled?: boolean | null;
}

@InputType({ description: 'What addDiscoveryAccounts needs.' })
export class AddDiscoveryAccountsInput {
  @Field(() => [DiscoveryAccountInput], { description: '1 to 1,000.' })
  readonly accounts!: DiscoveryAccountInput[];
}

@InputType({ description: 'What is to be different; what is left out stays.' })
export class UpdateDiscoveryAccountInput {
  @Field(() => ID, { description: 'Which account.' })
  readonly account!: string;

  @Field(() => String, { nullable: true, description: 'At most 255 characters.' })
  readonly name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Another role; empty: the credentials of the service itself.',
  })
  readonly roleArn?: string | null;

  @Field(() => String, { nullable: true, description: 'Another external id; empty: none.' })
  readonly externalId?: string | null;

  @Field(() => [String], { nullable: true, description: 'All regions, 1 to 100.' })
  readonly regions?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'False: keep it, and do not sweep it.' })
  readonly enabled?: boolean | null;
}

@InputType({ description: 'What is no longer to be discovered.' })
export class RemoveDiscoveryAccountsInput {
  @Field(() => [ID], { description: '1 to 1,000 accounts.' })
  readonly accounts!: string[];
}

@InputType({ description: 'How the accounts of the organization are to be discovered.' })
export class ImportOrganizationInput {
  @Field(() => [String], { description: 'Which regions of each, 1 to 100.' })
  readonly regions!: string[];

  @Field(() => String, { description: 'Name of the role to assume, the same in every account.' })
  readonly roleName!: string;

  @Field(() => String, { nullable: true, description: 'What the role asks for as external id.' })
  readonly externalId?: string | null;

  @Field(() => [ID], {
    defaultValue: [],
    description: 'Only these accounts; none given: all. At most 1,000.',
  })
  readonly include!: string[];

  @Field(() => [ID], { defaultValue: [], description: 'All but these accounts. At most 1,000.' })
  readonly exclude!: string[];
}

@ObjectType({ description: 'Accounts as they now are.' })
export class DiscoveryAccounts {
  @Field(() => [DiscoveryAccountType], {
    description: 'By account.',
    complexity: ({ childComplexity }) => 1 + 20 * childComplexity,
  })
  readonly accounts!: readonly DiscoveryAccountType[];

  @Field(() => Int, { description: 'How many are new.' })
  readonly added!: number;

  @Field(() => Int, { description: 'How many are different from before.' })
  readonly updated!: number;

  @Field(() => [ID], {
    description:
      'Imported before and no longer active in the organization: they are still discovered. Of importOrganization only.',
  })
  readonly gone!: readonly string[];
}

@ObjectType({ description: 'Accounts that are no longer discovered, as they were.' })
export class RemovedDiscoveryAccounts {
  @Field(() => Int, { description: 'How many.' })
  readonly removed!: number;

  @Field(() => [DiscoveryAccountType], {
    description: 'By account.',
    complexity: ({ childComplexity }) => 1 + 20 * childComplexity,
  })
  readonly accounts!: readonly DiscoveryAccountType[];
}

export const AddDiscoveryAccountsResult = createUnionType({
  name: 'AddDiscoveryAccountsResult',
  description: 'The accounts as they now are, or why nothing changed.',
  types: () => [DiscoveryAccounts, RuleViolation] as const,
});

export const UpdateDiscoveryAccountResult = createUnionType({
  name: 'UpdateDiscoveryAccountResult',
  description: 'The account as it now is, or why it is not changed.',
  types: () => [DiscoveryAccountType, NotFound, RuleViolation] as const,
});

export const RemoveDiscoveryAccountsResult = createUnionType({
  name: 'RemoveDiscoveryAccountsResult',
  description: 'The accounts as they were, or why nothing changed.',
  types: () => [RemovedDiscoveryAccounts, NotFound, RuleViolation] as const,
});
