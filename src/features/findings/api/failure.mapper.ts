import { failureOf, NotFound, RuleViolation } from '../../../platform/graphql/failure.js';
import type { FindingFailure } from '../domain/failure.js';

/** A new code does not compile until it has a type here. */
export function toFailure(failure: FindingFailure): NotFound | RuleViolation {
  switch (failure.code) {
    case 'NOT_FOUND':
      return failureOf(NotFound, failure);
    case 'RULE_VIOLATION':
      return failureOf(RuleViolation, failure);
  }
}
