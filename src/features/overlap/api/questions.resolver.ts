import { Args, Int, Query, Resolver } from '@nestjs/graphql';
import { Allow } from '../../../platform/auth/allow.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { requireText } from '../../../platform/graphql/tags.js';
import { SearchService } from '../search.service.js';
import { WouldOverlapService } from '../would-overlap.service.js';
import { SearchAnswer } from './search.types.js';
import { answerOf, PlannedConnectionInput, WouldOverlapAnswer } from './would-overlap.types.js';

const MOST_NAMES = 100;
const LONGEST_NAME = 255;
const LONGEST_TEXT = 255;
const MOST_HITS = 100;

/** What people ask before they do something. */
@Resolver()
export class QuestionsResolver {
  constructor(
    private readonly plans: WouldOverlapService,
    private readonly searches: SearchService,
  ) {}

  @Query(() => WouldOverlapAnswer, {
    complexity: 100,
    description: 'What would come of connecting two ends, as the provider behaves, before anybody does it.',
  })
  @Allow('reader')
  async wouldOverlap(
    @Args('connect', { description: 'The ends, and how.' }) { a, b, via }: PlannedConnectionInput,
  ): Promise<WouldOverlapAnswer> {
    for (const [name, given] of Object.entries({ a, b })) {
      if (given.length < 1 || given.length > MOST_NAMES)
        throw badInput(`"${name}" has to name 1 to ${MOST_NAMES} things, not ${given.length}.`);
      for (const text of given) requireText(name, text, LONGEST_NAME, 1);
    }
    return answerOf(await this.plans.ask(a, b, via));
  }

  @Query(() => SearchAnswer, {
    complexity: 100,
    description:
      'Everything that is allocated, observed or declared, by CIDR, address, id, name, tag, holder or what else is said of it.',
  })
  @Allow('reader')
  async search(
    @Args('text', {
      type: () => String,
      description: '1 to 255 characters. A CIDR or an address finds what contains it.',
    })
    text: string,
    @Args('first', { type: () => Int, defaultValue: 20, description: `How many, 1 to ${MOST_HITS}.` })
    first: number,
  ): Promise<SearchAnswer> {
    if (first < 1 || first > MOST_HITS)
      throw badInput(`"first" has to be from 1 to ${MOST_HITS}, not ${first}.`);
    return this.searches.search(requireText('text', text.trim(), LONGEST_TEXT, 1), first);
  }
}
