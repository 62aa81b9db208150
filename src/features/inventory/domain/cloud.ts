import type { ObservedKind, ObservedObject } from './observed.js';

/** One account and region, and how to get in. */
export interface Scope {
  readonly id: number;
  readonly account: string;
  readonly region: string;
  /** Null: the service's own credentials. */
  readonly roleArn: string | null;
  readonly externalId: string | null;
}

export interface ObservedPage {
  readonly objects: readonly ObservedObject[];
  /** Free IPv4 addresses of subnets, as the provider counts them; changes by itself, so it stands in no object. */
  readonly available: readonly { readonly subnetId: string; readonly addresses: number }[];
}

/** Why a list could not be read to its end. What it gave before is true, what it did not give says nothing. */
export class ListFailedError extends Error {
  override name = 'ListFailedError';

  constructor(
    /** Throttled to the end of our patience; forbidden; no answer in time; not what the provider should have sent; else. */
    readonly reason: 'THROTTLED' | 'FORBIDDEN' | 'TIMEOUT' | 'MALFORMED' | 'UNAVAILABLE',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What reading has cost so far; numbers only grow. */
export interface ReadingCost {
  readonly calls: number;
  readonly throttles: number;
  readonly retries: number;
  readonly bytes: number;
}

/** The cloud as discovery sees it. One instance serves all scopes at once and keeps to its limits. */
export interface Cloud {
  /**
   * Everything of one kind in a scope, page by page as it comes. An object is in it only when all of it was read.
   * Throws ListFailedError; ends early without one only when `signal` aborts, by throwing its reason.
   */
  list(
    scope: Scope,
    kind: ObservedKind,
    signal: AbortSignal,
    cost: (delta: ReadingCost) => void,
  ): AsyncIterable<ObservedPage>;
  /** Accounts of the organization that are ACTIVE. Throws ListFailedError. */
  accounts(signal: AbortSignal): AsyncIterable<{ readonly account: string; readonly name: string }>;
  close(): Promise<void>;
}
