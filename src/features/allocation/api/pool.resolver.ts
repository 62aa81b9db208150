import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import { requireText } from '../../../platform/graphql/tags.js';
import { RoutingDomainsService } from '../../routing-domains/index.js';
import { AllocationService } from '../allocation.service.js';
import { POOL_ORDERS, type PoolFilter, type PoolOrder, type PoolPlace } from '../domain/pool-list.js';
import { PoolService } from '../pool.service.js';
import { PoolFilterInput, PoolOrderEnum } from './pool-list.types.js';
import { PoolConnection, PoolType, poolTypeOf } from './pool.types.js';

const byOrder = Object.fromEntries(
  POOL_ORDERS.map((order) => [
    order,
    cursorCodec(`pools by ${order}`, z.object({ depth: z.int().max(32767), name: z.string() })),
  ]),
) as Record<PoolOrder, ReturnType<typeof cursorCodec<PoolPlace>>>;

/** Looking for pools. What one of them shows is in pool-fields.resolver.ts. */
@Resolver(() => PoolType)
export class PoolResolver {
  constructor(
    private readonly service: PoolService,
    private readonly allocations: AllocationService,
    private readonly routingDomains: RoutingDomainsService,
  ) {}

  @Query(() => PoolType, { nullable: true, description: 'One pool, by id or name.' })
  @Allow('reader')
  async pool(
    @Args('id', { type: () => ID, nullable: true, description: 'Its id.' }) id?: string | null,
    @Args('name', { type: () => String, nullable: true, description: 'Its name, in place of the id.' })
    name?: string | null,
  ): Promise<PoolType | null> {
    const idOrName = id ?? name;
    if (!idOrName || (id && name)) throw badInput('Give "id" or "name".');
    const number = await this.allocations.resolvePool(idOrName);
    const [pool] = number === null ? [] : await this.service.byIds([number]);
    return pool ? poolTypeOf(pool) : null;
  }

  @Query(() => PoolConnection, { description: 'Pools, those near the root first.' })
  @Allow('reader')
  async pools(
    @Args() page: PageArgs,
    @Args('filter', { type: () => PoolFilterInput, nullable: true, description: 'Left out: all.' })
    input?: PoolFilterInput | null,
    @Args('orderBy', {
      type: () => PoolOrderEnum,
      defaultValue: 'DEPTH',
      description: 'A cursor belongs to the order that it was made in.',
    })
    order: PoolOrder = 'DEPTH',
  ): Promise<Connection<PoolType>> {
    const codec = byOrder[order];
    const request = readPage(page, codec);
    const filter = await this.filterOf(input ?? {});
    return connectionFrom(
      filter ? await this.service.list(filter, order, request.limit, request.after) : [],
      request,
      {
        codec,
        keyOf: ({ depth, name }) => ({ depth, name }),
        toNode: poolTypeOf,
        totalCount: () => (filter ? this.service.count(filter) : 0),
      },
    );
  }

  /** Null where it names something that does not exist, which no pool can match. */
  private async filterOf(input: PoolFilterInput): Promise<PoolFilter | null> {
    const parentId =
      typeof input.parent === 'string' ? await this.allocations.resolvePool(input.parent) : undefined;
    const domain = input.routingDomain ? await this.routingDomains.find(input.routingDomain) : undefined;
    if (parentId === null || domain === null) return null;
    return {
      parentId: input.parent === null ? null : parentId,
      family: input.family ?? undefined,
      routingDomainId: domain?.id,
      tag: input.tag ?? undefined,
      cidrContaining: input.cidrContaining ?? undefined,
      cidrWithin: input.cidrWithin ?? undefined,
      text: input.text ? requireText('text', input.text, 256, 1) : undefined,
    };
  }
}
