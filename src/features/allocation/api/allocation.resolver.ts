import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { type Connection, PageArgs } from '../../../platform/graphql/pagination.js';
import { publicId } from '../../../platform/graphql/public-id.js';
import { AllocationService } from '../allocation.service.js';
import type { AllocationOrder } from '../domain/allocation-list.js';
import type { Outcome } from '../domain/command.js';
import {
  AdoptInput,
  adoptCommand,
  AllocateInput,
  allocateCommand,
  AllocationFilterInput,
  changesOfAllocation,
  ConfirmInput,
  nonceOf,
  ReleaseInput,
  RenewInput,
  requireTtl,
  ReserveInput,
  reserveCommand,
  RestoreAllocationInput,
  UpdateAllocationInput,
} from './allocation.inputs.js';
import {
  AdoptResult,
  AllocateResult,
  AllocationConnection,
  AllocationPreview,
  AllocationType,
  allocationTypeOf,
  ConfirmResult,
  PreviewResult,
  ReleaseResult,
  RenewResult,
  ReserveResult,
  RestoreAllocationResult,
  UpdateAllocationResult,
} from './allocation.types.js';
import { AllocationPages } from './allocation-pages.js';
import { AllocationOrderEnum } from './enums.js';
import { type FailureType, toFailure } from './failure.mapper.js';
import { holderOf } from './holder.types.js';
import { PoolLoader } from './pool.loader.js';
import { PoolType } from './pool.types.js';

const answer = (outcome: Outcome): AllocationType | FailureType =>
  outcome.ok ? allocationTypeOf(outcome.allocation) : toFailure(outcome.failure);

@Resolver(() => AllocationType)
export class AllocationResolver {
  constructor(
    private readonly service: AllocationService,
    private readonly pages: AllocationPages,
    private readonly pools: PoolLoader,
  ) {}

  @Query(() => AllocationType, { nullable: true, description: 'One allocation, by id, or by pool and key.' })
  @Allow('reader')
  async allocation(
    @Args('id', { type: () => ID, nullable: true, description: 'Its id, without the others.' })
    id?: string | null,
    @Args('pool', { type: () => ID, nullable: true, description: 'Id or name; goes with "key".' })
    pool?: string | null,
    @Args('key', { type: () => String, nullable: true, description: 'What it was taken under.' })
    key?: string | null,
  ): Promise<AllocationType | null> {
    const found = await this.service.find(placeOf(id, pool, key));
    return found && allocationTypeOf(found);
  }

  @Query(() => AllocationConnection, { description: 'Allocations, also those that are over.' })
  @Allow('reader')
  async allocations(
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
    return this.pages.page(page, filter ?? {}, order);
  }

  @ResolveField(() => PoolType, {
    nullable: true,
    description: 'The pool it was taken from; null once that is deleted.',
  })
  pool(@Parent() allocation: AllocationType): Promise<PoolType | null> {
    return this.pools.load(allocation.poolId);
  }

  @Mutation(() => AllocateResult, { description: 'Takes a CIDR out of a pool for good.' })
  @Allow('operator')
  async allocate(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which space, and for whom.' }) input: AllocateInput,
  ): Promise<AllocationType | FailureType> {
    return answer(await this.service.take(ctx, input.pool, allocateCommand(input)));
  }

  @Mutation(() => ReserveResult, {
    description: 'Takes a CIDR out of a pool until it expires or is confirmed.',
  })
  @Allow('operator')
  async reserve(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which space, for whom and for how long.' }) input: ReserveInput,
  ): Promise<AllocationType | FailureType> {
    return answer(await this.service.take(ctx, input.pool, reserveCommand(input)));
  }

  @Mutation(() => AdoptResult, {
    description:
      "Registers a CIDR that is in use already. Checks that nobody else has it, not the pool's rules; never renumbers.",
  })
  @Allow('operator')
  async adopt(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'What is in use, and by whom.' }) input: AdoptInput,
  ): Promise<AllocationType | FailureType> {
    return answer(await this.service.take(ctx, input.pool, adoptCommand(input)));
  }

  @Query(() => PreviewResult, { description: 'What allocate would answer now. Not binding.' })
  @Allow('reader')
  async previewAllocation(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which space, and for whom.' }) input: AllocateInput,
  ): Promise<AllocationPreview | FailureType> {
    const outcome = await this.service.preview(ctx, input.pool, allocateCommand(input));
    if (!outcome.ok) return toFailure(outcome.failure);
    const { cidr, id } = outcome.allocation;
    return Object.assign(new AllocationPreview(), {
      cidr,
      binding: false,
      allocation: id === 0 ? null : publicId('allocation', id),
    });
  }

  @Mutation(() => ConfirmResult, {
    description: 'Makes a reservation permanent; brings back an expired one whose CIDR is still free.',
  })
  @Allow('operator')
  async confirm(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which reservation.' }) input: ConfirmInput,
  ): Promise<AllocationType | FailureType> {
    const { id } = input;
    return answer(
      await this.service.change(ctx, {
        kind: 'confirm',
        id,
        nonce: nonceOf(input.nonce),
        holder: holderOf(input.holder),
      }),
    );
  }

  @Mutation(() => RenewResult, { description: 'Holds a reservation longer.' })
  @Allow('operator')
  async renew(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which reservation, and for how long.' }) input: RenewInput,
  ): Promise<AllocationType | FailureType> {
    return answer(
      await this.service.change(ctx, {
        kind: 'renew',
        id: input.id,
        ttlSeconds: requireTtl(input.ttlSeconds),
      }),
    );
  }

  @Mutation(() => ReleaseResult, {
    description: "Gives a CIDR back: a reservation's at once, an allocated one after the pool's quarantine.",
  })
  @Allow('operator')
  async release(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which allocation.' }) input: ReleaseInput,
  ): Promise<AllocationType | FailureType> {
    return answer(await this.service.change(ctx, { kind: 'release', id: input.id, force: input.force }));
  }

  @Mutation(() => RestoreAllocationResult, {
    description: 'Takes an allocation out of quarantine, with its key if nobody has it now.',
  })
  @Allow('operator')
  async restoreAllocation(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which allocation.' }) input: RestoreAllocationInput,
  ): Promise<AllocationType | FailureType> {
    return answer(await this.service.change(ctx, { kind: 'restore', id: input.id }));
  }

  @Mutation(() => UpdateAllocationResult, {
    description: 'Changes what describes an allocation, never its CIDR.',
  })
  @Allow('operator')
  async updateAllocation(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which allocation, and what is to be different.' })
    input: UpdateAllocationInput,
  ): Promise<AllocationType | FailureType> {
    const { id, version } = input;
    return answer(
      await this.service.change(ctx, { kind: 'update', id, version, ...changesOfAllocation(input) }),
    );
  }
}

function placeOf(
  id?: string | null,
  pool?: string | null,
  key?: string | null,
): { id: string } | { pool: string; key: string } {
  if (id && !pool && !key) return { id };
  if (!id && pool && key) return { pool, key };
  throw badInput('Give "id", or "pool" and "key".');
}
