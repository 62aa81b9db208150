import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { failureOf, NotFound } from '../../../platform/graphql/failure.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import { requireText } from '../../../platform/graphql/tags.js';
import { RoutingDomainsService } from '../../routing-domains/index.js';
import type { Network } from '../domain/network.js';
import { NetworkPlacing } from '../network-placing.js';
import { NetworksService } from '../networks.service.js';
import {
  NetworkConnection,
  NetworkFilterInput,
  NetworkType,
  networkTypeOf,
  PlaceNetworkInput,
  PlaceNetworkResult,
} from './network.types.js';

const byId = cursorCodec('networks', z.string());

@Resolver()
export class NetworksResolver {
  constructor(
    private readonly networksService: NetworksService,
    private readonly placing: NetworkPlacing,
    private readonly domains: RoutingDomainsService,
  ) {}

  @Query(() => NetworkConnection, { description: 'VPCs and external networks as they are now, by id.' })
  @Allow('reader')
  async networks(
    @Args() page: PageArgs,
    @Args('filter', { type: () => NetworkFilterInput, nullable: true, description: 'Left out: all.' })
    input?: NetworkFilterInput | null,
  ): Promise<Connection<NetworkType>> {
    const request = readPage(page, byId);
    const matches = await this.matching(input ?? {});
    const all = (await this.networksService.current()).filter(matches);
    const { after, limit } = request;
    const rows = all.filter(({ id }) => after === null || id > after).slice(0, limit);
    const ids = [...new Set(rows.map(({ routingDomainId }) => routingDomainId))];
    const domains = new Map((await this.domains.byIds(ids)).map((domain) => [domain.id, domain]));
    return connectionFrom(rows, request, {
      codec: byId,
      keyOf: ({ id }) => id,
      toNode: (network) => networkTypeOf(network, domains.get(network.routingDomainId)!),
      totalCount: all.length,
    });
  }

  @Mutation(() => PlaceNetworkResult, {
    description:
      'Declares which routing domain a network belongs to; until then it is one of its own. What it uses blocks there from then on.',
  })
  @Allow('admin')
  async placeNetwork(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which, and where.' }) input: PlaceNetworkInput,
  ): Promise<NetworkType | NotFound> {
    const network = requireText('network', input.network, 256, 1);
    const outcome = await this.placing.place(ctx, network, input.routingDomain);
    if (!outcome.ok) return failureOf(NotFound, { ...outcome.failure, id: outcome.failure.id });
    const [domain] = await this.domains.byIds([outcome.value.routingDomainId]);
    return networkTypeOf(outcome.value, domain!);
  }

  private async matching(input: NetworkFilterInput): Promise<(network: Network) => boolean> {
    const { kind, account, region, routingDomain, text } = input;
    const domain = routingDomain ? await this.domains.find(routingDomain) : undefined;
    if (typeof account === 'string') requireText('account', account, 64, 1);
    if (typeof region === 'string') requireText('region', region, 64, 1);
    const part = typeof text === 'string' ? requireText('text', text, 256, 1).toLowerCase() : undefined;
    const has = (value: string | null): boolean => value?.toLowerCase().includes(part!) ?? false;
    return (network) =>
      (!kind || network.kind === kind) &&
      (!account || network.account === account) &&
      (!region || network.region === region) &&
      (domain === undefined || network.routingDomainId === domain?.id) &&
      (part === undefined || has(network.id) || has(network.name));
  }
}
