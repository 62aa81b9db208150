import { Args, ID, Resolver, Subscription } from '@nestjs/graphql';
import { Allow } from '../../../platform/auth/allow.js';
import type { Change } from '../../../platform/events/index.js';
import { BigIntScalar } from '../../../platform/graphql/scalars.js';
import { ChangeType, changeTypeOf } from '../../access/index.js';
import { ChangesService } from '../changes.service.js';

@Resolver()
export class ChangesResolver {
  constructor(private readonly service: ChangesService) {}

  @Subscription(() => ChangeType, {
    description:
      'Changes as they are published: of one pool in the order of its sequence, or of the whole service by position. ' +
      'Without "since…" from now on. Who resumes after the last one seen misses nothing and may see none twice. ' +
      'What is older than the feed keeps is POSITION_GONE with the oldest that is kept.',
    resolve: (change: Change) => changeTypeOf(change),
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
  ): Promise<AsyncIterableIterator<Change>> {
    return this.service.follow({
      pool: pool ?? null,
      sequence: sinceSequence ?? null,
      position: sincePosition ?? null,
    });
  }
}
