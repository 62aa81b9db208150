import { Args, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { type Prefix, widthOf } from '../../../address/index.js';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { failureOf, NotFound } from '../../../platform/graphql/failure.js';
import {
  type Connection,
  connectionFrom,
  MAX_PAGE,
  PageArgs,
  readPage,
} from '../../../platform/graphql/pagination.js';
import { CIDR } from '../../../platform/graphql/scalars.js';
import { requireText, tagsFromInput } from '../../../platform/graphql/tags.js';
import { RoutingDomainType } from '../../routing-domains/index.js';
import { AllocationService } from '../allocation.service.js';
import { notFound } from '../domain/decide.js';
import type { PoolRules } from '../domain/pool.js';
import { type PoolOutcome, PoolService } from '../pool.service.js';
import { type FailureType, toFailure } from './failure.mapper.js';
import {
  CapacityType,
  CreatePoolInput,
  CreatePoolResult,
  PoolConnection,
  type PoolRulesInput,
  PoolType,
  poolTypeOf,
  ProvisionCidrInput,
  ProvisionCidrResult,
  UpdatePoolInput,
  UpdatePoolResult,
} from './pool.types.js';
import { RoutingDomainLoader } from './routing-domain.loader.js';

const byName = cursorCodec('pools', z.string());
const LONGEST_DESCRIPTION = 1024;
const MOST_CIDRS = 1000;
const MOST_REQUIRED_TAGS = 50;

const answer = (outcome: PoolOutcome): PoolType | FailureType =>
  outcome.ok ? poolTypeOf(outcome.pool) : toFailure(outcome.failure);
const missing = (idOrName: string): NotFound => failureOf(NotFound, notFound(idOrName));

@Resolver(() => PoolType)
export class PoolResolver {
  constructor(
    private readonly service: PoolService,
    private readonly allocations: AllocationService,
    private readonly routingDomains: RoutingDomainLoader,
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

  @Query(() => PoolConnection, { description: 'All pools, by name.' })
  @Allow('reader')
  async pools(@Args() page: PageArgs): Promise<Connection<PoolType>> {
    const request = readPage(page, byName);
    return connectionFrom(await this.service.list(request.limit, request.after), request, {
      codec: byName,
      keyOf: (pool) => pool.name,
      toNode: poolTypeOf,
      totalCount: () => this.service.count(),
    });
  }

  @ResolveField(() => RoutingDomainType, {
    nullable: true,
    description: 'Where it is unique; null for GLOBAL.',
  })
  async routingDomain(@Parent() pool: PoolType): Promise<RoutingDomainType | null> {
    const { routingDomainId } = pool.row;
    return routingDomainId === null ? null : this.routingDomains.load(routingDomainId);
  }

  @ResolveField(() => CapacityType, {
    complexity: 10,
    description: 'How its addresses are used, at this moment.',
  })
  async capacity(@Parent() pool: PoolType): Promise<CapacityType> {
    return Object.assign(new CapacityType(), await this.service.capacity(pool.row));
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
    return this.service.freeBlocks(pool.row, prefixLength ?? null, first);
  }

  @Mutation(() => CreatePoolResult, { description: 'Makes a root pool.' })
  @Allow('admin')
  async createPool(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Name, CIDRs and rules.' }) input: CreatePoolInput,
  ): Promise<PoolType | FailureType> {
    if (input.cidrs.length < 1 || input.cidrs.length > MOST_CIDRS)
      throw badInput(`"cidrs" has 1 to ${MOST_CIDRS} entries, not ${input.cidrs.length}.`);
    const routingDomain = input.routingDomain ?? null;
    if (input.uniqueness && (input.uniqueness === 'GLOBAL') !== (routingDomain === null)) {
      throw badInput('"uniqueness" ROUTING_DOMAIN goes with "routingDomain", GLOBAL without.');
    }
    const outcome = await this.service.create(ctx, {
      name: input.name,
      description: requireText('description', input.description, LONGEST_DESCRIPTION),
      family: input.family ?? input.cidrs[0]!.family,
      cidrs: input.cidrs,
      routingDomain,
      rules: rulesOf(input.rules),
      tags: tagsFromInput(input.tags),
    });
    return answer(outcome);
  }

  @Mutation(() => ProvisionCidrResult, { description: 'Adds a CIDR to a root pool.' })
  @Allow('admin')
  async provisionCidr(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which pool, and what to add.' }) input: ProvisionCidrInput,
  ): Promise<PoolType | FailureType> {
    const id = await this.allocations.resolvePool(input.pool);
    return id === null ? missing(input.pool) : answer(await this.service.provision(ctx, id, input.cidr));
  }

  @Mutation(() => UpdatePoolResult, {
    description: 'Changes name, description, tags or rules of a pool. Live allocations stay as they are.',
  })
  @Allow('admin')
  async updatePool(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which pool, and what is to be different.' }) input: UpdatePoolInput,
  ): Promise<PoolType | FailureType> {
    const id = await this.allocations.resolvePool(input.pool);
    if (id === null) return missing(input.pool);
    const { name, description, tags, version } = input;
    const outcome = await this.service.update(ctx, id, {
      name: name ?? undefined,
      description:
        typeof description === 'string'
          ? requireText('description', description, LONGEST_DESCRIPTION)
          : undefined,
      tags: tags ? tagsFromInput(tags) : undefined,
      rules: rulesOf(input.rules),
      version: version ?? undefined,
    });
    return answer(outcome);
  }
}

/** The rules that were given. `null` takes a length away, and means "as it is" for what has no "none". */
function rulesOf(input: PoolRulesInput | null | undefined): Partial<PoolRules> {
  if (!input) return {};
  const { minPrefixLength, maxPrefixLength, defaultPrefixLength, requiredTags, excluded } = input;
  if ((requiredTags?.length ?? 0) > MOST_REQUIRED_TAGS)
    throw badInput(`"requiredTags" has at most ${MOST_REQUIRED_TAGS} entries.`);
  if ((excluded?.length ?? 0) > MOST_CIDRS) throw badInput(`"excluded" has at most ${MOST_CIDRS} entries.`);
  const lengths = { minPrefixLength, maxPrefixLength, defaultPrefixLength };
  const others = {
    requiredTags: requiredTags?.map((tag) => requireText('requiredTags', tag, 128, 1)),
    placement: input.placement,
    quarantineSeconds: input.quarantineSeconds,
    excluded,
    autoAdopt: input.autoAdopt,
  };
  return {
    ...Object.fromEntries(Object.entries(lengths).filter(([, value]) => value !== undefined)),
    ...Object.fromEntries(
      Object.entries(others).filter(([, value]) => value !== undefined && value !== null),
    ),
  };
}
