import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import { Failure } from '../../../platform/graphql/failure.js';
import { CIDR, DateTime } from '../../../platform/graphql/scalars.js';
import type { AllocationStatus } from '../domain/allocation.js';
import type { Conflict } from '../domain/failure.js';
import { AllocationStatusEnum, ConflictReasonEnum } from './enums.js';
import { HolderType } from './holder.types.js';

@ObjectType({ description: 'How many free blocks there are of one prefix length.' })
export class FreeBlockCount {
  @Field(() => Int, { description: 'Their length, as 24 for /24s.' })
  readonly prefixLength!: number;

  @Field(() => Int, { description: 'How many there are.' })
  readonly count!: number;
}

@ObjectType('Conflict', { description: 'Something that stands in the way of a CIDR.' })
export class ConflictType {
  @Field(() => CIDR, { description: 'The CIDR that is in the way.' })
  readonly cidr!: Prefix;

  @Field(() => ConflictReasonEnum, { description: 'Why it is in the way.' })
  readonly reason!: Conflict['reason'];

  @Field(() => ID, { nullable: true, description: 'The allocation that holds it.' })
  readonly allocation!: string | null;

  @Field(() => HolderType, { nullable: true, description: 'Whom it is for, where that is known.' })
  readonly holder!: HolderType | null;

  @Field(() => String, { nullable: true, description: 'The key it was taken under.' })
  readonly key!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What was observed there, by its id in its provider, where the reason is OBSERVED.',
  })
  readonly resource!: string | null;
}

@ObjectType({ implements: () => Failure, description: 'NO_SPACE: no free block is large enough.' })
export class NoSpace extends Failure {
  @Field(() => Int, { description: 'The length that was asked for.' })
  readonly prefixLength!: number;

  @Field(() => CIDR, { nullable: true, description: 'The largest block that is free; null when nothing is.' })
  readonly largestFreeBlock!: Prefix | null;

  @Field(() => [FreeBlockCount], { description: 'All free blocks of the pool, by length.' })
  readonly freeBlocksByLength!: readonly FreeBlockCount[];
}

@ObjectType({ implements: () => Failure, description: 'CIDR_CONFLICT: the CIDR is not free.' })
export class CidrConflict extends Failure {
  @Field(() => CIDR, { description: 'The CIDR that was asked for.' })
  readonly cidr!: Prefix;

  @Field(() => [ConflictType], { description: 'What stands in its way, in address order; at most 100.' })
  readonly conflicts!: readonly ConflictType[];
}

@ObjectType({
  implements: () => Failure,
  description: 'OUTSIDE_POOL: the CIDR does not lie inside one CIDR of the pool.',
})
export class OutsidePool extends Failure {
  @Field(() => CIDR, { description: 'The CIDR that was asked for.' })
  readonly cidr!: Prefix;

  @Field(() => [CIDR], { description: 'The CIDRs of the pool, in address order.' })
  readonly poolCidrs!: readonly Prefix[];
}

@ObjectType({ implements: () => Failure, description: 'KEY_CONFLICT: the key holds something else already.' })
export class KeyConflict extends Failure {
  // never null; nullable as in Allocation, so that one query can ask all members of a union for it
  @Field(() => String, { nullable: true, description: 'The key that was given.' })
  readonly key!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'The allocation under the key; null for what another item of a refused list would have made.',
  })
  readonly allocation!: string | null;

  @Field(() => CIDR, { description: 'The CIDR that it holds.' })
  readonly cidr!: Prefix;

  @Field(() => String, {
    nullable: true,
    description: 'What was asked for under the key: "/24", a CIDR, or "default".',
  })
  readonly request!: string;

  @Field(() => HolderType, { description: 'For whom it holds it.' })
  readonly holder!: HolderType;
}

@ObjectType({
  implements: () => Failure,
  description: 'ALREADY_CONFIRMED: somebody confirmed it before, with another nonce or none.',
})
export class AlreadyConfirmed extends Failure {
  @Field(() => AllocationStatusEnum, { description: 'The status now.' })
  readonly status!: AllocationStatus;

  @Field(() => [String], { description: 'What can be done with it now.' })
  readonly possible!: readonly string[];
}

@ObjectType({ implements: () => Failure, description: 'INVALID_TRANSITION: its life does not go this way.' })
export class InvalidTransition extends Failure {
  @Field(() => AllocationStatusEnum, { description: 'The status now.' })
  readonly status!: AllocationStatus;

  @Field(() => [String], { description: 'What can be done with it now.' })
  readonly possible!: readonly string[];
}

@ObjectType({
  implements: () => Failure,
  description: 'EXPIRED: the reservation expired and cannot come back.',
})
export class Expired extends Failure {
  @Field(() => ID, {
    nullable: true,
    description: 'The expired allocation: name it as "replaces" to get another CIDR under its key.',
  })
  readonly allocation!: string;

  @Field(() => CIDR, { description: 'The CIDR that the reservation held.' })
  readonly cidr!: Prefix;

  @Field(() => DateTime, { description: 'When it expired.' })
  readonly expiredAt!: Instant;

  @Field(() => [ConflictType], { description: 'Who took any of it since.' })
  readonly takenBy!: readonly ConflictType[];
}
