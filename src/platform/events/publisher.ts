import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Database } from '../database/database.js';

/** How long a publisher that does not answer keeps the lease. */
const LEASE_SECONDS = 10;
/** A transaction of its own must die before its lease can go to another. */
const IDLE_TIMEOUT_MS = 5_000;
const POLL_MS = 1_000;
/** At most this often another process is woken, or a batch is published. */
const WAKE_MS = 20;
/** Groups of changes. */
const BATCH = 2_000;

/** In a statement of its own: what comes after it sees everything that was committed before the lock was ours. */
const FENCE = 'SELECT FROM publisher WHERE token = $1 FOR UPDATE';

/** A group leaves the outbox and gets its positions in one statement, so that none gets them twice. */
const NUMBER = `
WITH fence AS MATERIALIZED (SELECT position FROM publisher WHERE token = $1), taken AS (
  DELETE FROM outbox WHERE ctid = ANY (ARRAY (
    SELECT ctid FROM outbox WHERE EXISTS (SELECT FROM fence) ORDER BY id LIMIT ${BATCH}))
  RETURNING id, pool_id, first_sequence, last_sequence, change_id, coalesce(last_sequence - first_sequence, 0) + 1 AS changes
), numbered AS (
  SELECT t.*, f.position + (sum(t.changes) OVER (ORDER BY t.id))::bigint AS last_position FROM taken t, fence f
), given AS (
  INSERT INTO publication (first_position, last_position, pool_id, first_sequence, last_sequence, change_id)
  SELECT last_position - changes + 1, last_position, pool_id, first_sequence, last_sequence, change_id
  FROM numbered ORDER BY last_position RETURNING last_position
), counted AS (SELECT count(*) AS n, max(last_position) AS last FROM given)
UPDATE publisher SET position = counted.last FROM counted WHERE token = $1 AND counted.n > 0 RETURNING counted.n AS published`;

/** Whatever the planner believes about sizes: what waits by its key, in its order, and each row where it lies. */
const PLAN = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin']
  .map((way) => `SET enable_${way} = off`)
  .join('; ');

/** Somebody has committed changes and is not the publisher. */
export const CHANNEL_WAKE = 'cadastre_wake';
/** Positions were given. */
export const CHANNEL_PUBLISHED = 'cadastre_published';

/**
 * Gives every committed change its position: gapless over the whole service, in the order of the outbox. Of
 * several processes the one that holds the lease does it. The token of the lease is the fence: a publisher
 * that slept past its lease finds its token gone and numbers nothing.
 */
@Injectable()
export class Publisher implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly holder = randomUUID();
  private client: PoolClient | null = null;
  private token: number | null = null;
  private renewAt = 0;
  private timer: NodeJS.Timeout | null = null;
  private dueAt = Infinity;
  private running: Promise<void> | null = null;
  /** Changes of this process may wait for a position. */
  private wanted = false;
  /** Another process said so while a round was under way. */
  private wokenAgain = false;
  private stopped = false;

  constructor(private readonly database: Database) {}

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  /** Call after a commit that recorded changes. Cheap: it starts at most one round every 20 ms. */
  wake(): void {
    this.wanted = true;
    this.schedule(WAKE_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
    if (this.token !== null) await this.giveUpLease().catch(() => undefined);
    this.dropClient();
  }

  private schedule(afterMs: number): void {
    const at = performance.now() + afterMs;
    if (this.stopped || this.running || at >= this.dueAt) return;
    if (this.timer) clearTimeout(this.timer);
    this.dueAt = at;
    this.timer = setTimeout(() => {
      this.dueAt = Infinity;
      this.running = this.round().then((rest) => {
        this.running = null;
        this.schedule(this.wanted || this.wokenAgain ? WAKE_MS : rest);
      });
    }, afterMs);
    this.timer.unref();
  }

  /** Milliseconds until the next round. */
  private async round(): Promise<number> {
    const wanted = this.wanted;
    this.wanted = false;
    this.wokenAgain = false;
    try {
      const client = await this.connection();
      if (performance.now() >= this.renewAt) await this.takeLease(client);
      if (this.token === null) {
        if (wanted) await client.query(`NOTIFY ${CHANNEL_WAKE}`);
        return POLL_MS;
      }
      while (!this.stopped && (await this.publish(client))) {
        if (performance.now() >= this.renewAt) await this.takeLease(client);
        if (this.token === null) break;
      }
      return POLL_MS;
    } catch {
      // the database is away or took the transaction: nothing was numbered, try again with a new connection
      this.dropClient();
      return POLL_MS;
    }
  }

  private async connection(): Promise<PoolClient> {
    if (this.client) return this.client;
    const client = await this.database.connect();
    client.on('error', () => this.dropClient());
    client.on('notification', ({ channel }) => {
      if (channel !== CHANNEL_WAKE || this.token === null) return;
      this.wokenAgain = true;
      this.schedule(0);
    });
    this.client = client;
    await client.query(
      `${PLAN}; SET idle_in_transaction_session_timeout = ${IDLE_TIMEOUT_MS}; LISTEN ${CHANNEL_WAKE}`,
    );
    return client;
  }

  private async takeLease(client: PoolClient): Promise<void> {
    const askedAt = performance.now();
    const { rows } = await client.query<{ token: number }>(
      `UPDATE publisher SET holder = $1, token = token + 1, until = cadastre_now() + make_interval(secs => $2)
       WHERE until IS NULL OR until < cadastre_now() OR holder = $1 RETURNING token`,
      [this.holder, LEASE_SECONDS],
    );
    this.token = rows[0]?.token ?? null;
    this.renewAt = this.token === null ? 0 : askedAt + (LEASE_SECONDS * 1000) / 3;
  }

  /** True where there may be more to publish. */
  private async publish(client: PoolClient): Promise<boolean> {
    // sent together: where the fence finds no row, the statement after it has nothing to do
    const sent = [
      client.query('BEGIN'),
      client.query(FENCE, [this.token]),
      client.query<{ published: number }>(NUMBER, [this.token]),
      client.query('COMMIT'),
    ] as const;
    const [, fence, numbered] = await Promise.all(sent);
    if (fence.rows.length === 0) {
      this.token = null;
      return false;
    }
    const published = numbered.rows[0]?.published ?? 0;
    if (published > 0) await client.query(`NOTIFY ${CHANNEL_PUBLISHED}`);
    return published === BATCH;
  }

  private async giveUpLease(): Promise<void> {
    await this.client?.query(`UPDATE publisher SET until = NULL, holder = NULL WHERE token = $1`, [
      this.token,
    ]);
  }

  private dropClient(): void {
    const { client } = this;
    this.client = null;
    this.token = null;
    this.renewAt = 0;
    client?.release(true);
  }
}
