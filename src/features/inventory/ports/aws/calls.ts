import type { Scope } from '../../domain/cloud.js';
import { ACTIONS, type Input } from './actions.js';
import type { Attempts, Count, Patience } from './attempts.js';
import type { Credentials, Identity } from './credentials.js';
import type { Page, ReaderName, RowOf } from './decode-page.js';
import type { Decoder } from './decoder.js';
import type { Ec2Clients } from './ec2-clients.js';
import { EndlessListError, listFailed, verdictOf } from './failures.js';
import { Gate, type Timing, TokenBucket } from './limits.js';

export interface CallLimits extends Patience {
  readonly callsInFlight: number;
  readonly callsPerRegion: number;
  readonly callsPerSecond: number;
}

/** One list being read. */
export interface Reading {
  readonly scope: Scope;
  readonly signal: AbortSignal;
  readonly count: Count;
}

/** More pages than the largest account has of anything. */
const MOST_PAGES = 10_000;

/** Calls that read pages, within all limits. */
export class Calls {
  private readonly regions = new Map<string, Gate>();
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(
    private readonly clients: Ec2Clients,
    private readonly credentials: Credentials,
    private readonly decoder: Decoder,
    private readonly attempts: Attempts,
    private readonly limits: CallLimits,
    private readonly timing: Timing,
  ) {}

  /** One page; null when what `input` names is not there and `mayBeGone`. Throws ListFailedError, or the reason of the signal. */
  async page<N extends ReaderName>(
    { scope, signal, count }: Reading,
    reader: N,
    input: Input,
    mayBeGone: boolean,
  ): Promise<Page<RowOf<N>> | null> {
    const { name, command } = ACTIONS[reader];
    const leave = await this.region(scope).enter(signal);
    let identity: Identity | null = null;
    try {
      const outcome = await this.attempts.run({
        account: scope.account,
        region: scope.region,
        action: name,
        signal,
        count,
        bucket: this.bucket(scope, name),
        mayBeGone,
        refresh: async () => {
          if (identity) await this.credentials.forget(scope, identity);
        },
        once: async () => {
          identity = await this.credentials.of(scope, signal, count);
          const bytes = await this.clients.send(scope, identity, command(input), signal);
          count({ calls: 0, throttles: 0, retries: 0, bytes: bytes.byteLength });
          return this.decoder.decode(reader, bytes, scope);
        },
      });
      return outcome.ok ? outcome.value : null;
    } finally {
      leave();
    }
  }

  /** All pages. With `mayBeGone`, ends early when what `input` names is not there: `present` says which it was. */
  async *pages<N extends ReaderName>(
    reading: Reading,
    reader: N,
    input: Input = {},
    mayBeGone = false,
  ): AsyncGenerator<Page<RowOf<N>>, { present: boolean }> {
    const { name, most } = ACTIONS[reader];
    const sized = most === null ? input : { ...input, MaxResults: most };
    const tokens = new Set<string>();
    for (let next: string | null = null; ;) {
      const page: Page<RowOf<N>> | null = await this.page(
        reading,
        reader,
        next === null ? sized : { ...sized, NextToken: next },
        mayBeGone,
      );
      if (page === null) return { present: false };
      yield page;
      if (page.next === null) return { present: true };
      if (tokens.has(page.next) || tokens.size >= MOST_PAGES) {
        const error = new EndlessListError(
          tokens.has(page.next) ? 'a page token came for the second time' : `more than ${MOST_PAGES} pages`,
        );
        throw listFailed({ ...reading.scope, action: name, attempts: 1 }, verdictOf(error), error);
      }
      tokens.add(page.next);
      next = page.next;
    }
  }

  /** All rows of all pages; null when what `input` names is not there. */
  async all<N extends ReaderName>(reading: Reading, reader: N, input: Input): Promise<RowOf<N>[] | null> {
    const rows: RowOf<N>[] = [];
    const pages = this.pages(reading, reader, input, true);
    for (;;) {
      const step = await pages.next();
      if (step.done) return step.value.present ? rows : null;
      rows.push(...step.value.rows);
    }
  }

  private region(scope: Scope): Gate {
    const key = `${scope.account}/${scope.region}`;
    let gate = this.regions.get(key);
    if (!gate) this.regions.set(key, (gate = new Gate(this.limits.callsPerRegion)));
    return gate;
  }

  private bucket(scope: Scope, action: string): TokenBucket {
    const key = `${scope.account}/${scope.region}/${action}`;
    let bucket = this.buckets.get(key);
    if (!bucket) {
      this.buckets.set(key, (bucket = new TokenBucket(this.limits.callsPerSecond, this.timing)));
    }
    return bucket;
  }
}
