import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import { requireText, tagsFromInput } from '../../../platform/graphql/tags.js';
import { RoutingDomainsService } from '../routing-domains.service.js';
import { type FailureType, toFailure } from './failure.mapper.js';
import {
  CreateRoutingDomainInput,
  CreateRoutingDomainResult,
  DeleteRoutingDomainInput,
  DeleteRoutingDomainResult,
  RoutingDomainConnection,
  RoutingDomainType,
  routingDomainTypeOf,
  UpdateRoutingDomainInput,
  UpdateRoutingDomainResult,
} from './routing-domain.types.js';

const byName = cursorCodec('routingDomains', z.string());
const LONGEST_DESCRIPTION = 1024;

@Resolver()
export class RoutingDomainsResolver {
  constructor(private readonly domains: RoutingDomainsService) {}

  @Query(() => RoutingDomainType, { nullable: true, description: 'One routing domain, by id or name.' })
  @Allow('reader')
  async routingDomain(
    @Args('id', { type: () => ID, nullable: true, description: 'Its id.' }) id?: string | null,
    @Args('name', { type: () => String, nullable: true, description: 'Its name, in place of the id.' })
    name?: string | null,
  ): Promise<RoutingDomainType | null> {
    const idOrName = id ?? name;
    if (!idOrName || (id && name)) throw badInput('Give "id" or "name".');
    const domain = await this.domains.find(idOrName);
    return domain && routingDomainTypeOf(domain);
  }

  @Query(() => RoutingDomainConnection, { description: 'All routing domains, by name.' })
  @Allow('reader')
  async routingDomains(@Args() page: PageArgs): Promise<Connection<RoutingDomainType>> {
    const request = readPage(page, byName);
    return connectionFrom(await this.domains.list(request.limit, request.after), request, {
      codec: byName,
      keyOf: (domain) => domain.name,
      toNode: routingDomainTypeOf,
      totalCount: () => this.domains.count(),
    });
  }

  @Mutation(() => CreateRoutingDomainResult, { description: 'Declares a routing domain.' })
  @Allow('admin')
  async createRoutingDomain(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Name and what describes it.' }) input: CreateRoutingDomainInput,
  ): Promise<RoutingDomainType | FailureType> {
    const outcome = await this.domains.create(ctx, {
      name: input.name,
      description: requireText('description', input.description, LONGEST_DESCRIPTION),
      tags: tagsFromInput(input.tags),
    });
    return outcome.ok ? routingDomainTypeOf(outcome.value) : toFailure(outcome.failure);
  }

  @Mutation(() => UpdateRoutingDomainResult, {
    description:
      'Changes name, description or tags of a routing domain. Its pools and links stay as they are.',
  })
  @Allow('admin')
  async updateRoutingDomain(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which, and what is to be different.' }) input: UpdateRoutingDomainInput,
  ): Promise<RoutingDomainType | FailureType> {
    const { routingDomain, version, name, description, tags } = input;
    const outcome = await this.domains.update(ctx, routingDomain, {
      version: version ?? undefined,
      name: name ?? undefined,
      description:
        typeof description === 'string'
          ? requireText('description', description, LONGEST_DESCRIPTION)
          : undefined,
      tags: tags ? tagsFromInput(tags) : undefined,
    });
    return outcome.ok ? routingDomainTypeOf(outcome.value) : toFailure(outcome.failure);
  }

  @Mutation(() => DeleteRoutingDomainResult, {
    description: 'Deletes a routing domain that no pool is bound to and no link ends at.',
  })
  @Allow('admin')
  async deleteRoutingDomain(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which.' }) input: DeleteRoutingDomainInput,
  ): Promise<RoutingDomainType | FailureType> {
    const outcome = await this.domains.delete(ctx, input.routingDomain);
    return outcome.ok ? routingDomainTypeOf(outcome.value) : toFailure(outcome.failure);
  }
}
