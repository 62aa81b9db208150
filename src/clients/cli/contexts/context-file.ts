import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.js';

/** A service by a name of the user's. */
export interface Context {
  readonly url: string;
  readonly token?: string;
}

export interface Contexts {
  readonly current?: string;
  readonly contexts: Readonly<Record<string, Context>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** $CADASTRE_CONFIG, else cadastre/config.json in $XDG_CONFIG_HOME or ~/.config. */
export function contextFile(env: Environment): string {
  if (env.CADASTRE_CONFIG) return env.CADASTRE_CONFIG;
  const folder = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return join(folder, 'cadastre', 'config.json');
}

/** None where there is no file. Throws UsageError that names a file which cannot be used. */
export function readContexts(env: Environment): Contexts {
  const file = contextFile(env);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { contexts: {} };
    throw new UsageError(`The contexts in ${file} cannot be read: ${message}`);
  }
  const value = parse(text);
  if (!value)
    throw new UsageError(
      `${file} is not what \`cadastre context\` writes: mend it, or remove it and set the contexts again.`,
    );
  return value;
}

/** Whole or not at all, readable by the owner only from its first byte on. */
export function writeContexts(env: Environment, contexts: Contexts): void {
  const file = contextFile(env);
  const draft = `${file}.${process.pid}.new`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    rmSync(draft, { force: true });
    const handle = openSync(draft, 'wx', 0o600);
    try {
      chmodSync(draft, 0o600);
      writeSync(handle, `${JSON.stringify(contexts, null, 2)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
}

function parse(text: string): Contexts | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || !isObject(value.contexts)) return null;
  const fine = Object.values(value.contexts).every(
    (context) => isObject(context) && typeof context.url === 'string' && isTextOrUnset(context.token),
  );
  return fine && isTextOrUnset(value.current) ? (value as unknown as Contexts) : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrUnset(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
