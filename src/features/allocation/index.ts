export { AllocationModule } from './allocation.module.js';
export { AllocationService } from './allocation.service.js';
export { AllocationType, allocationTypeOf } from './api/allocation.types.js';
export { toFailure as toAllocationFailure } from './api/failure.mapper.js';
export { HolderType } from './api/holder.types.js';
export { PoolType, poolTypeOf } from './api/pool.types.js';
export type { Allocation, AllocationStatus, Holder, Placement, Tags } from './domain/allocation.js';
export type { AdoptCommand, AllocateCommand, Outcome, ReserveCommand } from './domain/command.js';
export type { Failure, FailureCode } from './domain/failure.js';
export type { Pool, PoolRules } from './domain/pool.js';
export { type CreatePool, type PoolOutcome, PoolService, type Provision } from './pool.service.js';
export { ALLOCATION_CHECKS } from './fsck/checks.js';
export { ObservedSpaceService } from './observed-space.service.js';
export type {
  AllocatedResource,
  AllocationThere,
  AskedCidr,
  KnownReservation,
  ObservedCidr,
  PlaceOfCidr,
  SweptScope,
  TaggedValue,
  WithdrawnCidr,
} from './domain/observed.js';
export { sourceOfScope } from './domain/unswept.js';
