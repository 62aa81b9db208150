import type { Pool, PoolClient } from 'pg';
import { Publisher } from '../../src/platform/events/index.js';
import type { TestService } from '../support/service.js';

type Query = (...args: unknown[]) => unknown;

/** Notes the statements that the service sends to PostgreSQL for its callers; the publisher's own are left out. */
export function watchStatements(service: TestService): {
  during<T>(work: () => Promise<T>): Promise<string[]>;
} {
  const pool = service.database['pool' as never] as Pool;
  const publisher = service.app.get(Publisher);
  const watched = new WeakSet<PoolClient>();
  let sent: string[] = [];
  pool.on('acquire', (client) => {
    if (watched.has(client)) return;
    watched.add(client);
    const query = client.query.bind(client) as Query;
    (client as { query: Query }).query = (...args) => {
      if (publisher['client'] !== client) sent.push(textOf(args[0]));
      return query(...args);
    };
  });
  return {
    async during(work) {
      sent = [];
      await work();
      const seen = sent;
      sent = [];
      return seen;
    },
  };
}

function textOf(statement: unknown): string {
  const { text, name } =
    typeof statement === 'string'
      ? { text: statement, name: undefined }
      : (statement as { text: string; name?: string });
  return name ?? text.replace(/\s+/g, ' ').trim().slice(0, 120);
}
