import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { requireItems } from '../../../platform/graphql/many.js';
import { AllocationMany, type ManyOutcome } from '../allocation.many.js';
import { adoptCommand, allocateCommand, reserveCommand } from './allocation.inputs.js';
import { allocationTypeOf } from './allocation.types.js';
import { type FailureType, toFailure } from './failure.mapper.js';
import { AdoptManyInput, AllocateManyInput, ReleaseManyInput, ReserveManyInput } from './many.inputs.js';
import {
  AdoptManyResult,
  AllocateManyResult,
  Allocations,
  ReleaseManyResult,
  ReserveManyResult,
} from './many.types.js';

const answer = (outcome: ManyOutcome): Allocations | FailureType =>
  outcome.ok
    ? Object.assign(new Allocations(), {
        allocations: outcome.allocations.map(allocationTypeOf),
        replayed: outcome.replayed,
      })
    : toFailure(outcome.failure);

/** The operations on allocations that take many items at once, of one pool or several. */
@Resolver()
export class ManyResolver {
  constructor(private readonly many: AllocationMany) {}

  @Mutation(() => AllocateManyResult, { description: 'Does allocate for each item: all of them or none.' })
  @Allow('operator')
  async allocateMany(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which space, and for whom.' }) { items }: AllocateManyInput,
  ): Promise<Allocations | FailureType> {
    const commands = requireItems(items).map((item) => ({ pool: item.pool, command: allocateCommand(item) }));
    return answer(await this.many.take(ctx, commands));
  }

  @Mutation(() => ReserveManyResult, { description: 'Does reserve for each item: all of them or none.' })
  @Allow('operator')
  async reserveMany(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which space, for whom and for how long.' }) { items }: ReserveManyInput,
  ): Promise<Allocations | FailureType> {
    const commands = requireItems(items).map((item) => ({ pool: item.pool, command: reserveCommand(item) }));
    return answer(await this.many.take(ctx, commands));
  }

  @Mutation(() => AdoptManyResult, { description: 'Does adopt for each item: all of them or none.' })
  @Allow('operator')
  async adoptMany(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'What is in use, and by whom.' }) { items }: AdoptManyInput,
  ): Promise<Allocations | FailureType> {
    const commands = requireItems(items).map((item) => ({ pool: item.pool, command: adoptCommand(item) }));
    return answer(await this.many.take(ctx, commands));
  }

  @Mutation(() => ReleaseManyResult, { description: 'Does release for each item: all of them or none.' })
  @Allow('operator')
  async releaseMany(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which allocations.' }) { items }: ReleaseManyInput,
  ): Promise<Allocations | FailureType> {
    return answer(await this.many.release(ctx, requireItems(items)));
  }
}
