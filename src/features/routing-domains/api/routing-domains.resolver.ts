import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { failureOf, NameTaken } from '../../../platform/graphql/failure.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import { requireText, tagsFromInput } from '../../../platform/graphql/tags.js';
import { RoutingDomainsService } from '../routing-domains.service.js';
import {
  CreateRoutingDomainInput,
  CreateRoutingDomainResult,
  RoutingDomainConnection,
  RoutingDomainType,
  routingDomainTypeOf,
} from './routing-domain.types.js';

const byName = cursorCodec('routingDomains', z.string());

@Resolver()
export class RoutingDomainsResolver {
  constructor(private readonly domains: RoutingDomainsService) {}

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
  ): Promise<RoutingDomainType | NameTaken> {
    const description = requireText('description', input.description, 1024);
    const outcome = await this.domains.create(ctx, {
      name: input.name,
      description,
      tags: tagsFromInput(input.tags),
    });
    if (outcome.ok) return routingDomainTypeOf(outcome.routingDomain);
    const message = `The name ${JSON.stringify(input.name)} belongs to ${outcome.takenBy}: choose another.`;
    return failureOf(NameTaken, { code: 'NAME_TAKEN', message, name: input.name, takenBy: outcome.takenBy });
  }
}
