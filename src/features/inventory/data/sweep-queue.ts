import { Injectable } from '@nestjs/common';
import { type Instant, parseInstant } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Statement, Tx } from '../../../platform/database/statement.js';
import type { Scope } from '../domain/cloud.js';
import type { ObservedKind } from '../domain/observed.js';
import type { ScopeFailure, ScopeStatus, SweepCounts, SweepStatus } from '../domain/sweep.js';

/** A scope of a sweep that is next. */
export interface NextScope {
  readonly sweepId: number;
  readonly scope: Scope;
  readonly kinds: readonly ObservedKind[];
  /** False where somebody has taken the account or the region out since the sweep began. */
  readonly discovered: boolean;
}

/** A scope that is being swept here. */
export interface ScopeProgress {
  readonly sweepId: number;
  readonly scopeId: number;
  readonly token: number;
  readonly counts: SweepCounts;
}

/** What became of a scope. */
export interface ScopeEnd extends ScopeProgress {
  readonly status: Exclude<ScopeStatus, 'RUNNING'>;
  readonly good: readonly ObservedKind[];
  readonly failures: readonly ScopeFailure[];
}

/** A scope that was swept, with the kinds of which everything was read. */
export interface SweptRow {
  readonly id: number;
  readonly account: string;
  readonly region: string;
  readonly beganAt: Instant;
  readonly good: readonly ObservedKind[];
}

/** The lease under which a scope is swept. */
export const scopeLease = (scopeId: number): string => `scope:${scopeId}`;

/** A scope of which a process was lost so often is not tried again: it may well be what ended them. */
const MOST_ATTEMPTS = 5;

const HELD = (token: string): string =>
  `EXISTS (SELECT FROM lease l WHERE l.name = 'scope:' || p.scope_id AND l.holder IS NOT NULL
     AND l.until > (SELECT cadastre_now())${token})`;

const NEXT: Statement = {
  name: 'sweep-next',
  text: `
SELECT p.sweep_id, s.id, s.account, s.region, a.role_arn, a.external_id, w.kinds,
  coalesce(a.enabled AND s.region = ANY (a.regions), false) AS discovered
FROM sweep_scope p JOIN sweep w ON w.id = p.sweep_id AND w.status = 'RUNNING'
  JOIN discovery_scope s ON s.id = p.scope_id LEFT JOIN discovery_account a ON a.account = s.account
WHERE p.status = 'PENDING' AND NOT ${HELD('')}
ORDER BY p.sweep_id, p.scope_id LIMIT 1 FOR UPDATE OF p SKIP LOCKED`,
};

const BEGIN: Statement = {
  name: 'sweep-scope-begin',
  text: `
UPDATE sweep_scope SET status = 'RUNNING', token = $3, attempts = attempts + 1, began_at = cadastre_now(), good = '{}',
  failures = '[]', calls = 0, throttles = 0, retries = 0, objects = 0, changed = 0, missing = 0
WHERE sweep_id = $1 AND scope_id = $2 RETURNING began_at`,
};

const BEAT = `
UPDATE sweep_scope p SET calls = g.calls, throttles = g.throttles, retries = g.retries, objects = g.objects,
  changed = g.changed, missing = g.missing
FROM jsonb_to_recordset($1) AS g(sweep_id int, scope_id int, token bigint, calls bigint, throttles bigint, retries bigint,
  objects bigint, changed bigint, missing bigint), sweep w
WHERE p.sweep_id = g.sweep_id AND p.scope_id = g.scope_id AND p.token = g.token AND w.id = p.sweep_id
RETURNING p.scope_id, w.status`;

// who stopped it may have taken it up again since, or does so now: behind the lock of the sweep one of both sees the other
const END: Statement = {
  name: 'sweep-scope-end',
  text: `
UPDATE sweep_scope p SET status = n.status, token = NULL, calls = $5, throttles = $6, retries = $7, objects = $8, changed = $9,
  missing = $10, good = $11, failures = $12, attempts = CASE WHEN n.status = 'PENDING' THEN p.attempts - 1 ELSE p.attempts END,
  ended_at = CASE WHEN n.status <> 'PENDING' THEN cadastre_now() END
FROM (SELECT CASE WHEN w.status = 'RUNNING' AND $4 = 'CANCELLED' THEN 'PENDING'
    WHEN w.status <> 'RUNNING' AND $4 = 'PENDING' THEN 'CANCELLED' ELSE $4 END AS status
  FROM (SELECT status FROM sweep WHERE id = $1 FOR SHARE) w) n
WHERE p.sweep_id = $1 AND p.scope_id = $2 AND p.token = $3 RETURNING p.scope_id`,
};

/** What becomes of a scope `p` of a sweep `w` whose process is gone. */
const AFTERWARDS = `CASE WHEN w.status <> 'RUNNING' THEN 'CANCELLED' WHEN p.attempts >= ${MOST_ATTEMPTS} THEN 'FAILED' ELSE 'PENDING' END`;

const TAKE_BACK = `
UPDATE sweep_scope p SET token = NULL, status = ${AFTERWARDS},
  ended_at = CASE WHEN ${AFTERWARDS} <> 'PENDING' THEN cadastre_now() END,
  failures = CASE WHEN ${AFTERWARDS} = 'FAILED' THEN $1::jsonb ELSE p.failures END
FROM sweep w WHERE w.id = p.sweep_id AND p.status = 'RUNNING' AND NOT ${HELD(' AND l.token = p.token')}
RETURNING p.scope_id`;

