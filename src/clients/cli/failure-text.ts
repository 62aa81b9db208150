import type { Failure } from '../graphql/client.js';
import { conflictText } from './output/words.js';

const MOST_LISTED = 10;

/** For people: the message of a failure, and the facts that it does not hold. */
export function describeFailure(failure: Failure): string {
  return [failure.message, ...factsOf(failure).map((line) => `  ${line}`)].join('\n');
}

function factsOf(failure: Failure): string[] {
  switch (failure.__typename) {
    case 'NoSpace':
      return [
        `largest free block: ${failure.largestFreeBlock ?? 'none'}`,
        ...failure.freeBlocksByLength.map(({ prefixLength, count }) => `free /${prefixLength}: ${count}`),
      ];
    case 'CidrConflict':
      return listed(failure.conflicts.map(conflictText));
    case 'OutsidePool':
      return listed(failure.poolCidrs.map((cidr) => `the pool has ${cidr}`));
    case 'RuleViolation':
      return [`rule ${failure.rule}: ${failure.value} given, allowed: ${failure.allowed}`];
    case 'KeyConflict':
      return [conflictText({ ...failure, reason: 'allocated' }), `request of the key: ${failure.request}`];
    case 'AlreadyConfirmed':
    case 'InvalidTransition':
      return [`it is ${failure.status}; possible: ${failure.possible.join(', ') || 'nothing'}`];
    case 'Expired':
      return [`expired ${failure.expiredAt}`, ...listed(failure.takenBy.map(conflictText))];
    case 'HasDependents':
      return listed(failure.dependents);
    case 'VersionConflict':
      return [`version now: ${failure.version}, changed by ${failure.changedBy}`];
    case 'NameTaken':
      return [`taken by ${failure.existing}`];
    case 'BatchRejected':
      return listed(
        failure.failures.map(
          ({ index, key, failure: item }) => `item ${index + 1}${key ? ` (${key})` : ''}: ${item.message}`,
        ),
      );
    case 'NotFound':
      return [];
  }
}

function listed(lines: readonly string[]): string[] {
  const more = lines.length - MOST_LISTED;
  return more > 0 ? [...lines.slice(0, MOST_LISTED), `and ${more} more`] : [...lines];
}
