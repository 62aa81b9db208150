import {
  createUnionType,
  Field,
  Float,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from '@nestjs/graphql';
import type { Instant } from '../../../platform/context/instant.js';
import { NotFound, RuleViolation } from '../../../platform/graphql/failure.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { BigIntScalar, DateTime } from '../../../platform/graphql/scalars.js';
import type { ObservedKind, StoredKind } from '../domain/observed.js';
import type { FailureReason, Sweep, SweepCause, SweepStatus } from '../domain/sweep.js';
import { sweepId } from '../sweeps.service.js';
import { ObservedKindEnum } from './kinds.js';

export const SweepStateEnum = { RUNNING: 'RUNNING', DONE: 'DONE', CANCELLED: 'CANCELLED' } as const;

registerEnumType(SweepStateEnum, {
  name: 'SweepState',
  description: 'How far a sweep is.',
  valuesMap: {
    RUNNING: { description: 'Some of it is still to be read, or to be reconciled.' },
    DONE: { description: 'All of it was tried, and what was read is reconciled.' },
    CANCELLED: { description: 'Somebody stopped it; what was read stays.' },
  },
});

export const SweepCauseEnum = { ASKED: 'asked', SCHEDULE: 'schedule' } as const;

registerEnumType(SweepCauseEnum, {
  name: 'SweepCause',
  description: 'Why a sweep began.',
  valuesMap: {
    ASKED: { description: 'Somebody called startSweep.' },
    SCHEDULE: { description: 'It was time: CADASTRE_DISCOVERY_MINUTES.' },
  },
});

export const FailureReasonEnum = {
  THROTTLED: 'THROTTLED',
  FORBIDDEN: 'FORBIDDEN',
  TIMEOUT: 'TIMEOUT',
  MALFORMED: 'MALFORMED',
  UNAVAILABLE: 'UNAVAILABLE',
  SUSPICIOUS: 'SUSPICIOUS',
  INTERNAL: 'INTERNAL',
} as const;

registerEnumType(FailureReasonEnum, {
  name: 'ListFailureReason',
  description: 'Why a list could not be read to its end, or is not believed.',
  valuesMap: {
    THROTTLED: { description: 'The provider kept refusing for the number of calls.' },
    FORBIDDEN: { description: 'The role cannot be assumed, or lacks a permission.' },
    TIMEOUT: { description: 'No answer came in time.' },
    MALFORMED: { description: 'The answer was not what the provider should have sent.' },
    UNAVAILABLE: { description: 'The provider could not be reached, or failed.' },
    SUSPICIOUS: {
      description:
        'It was read, but more than half of what it had is gone at once: held back until further lists say the same, or acceptDrop.',
    },
    INTERNAL: { description: 'A fault of this service; its log says more.' },
  },
});

@ObjectType({
  description:
    'A list that could not be read to its end, or is held back: it is stale, and nothing in it was ended.',
})
export class ListFailure {
  @Field(() => ObservedKindEnum, { nullable: true, description: 'Which list; null: the scope as a whole.' })
  readonly kind!: ObservedKind | null;

  @Field(() => FailureReasonEnum, { description: 'Why.' })
  readonly reason!: FailureReason;

  @Field(() => String, { description: 'Why, in words of the provider where it has any.' })
  readonly message!: string;
}

@ObjectType({
  description: 'An account and region of which at least one list could not be read, or is held back.',
})
export class FailedScope {
  @Field(() => ID, { description: '12 digits.' })
  readonly account!: string;

  @Field(() => String, { description: 'As "eu-west-1".' })
  readonly region!: string;

  @Field(() => [ListFailure], { description: 'In the order in which the lists are read.' })
  readonly failures!: readonly ListFailure[];
}

@ObjectType('Sweep', { description: 'One reading of accounts and regions, and how far it is.' })
export class SweepType {
  readonly row!: Sweep;

  @Field(() => ID, { description: '"sweep_" and a number.' })
  readonly id!: string;

  @Field(() => SweepStateEnum, { description: 'How far it is.' })
  readonly state!: SweepStatus;

  @Field(() => SweepCauseEnum, { description: 'Why it began.' })
  readonly cause!: SweepCause;

  @Field(() => [ObservedKindEnum], { description: 'What it reads, in this order.' })
  readonly kinds!: readonly ObservedKind[];

  @Field(() => DateTime, { description: 'When it began.' })
  readonly startedAt!: Instant;

  @Field(() => String, { description: 'Who began it.' })
  readonly startedBy!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was done or stopped; null while it runs.' })
  readonly endedAt!: Instant | null;

  @Field(() => Int, { description: 'Accounts of which every region was read or failed.' })
  readonly accountsDone!: number;

  @Field(() => Int, { description: 'All its accounts.' })
  readonly accountsTotal!: number;

  @Field(() => Int, {
    description: 'Accounts and regions that were read or failed; not those that were cancelled.',
  })
  readonly scopesDone!: number;

  @Field(() => Int, { description: 'Accounts and regions that are being read now.' })
  readonly scopesRunning!: number;

  @Field(() => Int, {
    description: 'Accounts and regions of which at least one list could not be read, or is held back.',
  })
  readonly scopesFailed!: number;

  @Field(() => Int, { description: 'All its accounts and regions.' })
  readonly scopesTotal!: number;

  @Field(() => BigIntScalar, { description: 'Calls to the provider.' })
  readonly calls!: bigint;

  @Field(() => BigIntScalar, { description: 'Calls that the provider refused for their number.' })
  readonly throttles!: bigint;

  @Field(() => BigIntScalar, { description: 'Calls that were made again.' })
  readonly retries!: bigint;

  @Field(() => BigIntScalar, { description: 'Objects read.' })
  readonly objects!: bigint;

  @Field(() => BigIntScalar, { description: 'Objects that were new or different.' })
  readonly changed!: bigint;

  @Field(() => BigIntScalar, { description: 'Objects that a good list no longer had.' })
  readonly missing!: bigint;

  @Field(() => Float, {
    nullable: true,
    description:
      'Seconds that the rest takes at the pace so far; null where there is no pace yet, or nothing runs.',
  })
  readonly remainingSeconds!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'What of the reconciliation failed when the sweep ended; the next sweep tries it again.',
  })
  readonly problem!: string | null;
}

