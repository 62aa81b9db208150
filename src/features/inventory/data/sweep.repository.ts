import { Injectable } from '@nestjs/common';
import { type Instant, parseInstant } from '../../../platform/context/instant.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Tx } from '../../../platform/database/statement.js';
import type { ObservedKind } from '../domain/observed.js';
import {
  type FailedScope,
  remainingSeconds,
  type ScopeFailure,
  type Sweep,
  type SweepCause,
  type SweepStatus,
} from '../domain/sweep.js';

interface Row extends Record<string, unknown> {
  id: number;
  status: SweepStatus;
  cause: SweepCause;
  kinds: ObservedKind[];
  started_at: string;
  started_by: string;
  ended_at: string | null;
  problem: string | null;
  calls: number;
  throttles: number;
  retries: number;
  objects: number;
  changed: number;
  missing: number;
  accounts_done: number;
  accounts_total: number;
  scopes_done: number;
  scopes_open: number;
  scopes_running: number;
  scopes_failed: number;
  scopes_total: number;
  done_in_this_run: number;
  elapsed: number;
}

/** Sums as bigint: a numeric would come back as text. */
const SUMS = ['calls', 'throttles', 'retries', 'objects', 'changed', 'missing']
  .map((name) => `coalesce(sum(p.${name}), 0)::bigint AS ${name}`)
  .join(', ');

/** One row per sweep of `chosen`, a query for whole rows of `sweep`. */
const withProgress = (chosen: string): string => `
SELECT w.id, w.status, w.cause, w.kinds, w.started_at, w.started_by, w.ended_at, w.problem, t.*,
  extract(epoch FROM coalesce(w.ended_at, (SELECT cadastre_now())) - w.running_since)::float8 AS elapsed
FROM (${chosen}) w CROSS JOIN LATERAL (
  SELECT ${SUMS}, count(*) AS scopes_total, count(*) FILTER (WHERE p.ended_at IS NULL) AS scopes_open,
    count(*) FILTER (WHERE p.status IN ('DONE', 'FAILED')) AS scopes_done,
    count(*) FILTER (WHERE p.status = 'RUNNING') AS scopes_running,
    count(*) FILTER (WHERE p.status = 'FAILED') AS scopes_failed,
    count(*) FILTER (WHERE p.ended_at >= w.running_since) AS done_in_this_run,
    count(DISTINCT s.account) AS accounts_total,
    count(DISTINCT s.account) - count(DISTINCT s.account) FILTER (WHERE p.status NOT IN ('DONE', 'FAILED')) AS accounts_done
  FROM sweep_scope p JOIN discovery_scope s ON s.id = p.scope_id WHERE p.sweep_id = w.id) t
ORDER BY w.id DESC`;

function sweepOf(row: Row): Sweep {
  const { id, status, cause, kinds, problem, calls, throttles, retries, objects, changed, missing } = row;
  return {
    id,
    status,
    cause,
    kinds,
    problem,
    startedAt: parseInstant(row.started_at),
    startedBy: row.started_by,
    endedAt: row.ended_at === null ? null : parseInstant(row.ended_at),
    ...{ calls, throttles, retries, objects, changed, missing },
    accountsDone: row.accounts_done,
    accountsTotal: row.accounts_total,
    scopesDone: row.scopes_done,
    scopesRunning: row.scopes_running,
    scopesFailed: row.scopes_failed,
    scopesTotal: row.scopes_total,
    remainingSeconds:
      status === 'RUNNING'
        ? remainingSeconds({ done: row.done_in_this_run, open: row.scopes_open, elapsed: row.elapsed })
        : null,
  };
}

/** Sweeps as people see them: made, stopped, taken up again, looked at. */
@Injectable()
export class SweepRepository {
  constructor(private readonly database: Database) {}

  /** Returns the id. `scopeIds` may not be empty. */
  async insert(
    tx: Tx,
    ctx: RequestContext,
    cause: SweepCause,
    kinds: readonly ObservedKind[],
    scopeIds: readonly number[],
  ): Promise<number> {
    const [row] = await tx.query<{ id: number }>(
      `INSERT INTO sweep (cause, kinds, started_at, started_by, running_since)
       SELECT $1, $2, now, $3, now FROM (SELECT cadastre_now() AS now) c RETURNING id`,
      [cause, kinds, ctx.actor],
    );
    await tx.query('INSERT INTO sweep_scope (sweep_id, scope_id) SELECT $1, unnest($2::int[])', [
      row!.id,
      scopeIds,
    ]);
    return row!.id;
  }

