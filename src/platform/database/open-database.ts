import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Settings } from '../config/settings.js';
import { createDataSource } from './data-source.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { migrate } from './migrate.js';

/** Connections that one process holds beside those for requests: the publisher's and the feed's listener. */
const OWN_CONNECTIONS = 2;

/** For transactions that are under way although the service has given up waiting: they end with the process, undone. */
const PATIENCE_MS = 500;

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
        await Promise.race([dataSource.destroy(), delay(PATIENCE_MS, undefined, { ref: false })]);
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
