import { HttpException, Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { isBusy, isUnavailable } from '../database/sqlstate.js';
import { CommitUnknownError } from '../database/unit-of-work.js';
import { ERROR_CODES, type ErrorCode } from './errors.js';

const logger = new Logger('graphql');

const CODES: ReadonlySet<unknown> = new Set(ERROR_CODES);

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  429: 'RATE_LIMITED',
  503: 'UNAVAILABLE',
};

/** What is said of a fault; undefined for what is not one. */
function maskOf(code: ErrorCode, cause: unknown): string | undefined {
  if (code === 'INTERNAL') return 'internal error';
  // a GraphQLError has this code from us alone, with a message that is meant to be read
  if (code !== 'UNAVAILABLE' || cause instanceof GraphQLError) return undefined;
  return cause instanceof CommitUnknownError
    ? 'The database was lost during the commit, so whether this took effect is unknown: repeat it with the same key, or look.'
    : 'The database is away or busy: try again in a moment.';
}

/** The error that somebody threw, below the wrappers of the executor. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && !CODES.has(cause.extensions.code) && cause.originalError)
    cause = cause.originalError;
  return cause;
}

function codeOf(error: unknown, cause: unknown): ErrorCode {
  if (cause instanceof GraphQLError) {
    const { code } = cause.extensions;
    if (CODES.has(code)) return code as ErrorCode;
    // the parser's own limit has no code
    if (/^Syntax Error: Document contains more that \d+ tokens/.test(cause.message)) return 'TOO_COMPLEX';
    return isServersFault(error, cause) ? 'INTERNAL' : 'BAD_USER_INPUT';
  }
  if (cause instanceof HttpException) {
    return BY_STATUS[cause.getStatus()] ?? (cause.getStatus() < 500 ? 'BAD_USER_INPUT' : 'INTERNAL');
  }
  if (cause instanceof RangeError && /call stack/.test(cause.message)) return 'TOO_COMPLEX';
  const passing = cause instanceof CommitUnknownError || isUnavailable(cause) || isBusy(cause);
  return passing ? 'UNAVAILABLE' : 'INTERNAL';
}

/**
 * What GraphQL itself finds wrong is the caller's doing (syntax, unknown fields, values of the wrong type) until a
 * field is under way; then it is an answer that does not fit the schema, save for an argument that a variable left null.
 */
function isServersFault(error: unknown, cause: GraphQLError): boolean {
  if (cause.extensions.code === 'INTERNAL_SERVER_ERROR') return true;
  const underWay = error instanceof GraphQLError && error.path !== undefined;
  return underWay && !cause.message.startsWith('Argument "');
}

/**
 * Notes faults in the log, with what the caller never sees, and marks them with the correlation id that the caller
 * does see. Before the errors are formatted.
 */
export function reportFaults(errors: readonly GraphQLError[], correlation: string): void {
  for (const error of errors) {
    const cause = causeOf(error);
    const code = codeOf(error, cause);
    if (code !== 'INTERNAL' && code !== 'UNAVAILABLE') continue;
    error.extensions.correlation = correlation;
    logger.error({ msg: `${code} at ${error.path?.join('.') ?? 'the request'}`, correlation, err: cause });
  }
}

/** What the caller sees of an error: a code of ours, and of a fault neither message nor stack nor SQL. */
export function toClientError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = causeOf(error);
  const code = codeOf(error, cause);
  const masked = maskOf(code, cause);
  const { locations, path } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  if (masked !== undefined) {
    const correlation = formatted.extensions?.correlation;
    return {
      message: masked,
      ...place,
      extensions: { code, ...(correlation !== undefined && { correlation }) },
    };
  }
  const facts = cause instanceof GraphQLError && CODES.has(cause.extensions.code) ? cause.extensions : {};
  const { http: _http, ...shown } = facts;
  return { message: formatted.message, ...place, extensions: { ...shown, code } };
}
