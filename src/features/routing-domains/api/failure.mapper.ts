import {
  failureOf,
  HasDependents,
  NameTaken,
  NotFound,
  RuleViolation,
  VersionConflict,
} from '../../../platform/graphql/failure.js';
import type { RoutingDomainFailure } from '../domain/failure.js';

export type FailureType = NameTaken | NotFound | RuleViolation | HasDependents | VersionConflict;

/** A new code does not compile until it has a type here. */
export function toFailure(failure: RoutingDomainFailure): FailureType {
  switch (failure.code) {
    case 'NAME_TAKEN':
      return failureOf(NameTaken, failure);
    case 'NOT_FOUND':
      return failureOf(NotFound, failure);
    case 'RULE_VIOLATION':
      return failureOf(RuleViolation, failure);
    case 'HAS_DEPENDENTS':
      return failureOf(HasDependents, failure);
    case 'VERSION_CONFLICT':
      return failureOf(VersionConflict, failure);
  }
}
