import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import { requireText } from '../../../platform/graphql/tags.js';
import { AccessService } from '../access.service.js';
import { ChangeConnection, ChangeType, changeTypeOf } from './change.types.js';

const latestFirst = cursorCodec('changesOf', z.int());

@Resolver()
export class ChangesOfResolver {
  constructor(private readonly access: AccessService) {}

  @Query(() => ChangeConnection, {
    description:
      'The audit trail of one thing (a pool, an allocation, a routing domain, a link, a finding, a token), the latest change first.',
  })
  @Allow('reader')
  async changesOf(
    @Args('id', { type: () => ID, description: 'Id of the thing.' }) id: string,
    @Args() page: PageArgs,
  ): Promise<Connection<ChangeType>> {
    const subject = requireText('id', id, 64, 1);
    const request = readPage(page, latestFirst);
    return connectionFrom(await this.access.changesOf(subject, request.limit, request.after), request, {
      codec: latestFirst,
      keyOf: (change) => change.id,
      toNode: changeTypeOf,
      totalCount: () => this.access.countChangesOf(subject),
    });
  }
}