const GIVEN_UP: readonly ScopeFailure[] = [
  {
    kind: null,
    reason: 'INTERNAL',
    message: `${MOST_ATTEMPTS} processes were lost while they swept it; see their logs.`,
  },
];

/** Scopes of running sweeps as processes work them off. */
@Injectable()
export class SweepQueue {
  constructor(private readonly database: Database) {}

  /** Whether there is anything to do for anybody. One search of two small indexes. */
  async isBusy(): Promise<boolean> {
    const [row] = await this.database.query<{ busy: boolean }>({
      name: 'sweep_is_busy',
      text: `SELECT EXISTS (SELECT FROM sweep WHERE status = 'RUNNING')
        OR EXISTS (SELECT FROM sweep_scope WHERE status IN ('PENDING', 'RUNNING')) AS busy`,
    });
    return row!.busy;
  }

  /** Locked until the transaction ends; null where nothing waits that nobody sweeps. */
  async next(tx: Tx): Promise<NextScope | null> {
    const [row] = await tx.query<{
      sweep_id: number;
      id: number;
      account: string;
      region: string;
      role_arn: string | null;
      external_id: string | null;
      kinds: ObservedKind[];
      discovered: boolean;
    }>(NEXT);
    if (!row) return null;
    const { id, account, region, role_arn: roleArn, external_id: externalId, kinds, discovered } = row;
    return { sweepId: row.sweep_id, scope: { id, account, region, roleArn, externalId }, kinds, discovered };
  }

  /** Begins under the lease's token; returns the instant of all that will be found. */
  async begin(tx: Tx, sweepId: number, scopeId: number, token: number): Promise<Instant> {
    const [row] = await tx.query<{ began_at: string }>(BEGIN, [sweepId, scopeId, token]);
    return parseInstant(row!.began_at);
  }

  async leave(tx: Tx, sweepId: number, scopeId: number): Promise<void> {
    await tx.query(
      `UPDATE sweep_scope SET status = 'CANCELLED', ended_at = cadastre_now() WHERE sweep_id = $1 AND scope_id = $2`,
      [sweepId, scopeId],
    );
  }

  /** Writes down how far scopes are. Of each that is still ours the status of its sweep, by scope. */
  async beat(progress: readonly ScopeProgress[]): Promise<Map<number, SweepStatus>> {
    const given = progress.map(({ sweepId, scopeId, token, counts }) => ({
      sweep_id: sweepId,
      scope_id: scopeId,
      token,
      ...counts,
    }));
    const rows = await this.database.query<{ scope_id: number; status: SweepStatus }>(BEAT, [
      JSON.stringify(given),
    ]);
    return new Map(rows.map(({ scope_id, status }) => [scope_id, status]));
  }

  /** False where the scope is no longer ours: then nothing is written. */
  async end({ sweepId, scopeId, token, counts, status, good, failures }: ScopeEnd): Promise<boolean> {
    const { calls, throttles, retries, objects, changed, missing } = counts;
    const numbers = [calls, throttles, retries, objects, changed, missing];
    const values = [sweepId, scopeId, token, status, ...numbers, good, JSON.stringify(failures)];
    return (await this.database.query(END, values)).length > 0;
  }

  /** Scopes whose process is gone: they wait again. */
  async takeBack(): Promise<number> {
    return (await this.database.query(TAKE_BACK, [JSON.stringify(GIVEN_UP)])).length;
  }

  /** Running sweeps of which nothing is left to sweep. */
  async sweptOut(): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>(
      `SELECT id FROM sweep w WHERE status = 'RUNNING'
         AND NOT EXISTS (SELECT FROM sweep_scope p WHERE p.sweep_id = w.id AND p.status IN ('PENDING', 'RUNNING'))`,
    );
    return rows.map(({ id }) => id);
  }

  /** What of a sweep was swept, also in part. */
  async swept(sweepId: number): Promise<SweptRow[]> {
    const rows = await this.database.query<{
      id: number;
      account: string;
      region: string;
      began_at: string;
      good: ObservedKind[];
    }>(
      `SELECT s.id, s.account, s.region, p.began_at, p.good FROM sweep_scope p JOIN discovery_scope s ON s.id = p.scope_id
       WHERE p.sweep_id = $1 AND p.status IN ('DONE', 'FAILED') AND p.began_at IS NOT NULL ORDER BY s.id`,
      [sweepId],
    );
    return rows.map(({ began_at, ...row }) => ({ ...row, beganAt: parseInstant(began_at) }));
  }

  /** False where somebody stopped it or took scopes up again meanwhile. */
  async close(tx: Tx, sweepId: number, problem: string | null): Promise<boolean> {
    await tx.query('SELECT FROM sweep WHERE id = $1 FOR UPDATE', [sweepId]);
    const closed = await tx.query(
      `UPDATE sweep w SET status = 'DONE', ended_at = cadastre_now(), problem = $2 WHERE id = $1 AND status = 'RUNNING'
         AND NOT EXISTS (SELECT FROM sweep_scope p WHERE p.sweep_id = w.id AND p.status IN ('PENDING', 'RUNNING')) RETURNING id`,
      [sweepId, problem],
    );
    return closed.length > 0;
  }
}
