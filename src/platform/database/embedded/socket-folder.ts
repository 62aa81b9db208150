import { createHash } from 'node:crypto';
import { chmodSync, lchownSync, lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolderUnusableError } from './errors.js';
import { canReach, type ServerUser } from './server-user.js';

/** The port only names the socket file; it is fixed and explicit, so that a PGPORT in the environment changes nothing. */
export const SOCKET_PORT = 5432;

/** sun_path holds 108 bytes on Linux and 104 on macOS, with the closing zero. */
const MAX_SOCKET_PATH = 103;

/**
 * Makes the folder of the server's socket: 0700 and owned by the server user, since whoever enters it is let in without
 * a password. It lies in the data folder (where another container on the same volume sees it too) unless that path is
 * too long for a socket or closed to the server user; then in a temporary folder.
 */
export function prepareSocketFolder(dataFolder: string, user: ServerUser): string {
  const inside = join(dataFolder, 'socket');
  if (fits(inside) && canReach(dataFolder, user)) return makePrivate(inside, user);
  const name = `cadastre-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}`;
  const temporary = join(tmpdir(), name);
  return makePrivate(fits(temporary) && canReach(tmpdir(), user) ? temporary : join('/tmp', name), user);
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, `.s.PGSQL.${SOCKET_PORT}`)) <= MAX_SOCKET_PATH;
}

function makePrivate(folder: string, user: ServerUser): string {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const { uid } = lstatSync(folder);
    const trusted = [process.getuid?.(), user.uid].includes(uid) && lstatSync(folder).isDirectory();
    if (!trusted) {
      throw new DataFolderUnusableError(
        `${folder}, needed for the database's socket, belongs to user ${uid}: remove it.`,
      );
    }
  }
  // Never through a link that somebody put there in the meantime.
  if (user.uid !== undefined && user.gid !== undefined) lchownSync(folder, user.uid, user.gid);
  else chmodSync(folder, 0o700);
  return folder;
}

/** Tidies a temporary one up; after a crash, files in it keep it until the next start uses it again. */
export function removeSocketFolder(folder: string, dataFolder: string): void {
  if (folder === join(dataFolder, 'socket')) return;
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** `postgres://` with the socket folder as an encoded host: understood by `pg`, TypeORM and `new URL` alike. */
export function socketUrl(socketFolder: string, database: string): string {
  return `postgres://cadastre@${encodeURIComponent(socketFolder)}:${SOCKET_PORT}/${database}`;
}
