import { closeSync, fchownSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

import { type ServerUser } from './server-user.js';

export interface LogFile {
  write(line: string): void;
  close(): void;
}

/**
 * Appends lines to a file that only its owner, the server user, can read; at `limit` bytes it is renamed to `<path>.1`,
 * replacing the one before.
 */
export function openLogFile(path: string, { uid, gid }: ServerUser, limit = 4 * 1024 * 1024): LogFile {
  const open = () => {
    const opened = openSync(path, 'a', 0o600);
    // Else a single start by root would shut the folder's owner out of his log.
    if (uid !== undefined && gid !== undefined) fchownSync(opened, uid, gid);
    return opened;
  };
  let file = open();
  let size = fstatSync(file).size;
  return {
    write(line) {
      try {
        if (size >= limit) {
          renameSync(path, `${path}.1`);
          closeSync(file);
          file = open();
          size = 0;
        }
        size += writeSync(file, `${line}\n`);
      } catch {
        // A full disk must not take the database down through its log; PostgreSQL reports it to its clients.
      }
    },
    close: () => closeSync(file),
  };
}
