import { Args, Int, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Address, type Prefix, widthOf } from '../../../address/index.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { badInput } from '../../../platform/graphql/errors.js';
import {
  type Connection,
  connectionFrom,
  MAX_PAGE,
  PageArgs,
  readPage,
} from '../../../platform/graphql/pagination.js';
import { CIDR } from '../../../platform/graphql/scalars.js';
import { RoutingDomainType } from '../../routing-domains/index.js';
import type { AllocationOrder } from '../domain/allocation-list.js';
import { PoolSpaceService } from '../pool-space.service.js';
import { AllocationFilterInput } from './allocation.inputs.js';
import { AllocationPages } from './allocation-pages.js';
import { AllocationConnection, type AllocationType } from './allocation.types.js';
import { AllocationOrderEnum } from './enums.js';
import { PoolBlockConnection, type PoolBlockType, poolBlockTypeOf } from './pool-block.types.js';
import { PoolLoader } from './pool.loader.js';
import { CapacityType, PoolSourceType, PoolType } from './pool.types.js';
import { RoutingDomainLoader } from './routing-domain.loader.js';
import { SourceLoader } from './source.loader.js';

const address = z.string().refine((text) => Address.parse(text).ok);
const byAddress = cursorCodec('blocks', z.object({ from: address.nullable() }));

/** What a pool shows beyond its own row. */
@Resolver(() => PoolType)
export class PoolFieldsResolver {
  constructor(
    private readonly space: PoolSpaceService,
    private readonly pages: AllocationPages,
    private readonly pools: PoolLoader,
    private readonly sourcesOfPools: SourceLoader,
    private readonly routingDomains: RoutingDomainLoader,
  ) {}

  @ResolveField(() => PoolType, {
    nullable: true,
    description: 'The pool that its oldest CIDR comes from; null for a root.',
  })
  async parent(@Parent() { row }: PoolType): Promise<PoolType | null> {
    return row.parentId === null ? null : this.pools.load(row.parentId);
  }

  @ResolveField(() => [PoolSourceType], {
    description: 'The allocations of other pools that its CIDRs are, the oldest first; none for a root.',
  })
  sources(@Parent() { row }: PoolType): Promise<PoolSourceType[]> {
    return row.isChild ? this.sourcesOfPools.load(row.id) : Promise.resolve([]);
  }

  @ResolveField(() => RoutingDomainType, {
    nullable: true,
    description: 'Where it is unique; null for GLOBAL and for a child.',
  })
  async routingDomain(@Parent() pool: PoolType): Promise<RoutingDomainType | null> {
    const { routingDomainId } = pool.row;
    return routingDomainId === null ? null : this.routingDomains.load(routingDomainId);
  }

  @ResolveField(() => CapacityType, {
    complexity: 10,
    description: 'How its addresses are used, at this moment.',
  })
  async capacity(
    @Parent() pool: PoolType,
    @Args('tree', {
      type: () => Boolean,
      defaultValue: false,
      description:
        'Over all that lies below its CIDRs, each address once: what feeds child pools counts as they use it, and delegated is 0.',
    })
    tree = false,
  ): Promise<CapacityType> {
    return Object.assign(new CapacityType(), await this.space.capacity(pool.row, tree));
  }

  @ResolveField(() => [CIDR], { complexity: 10, description: 'Free blocks, in address order.' })
  freeBlocks(
    @Parent() pool: PoolType,
    @Args('prefixLength', {
      type: () => Int,
      nullable: true,
      description: 'Only those that a CIDR of this length fits into.',
    })
    prefixLength?: number | null,
    @Args('first', { type: () => Int, defaultValue: 50, description: `How many, 1 to ${MAX_PAGE}.` })
    first = 50,
  ): Promise<Prefix[]> {
    if (first < 1 || first > MAX_PAGE)
      throw badInput(`"first" has to be from 1 to ${MAX_PAGE}, not ${first}.`);
    const width = widthOf(pool.family);
    if (typeof prefixLength === 'number' && (prefixLength < 0 || prefixLength > width)) {
      throw badInput(`"prefixLength" has to be from 0 to ${width}, not ${prefixLength}.`);
    }
    return this.space.freeBlocks(pool.row, prefixLength ?? null, first);
  }

  @ResolveField(() => AllocationConnection, {
    description: 'What was taken from it, also what is over.',
  })
  async allocations(
    @Parent() { row }: PoolType,
    @Args() page: PageArgs,
    @Args('filter', { type: () => AllocationFilterInput, nullable: true, description: 'Left out: all.' })
    filter?: AllocationFilterInput | null,
    @Args('orderBy', {
      type: () => AllocationOrderEnum,
      defaultValue: 'CIDR',
      description: 'A cursor belongs to the order that it was made in.',
    })
    order: AllocationOrder = 'CIDR',
  ): Promise<Connection<AllocationType>> {
    return this.pages.page(page, filter ?? {}, order, row.id);
  }

  @ResolveField(() => PoolBlockConnection, {
    complexity: 10,
    description:
      'Everything that lies in it, live, blocked and free, in address order. totalCount goes through all of it.',
  })
  async blocks(
    @Parent() { row }: PoolType,
    @Args() page: PageArgs,
    @Args('around', {
      type: () => CIDR,
      nullable: true,
      description: 'Begin one block before this CIDR; for the first page.',
    })
    around?: Prefix | null,
  ): Promise<Connection<PoolBlockType>> {
    const request = readPage(page, byAddress);
    if (around && around.family !== row.family)
      throw badInput(`"around" has to be IPv${row.family}, as the pool is.`);
    const from = request.after
      ? request.after.from && Address.must(request.after.from)
      : around
        ? await this.space.startAround(row, around)
        : null;
    const ended = request.after?.from === null;
    if (from && from.family !== row.family) throw badInput('"after" is not of this list.');
    const blocks = ended ? [] : await this.space.blocks(row, from || null, request.limit);
    return connectionFrom(blocks, request, {
      codec: byAddress,
      keyOf: ({ cidr }) => ({ from: cidr.last.next()?.toString() ?? null }),
      toNode: poolBlockTypeOf,
      totalCount: () => this.space.countBlocks(row),
    });
  }
}
