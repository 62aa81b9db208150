import { createUnionType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import {
  HasDependents,
  NotFound,
  RuleViolation,
  VersionConflict,
} from '../../../platform/graphql/failure.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { publicId } from '../../../platform/graphql/public-id.js';
import { CIDR, DateTime } from '../../../platform/graphql/scalars.js';
import { Tag, tagsToList } from '../../../platform/graphql/tags.js';
import type { Allocation, AllocationStatus, ClaimState } from '../domain/allocation.js';
import { AllocationStatusEnum, ClaimStateEnum } from './enums.js';
import {
  AlreadyConfirmed,
  CidrConflict,
  Expired,
  InvalidTransition,
  KeyConflict,
  NoSpace,
  OutsidePool,
} from './failure.types.js';
import { HolderType } from './holder.types.js';

@ObjectType('Allocation', { description: 'A CIDR taken from a pool. No two live ones of a pool overlap.' })
export class AllocationType {
  @Field(() => ID, { description: '"alloc_" and a number; never given twice.' })
  readonly id!: string;

  readonly poolId!: number;

  @Field(() => CIDR, { description: 'The CIDR that was taken; it never changes.' })
  readonly cidr!: Prefix;

  @Field(() => AllocationStatusEnum, {
    description: 'Where it is in its life, by the clock of the database.',
  })
  readonly status!: AllocationStatus;

  @Field(() => String, { nullable: true, description: "The caller's idempotency name within the pool." })
  readonly key!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'What its key answers to with it: "/24", a CIDR, or "default" for neither; null where its key does not.',
  })
  readonly request!: string | null;

  @Field(() => ClaimStateEnum, {
    nullable: true,
    description: 'How it stands to its key; null where it has none, or its key does not answer with it.',
  })
  readonly claim!: ClaimState | null;

  @Field(() => HolderType, { description: 'What the CIDR is for.' })
  readonly holder!: HolderType;

  @Field(() => String, { description: 'In the words of whoever took it; may be empty.' })
  readonly description!: string;

  @Field(() => [Tag], { description: 'By key.' })
  readonly tags!: Tag[];

  @Field(() => [String], { description: 'Rules of the pool that it broke when it was adopted.' })
  readonly noncompliant!: readonly string[];

  @Field(() => DateTime, { description: 'When it was taken.' })
  readonly createdAt!: Instant;

  @Field(() => String, { description: 'Who took it: "token:<name>".' })
  readonly createdBy!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'RESERVED: until when it is held. EXPIRED: since when it is not.',
  })
  readonly expiresAt!: Instant | null;

  @Field(() => DateTime, { nullable: true, description: 'QUARANTINED: when its space becomes free.' })
  readonly availableAt!: Instant | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was given back; null while nobody has.' })
  readonly releasedAt!: Instant | null;

  @Field(() => Int, { description: 'Raised by one with every change; updateAllocation asks for it.' })
  readonly version!: number;
}

export function allocationTypeOf(allocation: Allocation): AllocationType {
  return Object.assign(new AllocationType(), {
    ...allocation,
    id: publicId('allocation', allocation.id),
    request: allocation.claim && allocation.request,
    tags: tagsToList(allocation.tags),
  });
}

@ObjectType({ description: 'A page of allocations.' })
export class AllocationConnection extends connectionOf(AllocationType, 'Allocation') {}

@ObjectType({
  description: 'What allocate would give now. Not binding: nothing is held, and the next caller may get it.',
})
export class AllocationPreview {
  @Field(() => CIDR, { description: 'The CIDR that allocate would give.' })
  readonly cidr!: Prefix;

  @Field(() => Boolean, { description: 'Always false.' })
  readonly binding!: boolean;

  @Field(() => ID, {
    nullable: true,
    description: 'The allocation that the key holds already; null for a new one.',
  })
  readonly allocation!: string | null;
}

const takeFailures = [
  NoSpace,
  CidrConflict,
  OutsidePool,
  RuleViolation,
  KeyConflict,
  InvalidTransition,
  Expired,
  NotFound,
] as const;

export const AllocateResult = createUnionType({
  name: 'AllocateResult',
  description: 'The allocation, or why there is none.',
  types: () => [AllocationType, ...takeFailures] as const,
});

export const ReserveResult = createUnionType({
  name: 'ReserveResult',
  description: 'The reservation (or what the key holds already), or why there is none.',
  types: () => [AllocationType, ...takeFailures] as const,
});

export const AdoptResult = createUnionType({
  name: 'AdoptResult',
  description: 'The allocation, or why there is none.',
  types: () =>
    [AllocationType, CidrConflict, OutsidePool, KeyConflict, InvalidTransition, Expired, NotFound] as const,
});

export const PreviewResult = createUnionType({
  name: 'PreviewResult',
  description: 'What allocate would answer now.',
  types: () => [AllocationPreview, ...takeFailures] as const,
});

export const ConfirmResult = createUnionType({
  name: 'ConfirmResult',
  description: 'The allocation, or why it is not confirmed.',
  types: () => [AllocationType, AlreadyConfirmed, InvalidTransition, Expired, NotFound] as const,
});

export const RenewResult = createUnionType({
  name: 'RenewResult',
  description: 'The reservation, or why it is not renewed.',
  types: () => [AllocationType, InvalidTransition, Expired, NotFound] as const,
});

export const ReleaseResult = createUnionType({
  name: 'ReleaseResult',
  description: 'The allocation as it now is, or why it is not released.',
  types: () => [AllocationType, InvalidTransition, HasDependents, NotFound] as const,
});

export const RestoreAllocationResult = createUnionType({
  name: 'RestoreAllocationResult',
  description: 'The allocation, or why it does not come back.',
  types: () => [AllocationType, InvalidTransition, NotFound] as const,
});

export const UpdateAllocationResult = createUnionType({
  name: 'UpdateAllocationResult',
  description: 'The allocation as it now is, or why it is not changed.',
  types: () => [AllocationType, VersionConflict, RuleViolation, InvalidTransition, NotFound] as const,
});
