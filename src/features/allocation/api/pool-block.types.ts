import { Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Prefix } from '../../../address/index.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { CIDR } from '../../../platform/graphql/scalars.js';
import type { BlockState } from '../domain/contents.js';
import type { ExplainedBlock } from '../pool-space.service.js';
import { AllocationType, allocationTypeOf } from './allocation.types.js';

export const BlockStateEnum: { readonly [Name in BlockState]: Name } = {
  LIVE: 'LIVE',
  BLOCKED: 'BLOCKED',
  FREE: 'FREE',
};
registerEnumType(BlockStateEnum, {
  name: 'BlockState',
  description: 'What a piece of a pool is.',
  valuesMap: {
    LIVE: { description: 'A live allocation: reserved, allocated or in quarantine.' },
    BLOCKED: { description: 'Nobody holds it, and it is not handed out.' },
    FREE: { description: 'It can be handed out.' },
  },
});

@ObjectType('PoolBlock', { description: 'A piece of a pool; the pieces cover its CIDRs, each address once.' })
export class PoolBlockType {
  @Field(() => CIDR, { description: 'Where it lies.' })
  readonly cidr!: Prefix;

  @Field(() => BlockStateEnum, { description: 'What it is.' })
  readonly state!: BlockState;

  @Field(() => AllocationType, { nullable: true, description: 'LIVE: whose it is.' })
  readonly allocation!: AllocationType | null;

  @Field(() => [String], {
    description: 'BLOCKED: why: excluded, observed, unswept or growth; of all that touches it.',
  })
  readonly reasons!: readonly string[];
}

export function poolBlockTypeOf({ allocation, ...block }: ExplainedBlock): PoolBlockType {
  return Object.assign(new PoolBlockType(), {
    ...block,
    allocation: allocation && allocationTypeOf(allocation),
  });
}

@ObjectType({ description: 'A page of what lies in a pool, in address order.' })
export class PoolBlockConnection extends connectionOf(PoolBlockType, 'PoolBlock') {}
