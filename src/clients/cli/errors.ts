import { AnswerError } from '../graphql/answer-error.js';
import type { Failure, Result } from '../graphql/client.js';
import { EXIT, EXIT_OF_ERROR, EXIT_OF_FAILURE } from './exit-codes.js';
import { describeFailure } from './failure-text.js';

/** The command line or a file of the user's is wrong; the message says what to do next. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The service refused, for a reason that it names. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** For a look-up that found nothing. */
export function notFound(kind: string, id: string): RefusedError {
  return new RefusedError({
    __typename: 'NotFound',
    code: 'NOT_FOUND',
    message: `There is no ${kind} ${id}, or it is not yours.`,
    id,
  });
}

/** The value of a result. Throws RefusedError where there is none. */
export function valueOf<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new RefusedError(result.failure);
  return result.value;
}

/** What the program ends with, and what it says. */
export interface Ending {
  readonly exit: number;
  readonly code: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** For people: the message, then what else helps. */
  readonly text: string;
}

/** Null for what nobody foresaw. */
export function endingOf(error: unknown): Ending | null {
  if (error instanceof UsageError)
    return { exit: EXIT.usage, code: 'USAGE', message: error.message, facts: {}, text: error.message };
  if (error instanceof RefusedError) {
    const { __typename: kind, code, message, ...facts } = error.failure;
    // a service newer than this program may refuse for reasons that it does not know
    const exit = EXIT_OF_FAILURE[kind] ?? EXIT.fault;
    return { exit, code, message, facts, text: describeFailure(error.failure) };
  }
  if (error instanceof AnswerError) {
    const { code, message, facts } = error;
    const exit = (EXIT_OF_ERROR as Record<string, number>)[code] ?? EXIT.fault;
    const text = [message, ...adviceOn(error)].join('\n');
    return { exit, code, message, facts, text };
  }
  return null;
}

/** There is no service there, or no such machine. */
const NOBODY = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;

function adviceOn({ code, facts }: AnswerError): string[] {
  if (code === 'UNAVAILABLE' && NOBODY.test(String(facts.reason)))
    return ['Start it with `cadastre serve`, or set CADASTRE_URL.'];
  if (code === 'UNAUTHENTICATED')
    return [
      'Set CADASTRE_TOKEN, or keep it: cadastre context set NAME --url URL --token -',
      'The first admin token of a new service is in its data folder: export CADASTRE_TOKEN=$(cat .cadastre/admin-token)',
    ];
  if (code === 'INVALID_CIDR' && facts.canonical) return [`Did you mean ${String(facts.canonical)}?`];
  if (code === 'INTERNAL' && facts.correlation)
    return [`In the log of the service: ${String(facts.correlation)}`];
  return [];
}
