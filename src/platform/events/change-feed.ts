import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Instant } from '../context/instant.js';
import { Database } from '../database/database.js';
import { isUnavailable } from '../database/sqlstate.js';
import type { Change } from './change.js';
import { type FeedStart, oldestKept, readChanges } from './feed-pages.js';
import { CHANNEL_PUBLISHED } from './publisher.js';

const PAGE = 500;
const POLL_MS = 1_000;

/** What follows the place asked for is no longer kept in the feed. */
export class PositionGoneError extends Error {
  constructor(
    /** The oldest position (or sequence of the pool) that is kept, or the next one to come. */
    readonly oldest: number,
  ) {
    super('the feed no longer keeps what follows this place');
    this.name = 'PositionGoneError';
  }
}

/** Published changes in order, from any place on and then as they come. At least once, and none is skipped. */
@Injectable()
export class ChangeFeed implements OnApplicationShutdown {
  /** Gives the way to end it. */
  private listener: Promise<() => void> | null = null;
  private readonly waiting = new Set<() => void>();
  private closed = false;

  constructor(private readonly database: Database) {}

  /** The last position given; 0 before the first. */
  async lastPosition(): Promise<number> {
    const [row] = await this.database.query<{ position: number }>('SELECT position FROM publisher');
    return row!.position;
  }

  /** The last sequence of a pool that has a position; 0 before the first. */
  async lastSequence(poolId: number): Promise<number> {
    const [row] = await this.database.query<{ sequence: number | null }>(
      'SELECT max(last_sequence) AS sequence FROM publication WHERE pool_id = $1',
      [poolId],
    );
    return row!.sequence ?? 0;
  }

  /** Throws PositionGoneError where the first change after `start` was recorded before `keptSince`. */
  async requireKept(start: FeedStart, keptSince: Instant): Promise<void> {
    const [next] = await readChanges(this.database, start, 1);
    if (!next || next.recordedAt >= keptSince) return;
    throw new PositionGoneError(await oldestKept(this.database, start, keptSince));
  }

  /** Ends when `signal` aborts; outlives an absence of the database. A slow consumer costs one page of memory: nothing is buffered beyond it. */
  async *follow(start: FeedStart, signal: AbortSignal): AsyncGenerator<Change, void, undefined> {
    let at = start;
    while (!signal.aborted && !this.closed) {
      // before the read, so that what is published in between is not slept through
      const published = this.nextPublished(signal);
      const page = await this.pageOrNone(at);
      for (const change of page) {
        if (signal.aborted) return;
        yield change;
        at =
          'poolId' in at ? { poolId: at.poolId, sequence: change.sequence! } : { position: change.position! };
      }
      if (page.length < PAGE) await published;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    this.announce();
    (await this.listener?.catch(() => null))?.();
  }

  /** What is there while the database is away is read when it is back. */
  private async pageOrNone(start: FeedStart): Promise<Change[]> {
    try {
      return await readChanges(this.database, start, PAGE);
    } catch (error) {
      if (isUnavailable(error)) return [];
      throw error;
    }
  }

  /** Resolves at the next NOTIFY, after a second in case one got lost, or when `signal` aborts. */
  private nextPublished(signal: AbortSignal): Promise<void> {
    this.listen();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, POLL_MS);
      this.waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  private listen(): void {
    if (this.listener || this.closed) return;
    this.listener = this.openListener();
    // without it polling goes on; the next wait tries again
    this.listener.catch(() => (this.listener = null));
  }

  private async openListener(): Promise<() => void> {
    const client = await this.database.connect();
    let open = true;
    // a connection may report more than one error, also after it was given back
    const close = (): void => {
      if (!open) return;
      open = false;
      this.listener = null;
      client.release(true);
    };
    client.on('notification', () => this.announce()).on('error', close);
    try {
      await client.query(`LISTEN ${CHANNEL_PUBLISHED}`);
    } catch (error) {
      close();
      throw error;
    }
    return close;
  }

  private announce(): void {
    for (const done of [...this.waiting]) done();
  }
}
