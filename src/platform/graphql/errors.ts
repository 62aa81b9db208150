import { GraphQLError } from 'graphql';

/** What `extensions.code` of an error can be. Misuse and faults only: expected failures are data (`Failure`). */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'INVALID_CIDR',
  'POSITION_GONE',
  'TOO_COMPLEX',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'INTERNAL',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * An error with a code, for resolvers and scalars to throw. `facts` go into `extensions` and are shown to the
 * caller; `message` says what to do next.
 */
export class CodedError extends GraphQLError {
  constructor(code: ErrorCode, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message, { extensions: { ...facts, code } });
    this.name = 'CodedError';
  }
}

export function badInput(message: string, facts?: Readonly<Record<string, unknown>>): CodedError {
  return new CodedError('BAD_USER_INPUT', message, facts);
}

/** The change feed no longer keeps what follows the place asked for; `oldest` is the first that it keeps. */
export function positionGone(oldest: number | null): CodedError {
  const advice =
    oldest === null ? 'start anew' : `resume before ${oldest}, and read what is missing from the audit trail`;
  return new CodedError(
    'POSITION_GONE',
    `The change feed no longer keeps what follows this place: ${advice}.`,
    {
      oldest: oldest === null ? null : String(oldest),
    },
  );
}
