import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Settings } from '../config/settings.js';
import { atMost } from './at-most.js';
import { createDataSource } from './data-source.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { migrate } from './migrate.js';

/** A connection in use is waited for that long. */
const LAST_SECONDS = 2;

/** Connections that one process holds beside those for requests: the publisher's and the feed's listener. */
const OWN_CONNECTIONS = 2;

export interface OpenDatabase {
  readonly url: string;
  readonly dataSource: DataSource;
  /** Null where DATABASE_URL names a server. */
  readonly embedded: EmbeddedPostgres | null;
  /** Closes the connections, then stops the embedded server. */
  close(): Promise<void>;
}

/** The server of DATABASE_URL, or an embedded PostgreSQL in the data folder. Does not migrate. */
export async function startServer(
  settings: Settings,
): Promise<{ url: string; embedded: EmbeddedPostgres | null }> {
  const { url } = settings.database;
  if (url) return { url, embedded: null };
  const embedded = await startEmbeddedPostgres({ dataFolder: join(settings.server.dataFolder, 'postgres') });
  return { url: embedded.url, embedded };
}

/** Starts or finds the server, brings it to the newest migration, and connects. */
export async function openDatabase(settings: Settings): Promise<OpenDatabase> {
  const { url, embedded } = await startServer(settings);
  try {
    await migrate(url);
    const dataSource = await createDataSource({
      url,
      poolSize: settings.database.poolSize + OWN_CONNECTIONS,
    }).initialize();
    return {
      url,
      dataSource,
      embedded,
      async close() {
        const ended = dataSource.destroy();
        // a connection that is stuck ends with its server, or with this process
        if (embedded) await Promise.all([embedded.stop(), atMost(LAST_SECONDS, ended)]);
        else await atMost(LAST_SECONDS, ended);
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
