import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { type Reader, runStatement, type Statement } from './statement.js';

/** Reads outside a transaction, each statement with a snapshot of its own. */
@Injectable()
export class Database implements Reader {
  constructor(readonly dataSource: DataSource) {}

  query<Row extends QueryResultRow>(
    statement: Statement | string,
    values?: readonly unknown[],
  ): Promise<Row[]> {
    return runStatement<Row>(this.pool, statement, values);
  }

  /** A connection of its own; give it back with `release()`, or `release(error)` when its state is unknown. */
  connect(): Promise<PoolClient> {
    return this.pool.connect();
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}
