import { Injectable } from '@nestjs/common';
import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import type { RequestContext } from '../context/request-context.js';
import { Database } from './database.js';
import { isRetryable } from './sqlstate.js';
import { type Reader, runStatement, type Statement, type Tx } from './statement.js';

const ATTEMPTS = 5;
const BACKOFF_MS = 5;

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
   * `opening`: statements without parameters that travel with BEGIN in one round trip, each with its own
   * snapshot; their rows are the second argument of `work`.
   */
  async run<Result>(
    _ctx: RequestContext,
    work: (tx: Tx, opened: QueryResultRow[][]) => Promise<Result>,
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

  /** Reads with one snapshot for all statements; takes no lock and writes nothing. */
  async snapshot<Result>(work: (reader: Reader) => Promise<Result>): Promise<Result> {
    const client = await this.database.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const result = await work({ query: (statement, values) => runStatement(client, statement, values) });
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      client.release(!(await rollBack(client)));
      throw error;
    }
  }

  private async attempt<Result>(
    work: (tx: Tx, opened: QueryResultRow[][]) => Promise<Result>,
    opening: readonly string[],
  ): Promise<Result> {
    const client = await this.database.connect();
    // A connection that dies while no query waits for it would otherwise end the process.
    let lost: Error | undefined;
    const onError = (error: Error): void => void (lost = error);
    client.on('error', onError);
    try {
      const result = await transact(client, work, opening);
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
  work: (tx: Tx, opened: QueryResultRow[][]) => Promise<Result>,
  opening: readonly string[],
): Promise<Result> {
  const begin = ['BEGIN ISOLATION LEVEL READ COMMITTED', ...opening].join(';');
  // pg types the result of one statement; several statements without parameters give an array
  const answer = (await client.query(begin)) as unknown as QueryResult | QueryResult[];
  const opened = Array.isArray(answer) ? answer.slice(1).map((result) => result.rows as QueryResultRow[]) : [];
  const tx = { query: (statement: Statement | string, values?: readonly unknown[]) => runStatement(client, statement, values) };
  const result = await work(tx as Tx, opened);
  await commit(client);
  return result;
}

async function commit(client: PoolClient): Promise<void> {
  try {
    await client.query('COMMIT');
  } catch (error) {
    if (answeredByServer(error)) throw error;
    throw new CommitUnknownError(error);
  }
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