  /** Its status; until the transaction ends nobody stops it or takes it up. */
  async lock(tx: Tx, id: number): Promise<SweepStatus | null> {
    const [row] = await tx.query<{ status: SweepStatus }>(
      'SELECT status FROM sweep WHERE id = $1 FOR UPDATE',
      [id],
    );
    return row?.status ?? null;
  }

  /** What is being swept is stopped by who sweeps it. */
  async cancel(tx: Tx, id: number): Promise<void> {
    await tx.query(`UPDATE sweep SET status = 'CANCELLED', ended_at = cadastre_now() WHERE id = $1`, [id]);
    await tx.query(
      `UPDATE sweep_scope SET status = 'CANCELLED', ended_at = cadastre_now() WHERE sweep_id = $1 AND status = 'PENDING'`,
      [id],
    );
  }

  /** How many scopes are to be swept again: those that failed or were left. */
  async resume(tx: Tx, id: number): Promise<number> {
    const again = await tx.query(
      `UPDATE sweep_scope SET status = 'PENDING', ended_at = NULL, attempts = 0, failures = '[]'
       WHERE sweep_id = $1 AND status IN ('FAILED', 'CANCELLED') RETURNING scope_id`,
      [id],
    );
    // a scope whose sweeping has not stopped yet goes on as if nothing had been
    const [open] = await tx.query<{ n: number }>(
      `SELECT count(*) AS n FROM sweep_scope WHERE sweep_id = $1 AND ended_at IS NULL`,
      [id],
    );
    if (open!.n > 0) {
      await tx.query(
        `UPDATE sweep SET status = 'RUNNING', ended_at = NULL, problem = NULL, running_since = cadastre_now() WHERE id = $1`,
        [id],
      );
    }
    return Math.max(again.length, open!.n);
  }

  async find(id: number, reader: Reader = this.database): Promise<Sweep | null> {
    const [row] = await reader.query<Row>(withProgress('SELECT * FROM sweep WHERE id = $1'), [id]);
    return row ? sweepOf(row) : null;
  }

  /** The latest first. */
  async list(limit: number, before: number | null): Promise<Sweep[]> {
    const rows = await this.database.query<Row>(
      withProgress('SELECT * FROM sweep WHERE ($2::int IS NULL OR id < $2) ORDER BY id DESC LIMIT $1'),
      [limit, before],
    );
    return rows.map(sweepOf);
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ n: number }>('SELECT count(*) AS n FROM sweep');
    return row!.n;
  }

  /** Of each sweep those of its scopes that failed, by account and region; at most `limit` of all together. */
  async failedScopes(ids: readonly number[], limit: number): Promise<Map<number, FailedScope[]>> {
    const rows = await this.database.query<{
      sweep_id: number;
      account: string;
      region: string;
      failures: ScopeFailure[];
    }>(
      `SELECT p.sweep_id, s.account, s.region, p.failures FROM sweep_scope p JOIN discovery_scope s ON s.id = p.scope_id
       WHERE p.sweep_id = ANY ($1) AND p.status = 'FAILED' ORDER BY p.sweep_id DESC, s.account, s.region LIMIT $2`,
      [ids, limit],
    );
    const failed = new Map<number, FailedScope[]>(ids.map((id) => [id, []]));
    for (const { sweep_id, ...scope } of rows) failed.get(sweep_id)!.push(scope);
    return failed;
  }

  /** Whether there is anything to sweep, whether a sweep is under way, when the last one by schedule began, and the time. */
  async schedule(
    reader: Reader = this.database,
  ): Promise<{ idle: boolean; lastBegan: Instant | null; now: Instant }> {
    const [row] = await reader.query<{ idle: boolean; last: string | null; now: string }>({
      name: 'sweep_schedule',
      text: `SELECT EXISTS (SELECT FROM discovery_account WHERE enabled)
          AND NOT EXISTS (SELECT FROM sweep WHERE status = 'RUNNING') AS idle,
        (SELECT started_at FROM sweep WHERE cause = 'schedule' ORDER BY id DESC LIMIT 1) AS last, cadastre_now() AS now`,
    });
    const { idle, last, now } = row!;
    return { idle, lastBegan: last === null ? null : parseInstant(last), now: parseInstant(now) };
  }

  /** Forgets sweeps that ended so many days ago. */
  async forget(tx: Tx, days: number): Promise<void> {
    await tx.query(
      `DELETE FROM sweep WHERE ended_at < (SELECT cadastre_now()) - make_interval(days => $1)
         AND NOT EXISTS (SELECT FROM sweep_scope p WHERE p.sweep_id = sweep.id AND p.ended_at IS NULL)`,
      [days],
    );
  }
}