export function sweepTypeOf(sweep: Sweep): SweepType {
  const { calls, throttles, retries, objects, changed, missing } = sweep;
  return Object.assign(new SweepType(), {
    ...sweep,
    row: sweep,
    id: sweepId(sweep.id),
    state: sweep.status,
    calls: BigInt(calls),
    throttles: BigInt(throttles),
    retries: BigInt(retries),
    objects: BigInt(objects),
    changed: BigInt(changed),
    missing: BigInt(missing),
  });
}

@ObjectType({ description: 'A page of sweeps, the latest first.' })
export class SweepConnection extends connectionOf(SweepType, 'Sweep') {}

@InputType({ description: 'What of everything that is discovered is to be swept; nothing given: all of it.' })
export class StartSweepInput {
  @Field(() => [ID], { defaultValue: [], description: 'Only these accounts; at most 1,000.' })
  readonly accounts!: string[];

  @Field(() => [String], { defaultValue: [], description: 'Only these regions; at most 100.' })
  readonly regions!: string[];

  @Field(() => [ObservedKindEnum], {
    defaultValue: [],
    description: 'Only these kinds of objects; EXTERNAL_NETWORK is none that a sweep reads.',
  })
  readonly kinds!: StoredKind[];
}

@InputType({ description: 'Which sweep.' })
export class SweepInput {
  @Field(() => ID, { description: 'The sweep.' })
  readonly id!: string;
}

export const StartSweepResult = createUnionType({
  name: 'StartSweepResult',
  description: 'The sweep that begins, or why none does.',
  types: () => [SweepType, NotFound, RuleViolation] as const,
});

export const ChangeSweepResult = createUnionType({
  name: 'ChangeSweepResult',
  description: 'The sweep as it now is, or why it goes on as it was.',
  types: () => [SweepType, NotFound, RuleViolation] as const,
});
