import type { QueryResultRow } from 'pg';
import type { Database } from '../../../platform/database/database.js';
import { type Reader, runStatement } from '../../../platform/database/statement.js';

/** Rows in memory at a time. */
const PAGE = 5_000;

/** A reader inside a transaction, where cursors live. Their names count up within it. */
export interface CursorReader extends Reader {
  cursors?: number;
}

/**
 * What `work` yields, all its statements seeing the register as of one instant. Takes no lock, so the service goes on
 * meanwhile; no statement is cut off, since a look at everything may take its time.
 */
export async function* inSnapshot<T>(
  database: Database,
  work: (reader: CursorReader) => AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const client = await database.connect();
  let ended = false;
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
       SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
       SET LOCAL work_mem = '64MB'`,
    );
    yield* work({ query: (statement, values) => runStatement(client, statement, values) });
    await client.query('COMMIT');
    ended = true;
  } finally {
    // an unfinished transaction ends with its connection
    client.release(!ended);
  }
}

/** The rows of a query, fetched through a cursor page by page, whatever their number. */
export async function* pagesOf<Row extends QueryResultRow>(
  reader: CursorReader,
  text: string,
  values: readonly unknown[] = [],
): AsyncGenerator<Row[], void, undefined> {
  const name = `rows_${(reader.cursors = (reader.cursors ?? 0) + 1)}`;
  await reader.query(`DECLARE ${name} NO SCROLL CURSOR FOR ${text}`, values);
  for (;;) {
    const page = await reader.query<Row>(`FETCH ${PAGE} FROM ${name}`);
    yield page;
    if (page.length < PAGE) break;
  }
  await reader.query(`CLOSE ${name}`);
}
