import { Args, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import type { Instant } from '../../../platform/context/instant.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import { DateTime } from '../../../platform/graphql/scalars.js';
import { requireText } from '../../../platform/graphql/tags.js';
import { RoutingDomainType } from '../../routing-domains/index.js';
import { ReachService } from '../reach.service.js';
import { OverlapLoaders } from './loaders.js';
import { ReachedDomain, ReachedDomainConnection, ReachType } from './reach.types.js';

const byDomain = cursorCodec('reachedDomains', z.int32().nonnegative());
const LONGEST = 255;

@Resolver(() => ReachType)
export class ReachResolver {
  constructor(
    private readonly reachService: ReachService,
    private readonly loaders: OverlapLoaders,
  ) {}

  @Query(() => ReachType, {
    nullable: true,
    complexity: 50,
    description:
      'Which routing domains one reaches, or is reached by; null where there is no such routing domain.',
  })
  @Allow('reader')
  async reach(
    @Args('routingDomain', { type: () => ID, description: 'Id or name.' }) routingDomain: string,
    @Args('at', {
      type: () => DateTime,
      nullable: true,
      description: 'As it was then, as far as sweeps have seen it; left out: now.',
    })
    at?: Instant | null,
  ): Promise<ReachType | null> {
    const found = await this.reachService.of(
      requireText('routingDomain', routingDomain, LONGEST, 1),
      at ?? null,
    );
    return (
      found && Object.assign(new ReachType(), { ...found, at: at ?? null, count: found.neighbours.length })
    );
  }

  @ResolveField(() => RoutingDomainType, {
    nullable: true,
    description: 'The routing domain that was asked about.',
  })
  routingDomain(@Parent() { domainId }: ReachType): Promise<RoutingDomainType | null> {
    return this.loaders.domain(domainId);
  }

  @ResolveField(() => ReachedDomainConnection, {
    description: 'What it reaches, or is reached by, in the order of their ids.',
  })
  domains(@Parent() { neighbours }: ReachType, @Args() page: PageArgs): Connection<ReachedDomain> {
    const request = readPage(page, byDomain);
    const rest = neighbours.filter(({ domainId }) => request.after === null || domainId > request.after);
    return connectionFrom(rest.slice(0, request.limit), request, {
      codec: byDomain,
      keyOf: ({ domainId }) => domainId,
      toNode: (one) => Object.assign(new ReachedDomain(), one),
      totalCount: neighbours.length,
    });
  }
}

@Resolver(() => ReachedDomain)
export class ReachedDomainResolver {
  constructor(private readonly loaders: OverlapLoaders) {}

  @ResolveField(() => RoutingDomainType, {
    nullable: true,
    description: 'Which; null where it is deleted since.',
  })
  routingDomain(@Parent() { domainId }: ReachedDomain): Promise<RoutingDomainType | null> {
    return this.loaders.domain(domainId);
  }
}
