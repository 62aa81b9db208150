/** What goes wrong with one call. */
export type Fault =
  /** RequestLimitExceeded, 503. */
  | { readonly kind: 'throttle' }
  /** An error as AWS writes it. */
  | { readonly kind: 'status'; readonly code: FaultCode }
  /** 500 with a page of HTML; 503 with plain text. */
  | { readonly kind: 'html' }
  | { readonly kind: 'unavailable' }
  /** Nothing comes until the emulator closes. */
  | { readonly kind: 'hang' }
  /** Headers and half of the body come, then nothing. */
  | { readonly kind: 'stall' }
  /** The body ends after `at` bytes: as if it were whole (chunked), or by a reset before its content-length. */
  | { readonly kind: 'cut'; readonly at: number; readonly how: 'chunked' | 'length' }
  /** The connection is reset before anything comes. */
  | { readonly kind: 'reset' }
  /** 200 with an empty body. */
  | { readonly kind: 'empty' }
  /** Well-formed, but every second object is left out. */
  | { readonly kind: 'short' }
  /** The right answer, so many milliseconds late. */
  | { readonly kind: 'slow'; readonly ms: number };

export const FAULT_CODES = {
  UnauthorizedOperation: 403,
  AuthFailure: 401,
  RequestExpired: 400,
  OptInRequired: 401,
  InternalError: 500,
  ServiceUnavailable: 503,
  InvalidParameterValue: 400,
  AccessDenied: 403,
} as const;
export type FaultCode = keyof typeof FAULT_CODES;

/** Which calls a fault befalls: those that agree with everything that is said. */
export interface FaultRule {
  readonly action?: string;
  /** Of AssumeRole: the account of the role. */
  readonly account?: string;
  readonly region?: string;
  /** Only the so many-th call that agrees, from 1. */
  readonly nth?: number;
  /** Only the first so many calls that agree. */
  readonly times?: number;
  readonly fault: Fault;
}

export interface Call {
  readonly action: string;
  readonly account: string;
  readonly region: string;
}

/** The rules in force. The first that applies to a call is the one that befalls it; each counts its calls for itself. */
export class Faults {
  private readonly rules: { readonly rule: FaultRule; calls: number }[] = [];

  /** In force until the returned function is called. */
  add(rule: FaultRule): () => void {
    const entry = { rule, calls: 0 };
    this.rules.push(entry);
    return () => {
      const index = this.rules.indexOf(entry);
      if (index >= 0) this.rules.splice(index, 1);
    };
  }

  clear(): void {
    this.rules.length = 0;
  }

  /** Counts the call. */
  of(call: Call): Fault | undefined {
    let fault: Fault | undefined;
    for (const entry of this.rules) {
      if (!agrees(entry.rule, call)) continue;
      entry.calls++;
      const { nth, times } = entry.rule;
      const applies =
        (nth === undefined || entry.calls === nth) && (times === undefined || entry.calls <= times);
      if (applies) fault ??= entry.rule.fault;
    }
    return fault;
  }
}

function agrees(rule: FaultRule, { action, account, region }: Call): boolean {
  return (
    (rule.action === undefined || rule.action === action) &&
    (rule.account === undefined || rule.account === account) &&
    (rule.region === undefined || rule.region === region)
  );
}
