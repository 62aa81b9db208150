import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Prefix } from '../../../address/index.js';
import { Allow } from '../../../platform/auth/allow.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { badInput } from '../../../platform/graphql/errors.js';
import {
  type Connection,
  connectionFrom,
  MAX_PAGE,
  PageArgs,
  readPage,
} from '../../../platform/graphql/pagination.js';
import { requireText } from '../../../platform/graphql/tags.js';
import { findingTypeOf } from '../../findings/index.js';
import { RoutingDomainsService, RoutingDomainType } from '../../routing-domains/index.js';
import { OVERLAP_CLASSES } from '../domain/overlaps.js';
import {
  type OverlapFilter,
  type OverlapPlace,
  OverlapsService,
  type ShownOverlap,
} from '../overlaps.service.js';
import { OverlapLoaders } from './loaders.js';
import {
  ConflictArgs,
  networkTypeOf,
  OverlapConflict,
  OverlapConflictConnection,
  OverlapConnection,
  OverlapFilterInput,
  OverlapHolder,
  OverlapNetwork,
  OverlapType,
  SideArgs,
} from './overlap.types.js';
import { BigIntScalar } from '../../../platform/graphql/scalars.js';

const isPrefix = (text: string): boolean => Prefix.parse(text).ok;
const place = cursorCodec(
  'overlaps',
  z.object({
    class: z.enum(OVERLAP_CLASSES),
    outer: z.string().refine(isPrefix),
    inner: z.string().refine(isPrefix),
  }),
);
const pairs = cursorCodec('overlapConflicts', z.int32().nonnegative());
const LONGEST = 255;

@Resolver(() => OverlapType)
export class OverlapsResolver {
  constructor(
    private readonly overlapsService: OverlapsService,
    private readonly domains: RoutingDomainsService,
  ) {}

  @Query(() => OverlapConnection, {
    complexity: 50,
    description:
      'Blocks that several networks have, or that lie in a block of another network: the worst first, then by address.',
  })
  @Allow('reader')
  async overlaps(
    @Args() page: PageArgs,
    @Args('filter', { type: () => OverlapFilterInput, nullable: true, description: 'Left out: all.' })
    input?: OverlapFilterInput | null,
  ): Promise<Connection<OverlapType>> {
    const request = readPage(page, place);
    const { after } = request;
    const { rows, total } = await this.overlapsService.list(
      await this.filterOf(input ?? {}),
      request.limit,
      after &&
        ({
          ...after,
          outer: Prefix.must(after.outer),
          inner: Prefix.must(after.inner),
        } satisfies OverlapPlace),
    );
    return connectionFrom(rows, request, {
      codec: place,
      keyOf: ({ class: of, outer, inner }) => ({ class: of, outer: `${outer}`, inner: `${inner}` }),
      toNode: overlapTypeOf,
      totalCount: total,
    });
  }

  @ResolveField(() => [OverlapNetwork], {
    description: 'Networks with the block, or with the outer one; by id.',
  })
  networks(@Parent() { row }: OverlapType, @Args() { first }: SideArgs): OverlapNetwork[] {
    return row.outerNetworks.slice(0, sized(first)).map((network) => networkTypeOf(network, row.outer));
  }

  @ResolveField(() => [OverlapNetwork], {
    description: 'Networks with the inner block; none where all have the same.',
  })
  innerNetworks(@Parent() { row }: OverlapType, @Args() { first }: SideArgs): OverlapNetwork[] {
    return row.innerNetworks.slice(0, sized(first)).map((network) => networkTypeOf(network, row.inner));
  }

  @ResolveField(() => OverlapConflictConnection, {
    description: 'Its pairs of networks that come together. The count takes as long as there are pairs.',
  })
  conflicts(@Parent() { row }: OverlapType, @Args() page: ConflictArgs): Connection<OverlapConflict> {
    const request = readPage(page, pairs);
    const skip = request.after ?? 0;
    const found = this.overlapsService
      .conflicts(row, skip, request.limit)
      .map((pair, i) => ({ pair, at: skip + i + 1 }));
    return connectionFrom(found, request, {
      codec: pairs,
      keyOf: ({ at }) => at,
      toNode: ({ pair: { a, b, via } }) => ({
        a: networkTypeOf(a, row.outer),
        b: networkTypeOf(b, row.inner),
        via,
      }),
      totalCount: () => this.overlapsService.conflicts(row, 0, Infinity).length,
    });
  }

  private async filterOf(input: OverlapFilterInput): Promise<OverlapFilter> {
    const { class: classes, routingDomain, network, account, region, cidr, waived } = input;
    if (classes && classes.length > OVERLAP_CLASSES.length) throw badInput('"class" names a class twice.');
    for (const [name, text] of Object.entries({ routingDomain, network, account, region }))
      if (typeof text === 'string') requireText(name, text, LONGEST, 1);
    const domain = routingDomain ? await this.domains.find(routingDomain) : null;
    if (routingDomain && !domain)
      throw badInput(`There is no routing domain ${JSON.stringify(routingDomain)}.`);
    return {
      classes: classes ?? undefined,
      routingDomainId: domain?.id,
      network: network ?? undefined,
      account: account ?? undefined,
      region: region ?? undefined,
      cidr: cidr ?? undefined,
      waived: waived ?? undefined,
    };
  }
}

@Resolver(() => OverlapNetwork)
export class OverlapNetworkResolver {
  constructor(private readonly loaders: OverlapLoaders) {}

  @ResolveField(() => RoutingDomainType, { nullable: true, description: 'Its routing domain.' })
  routingDomain(@Parent() { network }: OverlapNetwork): Promise<RoutingDomainType | null> {
    return this.loaders.domain(network.routingDomainId);
  }

  @ResolveField(() => BigIntScalar, {
    description: 'Addresses of network interfaces in the block, delegated prefixes counted whole.',
  })
  addressesInUse(@Parent() side: OverlapNetwork): Promise<bigint> {
    return this.loaders.addressesInUse(side);
  }

  @ResolveField(() => OverlapHolder, {
    nullable: true,
    description: 'The allocation of exactly this block; null where there is none.',
  })
  allocation(@Parent() side: OverlapNetwork): Promise<OverlapHolder | null> {
    return this.loaders.holder(side);
  }
}

function sized(first: number): number {
  if (first < 1 || first > MAX_PAGE) throw badInput(`"first" has to be from 1 to ${MAX_PAGE}, not ${first}.`);
  return first;
}

function overlapTypeOf(row: ShownOverlap): OverlapType {
  const { subject, outer, inner, outerNetworks, innerNetworks, finding } = row;
  return Object.assign(new OverlapType(), {
    row,
    subject,
    class: row.class,
    cidr: outer,
    inner: innerNetworks.length === 0 ? null : inner,
    networkCount: outerNetworks.length,
    innerNetworkCount: innerNetworks.length,
    finding: finding && findingTypeOf(finding),
  });
}
