import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import { formatInstant, parseInstant } from '../../../platform/context/instant.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { badInput } from '../../../platform/graphql/errors.js';
import type { Failure } from '../../../platform/graphql/failure.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import { requireText } from '../../../platform/graphql/tags.js';
import { type FindingFilter, type FindingPlace, SEVERITIES } from '../domain/finding.js';
import { FindingsService } from '../findings.service.js';
import { toFailure } from './failure.mapper.js';
import {
  FindingConnection,
  FindingFilterInput,
  FindingType,
  findingTypeOf,
  UnwaiveFindingInput,
  UnwaiveFindingResult,
  WaiveFindingInput,
  WaiveFindingResult,
} from './finding.types.js';

const bySeverity = cursorCodec<FindingPlace>(
  'findings',
  z.object({
    severity: z.enum(SEVERITIES),
    firstSeen: z.string().refine(isInstant),
    id: z.int().positive(),
  }),
);

const MOST_OF_A_LIST = 32;
const LONGEST = { subject: 1024, text: 256, account: 64, region: 64, reason: 1024, contact: 255 } as const;

@Resolver()
export class FindingsResolver {
  constructor(private readonly findingsService: FindingsService) {}

  @Query(() => FindingType, { nullable: true, description: 'One finding, also one that is over.' })
  @Allow('reader')
  async finding(
    @Args('id', { type: () => ID, description: 'Its id.' }) id: string,
  ): Promise<FindingType | null> {
    const found = await this.findingsService.find(id);
    return found && findingTypeOf(found);
  }

  @Query(() => FindingConnection, { description: 'What is wrong, the worst and oldest first.' })
  @Allow('reader')
  async findings(
    @Args() page: PageArgs,
    @Args('filter', {
      type: () => FindingFilterInput,
      nullable: true,
      description: 'Left out: all that is still so.',
    })
    input?: FindingFilterInput | null,
  ): Promise<Connection<FindingType>> {
    const request = readPage(page, bySeverity);
    const filter = filterOf(input ?? { open: true });
    return connectionFrom(await this.findingsService.list(filter, request.limit, request.after), request, {
      codec: bySeverity,
      keyOf: ({ severity, firstSeen, id }) => ({ severity, firstSeen: formatInstant(firstSeen), id }),
      toNode: findingTypeOf,
      totalCount: () => this.findingsService.count(filter),
    });
  }

  @Mutation(() => WaiveFindingResult, {
    description:
      'Somebody answers for a finding until an instant; another waiver replaces the one before. It stays when the finding comes back.',
  })
  @Allow('operator')
  async waiveFinding(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which, why, who, until when.' }) input: WaiveFindingInput,
  ): Promise<FindingType | Failure> {
    const outcome = await this.findingsService.waive(ctx, input.id, {
      reason: requireWords('reason', input.reason),
      contact: requireWords('contact', input.contact),
      until: input.until,
    });
    return outcome.ok ? findingTypeOf(outcome.value) : toFailure(outcome.failure);
  }

  @Mutation(() => UnwaiveFindingResult, {
    description: 'Takes the waiver of a finding away; where there is none, nothing is different.',
  })
  @Allow('operator')
  async unwaiveFinding(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which.' }) input: UnwaiveFindingInput,
  ): Promise<FindingType | Failure> {
    const outcome = await this.findingsService.unwaive(ctx, input.id);
    return outcome.ok ? findingTypeOf(outcome.value) : toFailure(outcome.failure);
  }
}

function filterOf(input: FindingFilterInput): FindingFilter {
  const text = (name: 'subject' | 'text' | 'account' | 'region'): string | undefined => {
    const given = input[name] ?? undefined;
    return given === undefined ? undefined : requireText(name, given, LONGEST[name], 1);
  };
  return {
    kinds: few('kinds', input.kinds),
    severities: few('severities', input.severities),
    subject: text('subject'),
    text: text('text'),
    account: text('account'),
    region: text('region'),
    waived: input.waived ?? undefined,
    open: input.open ?? undefined,
  };
}

function few<Item>(name: string, given: readonly Item[] | null | undefined): readonly Item[] | undefined {
  if (given && given.length > MOST_OF_A_LIST)
    throw badInput(`"${name}" has at most ${MOST_OF_A_LIST} items, not ${given.length}.`);
  return given ?? undefined;
}

function requireWords(name: 'reason' | 'contact', text: string): string {
  if (requireText(name, text, LONGEST[name], 1).trim() === '') throw badInput(`"${name}" is not blank.`);
  return text;
}

function isInstant(text: string): boolean {
  try {
    return formatInstant(parseInstant(text)) === text;
  } catch {
    return false;
  }
}
