import type { PoolClient, QueryResultRow } from 'pg';

/**
 * SQL text with `$1` parameters. A name makes it a prepared statement, parsed once per connection: give one to
 * what runs often, and one name to one text only.
 */
export interface Statement {
  readonly text: string;
  readonly name?: string;
}

/** Something that reads: the database outside a transaction, or a transaction. */
export interface Reader {
  query<Row extends QueryResultRow>(
    statement: Statement | string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

declare const inTransaction: unique symbol;

/** An open transaction. Everything that writes asks for one, so that writing outside a unit of work does not compile. */
export interface Tx extends Reader {
  readonly [inTransaction]: true;
  /**
   * Sends a last write that travels with COMMIT in one round trip; what it returns is not seen. Where it fails, the
   * transaction is rolled back and the unit of work throws its error.
   */
  finish(statement: Statement | string, values?: readonly unknown[]): void;
}

export async function runStatement<Row extends QueryResultRow>(
  client: Pick<PoolClient, 'query'>,
  statement: Statement | string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const config = typeof statement === 'string' ? { text: statement } : statement;
  const result = await client.query<Row>({ ...config, values: values as unknown[] });
  return result.rows;
}
