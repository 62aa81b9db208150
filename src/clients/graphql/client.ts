import { AnswerError, errorOf } from './answer-error.js';
import { postJson } from './http.js';
import type { Operation } from './operation.js';
import type { FailureFieldsFragment } from './operations.js';

/** An expected failure with its facts, as the service words it. */
export type Failure = FailureFieldsFragment;

export type Result<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: Failure };

/** Of an operation with one root field: what it gives when it succeeds. */
export type Success<Data> = Exclude<NonNullable<Data[keyof Data]>, { code: string; message: string }>;

export interface ClientOptions {
  /** `http://127.0.0.1:4000`; a path is kept. */
  readonly url: string;
  readonly token?: string;
  /** How long one call may take, all its attempts together. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 200;

/** Speaks to a running service. */
export class Client {
  readonly url: string;
  readonly timeoutMs: number;

  constructor(private readonly options: ClientOptions) {
    this.url = options.url.replace(/\/+$/, '');
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  get token(): string | undefined {
    return this.options.token;
  }

  /**
   * The data of an answer. Throws AnswerError where it has errors or where there is none. A query, and what is
   * `repeatable`, is asked again when the connection breaks or the service is unavailable for a moment.
   */
  async ask<Data, Variables>(
    { kind, text }: Operation<Data, Variables>,
    variables: Variables,
    { repeatable = kind === 'query' }: { repeatable?: boolean } = {},
  ): Promise<Data> {
    const body = JSON.stringify({ query: text, variables });
    const until = AbortSignal.timeout(this.timeoutMs);
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.post(body, until)) as Data;
      } catch (error) {
        const again = repeatable && attempt < ATTEMPTS && error instanceof AnswerError && error.passing;
        if (!again || until.aborted || this.options.signal?.aborted) throw error;
      }
      await pause(FIRST_WAIT_MS * 4 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }

  /** For operations with one root field that gives a thing or a Failure. Throws as `ask` does. */
  async change<Data extends object, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    options: { repeatable?: boolean } = {},
  ): Promise<Result<Success<Data>>> {
    const [value] = Object.values(await this.ask(operation, variables, options)) as [object];
    return 'code' in value && 'message' in value
      ? { ok: false, failure: value as Failure }
      : { ok: true, value: value as Success<Data> };
  }

  private async post(body: string, until: AbortSignal): Promise<unknown> {
    const { token, signal } = this.options;
    let status: number;
    let text: string;
    try {
      ({ status, text } = await postJson(`${this.url}/graphql`, {
        headers: token ? { authorization: `Bearer ${token}` } : {},
        body,
        signal: signal ? AbortSignal.any([until, signal]) : until,
      }));
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw noAnswer(this.url, cause as NodeJS.ErrnoException, until.aborted ? this.timeoutMs : null);
    }
    const answer = parse(text);
    if (!answer) throw foreignAnswer(this.url, status);
    const [error] = answer.errors ?? [];
    if (error) throw errorOf(error);
    return answer.data;
  }
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}

/** Null for what no GraphQL service says. */
function parse(text: string): Answer | null {
  try {
    const value = JSON.parse(text) as Answer | null;
    return value && (value.data || Array.isArray(value.errors)) ? value : null;
  } catch {
    return null;
  }
}

const NOBODY = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
const IN_DOUBT = 'Whether a change took effect is unknown: repeat it with the same key, or look.';

function noAnswer(url: string, cause: NodeJS.ErrnoException, timedOutAfterMs: number | null): AnswerError {
  if (timedOutAfterMs !== null) {
    const message = `No answer from ${url} within ${timedOutAfterMs / 1000} s. ${IN_DOUBT}`;
    return new AnswerError('UNAVAILABLE', message, { url, reason: 'TIMEOUT' });
  }
  const reason = cause.code ?? cause.message;
  if (NOBODY.includes(reason))
    return new AnswerError('UNAVAILABLE', `Nobody listens at ${url} (${reason}).`, { url, reason });
  const message = `The connection to ${url} broke (${reason}). ${IN_DOUBT}`;
  return new AnswerError('UNAVAILABLE', message, { url, reason }, true);
}

/** From a proxy in between, or from another service altogether. */
function foreignAnswer(url: string, status: number): AnswerError {
  const facts = { url, status };
  switch (status) {
    case 401:
      return new AnswerError('UNAUTHENTICATED', `${url} asks for another token.`, facts);
    case 403:
      return new AnswerError('FORBIDDEN', `${url} refuses access.`, facts);
    case 429:
      return new AnswerError('RATE_LIMITED', `${url} has had too many requests: try again later.`, facts);
    case 502:
    case 503:
    case 504:
      return new AnswerError(
        'UNAVAILABLE',
        `${url} answers with status ${status}: try again later.`,
        facts,
        true,
      );
    default:
      return new AnswerError(
        'UNAVAILABLE',
        `${url} answers with status ${status}, and not as Cadastre does: is it the address of the service?`,
        facts,
      );
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
