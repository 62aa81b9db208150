import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { failureOf, NotFound } from '../../../platform/graphql/failure.js';
import { requireText, tagsFromInput } from '../../../platform/graphql/tags.js';
import { AllocationService } from '../allocation.service.js';
import { notFound } from '../domain/decide.js';
import type { PoolRules } from '../domain/pool.js';
import { PoolRemovalService } from '../pool-removal.service.js';
import { type PoolOutcome, PoolService, type Provision } from '../pool.service.js';
import { type FailureType, toFailure } from './failure.mapper.js';
import {
  CreatePoolInput,
  CreatePoolResult,
  DeletePoolInput,
  DeletePoolResult,
  DeprovisionCidrInput,
  DeprovisionCidrResult,
  ProvisionCidrInput,
  ProvisionCidrResult,
  UpdatePoolInput,
  UpdatePoolResult,
} from './pool-changes.types.js';
import { type PoolRulesInput, PoolType, poolTypeOf } from './pool.types.js';

const LONGEST_DESCRIPTION = 1024;
const MOST_CIDRS = 1000;
const MOST_REQUIRED_TAGS = 50;

const answer = (outcome: PoolOutcome): PoolType | FailureType =>
  outcome.ok ? poolTypeOf(outcome.pool) : toFailure(outcome.failure);
const missing = (idOrName: string): NotFound => failureOf(NotFound, notFound(idOrName));

@Resolver()
export class PoolChangesResolver {
  constructor(
    private readonly service: PoolService,
    private readonly removal: PoolRemovalService,
    private readonly allocations: AllocationService,
  ) {}

  @Mutation(() => CreatePoolResult, {
    description: 'Makes a root pool of CIDRs, or a child pool of allocations of other pools.',
  })
  @Allow('admin')
  async createPool(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Name, CIDRs or allocations, and rules.' }) input: CreatePoolInput,
  ): Promise<PoolType | FailureType> {
    const from = provisionOf(input);
    const routingDomain = input.routingDomain ?? null;
    if (input.uniqueness && (input.uniqueness === 'GLOBAL') !== (routingDomain === null)) {
      throw badInput('"uniqueness" ROUTING_DOMAIN goes with "routingDomain", GLOBAL without.');
    }
    if ('allocations' in from && (routingDomain !== null || input.uniqueness))
      throw badInput('A child pool is as unique as its sources: no "uniqueness", no "routingDomain".');
    const outcome = await this.service.create(ctx, {
      name: input.name,
      description: requireText('description', input.description, LONGEST_DESCRIPTION),
      family: input.family ?? null,
      from,
      routingDomain,
      rules: rulesOf(input.rules),
      tags: tagsFromInput(input.tags),
    });
    return answer(outcome);
  }

  @Mutation(() => ProvisionCidrResult, {
    description: 'Adds a CIDR to a root pool, or an allocation of another pool to a child pool.',
  })
  @Allow('admin')
  async provisionCidr(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which pool, and what to add.' }) input: ProvisionCidrInput,
  ): Promise<PoolType | FailureType> {
    const { cidr, allocation } = input;
    if (Boolean(cidr) === Boolean(allocation)) throw badInput('Give "cidr" or "allocation".');
    const from = cidr ? { cidrs: [cidr] } : { allocations: [allocation!] };
    const id = await this.allocations.resolvePool(input.pool);
    return id === null ? missing(input.pool) : answer(await this.service.provision(ctx, id, from));
  }

  @Mutation(() => DeprovisionCidrResult, {
    description:
      'Takes a CIDR out of a pool in which nothing is reserved or allocated. What rests in quarantine there becomes released.',
  })
  @Allow('admin')
  async deprovisionCidr(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which pool, and which of its CIDRs.' }) input: DeprovisionCidrInput,
  ): Promise<PoolType | FailureType> {
    const id = await this.allocations.resolvePool(input.pool);
    return id === null ? missing(input.pool) : answer(await this.removal.deprovision(ctx, id, input.cidr));
  }

  @Mutation(() => DeletePoolResult, {
    description:
      'Takes a pool away in which nothing is reserved or allocated. Its past stays in the register and in the trail.',
  })
  @Allow('admin')
  async deletePool(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which pool.' }) input: DeletePoolInput,
  ): Promise<PoolType | FailureType> {
    const id = await this.allocations.resolvePool(input.pool);
    if (id === null) return missing(input.pool);
    return answer(await this.removal.delete(ctx, id, input.version ?? undefined));
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

function provisionOf({ cidrs, fromAllocations }: CreatePoolInput): Provision {
  if (Boolean(cidrs) === Boolean(fromAllocations)) throw badInput('Give "cidrs" or "fromAllocations".');
  const [name, given] = cidrs ? ['cidrs', cidrs] : ['fromAllocations', fromAllocations!];
  if (given.length < 1 || given.length > MOST_CIDRS)
    throw badInput(`"${name}" has 1 to ${MOST_CIDRS} entries, not ${given.length}.`);
  return cidrs ? { cidrs } : { allocations: fromAllocations! };
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
