import { ListFailedError } from '../../domain/cloud.js';
import { NotCanonicalError } from '../../domain/canonical.js';
import { NoListError } from './decode-page.js';
import { IncompleteItemError } from './reader.js';
import { NotWellFormedError } from './scanner.js';

export type Reason = ListFailedError['reason'];

/** What one failed attempt means. */
export interface Verdict {
  readonly reason: Reason;
  /** `again`: another attempt may do better; `refresh`: with new credentials it may; `never`. */
  readonly retry: 'again' | 'refresh' | 'never';
  /** The provider's code, or what stands for one. */
  readonly code: string;
  /** What the provider or the machine said. */
  readonly said: string;
  /** The thing asked about is not there, though the list of it was just read: it went away in between. */
  readonly notThere: boolean;
}

/** An answer with status 200 and nothing in it, which the SDK reads as "there is nothing". */
export class EmptyAnswerError extends Error {
  override name = 'EmptyAnswerError';
}

/** An attempt as a whole took too long, though bytes may have come in all the time. */
export class DeadlineError extends Error {
  override name = 'DeadlineError';
}

/** Pages that do not end: a token for the second time, or more of them than there can be. */
export class EndlessListError extends Error {
  override name = 'EndlessListError';
}

const THROTTLES = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'SlowDown',
  'PriorRequestNotComplete',
  'EC2ThrottledException',
]);
const EXPIRED = new Set(['RequestExpired', 'ExpiredToken', 'ExpiredTokenException']);
const FORBIDDEN = new Set([
  'UnauthorizedOperation',
  'AuthFailure',
  'AccessDenied',
  'AccessDeniedException',
  'OptInRequired',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'Blocked',
  'PendingVerification',
  'MissingAuthenticationToken',
  'CredentialsProviderError',
  'RegionDisabledException',
]);
/** Of the machine and its network, and of clocks: what the SDK itself would try again. */
const PASSING = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'ERR_STREAM_PREMATURE_CLOSE',
  'RequestTimeTooSkewed',
  'RequestInTheFuture',
]);
const TIMEOUTS = new Set(['TimeoutError', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'RequestTimeout', 'DeadlineError']);
const MALFORMED = [NotWellFormedError, NoListError, IncompleteItemError, NotCanonicalError, EmptyAnswerError];

interface Seen {
  readonly name?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Decides by the provider's code first, then by the HTTP status: the body of a 5xx may be no XML at all. */
export function verdictOf(error: unknown): Verdict {
  const seen = (error ?? {}) as Seen;
  const status = seen.$metadata?.httpStatusCode;
  const code = codeOf(seen, status);
  const verdict = (reason: Reason, retry: Verdict['retry']): Verdict => ({
    reason,
    retry,
    code,
    said: firstLine(seen.message ?? String(error)),
    notThere: /\.NotFound$|NotFound$/.test(code) && status === 400,
  });
  if (error instanceof EndlessListError) return verdict('MALFORMED', 'never');
  if (MALFORMED.some((type) => error instanceof type)) return verdict('MALFORMED', 'again');
  const names = [seen.Code, seen.name, seen.code].filter((name) => name !== undefined);
  const among = (set: ReadonlySet<string>) => names.some((name) => set.has(name));
  if (among(EXPIRED)) return verdict('FORBIDDEN', 'refresh');
  if (among(THROTTLES) || status === 429) return verdict('THROTTLED', 'again');
  // before the timeouts, because the SDK calls a reset connection one
  if (seen.code !== undefined && PASSING.has(seen.code)) return verdict('UNAVAILABLE', 'again');
  if (among(TIMEOUTS)) return verdict('TIMEOUT', 'again');
  if (among(FORBIDDEN) || status === 401 || status === 403) return verdict('FORBIDDEN', 'never');
  if (among(PASSING) || (status !== undefined && status >= 500)) return verdict('UNAVAILABLE', 'again');
  // an answer that was cut, read by the SDK itself: no code, and a status that says all was well
  if (status !== undefined && status < 300) return verdict('MALFORMED', 'again');
  // no code and no status: nobody has refused anything
  if (status === undefined && seen.name === 'Error') return verdict('UNAVAILABLE', 'again');
  return verdict('UNAVAILABLE', 'never');
}

function codeOf({ Code, name, code }: Seen, status: number | undefined): string {
  if (Code) return Code;
  if (code && PASSING.has(code)) return code;
  if (name && name !== 'Error') return name;
  return code || (status === undefined ? 'no answer' : `HTTP ${status}`);
}

const ADVICE: Readonly<Record<Reason, string>> = {
  THROTTLED:
    'Something else asks a lot in this account and region, or CADASTRE_DISCOVERY_CALLS_PER_SECOND is too high for it.',
  FORBIDDEN:
    'Allow the action in the policies of the role, and check that no policy of the organization denies it.',
  TIMEOUT: 'Check the way to the endpoint; if it is only slow, raise CADASTRE_DISCOVERY_TIMEOUT_SECONDS.',
  MALFORMED: 'Nothing of it was used. If it stays so, look for a proxy between here and the endpoint.',
  UNAVAILABLE:
    'The next sweep tries again; if it stays so, look at the health of the service in this region.',
};
/** No sweep asks the organization, and it is in no region. */
const ORGANIZATION_AWAY =
  'Try again; if it stays so, look at the way to AWS Organizations and at its health.';
const ADVICE_BY_CODE: Readonly<Record<string, string>> = {
  OptInRequired: 'Enable the region in this account, or leave it out of discovery.',
  AuthFailure: 'Enable the region in this account, or leave it out of discovery; else check the credentials.',
  InvalidClientTokenId: 'Enable the region in this account, or check the credentials.',
  CredentialsProviderError: 'Give the service credentials: environment, profile, or role of its machine.',
  RequestExpired: 'Check the clock of this machine.',
};

const ROLE_ADVICE =
  "Check that the role exists, that its trust policy admits the service's identity, and the external id.";

function adviceFor(action: string, { code, reason }: Verdict): string {
  if (action === 'AssumeRole' && reason === 'FORBIDDEN') return ROLE_ADVICE;
  if (action === 'ListAccounts' && reason === 'UNAVAILABLE') return ADVICE_BY_CODE[code] ?? ORGANIZATION_AWAY;
  return ADVICE_BY_CODE[code] ?? ADVICE[reason];
}

/** The error that ends a list, in words that say who has to do what. */
export function listFailed(
  what: {
    readonly account: string;
    readonly region: string;
    readonly action: string;
    readonly attempts: number;
  },
  verdict: Verdict,
  cause: unknown,
): ListFailedError {
  const { account, region, action, attempts } = what;
  const where = [action, account && `in account ${account}`, region && `(${region})`]
    .filter(Boolean)
    .join(' ');
  const times = attempts > 1 ? ` after ${attempts} attempts` : '';
  const advice = adviceFor(action, verdict);
  const said = verdict.said.replace(/[.\s]+$/, '');
  return new ListFailedError(
    verdict.reason,
    `${where} failed${times}: ${verdict.code}${said ? `: ${said}` : ''}. ${advice}`,
    { cause },
  );
}

function firstLine(text: string): string {
  const line = text
    .split('\n')[0]!
    .trim()
    .replace(/^AWS SDK error wrapper for \w*Error: /, '');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
