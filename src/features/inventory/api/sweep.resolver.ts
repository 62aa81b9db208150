import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { NotFound, RuleViolation } from '../../../platform/graphql/failure.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import type { DiscoveryOutcome } from '../domain/discovery-failure.js';
import { EXTERNAL_NETWORK, type ObservedKind, type StoredKind } from '../domain/observed.js';
import type { Sweep } from '../domain/sweep.js';
import { SweepsService } from '../sweeps.service.js';
import { toFailure } from './discovery-failure.mapper.js';
import { DiscoveryLoaders } from './discovery.loaders.js';
import {
  ChangeSweepResult,
  FailedScope,
  StartSweepInput,
  StartSweepResult,
  SweepConnection,
  SweepInput,
  SweepType,
  sweepTypeOf,
} from './sweep.types.js';

const latestFirst = cursorCodec('sweeps', z.int32());
const MOST_ACCOUNTS = 1_000;
const MOST_REGIONS = 100;
const MOST_KINDS = 100;
/** A list without pages: what is below counts as often as this. */
const FAILED_COUNTED = 10;

@Resolver(() => SweepType)
export class SweepResolver {
  constructor(
    private readonly sweeps: SweepsService,
    private readonly loaders: DiscoveryLoaders,
  ) {}

  @Query(() => SweepType, {
    name: 'sweep',
    nullable: true,
    description: 'One sweep, by id. Sweeps are forgotten 30 days after their end.',
  })
  @Allow('reader')
  async sweep(@Args('id', { type: () => ID, description: 'Its id.' }) id: string): Promise<SweepType | null> {
    const sweep = await this.sweeps.find(id);
    return sweep && sweepTypeOf(sweep);
  }

  @Query(() => SweepConnection, { name: 'sweeps', description: 'All sweeps, the latest first.' })
  @Allow('reader')
  async listSweeps(@Args() page: PageArgs): Promise<Connection<SweepType>> {
    const request = readPage(page, latestFirst);
    return connectionFrom(await this.sweeps.list(request.limit, request.after), request, {
      codec: latestFirst,
      keyOf: ({ id }) => id,
      toNode: sweepTypeOf,
      totalCount: () => this.sweeps.count(),
    });
  }

  @ResolveField(() => [FailedScope], {
    complexity: ({ childComplexity }) => 1 + FAILED_COUNTED * childComplexity,
    description:
      'Where at least one list could not be read, by account and region; at most 1,000 in one answer.',
  })
  failedScopes(@Parent() { row }: SweepType): Promise<readonly FailedScope[]> {
    // most sweeps have none
    return row.scopesFailed === 0 ? Promise.resolve([]) : this.loaders.failedScopes.load(row.id);
  }

  @Mutation(() => StartSweepResult, {
    description:
      'Begins to read accounts and regions now. Answers at once: ask for the sweep to see how far it is.',
  })
  @Allow('operator')
  async startSweep(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'What is to be swept.', defaultValue: {} }) input: StartSweepInput,
  ): Promise<SweepType | NotFound | RuleViolation> {
    // the default of the argument is taken as it is, without those of its fields
    const { accounts = [], regions = [], kinds = [] } = input;
    if (accounts.length > MOST_ACCOUNTS || regions.length > MOST_REGIONS || kinds.length > MOST_KINDS)
      throw badInput(
        `A sweep names at most ${MOST_ACCOUNTS} accounts, ${MOST_REGIONS} regions and ${MOST_KINDS} kinds.`,
      );
    return answer(await this.sweeps.start(ctx, { accounts, regions, kinds: kinds.map(swept) }));
  }

  @Mutation(() => ChangeSweepResult, {
    description: 'Stops a sweep within a second. What was read stays; resumeSweep reads the rest.',
  })
  @Allow('operator')
  async cancelSweep(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which.' }) input: SweepInput,
  ): Promise<SweepType | NotFound | RuleViolation> {
    return answer(await this.sweeps.cancel(ctx, input.id));
  }

  @Mutation(() => ChangeSweepResult, {
    description: 'Reads what of a sweep failed or was left when somebody stopped it.',
  })
  @Allow('operator')
  async resumeSweep(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which.' }) input: SweepInput,
  ): Promise<SweepType | NotFound | RuleViolation> {
    return answer(await this.sweeps.resume(ctx, input.id));
  }
}

function answer(outcome: DiscoveryOutcome<Sweep>): SweepType | NotFound | RuleViolation {
  return outcome.ok ? sweepTypeOf(outcome.value) : toFailure(outcome.failure);
}

function swept(kind: StoredKind): ObservedKind {
  if (kind === EXTERNAL_NETWORK) throw badInput('No sweep reads EXTERNAL_NETWORK: people declare them.');
  return kind;
}
