import {
  failureOf,
  HasDependents,
  NameTaken,
  NotFound,
  RuleViolation,
  VersionConflict,
} from '../../../platform/graphql/failure.js';
import { publicId } from '../../../platform/graphql/public-id.js';
import { assertUnreachable } from '../domain/assert-unreachable.js';
import type { Conflict, Failure } from '../domain/failure.js';
import {
  AlreadyConfirmed,
  CidrConflict,
  ConflictType,
  Expired,
  InvalidTransition,
  KeyConflict,
  NoSpace,
  OutsidePool,
} from './failure.types.js';
import { BatchItemFailure, BatchRejected } from './many.types.js';

export type FailureType =
  | NoSpace
  | CidrConflict
  | OutsidePool
  | RuleViolation
  | KeyConflict
  | AlreadyConfirmed
  | InvalidTransition
  | Expired
  | HasDependents
  | VersionConflict
  | NameTaken
  | NotFound
  | BatchRejected;

/** A new code does not compile until it has a type here. */
export function toFailure(failure: Failure): FailureType {
  switch (failure.code) {
    case 'NO_SPACE':
      return failureOf(NoSpace, failure);
    case 'CIDR_CONFLICT':
      return failureOf(CidrConflict, { ...failure, conflicts: failure.conflicts.map(toConflict) });
    case 'OUTSIDE_POOL':
      return failureOf(OutsidePool, failure);
    case 'RULE_VIOLATION':
      return failureOf(RuleViolation, failure);
    case 'KEY_CONFLICT':
      return failureOf(KeyConflict, {
        ...failure,
        allocation: failure.allocationId === null ? null : publicId('allocation', failure.allocationId),
      });
    case 'ALREADY_CONFIRMED':
      return failureOf(AlreadyConfirmed, failure);
    case 'INVALID_TRANSITION':
      return failureOf(InvalidTransition, failure);
    case 'EXPIRED': {
      const takenBy = failure.takenBy.map(toConflict);
      return failureOf(Expired, {
        ...failure,
        allocation: publicId('allocation', failure.allocationId),
        takenBy,
      });
    }
    case 'HAS_DEPENDENTS':
      return failureOf(HasDependents, failure);
    case 'VERSION_CONFLICT':
      return failureOf(VersionConflict, failure);
    case 'NAME_TAKEN':
      return failureOf(NameTaken, failure);
    case 'NOT_FOUND':
      return failureOf(NotFound, failure);
    case 'BATCH_REJECTED': {
      const failures = failure.failures.map((item) =>
        Object.assign(new BatchItemFailure(), { ...item, failure: toFailure(item.failure) }),
      );
      return failureOf(BatchRejected, { ...failure, failures });
    }
    default:
      return assertUnreachable(failure);
  }
}

export function toConflict(conflict: Conflict): ConflictType {
  const { allocationId, ...rest } = conflict;
  const allocation = allocationId === null ? null : publicId('allocation', allocationId);
  return Object.assign(new ConflictType(), { ...rest, resource: rest.resource ?? null, allocation });
}
