import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { socketUrl } from './socket-folder.js';

type Answer =
  | { readonly kind: 'connected'; readonly client: pg.Client }
  | { readonly kind: 'silent' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'no-such-database' }
  | { readonly kind: 'refused'; readonly error: Error };

/** Tries once to connect through the socket. */
export async function connect(socketFolder: string, database: string): Promise<Answer> {
  const client = new pg.Client({
    connectionString: socketUrl(socketFolder, database),
    connectionTimeoutMillis: 5_000,
  });
  // A connection that ends later (shutdown) must not become an uncaught error.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return { kind: 'connected', client };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === '57P03') return { kind: 'starting' };
    if (code === '3D000') return { kind: 'no-such-database' };
    // Unlike ours, PostgreSQL's refusals carry a five-character SQLSTATE.
    if (code?.length === 5) return { kind: 'refused', error: error as Error };
    return { kind: 'silent' };
  }
}

/**
 * Returns when the database answers, creating it in a new cluster. Recovery after a crash may take as long as it takes:
 * give up by aborting.
 */
export async function waitUntilReady(
  socketFolder: string,
  database: string,
  ownsSocket: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 200)) {
    signal.throwIfAborted();
    const answer: Answer = ownsSocket() ? await connect(socketFolder, database) : { kind: 'silent' };
    if (answer.kind === 'connected') {
      await answer.client.query('SELECT 1');
      await answer.client.end();
      return;
    }
    if (answer.kind === 'no-such-database') await createDatabase(socketFolder, database);
    else if (answer.kind === 'refused') throw answer.error;
    else await delay(pause, undefined, { signal });
  }
}

async function createDatabase(socketFolder: string, database: string): Promise<void> {
  const answer = await connect(socketFolder, 'postgres');
  if (answer.kind !== 'connected') return;
  try {
    await answer.client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  } finally {
    await answer.client.end();
  }
}
