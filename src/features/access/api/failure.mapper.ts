import { failureOf, NameTaken, NotFound, RuleViolation } from '../../../platform/graphql/failure.js';
import type { AccessFailure } from '../domain/failure.js';

/** A new code does not compile until it has a type here. */
export function toFailure(failure: AccessFailure): NameTaken | NotFound | RuleViolation {
  switch (failure.code) {
    case 'NAME_TAKEN':
      return failureOf(NameTaken, failure);
    case 'NOT_FOUND':
      return failureOf(NotFound, failure);
    case 'RULE_VIOLATION':
      return failureOf(RuleViolation, failure);
  }
}
