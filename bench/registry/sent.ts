import type { Database } from '../../src/platform/database/database.js';
import type { Statement } from '../../src/platform/database/statement.js';

/** What the service sends to PostgreSQL, and nothing else. */
export interface Sent {
  readonly statement: Statement;
  readonly values: unknown[];
}

/** The first statement that a repository sends. */
export async function sentBy(ask: (reader: Database) => Promise<unknown>): Promise<Sent> {
  const sent: Sent[] = [];
  const query = (statement: Statement | string, values: readonly unknown[] = []): Promise<never[]> => {
    sent.push({
      statement: typeof statement === 'string' ? { text: statement } : statement,
      values: [...values],
    });
    return Promise.resolve([]);
  };
  await ask({ query } as unknown as Database);
  return sent[0]!;
}
