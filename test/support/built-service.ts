import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.js';

const ROOT = process.cwd();
const BIN = join(ROOT, 'dist/src/bin.js');
const SOURCES = ['src', 'migrations'];
const LOCK = join(
  tmpdir(),
  `cadastre-build-${createHash('sha256').update(ROOT).digest('hex').slice(0, 12)}.lock`,
);
const BUILD_SECONDS = 120;

/**
 * The program as it is shipped, `dist/src/bin.js`; built first where it is missing or older than the sources. Of test
 * files that ask at the same time one builds, the others wait for it.
 */
export async function builtService(): Promise<string> {
  if (isBuilt()) return BIN;
  const lock = await until('the build of another test file', () => isBuilt() || takeLock(), BUILD_SECONDS);
  if (lock === true) return BIN;
  try {
    if (!isFresh()) await build();
  } finally {
    closeSync(lock.handle);
    rmSync(LOCK, { force: true });
  }
  return BIN;
}

/** Half a build is none: nothing counts while somebody builds. */
function isBuilt(): boolean {
  return !existsSync(LOCK) && isFresh();
}

function isFresh(): boolean {
  const built = modifiedAt(BIN);
  return built !== null && SOURCES.every((folder) => newestIn(join(ROOT, folder)) <= built);
}

function newestIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((name) => name.endsWith('.ts') && !/[.-]spec\.ts$/.test(name));
  return Math.max(...sources.map((name) => modifiedAt(join(folder, name)) ?? 0));
}

function modifiedAt(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** A file with the builder's process id; one whose builder is gone counts for nothing. */
function takeLock(): { handle: number } | null {
  try {
    const handle = openSync(LOCK, 'wx');
    writeSync(handle, String(process.pid));
    return { handle };
  } catch {
    if (isAbandoned()) rmSync(LOCK, { force: true });
    return null;
  }
}

function isAbandoned(): boolean {
  try {
    const builder = Number(readFileSync(LOCK, 'utf8'));
    return builder > 0 && process.kill(builder, 0) && false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function build(): Promise<void> {
  const nest = join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [nest, 'build'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the build failed:\n${output}`);
}
