import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  fsyncSync,
  lchownSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Binaries } from './binaries.js';
import { DataFolderUnusableError, DataFolderVersionError, EmbeddedPostgresStartError } from './errors.js';
import { processExists } from './lock-holder.js';
import { SERVER_ENVIRONMENT } from './server-process.js';
import { canReach, type ServerUser } from './server-user.js';

const MAJOR = '18';

/** PostgreSQL's own data directory inside our data folder, which also holds the log and the socket. */
export function clusterOf(dataFolder: string): string {
  return join(dataFolder, 'data');
}

/**
 * False when there is no cluster yet.
 * @throws DataFolderVersionError, DataFolderUnusableError
 */
export function clusterExists(dataFolder: string): boolean {
  const cluster = clusterOf(dataFolder);
  if (!existsSync(cluster)) return false;
  const versionFile = join(cluster, 'PG_VERSION');
  if (existsSync(versionFile)) {
    const found = readFileSync(versionFile, 'utf8').trim();
    if (found !== MAJOR) throw new DataFolderVersionError(dataFolder, found, MAJOR);
    return true;
  }
  // A cluster gets its name only when complete, so this is somebody's damage or somebody's files: not ours to overwrite.
  if (filesIn(cluster).length > 0) {
    throw new DataFolderUnusableError(
      `${cluster} holds files but no PG_VERSION, so it is not a database. Move it away, or restore it from a backup.`,
    );
  }
  return false;
}

function filesIn(cluster: string): string[] {
  try {
    return readdirSync(cluster);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    throw new DataFolderUnusableError(
      `${cluster} belongs to another user. Start the service as that user (or as root), or choose another data folder.`,
    );
  }
}

/** Clusters this very process is building; any other unfinished one without a living builder is a leftover. */
const underConstruction = new Set<string>();

/**
 * Builds an empty cluster beside its final place and renames it there when it is complete and, with `sync`, on disk:
 * whoever is killed on the way leaves nothing that looks like a database. Of two builders at once one wins, both succeed.
 * About 0.5 s on an idle machine, 39 MB.
 * @throws EmbeddedPostgresStartError with initdb's output
 */
export async function createCluster(
  dataFolder: string,
  binaries: Binaries,
  user: ServerUser,
  sync: boolean,
): Promise<void> {
  removeLeftovers(dataFolder);
  const name = `data.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  const building = join(dataFolder, name);
  underConstruction.add(name);
  try {
    mkdirSync(building, { mode: 0o700 });
    if (user.uid !== undefined && user.gid !== undefined) lchownSync(building, user.uid, user.gid);
    await runInitdb(building, binaries, user, sync);
    try {
      renameSync(building, clusterOf(dataFolder));
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    if (sync) syncFolder(dataFolder);
  } finally {
    underConstruction.delete(name);
    rmSync(building, { recursive: true, force: true });
  }
}

function removeLeftovers(dataFolder: string): void {
  for (const name of readdirSync(dataFolder)) {
    const builder = Number(/^data\.new-(\d+)-/.exec(name)?.[1]);
    const abandoned =
      builder === process.pid ? !underConstruction.has(name) : builder > 0 && !processExists(builder);
    if (abandoned) rmSync(join(dataFolder, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * How the server user names a folder. Below folders it may not enter (a checkout in root's home) it still can, as its
 * working directory, which we set before the identity changes.
 */
export function nameFor(user: ServerUser, folder: string): string {
  if (canReach(folder, user)) return folder;
  if (existsSync('/proc/self/cwd')) return '/proc/self/cwd';
  throw new DataFolderUnusableError(
    `User ${user.uid}, as whom PostgreSQL runs because you are root, cannot enter ${folder}. ` +
      'Choose a data folder below folders that all may enter (chmod o+x), or start the service as an ordinary user.',
  );
}

async function runInitdb(
  building: string,
  { initdb }: Binaries,
  user: ServerUser,
  sync: boolean,
): Promise<void> {
  // One syncfs instead of a thousand fsyncs, where the kernel has it.
  const durability = !sync ? ['--no-sync'] : process.platform === 'linux' ? ['--sync-method=syncfs'] : [];
  const child = spawn(
    initdb,
    [
      `--pgdata=${nameFor(user, building)}`,
      '--username=cadastre',
      // The socket's folder is the lock: see socket-folder.ts. There is no password to leak, and no TCP.
      '--auth-local=trust',
      '--auth-host=reject',
      '--encoding=UTF8',
      // PostgreSQL's own C.UTF-8: the same order and case rules on every machine, whatever its C library.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...durability,
    ],
    { ...user, cwd: building, env: SERVER_ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const collect = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const [code] = (await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    // The kernel reports a missing dynamic loader as a missing file.
    const hint = error.code === 'ENOENT' ? ' (the binaries need glibc; on Alpine set DATABASE_URL)' : '';
    throw new EmbeddedPostgresStartError(`initdb could not be run${hint}.`, String(error));
  })) as [number | null];
  if (code === 0) return;
  throw new EmbeddedPostgresStartError(
    `initdb could not create a database in ${building}. Repair the cause below and start again, or set DATABASE_URL.`,
    output.trim().split('\n').slice(-15).join('\n'),
  );
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
