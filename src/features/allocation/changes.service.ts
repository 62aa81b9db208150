import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/settings.js';
import { systemClock } from '../../platform/context/request-context.js';
import { type Change, ChangeFeed, type FeedStart, PositionGoneError } from '../../platform/events/index.js';
import { badInput, positionGone } from '../../platform/graphql/errors.js';
import { AllocationService } from './allocation.service.js';
import { PoolService } from './pool.service.js';

const MICROS_PER_DAY = 24 * 3600 * 1_000_000;

/** Where a subscriber wants to go on; null where he does not say. */
export interface Since {
  readonly pool: string | null;
  readonly sequence: bigint | null;
  readonly position: bigint | null;
}

/** The feed of changes, as subscribers resume it. */
@Injectable()
export class ChangesService {
  constructor(
    private readonly feed: ChangeFeed,
    private readonly allocations: AllocationService,
    private readonly pools: PoolService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Throws BAD_USER_INPUT for a place that makes no sense, POSITION_GONE for one that is no longer kept. */
  async follow(since: Since): Promise<AsyncIterableIterator<Change>> {
    const start = await this.startOf(since);
    const keptSince =
      systemClock.now().getTime() * 1000 - this.settings.events.feedRetentionDays * MICROS_PER_DAY;
    await this.feed.requireKept(start, keptSince).catch((error: unknown) => {
      throw error instanceof PositionGoneError ? positionGone(error.oldest) : error;
    });
    return follow(this.feed, start);
  }

  private async startOf({ pool, sequence, position }: Since): Promise<FeedStart> {
    if (pool === null) {
      if (sequence !== null)
        throw badInput('"sinceSequence" goes with "pool"; without one give "sincePosition".');
      return { position: position === null ? await this.feed.lastPosition() : placeOf(position) };
    }
    if (position !== null)
      throw badInput('"sincePosition" goes without "pool"; with one give "sinceSequence".');
    const poolId = await this.allocations.resolvePool(pool);
    if (poolId === null || (await this.pools.byIds([poolId])).length === 0)
      throw badInput(`There is no pool ${JSON.stringify(pool)}.`);
    return { poolId, sequence: sequence === null ? await this.feed.lastSequence(poolId) : placeOf(sequence) };
  }
}

function placeOf(given: bigint): number {
  if (given < 0n || given > BigInt(Number.MAX_SAFE_INTEGER))
    throw badInput(`There is no place ${given} in the feed.`);
  return Number(given);
}

/** Ends the feed as soon as the subscriber goes, also while it waits for the next change. */
function follow(feed: ChangeFeed, start: FeedStart): AsyncIterableIterator<Change> {
  const gone = new AbortController();
  const changes = feed.follow(start, gone.signal);
  return {
    async next() {
      const result = await changes.next();
      return result.done ? { done: true, value: undefined } : result;
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
