import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { Instant } from '../../../platform/context/instant.js';
import type { Change } from '../../../platform/events/index.js';
import { JsonScalar } from '../../../platform/graphql/json.scalar.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { publicId } from '../../../platform/graphql/public-id.js';
import { BigIntScalar, DateTime } from '../../../platform/graphql/scalars.js';

@ObjectType('Change', { description: 'One thing that happened: an entry of the audit trail, and an event.' })
export class ChangeType {
  @Field(() => BigIntScalar, {
    nullable: true,
    description: 'Gapless over the whole service; null until it is published, moments after it happened.',
  })
  readonly position!: number | null;

  @Field(() => ID, { nullable: true, description: 'The pool it belongs to; null for what belongs to none.' })
  readonly pool!: string | null;

  @Field(() => BigIntScalar, { nullable: true, description: 'Gapless within the pool.' })
  readonly sequence!: number | null;

  @Field(() => DateTime, { description: 'When it took effect; of an expiry the due time.' })
  readonly at!: Instant;

  @Field(() => DateTime, { description: 'When it was written down; never runs back within a pool.' })
  readonly recordedAt!: Instant;

  @Field(() => String, { description: 'Who did it: "token:<name>", or "system:<job>".' })
  readonly actor!: string;

  @Field(() => String, { description: 'The correlation id of the request.' })
  readonly correlation!: string;

  @Field(() => String, { description: '"<noun>.<what happened>", as "allocation.released".' })
  readonly action!: string;

  @Field(() => ID, { description: 'Id of what it is about.' })
  readonly subject!: string;

  @Field(() => JsonScalar, {
    description: 'Fields of a new thing, or [old, new] of each field that changed.',
  })
  readonly detail!: Readonly<Record<string, unknown>>;
}

export function changeTypeOf(change: Change): ChangeType {
  const { poolId, ...rest } = change;
  return Object.assign(new ChangeType(), {
    ...rest,
    pool: poolId === null ? null : publicId('pool', poolId),
  });
}

@ObjectType({ description: 'A page of changes.' })
export class ChangeConnection extends connectionOf(ChangeType, 'Change') {}
