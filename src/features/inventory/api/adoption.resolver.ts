import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { failureOf, NotFound } from '../../../platform/graphql/failure.js';
import { requireText, tagsFromInput } from '../../../platform/graphql/tags.js';
import { allocationTypeOf, poolTypeOf, toAllocationFailure } from '../../allocation/index.js';
import { AdoptionService } from '../adoption.service.js';
import {
  AdoptionFailureType,
  AdoptionType,
  AdoptObservedInput,
  AdoptObservedResult,
} from './adoption.types.js';

const LONGEST = { resource: 64, key: 256, contact: 256 } as const;

@Resolver()
export class AdoptionResolver {
  constructor(private readonly adoption: AdoptionService) {}

  @Mutation(() => AdoptObservedResult, {
    description:
      'Registers what is observed, with its account, region and id as the holder: a subnet, or a VPC with all its CIDRs, a pool for it and its subnets in that. Nothing is renumbered. Repeated it adopts what is left.',
  })
  @Allow('operator')
  async adoptObserved(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'What, and into which pool.' }) input: AdoptObservedInput,
  ): Promise<AdoptionType | NotFound> {
    const { resource, pool, key, contact, tags } = input;
    const outcome = await this.adoption.adopt(ctx, {
      resource: requireText('resource', resource, LONGEST.resource, 1),
      ...(typeof pool === 'string' && { pool }),
      ...(typeof key === 'string' && { key: requireText('key', key, LONGEST.key, 1) }),
      ...(typeof contact === 'string' && { contact: requireText('contact', contact, LONGEST.contact) }),
      ...(tags && { tags: tagsFromInput(tags) }),
    });
    if (!outcome.ok) return failureOf(NotFound, outcome.failure);
    const { allocations, pools, failures } = outcome.adoption;
    return Object.assign(new AdoptionType(), {
      resource,
      allocations: allocations.map(allocationTypeOf),
      pools: pools.map(poolTypeOf),
      failures: failures.map(({ failure, ...about }) =>
        Object.assign(new AdoptionFailureType(), { ...about, failure: toAllocationFailure(failure) }),
      ),
    });
  }
}
