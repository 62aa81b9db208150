import { Field, InputType } from '@nestjs/graphql';
import { MAX_ITEMS } from '../../../platform/graphql/many.js';
import { AdoptInput, AllocateInput, ReleaseInput, ReserveInput } from './allocation.inputs.js';

const ITEMS = `1 to ${MAX_ITEMS}, done in this order; each sees what those before it did.`;

@InputType({ description: 'Space to allocate, all of it or none.' })
export class AllocateManyInput {
  @Field(() => [AllocateInput], { description: ITEMS })
  readonly items!: AllocateInput[];
}

@InputType({ description: 'Space to hold for a while, all of it or none.' })
export class ReserveManyInput {
  @Field(() => [ReserveInput], { description: ITEMS })
  readonly items!: ReserveInput[];
}

@InputType({ description: 'CIDRs that are in use already, to be registered all or none.' })
export class AdoptManyInput {
  @Field(() => [AdoptInput], { description: ITEMS })
  readonly items!: AdoptInput[];
}

@InputType({ description: 'Allocations to give back, all or none.' })
export class ReleaseManyInput {
  @Field(() => [ReleaseInput], { description: ITEMS })
  readonly items!: ReleaseInput[];
}
