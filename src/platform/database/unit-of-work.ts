import { Injectable } from '@nestjs/common';
import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import { type Instant, parseInstant } from '../context/instant.js';
import type { RequestContext } from '../context/request-context.js';
import { Database } from './database.js';
import { isRetryable } from './sqlstate.js';
import { type Reader, runStatement, type Statement, type Tx } from './statement.js';

const ATTEMPTS = 5;
const BACKOFF_MS = 5;
const OPEN_SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT cadastre_now() AS now';

/** COMMIT was sent and no answer came: it may have happened. Repeat only what is repeatable by key. */
export class CommitUnknownError extends Error {
  constructor(cause: unknown) {
    super('the connection was lost during COMMIT; whether it took effect is unknown', { cause });
    this.name = 'CommitUnknownError';
  }
}

/**
 * One transaction around one use case, READ COMMITTED. Opened in a service, never in a resolver. When PostgreSQL
 * reports a serialization failure or a deadlock the whole of `work` runs again in a new transaction, at most
 * five times, so `work` has no effect outside the database.
 */
@Injectable()
export class UnitOfWork {
  constructor(private readonly database: Database) {}

  /**
   * Throws what `work` throws, after rolling back, and CommitUnknownError where nobody can know.
   * `opening`: statements without parameters that travel with BEGIN, each with its own snapshot; the second
   * argument of `work` is the promise of their rows. Queries that `work` sends before it awaits that promise
   * travel with them.
   */
  async run<Result>(
    _ctx: RequestContext,
    work: (tx: Tx, opened: Promise<QueryResultRow[][]>) => Promise<Result>,
    opening: readonly string[] = [],
  ): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(work, opening);
      } catch (error) {
        if (attempt === ATTEMPTS || !isRetryable(error)) throw error;
        await jitteredPause(attempt);
      }
    }
  }

  /** Reads with one snapshot for all statements, of the instant `now`; takes no lock and writes nothing. */
  async snapshot<Result>(work: (reader: Reader, now: Instant) => Promise<Result>): Promise<Result> {
    return this.withClient(async (client) => {
      const opened = (await client.query(OPEN_SNAPSHOT)) as unknown as QueryResult<{ now: string }>[];
      const now = parseInstant(opened[1]!.rows[0]!.now);
      const reader: Reader = { query: (statement, values) => runStatement(client, statement, values) };
      const result = await work(reader, now);
      await client.query('COMMIT');
      return result;
    });
  }

  private attempt<Result>(
    work: (tx: Tx, opened: Promise<QueryResultRow[][]>) => Promise<Result>,
    opening: readonly string[],
  ): Promise<Result> {
    return this.withClient((client) => transact(client, work, opening));
  }

  /** A connection for one transaction; rolled back when `work` throws, and thrown away when that fails too. */
  private async withClient<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.database.connect();
    // A connection that dies would otherwise end the process: its error has to be heard, also while a query waits.
    let lost: Error | undefined;
    const onError = (error: Error): void => void (lost = error);
    client.on('error', onError);
    try {
      const result = await work(client);
      client.off('error', onError);
      client.release(lost);
      return result;
    } catch (error) {
      const rolledBack = !(error instanceof CommitUnknownError) && (await rollBack(client));
      client.off('error', onError);
      client.release(!rolledBack);
      throw error;
    }
  }
}

async function transact<Result>(
  client: PoolClient,
  work: (tx: Tx, opened: Promise<QueryResultRow[][]>) => Promise<Result>,
  opening: readonly string[],
): Promise<Result> {
  const opened = open(client, opening);
  const last: Promise<unknown>[] = [];
  const tx = {
    query: (statement: Statement | string, values?: readonly unknown[]) =>
      runStatement(client, statement, values),
    finish(statement: Statement | string, values?: readonly unknown[]): void {
      last.push(expectNoOrphan(runStatement(client, statement, values)));
    },
  };
  let result: Result;
  try {
    result = await work(tx as Tx, opened);
    await opened;
  } catch (error) {
    // what was sent after a failed statement fails because of it
    throw (await firstFailure([opened, ...last])) ?? error;
  }
  const committed = await settle(commit(client));
  const failure = await firstFailure(last);
  // without an answer to COMMIT nobody knows, whatever became of the writes before it
  if (committed.error instanceof CommitUnknownError || !failure) throwIfFailed(committed);
  else throw failure;
  return result;
}

/** One message of several statements; PostgreSQL runs what follows in the same transaction or refuses it. */
function open(client: PoolClient, opening: readonly string[]): Promise<QueryResultRow[][]> {
  const begin = ['BEGIN ISOLATION LEVEL READ COMMITTED', ...opening].join(';');
  return expectNoOrphan(
    // pg types the result of one statement; several statements without parameters give an array
    (client.query(begin) as unknown as Promise<QueryResult | QueryResult[]>).then((answer) =>
      Array.isArray(answer) ? answer.slice(1).map((result) => result.rows as QueryResultRow[]) : [],
    ),
  );
}

/** A promise that may fail before anybody awaits it, because something before it failed first. */
function expectNoOrphan<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

interface Settled {
  readonly error: unknown;
}

async function settle(promise: Promise<unknown>): Promise<Settled> {
  return promise.then(
    () => ({ error: null }),
    (error: unknown) => ({ error }),
  );
}

function throwIfFailed({ error }: Settled): void {
  if (error !== null) throw error;
}

async function firstFailure(promises: readonly Promise<unknown>[]): Promise<unknown> {
  const settled = await Promise.all(promises.map(settle));
  return settled.find(({ error }) => error !== null)?.error ?? null;
}

async function commit(client: PoolClient): Promise<void> {
  let command: string;
  try {
    ({ command } = await client.query('COMMIT'));
  } catch (error) {
    throw answeredByServer(error) ? error : new CommitUnknownError(error);
  }
  // PostgreSQL's answer to COMMIT of a transaction that an earlier statement has aborted
  if (command === 'ROLLBACK') throw new Error('the transaction was rolled back');
}

/** PostgreSQL itself refused the COMMIT, so it rolled back. A shutdown notice is no such refusal. */
function answeredByServer(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P|E)/.test(code);
}

async function rollBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

function jitteredPause(attempt: number): Promise<void> {
  const limit = BACKOFF_MS * 2 ** attempt;
  return new Promise((resolve) => setTimeout(resolve, Math.random() * limit));
}
