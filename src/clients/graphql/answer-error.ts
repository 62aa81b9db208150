/** What `extensions.code` of an answer can be. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'INVALID_CIDR'
  | 'POSITION_GONE'
  | 'TOO_COMPLEX'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/**
 * There is no answer, or one with errors in place of data: misuse or a fault. Expected failures are data. A service
 * that is newer than this program may have codes that it does not know.
 */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';

  constructor(
    readonly code: ErrorCode | (string & {}),
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
    /** True where the same call may well succeed in a moment. */
    readonly passing = false,
  ) {
    super(message);
  }
}

/** The error of an answer as it was sent. */
export function errorOf({
  message,
  extensions: { code, ...facts } = {},
}: {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}): AnswerError {
  return new AnswerError(String(code ?? 'INTERNAL'), message, facts, code === 'UNAVAILABLE');
}
