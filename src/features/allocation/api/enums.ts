import { registerEnumType } from '@nestjs/graphql';
import type { AllocationOrder } from '../domain/allocation-list.js';
import type { AllocationStatus, ClaimState, Placement } from '../domain/allocation.js';
import type { BlockReason } from '../domain/pool.js';

type EnumOf<T extends string> = { readonly [Name in T]: Name };

export const AllocationStatusEnum: EnumOf<AllocationStatus> = {
  RESERVED: 'RESERVED',
  ALLOCATED: 'ALLOCATED',
  QUARANTINED: 'QUARANTINED',
  RELEASED: 'RELEASED',
  EXPIRED: 'EXPIRED',
};
registerEnumType(AllocationStatusEnum, {
  name: 'AllocationStatus',
  description: 'Where an allocation is in its life, by the clock of the database.',
  valuesMap: {
    RESERVED: { description: 'Held until expiresAt.' },
    ALLOCATED: { description: 'Held until it is released.' },
    QUARANTINED: { description: 'Released; handed out to nobody else before availableAt.' },
    RELEASED: { description: 'Over; its space is free.' },
    EXPIRED: { description: 'Was not confirmed in time; its key can revive it while its space is free.' },
  },
});

export const ClaimStateEnum: EnumOf<ClaimState> = { OPEN: 'OPEN', PENDING: 'PENDING' };
registerEnumType(ClaimStateEnum, {
  name: 'ClaimState',
  description: 'How an allocation stands to its key.',
  valuesMap: {
    OPEN: { description: 'The key answers with it, unless one is pending.' },
    PENDING: { description: 'The key answers with it; confirming it replaces the open one.' },
  },
});

export const PlacementEnum: EnumOf<Placement> = {
  BEST_FIT: 'BEST_FIT',
  SPARSE: 'SPARSE',
  LAST: 'LAST',
  NEAR: 'NEAR',
};
registerEnumType(PlacementEnum, {
  name: 'Placement',
  description: 'Which of the free blocks a new CIDR is taken from.',
  valuesMap: {
    BEST_FIT: { description: 'The smallest that fits, lowest address: keeps large blocks whole.' },
    SPARSE: { description: 'The start of the largest: leaves room to double in place.' },
    LAST: { description: 'The smallest that fits, highest address.' },
    NEAR: { description: 'The closest that keeps the pair summarisable; needs "near".' },
  },
});

export const ConflictReasonEnum: EnumOf<BlockReason | 'allocated' | 'pool'> = {
  allocated: 'allocated',
  pool: 'pool',
  excluded: 'excluded',
  observed: 'observed',
  unswept: 'unswept',
  growth: 'growth',
};
registerEnumType(ConflictReasonEnum, {
  name: 'ConflictReason',
  description: 'Why space cannot be handed out.',
  valuesMap: {
    allocated: { description: 'A live allocation holds it.' },
    pool: { description: 'Another pool has it.' },
    excluded: { description: 'A rule of the pool excludes it.' },
    observed: { description: 'It is in use in the cloud without an allocation.' },
    unswept: { description: 'It was given up, and nobody has looked yet whether it is really unused.' },
    growth: { description: 'It is kept for a neighbour to grow.' },
  },
});

export const AllocationOrderEnum: EnumOf<AllocationOrder> = { CIDR: 'CIDR', CREATED: 'CREATED' };
registerEnumType(AllocationOrderEnum, {
  name: 'AllocationOrder',
  description: 'How allocations are listed.',
  valuesMap: {
    CIDR: { description: 'By address, the larger first.' },
    CREATED: { description: 'The oldest first.' },
  },
});
