import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { NotFound, RuleViolation } from '../../../platform/graphql/failure.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import { DiscoveryAccountsService } from '../discovery-accounts.service.js';
import { toFailure } from './discovery-failure.mapper.js';
import { DiscoveryLoaders } from './discovery.loaders.js';
import {
  accountTypeOf,
  AddDiscoveryAccountsInput,
  AddDiscoveryAccountsResult,
  DiscoveryAccountConnection,
  DiscoveryAccounts,
  DiscoveryAccountType,
  DiscoveryScope,
  ImportOrganizationInput,
  RemoveDiscoveryAccountsInput,
  RemoveDiscoveryAccountsResult,
  RemovedDiscoveryAccounts,
  UpdateDiscoveryAccountInput,
  UpdateDiscoveryAccountResult,
} from './discovery.types.js';

const byAccount = cursorCodec('discoveryAccounts', z.string());
const MOST_NAMED = 1_000;
/** A list without pages: what is below counts as often as this. */
const REGIONS_COUNTED = 4;

@Resolver(() => DiscoveryAccountType)
export class DiscoveryResolver {
  constructor(
    private readonly accounts: DiscoveryAccountsService,
    private readonly loaders: DiscoveryLoaders,
  ) {}

  @Query(() => DiscoveryAccountConnection, { description: 'All accounts that are discovered, by account.' })
  @Allow('reader')
  async discoveryAccounts(@Args() page: PageArgs): Promise<Connection<DiscoveryAccountType>> {
    const request = readPage(page, byAccount);
    return connectionFrom(await this.accounts.list(request.limit, request.after), request, {
      codec: byAccount,
      keyOf: ({ account }) => account,
      toNode: accountTypeOf,
      totalCount: () => this.accounts.count(),
    });
  }

  @ResolveField(() => [DiscoveryScope], {
    complexity: ({ childComplexity }) => 1 + REGIONS_COUNTED * childComplexity,
    description:
      'What is known of its regions, those too that are no longer discovered; none before the first sweep.',
  })
  scopes(@Parent() { account }: DiscoveryAccountType): Promise<DiscoveryScope[]> {
    return this.loaders.scopes.load(account);
  }

  @Mutation(() => AddDiscoveryAccountsResult, {
    description:
      'Adds accounts to discover, or changes those that are there: what is left out stays. All or nothing.',
  })
  @Allow('admin')
  async addDiscoveryAccounts(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which accounts, and how to get in.' }) input: AddDiscoveryAccountsInput,
  ): Promise<DiscoveryAccounts | NotFound | RuleViolation> {
    const given = input.accounts.map(({ account, name, roleArn, externalId, regions, enabled }) => ({
      account,
      regions: inOrder(regions),
      ...changesIn({ name, roleArn, externalId, enabled }),
    }));
    const outcome = await this.accounts.add(ctx, given);
    if (!outcome.ok) return toFailure(outcome.failure);
    const accounts = outcome.value.accounts.map(accountTypeOf);
    return Object.assign(new DiscoveryAccounts(), { ...outcome.value, accounts, gone: [] });
  }

  @Mutation(() => UpdateDiscoveryAccountResult, {
    description:
      'Changes how an account is discovered. What was observed in a region that is left stays, and is stale.',
  })
  @Allow('admin')
  async updateDiscoveryAccount(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which, and what is to be different.' }) input: UpdateDiscoveryAccountInput,
  ): Promise<DiscoveryAccountType | NotFound | RuleViolation> {
    const { account, name, roleArn, externalId, regions, enabled } = input;
    const outcome = await this.accounts.update(ctx, account, {
      ...(regions && { regions: inOrder(regions) }),
      ...changesIn({ name, roleArn, externalId, enabled }),
    });
    return outcome.ok ? accountTypeOf(outcome.value) : toFailure(outcome.failure);
  }

  @Mutation(() => RemoveDiscoveryAccountsResult, {
    description:
      'Ends the discovery of accounts. What was observed there stays, and is stale. All or nothing.',
  })
  @Allow('admin')
  async removeDiscoveryAccounts(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which accounts.' }) input: RemoveDiscoveryAccountsInput,
  ): Promise<RemovedDiscoveryAccounts | NotFound | RuleViolation> {
    const outcome = await this.accounts.remove(ctx, [...new Set(input.accounts)]);
    if (!outcome.ok) return toFailure(outcome.failure);
    const accounts = outcome.value.map(accountTypeOf);
    return Object.assign(new RemovedDiscoveryAccounts(), { removed: accounts.length, accounts });
  }

  @Mutation(() => AddDiscoveryAccountsResult, {
    description:
      'Adds the active accounts of the organization, or updates those imported before. Accounts that somebody added by hand stay as they are.',
  })
  @Allow('admin')
  async importOrganization(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which accounts, and how to get in.' }) input: ImportOrganizationInput,
  ): Promise<DiscoveryAccounts | NotFound | RuleViolation> {
    const { regions, roleName, externalId, include, exclude } = input;
    if (include.length > MOST_NAMED || exclude.length > MOST_NAMED)
      throw badInput(`"include" and "exclude" have at most ${MOST_NAMED} accounts.`);
    const outcome = await this.accounts.importOrganization(ctx, {
      regions: inOrder(regions),
      roleName,
      externalId: externalId || null,
      include,
      exclude,
    });
    if (!outcome.ok) return toFailure(outcome.failure);
    const accounts = outcome.value.accounts.map(accountTypeOf);
    return Object.assign(new DiscoveryAccounts(), { ...outcome.value, accounts });
  }
}

/** What is given; null is as good as left out, and an empty text none. */
function changesIn({ name, roleArn, externalId, enabled }: Partial<UpdateDiscoveryAccountInput>) {
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof roleArn === 'string' && { roleArn: roleArn || null }),
    ...(typeof externalId === 'string' && { externalId: externalId || null }),
    ...(typeof enabled === 'boolean' && { enabled }),
  };
}

function inOrder(regions: readonly string[]): string[] {
  return [...new Set(regions)].sort();
}
