import { Args, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { requireText } from '../../../platform/graphql/tags.js';
import { DomainLinksService, type NamedLink } from '../domain-links.service.js';
import {
  ConnectRoutingDomainsInput,
  ConnectRoutingDomainsResult,
  DisconnectRoutingDomainsInput,
  DisconnectRoutingDomainsResult,
  DomainLinkType,
  domainLinkTypeOf,
} from './domain-link.types.js';
import { DomainLinksLoader } from './domain-links.loader.js';
import { type FailureType, toFailure } from './failure.mapper.js';
import { RoutingDomainType } from './routing-domain.types.js';

const LONGEST_VIA = 255;
/** A list without pages, and what it shows has such a list again: what is below counts as often as this. */
const LINKS_COUNTED = 20;

@Resolver(() => RoutingDomainType)
export class DomainLinksResolver {
  constructor(
    private readonly service: DomainLinksService,
    private readonly loader: DomainLinksLoader,
  ) {}

  @ResolveField(() => [DomainLinkType], {
    complexity: ({ childComplexity }) => 1 + LINKS_COUNTED * childComplexity,
    description: "Which others it reaches, as declared: by the other's name, then via.",
  })
  links(@Parent() domain: RoutingDomainType): Promise<DomainLinkType[]> {
    return this.loader.load(domain.row.id);
  }

  @Mutation(() => ConnectRoutingDomainsResult, {
    description:
      'Declares that two routing domains reach each other. The same again answers with the same link.',
  })
  @Allow('admin')
  async connectRoutingDomains(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which, and what connects them.' }) input: ConnectRoutingDomainsInput,
  ): Promise<DomainLinkType | FailureType> {
    const outcome = await this.service.connect(ctx, namedLink(input));
    return outcome.ok ? domainLinkTypeOf(outcome.value) : toFailure(outcome.failure);
  }

  @Mutation(() => DisconnectRoutingDomainsResult, { description: 'Takes a declared link away.' })
  @Allow('admin')
  async disconnectRoutingDomains(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'The link as it was declared.' }) input: DisconnectRoutingDomainsInput,
  ): Promise<DomainLinkType | FailureType> {
    const outcome = await this.service.disconnect(ctx, namedLink(input));
    return outcome.ok ? domainLinkTypeOf(outcome.value) : toFailure(outcome.failure);
  }
}

function namedLink({ a, b, via }: ConnectRoutingDomainsInput): NamedLink {
  if (requireText('via', via, LONGEST_VIA, 1).trim() === '')
    throw badInput('"via" is not blank: say what connects them.');
  return { a, b, via };
}
