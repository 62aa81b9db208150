import { createUnionType, Field, Int, ObjectType } from '@nestjs/graphql';
import { Failure } from '../../../platform/graphql/failure.js';
import { AllocationType } from './allocation.types.js';

@ObjectType({ description: 'What became of all items.' })
export class Allocations {
  @Field(() => [AllocationType], { description: 'In the order of the items.' })
  readonly allocations!: readonly AllocationType[];

  @Field(() => [Int], { description: 'Indexes of the items whose key had this answer already.' })
  readonly replayed!: readonly number[];
}

@ObjectType({ description: 'Why one of many items is refused.' })
export class BatchItemFailure {
  @Field(() => Int, { description: 'Its place among the items, from 0.' })
  readonly index!: number;

  @Field(() => String, { nullable: true, description: 'Its key.' })
  readonly key!: string | null;

  @Field(() => Failure, { description: 'What it would have been answered alone, with those before it done.' })
  readonly failure!: Failure;
}

@ObjectType({
  implements: () => Failure,
  description: 'BATCH_REJECTED: some of the items are refused, so none was done.',
})
export class BatchRejected extends Failure {
  @Field(() => [BatchItemFailure], { description: 'Every item that is refused, in their order.' })
  readonly failures!: readonly BatchItemFailure[];
}

const manyResult = (name: string) =>
  createUnionType({
    name,
    description: 'All allocations, or why there are none.',
    types: () => [Allocations, BatchRejected] as const,
  });

export const AllocateManyResult = manyResult('AllocateManyResult');
export const ReserveManyResult = manyResult('ReserveManyResult');
export const AdoptManyResult = manyResult('AdoptManyResult');
export const ReleaseManyResult = manyResult('ReleaseManyResult');
