import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import { requireText, tagsFromInput } from '../../../platform/graphql/tags.js';
import { ExternalNetworksService } from '../external-networks.service.js';
import {
  DeclareExternalNetworkInput,
  DeclareExternalNetworkResult,
  ExternalNetworkConnection,
  externalNetworkOf,
  ExternalNetworkType,
  type FailureType,
  RemoveExternalNetworkInput,
  RemoveExternalNetworkResult,
  toFailure,
} from './external-network.types.js';

const byName = cursorCodec('externalNetworks', z.string());
const MOST_CIDRS = 1000;
const MOST_GATEWAYS = 100;
const LONGEST_DESCRIPTION = 1024;
const LONGEST = 255;

@Resolver()
export class ExternalNetworksResolver {
  constructor(private readonly service: ExternalNetworksService) {}

  @Query(() => ExternalNetworkConnection, { description: 'All external networks, by name.' })
  @Allow('reader')
  async externalNetworks(@Args() page: PageArgs): Promise<Connection<ExternalNetworkType>> {
    const request = readPage(page, byName);
    return connectionFrom(await this.service.list(request.limit, request.after), request, {
      codec: byName,
      keyOf: ({ name }) => name,
      toNode: externalNetworkOf,
      totalCount: () => this.service.count(),
    });
  }

  @Mutation(() => DeclareExternalNetworkResult, {
    description:
      'Declares a network that no cloud lists, or replaces the one of this name. It counts like what is observed.',
  })
  @Allow('admin')
  async declareExternalNetwork(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'The network as it is to be.' }) input: DeclareExternalNetworkInput,
  ): Promise<ExternalNetworkType | FailureType> {
    const { name, cidrs, gateways, routingDomain, description, contact, tags, version } = input;
    if (cidrs.length < 1 || cidrs.length > MOST_CIDRS)
      throw badInput(`"cidrs" has 1 to ${MOST_CIDRS} items, not ${cidrs.length}.`);
    if (gateways.length > MOST_GATEWAYS)
      throw badInput(`At most ${MOST_GATEWAYS} gateways, not ${gateways.length}.`);
    const declared = {
      name,
      cidrs,
      gateways: gateways.map((gateway) => requireText('gateways', gateway, LONGEST, 1)),
      routingDomain: routingDomain ?? null,
      description: requireText('description', description, LONGEST_DESCRIPTION),
      contact: requireText('contact', contact, LONGEST),
      tags: tagsFromInput(tags),
    };
    const outcome = await this.service.declare(ctx, declared, version ?? undefined);
    return outcome.ok ? externalNetworkOf(outcome.value) : toFailure(outcome.failure);
  }

  @Mutation(() => RemoveExternalNetworkResult, {
    description: 'Takes a declared network away, at once: what is declared needs no second look.',
  })
  @Allow('admin')
  async removeExternalNetwork(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which.' }) { name, version }: RemoveExternalNetworkInput,
  ): Promise<ExternalNetworkType | FailureType> {
    const outcome = await this.service.remove(ctx, name, version ?? undefined);
    return outcome.ok ? externalNetworkOf(outcome.value) : toFailure(outcome.failure);
  }
}
