import { Args, Query, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import type { ChangeFilter, ChangePlace } from '../domain/inventory-list.js';
import { InventoryReads } from '../inventory-reads.js';
import {
  ConfigurationChangeConnection,
  ConfigurationChangeFilter,
  configurationChangeOf,
  ConfigurationChangeType,
} from './configuration-change.types.js';

const safe = z.number().int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
/** Instants that PostgreSQL and RFC 3339 both know. */
const instant = safe.min(-8e15).max(8e15);
const latestFirst = cursorCodec<ChangePlace>('configurationChanges', z.object({ at: instant, id: safe }));

@Resolver()
export class ConfigurationChangesResolver {
  constructor(private readonly reads: InventoryReads) {}

  @Query(() => ConfigurationChangeConnection, {
    description: 'What changed in what is observed, the latest first: by when the sweep began that saw it.',
  })
  @Allow('reader')
  async configurationChanges(
    @Args() page: PageArgs,
    @Args('filter', { type: () => ConfigurationChangeFilter, nullable: true, description: 'Left out: all.' })
    given?: ConfigurationChangeFilter | null,
  ): Promise<Connection<ConfigurationChangeType>> {
    const request = readPage(page, latestFirst);
    const filter = filterOf(given ?? {});
    return connectionFrom(await this.reads.changes(filter, request.limit, request.after), request, {
      codec: latestFirst,
      keyOf: ({ at, id }) => ({ at, id }),
      toNode: configurationChangeOf,
      totalCount: () => this.reads.countChanges(filter),
    });
  }
}

function filterOf({ account, region, vpc, kind, since, until }: ConfigurationChangeFilter): ChangeFilter {
  return {
    account: account ?? undefined,
    region: region ?? undefined,
    vpcId: vpc ?? undefined,
    kind: kind ?? undefined,
    since: since ?? undefined,
    until: until ?? undefined,
  };
}
