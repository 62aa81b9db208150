import { Inject } from '@nestjs/common';
import { Args, ID, Resolver, Subscription } from '@nestjs/graphql';
import { Allow } from '../../../platform/auth/allow.js';
import { SETTINGS, type Settings } from '../../../platform/config/settings.js';
import { systemClock } from '../../../platform/context/request-context.js';
import { ChangeFeed, type FeedStart, PositionGoneError } from '../../../platform/events/index.js';
import { badInput, positionGone } from '../../../platform/graphql/errors.js';
import { BigIntScalar } from '../../../platform/graphql/scalars.js';
import { ChangeType, changeTypeOf } from '../../access/index.js';
import { AllocationService } from '../allocation.service.js';

const MICROS_PER_DAY = 24 * 3600 * 1_000_000;

@Resolver()
export class ChangesResolver {
  constructor(
    private readonly feed: ChangeFeed,
    private readonly allocations: AllocationService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Subscription(() => ChangeType, {
    description:
      'Changes as they are published: of one pool in the order of its sequence, or of the whole service by position. ' +
      'Without "since…" from now on. Who resumes after the last one seen misses nothing and may see none twice. ' +
      'What is older than the feed keeps is POSITION_GONE with the oldest that is kept.',
    resolve: (change: ChangeType) => change,
  })
  @Allow('reader')
  async changes(
    @Args('pool', { type: () => ID, nullable: true, description: 'Id or name.' }) pool?: string | null,
    @Args('sinceSequence', {
      type: () => BigIntScalar,
      nullable: true,
      description: 'With "pool": after this sequence.',
    })
    sinceSequence?: bigint | null,
    @Args('sincePosition', {
      type: () => BigIntScalar,
      nullable: true,
      description: 'Without "pool": after this position.',
    })
    sincePosition?: bigint | null,
  ): Promise<AsyncIterableIterator<ChangeType>> {
    const start = await this.startOf(pool ?? null, sinceSequence ?? null, sincePosition ?? null);
    const keptSince =
      systemClock.now().getTime() * 1000 - this.settings.events.feedRetentionDays * MICROS_PER_DAY;
    await this.feed.requireKept(start, keptSince).catch((error: unknown) => {
      throw error instanceof PositionGoneError ? positionGone(error.oldest) : error;
    });
    return follow(this.feed, start);
  }

  private async startOf(
    pool: string | null,
    sequence: bigint | null,
    position: bigint | null,
  ): Promise<FeedStart> {
    if (pool === null) {
      if (sequence !== null)
        throw badInput('"sinceSequence" goes with "pool"; without one give "sincePosition".');
      return { position: position === null ? await this.feed.lastPosition() : placeOf(position) };
    }
    if (position !== null)
      throw badInput('"sincePosition" goes without "pool"; with one give "sinceSequence".');
    const poolId = await this.allocations.resolvePool(pool);
    if (poolId === null) throw badInput(`There is no pool ${JSON.stringify(pool)}.`);
    return { poolId, sequence: sequence === null ? await this.feed.lastSequence(poolId) : placeOf(sequence) };
  }
}

function placeOf(given: bigint): number {
  if (given < 0n || given > BigInt(Number.MAX_SAFE_INTEGER))
    throw badInput(`There is no place ${given} in the feed.`);
  return Number(given);
}

/** Ends the feed as soon as the subscriber goes, also while it waits for the next change. */
function follow(feed: ChangeFeed, start: FeedStart): AsyncIterableIterator<ChangeType> {
  const gone = new AbortController();
  const changes = feed.follow(start, gone.signal);
  return {
    async next() {
      const result = await changes.next();
      return result.done
        ? { done: true, value: undefined }
        : { done: false, value: changeTypeOf(result.value) };
    },
    async return() {
      gone.abort();
      await changes.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
