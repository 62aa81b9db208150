import { Args, ID, Int, Query, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import type { Instant } from '../../../platform/context/instant.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { badInput } from '../../../platform/graphql/errors.js';
import {
  type Connection,
  connectionFrom,
  MAX_PAGE,
  PageArgs,
  readPage,
} from '../../../platform/graphql/pagination.js';
import { DateTime } from '../../../platform/graphql/scalars.js';
import { requireText } from '../../../platform/graphql/tags.js';
import type { ObservedFilter, ObservedPlace } from '../domain/inventory-list.js';
import { InventoryReads } from '../inventory-reads.js';
import {
  ObservedList,
  observedListOf,
  ObservedObject,
  ObservedObjectConnection,
  ObservedObjectFilter,
  observedObjectOf,
  ObservedVersionType,
  observedVersionOf,
  SnapshotResult,
  snapshotResultOf,
} from './observed.types.js';

const byPlace = cursorCodec<ObservedPlace>(
  'observedObjects',
  z.object({ scopeId: z.int32(), kind: z.string(), id: z.string() }),
);
const LONGEST_TEXT = 255;
const MOST_IDS = 1000;

@Resolver()
export class ObservedResolver {
  constructor(private readonly reads: InventoryReads) {}

  @Query(() => ObservedObjectConnection, {
    description: 'What is observed now, by account and region as they were added, kind and id.',
  })
  @Allow('reader')
  async observedObjects(
    @Args() page: PageArgs,
    @Args('filter', { type: () => ObservedObjectFilter, nullable: true, description: 'Left out: all.' })
    given?: ObservedObjectFilter | null,
  ): Promise<Connection<ObservedObject>> {
    const request = readPage(page, byPlace);
    const filter = filterOf(given ?? {});
    return connectionFrom(await this.reads.current(filter, request.limit, request.after), request, {
      codec: byPlace,
      keyOf: ({ scopeId, kind, id }) => ({ scopeId, kind, id }),
      toNode: observedObjectOf,
      totalCount: () => this.reads.count(filter),
    });
  }

  @Query(() => [ObservedVersionType], {
    description:
      'What something looked like over time, the latest first; more than once where several accounts see it.',
  })
  @Allow('reader')
  async observedVersions(
    @Args('id', { type: () => ID, description: "The provider's id." }) id: string,
    @Args('first', { type: () => Int, defaultValue: 100, description: `How many, 1 to ${MAX_PAGE}.` })
    first: number,
  ): Promise<ObservedVersionType[]> {
    if (first < 1 || first > MAX_PAGE)
      throw badInput(`"first" has to be from 1 to ${MAX_PAGE}, not ${first}.`);
    return (await this.reads.versionsOf(id, first)).map(observedVersionOf);
  }

  @Query(() => SnapshotResult, {
    nullable: true,
    description:
      'A VPC and all that belonged to it, connected it or served it, at an instant; null for a VPC that nobody ever saw.',
  })
  @Allow('reader')
  async snapshotAt(
    @Args('vpc', { type: () => ID, description: 'Id of the VPC.' }) vpc: string,
    @Args('at', { type: () => DateTime, nullable: true, description: 'Left out: now. Not in the future.' })
    at?: Instant | null,
  ): Promise<SnapshotResult | null> {
    const snapshot = await this.reads.snapshotAt(vpc, at ?? null);
    return snapshot && snapshotResultOf(snapshot);
  }

  @Query(() => [ObservedList], {
    description: 'State of every list by account, region and kind: what is stale, since when and why.',
  })
  @Allow('reader')
  async observedLists(
    @Args('account', { type: () => String, nullable: true, description: 'Only of this account.' })
    account?: string | null,
    @Args('region', { type: () => String, nullable: true, description: 'Only of this region.' })
    region?: string | null,
    @Args('stale', {
      type: () => Boolean,
      nullable: true,
      description: 'true: only stale ones; false: only the others.',
    })
    stale?: boolean | null,
  ): Promise<ObservedList[]> {
    const accounts = typeof account === 'string' ? [account] : undefined;
    const filter = { accounts, region: region ?? undefined, stale: stale ?? undefined };
    return (await this.reads.lists(filter)).map(observedListOf);
  }
}

function filterOf(given: ObservedObjectFilter): ObservedFilter {
  const { account, region, kinds, vpc, ids, missing, text, holding } = given;
  if (ids && ids.length > MOST_IDS) throw badInput(`At most ${MOST_IDS} ids, not ${ids.length}.`);
  return {
    account: account ?? undefined,
    region: region ?? undefined,
    kinds: kinds ?? undefined,
    vpcId: vpc ?? undefined,
    ids: ids ?? undefined,
    missing: missing ?? undefined,
    text: typeof text === 'string' ? requireText('text', text, LONGEST_TEXT, 1) : undefined,
    holding: holding ?? undefined,
  };
}
