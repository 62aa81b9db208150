import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

export interface LogFile {
  write(line: string): void;
  close(): void;
}

/** Appends lines to a file only its owner can read; at `limit` bytes it is renamed to `<path>.1`, replacing the one before. */
export function openLogFile(path: string, limit = 4 * 1024 * 1024): LogFile {
  const open = () => openSync(path, 'a', 0o600);
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
