import { failureOf, NotFound, RuleViolation } from '../../../platform/graphql/failure.js';
import type { DiscoveryFailure } from '../domain/discovery-failure.js';

/** A new code does not compile until it has a type here. */
export function toFailure(failure: DiscoveryFailure): NotFound | RuleViolation {
  switch (failure.code) {
    case 'NOT_FOUND':
      return failureOf(NotFound, failure);
    case 'RULE_VIOLATION':
      return failureOf(RuleViolation, failure);
  }
}
