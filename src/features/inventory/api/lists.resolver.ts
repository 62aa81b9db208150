import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { requireText } from '../../../platform/graphql/tags.js';
import { ListsService } from '../lists.service.js';
import { type FailureType, toFailure } from './external-network.types.js';
import { AcceptDropInput, AcceptDropResult, ObservedList, observedListOf } from './observed.types.js';

const LONGEST = 255;

@Resolver()
export class ListsResolver {
  constructor(private readonly service: ListsService) {}

  @Mutation(() => AcceptDropResult, {
    description:
      'Says that what is gone at once from a suspicious list is really gone: the next list that shows it counts as good.',
  })
  @Allow('operator')
  async acceptDrop(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which list.' }) { account, region, kind }: AcceptDropInput,
  ): Promise<ObservedList | FailureType> {
    const outcome = await this.service.acceptDrop(ctx, {
      account: requireText('account', account, LONGEST, 1),
      region: requireText('region', region, LONGEST, 1),
      kind,
    });
    return outcome.ok ? observedListOf(outcome.value) : toFailure(outcome.failure);
  }
}
