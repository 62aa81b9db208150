import { mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findNativeFolder, prepareBinaries } from './binaries.js';
import { clusterExists, clusterOf, createCluster, nameFor } from './cluster.js';
import { DataFolderInUseError, EmbeddedPostgresStartError } from './errors.js';
import { readLock, waitUntilFree } from './lock-holder.js';
import { openLogFile } from './log-file.js';
import { waitUntilReady } from './readiness.js';
import { spawnServer, type Exit, type ServerProcess } from './server-process.js';
import { chooseServerUser, type ServerUser } from './server-user.js';
import { prepareSocketFolder, removeSocketFolder, SOCKET_PORT, socketUrl } from './socket-folder.js';

export * from './errors.js';

export interface EmbeddedPostgresOptions {
  /** Created when missing, e.g. `./.cadastre/postgres`; the only thing to keep. Holds `data`, the socket and the log. */
  dataFolder: string;
  /** Further settings as in postgresql.conf, e.g. `{ fsync: 'off' }` for tests. They win over ours, except where the server listens. */
  settings?: Record<string, string>;
  /** Receives the server's log lines, in place of `postgres.log` (and `.1`, at most 4 MiB each) in the data folder. */
  log?: (line: string) => void;
  /** Whether a new cluster is on disk before it is used (default). False only for what may be lost, such as tests. */
  syncInitdb?: boolean;
  /** The platform package's `native` folder; default: the installed one. */
  nativeFolder?: string;
  /** Where the binaries are copied if they cannot run from where they are (61 MB); default: the temporary folder. */
  cacheFolder?: string;
}

export interface EmbeddedPostgres {
  /** `postgres://…` for `pg` and TypeORM; goes through a Unix socket, there is no TCP port. */
  readonly url: string;
  readonly pid: number;
  /** Settles, never rejects, when the server ends for whatever reason. */
  readonly exited: Promise<Exit>;
  /**
   * `fast` ends all sessions and writes a checkpoint; `immediate` does not, the next start recovers. Returns when all
   * processes are gone. Repeating is harmless; `immediate` may follow a `fast` that takes too long.
   */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

const DATABASE = 'cadastre';

const DEFAULT_SETTINGS: Record<string, string> = {
  shared_buffers: '128MB',
  max_connections: '100',
  // Reads in the backend itself, without three idle worker processes.
  io_method: 'sync',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // A restart after a crash syncs the file system once, not every file: 0.4 s instead of 3 s.
  ...(process.platform === 'linux' && { recovery_init_sync_method: 'syncfs' }),
};

/** How long processes of a killed predecessor may hold the data folder's shared memory. */
const PATIENCE_WITH_REMAINS_MS = 10_000;
const HELD_BY_ANOTHER = /lock file "postmaster\.pid" already exists|is still in use|bogus data in lock file/;

/**
 * Starts the PostgreSQL of the embedded npm package on a data folder, creating the database on first use, and returns
 * when it answers: about 0.7 s for a new folder and 0.1 s for an existing one on an idle machine. If this process dies in
 * any way, the server shuts itself down; a start within that time waits for it.
 * @throws EmbeddedPostgresUnavailableError, DataFolderInUseError (after 3 s), DataFolderVersionError,
 *   DataFolderUnusableError, EmbeddedPostgresStartError
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  mkdirSync(options.dataFolder, { recursive: true });
  const dataFolder = realpathSync(options.dataFolder);
  const cluster = clusterOf(dataFolder);
  const exists = clusterExists(dataFolder);
  const user = chooseServerUser(cluster);
  const native = options.nativeFolder ?? findNativeFolder();
  const binaries = prepareBinaries(native, options.cacheFolder ?? tmpdir(), user);
  if (!exists) await createCluster(dataFolder, binaries, user, options.syncInitdb ?? true);

  const giveUpAt = Date.now() + PATIENCE_WITH_REMAINS_MS;
  for (;;) {
    await waitUntilFree(dataFolder, cluster);
    const socketFolder = prepareSocketFolder(dataFolder, user);
    const server = launch(binaries.postgres, { dataFolder, cluster, socketFolder, user, options });
    try {
      await startedOrFailed(server, cluster, socketFolder);
      return {
        url: socketUrl(socketFolder, DATABASE),
        pid: server.pid as number,
        exited: server.exited,
        stop: (mode = 'fast') => server.stop(mode),
      };
    } catch (error) {
      await server.stop('immediate');
      if (!HELD_BY_ANOTHER.test(server.lastLogLines())) throw error;
      const holder = readLock(cluster);
      if (Date.now() > giveUpAt) throw holder ? new DataFolderInUseError(dataFolder, holder.pid) : error;
      await delay(100);
    }
  }
}

function launch(
  postgres: string,
  where: {
    dataFolder: string;
    cluster: string;
    socketFolder: string;
    user: ServerUser;
    options: EmbeddedPostgresOptions;
  },
): ServerProcess {
  const { dataFolder, cluster, socketFolder, user, options } = where;
  const settings = {
    ...DEFAULT_SETTINGS,
    ...options.settings,
    listen_addresses: '',
    port: String(SOCKET_PORT),
    // A list, in which quotes protect commas and spaces.
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
  };
  const logFile = options.log ? undefined : openLogFile(join(dataFolder, 'postgres.log'), user);
  const server = spawnServer(
    postgres,
    [
      '-D',
      nameFor(user, cluster),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { cwd: cluster, user, log: options.log ?? ((line) => logFile?.write(line)) },
  );
  void server.closed.then(() => {
    logFile?.close();
    removeSocketFolder(socketFolder, dataFolder);
  });
  return server;
}

async function startedOrFailed(server: ServerProcess, cluster: string, socketFolder: string): Promise<void> {
  const over = new AbortController();
  const failed = server.exited.then(async ({ code, signal }) => {
    await server.closed;
    const how = signal ? `was killed by ${signal}` : `ended with code ${code}`;
    throw new EmbeddedPostgresStartError(`PostgreSQL ${how} before it was ready.`, server.lastLogLines());
  });
  // The predecessor's socket may still answer at the same place: it is ours once the lock bears our number.
  const ownsSocket = () => readLock(cluster)?.pid === server.pid;
  try {
    await Promise.race([waitUntilReady(socketFolder, DATABASE, ownsSocket, over.signal), failed]);
  } finally {
    over.abort();
    failed.catch(() => undefined);
  }
}
