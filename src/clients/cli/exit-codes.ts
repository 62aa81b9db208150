import type { ErrorCode } from '../graphql/answer-error.js';
import type { Failure } from '../graphql/client.js';

export const EXIT = { done: 0, fault: 1, usage: 2, reported: 3 } as const;

/** By type of the failure; one that the schema adds does not compile until it stands here. */
export const EXIT_OF_FAILURE: Readonly<Record<Failure['__typename'], number>> = {
  NoSpace: 10,
  CidrConflict: 11,
  OutsidePool: 12,
  RuleViolation: 13,
  KeyConflict: 14,
  AlreadyConfirmed: 15,
  InvalidTransition: 16,
  Expired: 17,
  HasDependents: 18,
  VersionConflict: 19,
  NameTaken: 20,
  BatchRejected: 21,
  NotFound: 22,
};

export const EXIT_OF_ERROR: Readonly<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: EXIT.usage,
  INVALID_CIDR: EXIT.usage,
  UNAUTHENTICATED: 30,
  FORBIDDEN: 31,
  UNAVAILABLE: 32,
  RATE_LIMITED: 33,
  TOO_COMPLEX: 33,
  POSITION_GONE: 34,
  INTERNAL: EXIT.fault,
};
