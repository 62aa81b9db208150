import { UsageError } from '../errors.js';
import { type Context, readContexts } from './context-file.js';

const DEFAULT_URL = 'http://127.0.0.1:4000';

export interface ConnectionOptions {
  readonly url?: string;
  readonly token?: string;
  readonly context?: string;
}

/**
 * Where to, and as whom: the options, else CADASTRE_URL and CADASTRE_TOKEN, else the current context, else this machine.
 * The token of a context goes to the URL of that context only. Throws UsageError.
 */
export function connectionOf(
  options: ConnectionOptions,
  env: Readonly<Record<string, string | undefined>>,
): Context {
  if (options.url !== undefined && options.context !== undefined)
    throw new UsageError('--url and --context exclude each other: leave one of them out.');
  const given = options.url ?? (options.context === undefined ? env.CADASTRE_URL || undefined : undefined);
  const chosen = given === undefined ? contextFor(options.context, env) : undefined;
  const envToken = options.context === undefined ? env.CADASTRE_TOKEN || undefined : undefined;
  const token = options.token ?? envToken ?? chosen?.token;
  return { url: checkedUrl(given ?? chosen?.url ?? DEFAULT_URL), token: token && checkedToken(token) };
}

function contextFor(
  name: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Context | undefined {
  const { current, contexts } = readContexts(env);
  const wanted = name ?? current;
  if (wanted === undefined) return undefined;
  if (!Object.hasOwn(contexts, wanted)) {
    const known = Object.keys(contexts).join(', ') || 'none';
    throw new UsageError(
      `There is no context ${wanted} (there are: ${known}): see \`cadastre context list\`.`,
    );
  }
  return contexts[wanted];
}

/** Throws UsageError. */
export function checkedUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new UsageError(`${url} is no URL of a service: give one like ${DEFAULT_URL}.`);
  if (parsed.username || parsed.password || parsed.search || parsed.hash)
    throw new UsageError('The URL of a service has no user, query or fragment: give the token with --token.');
  return url.replace(/\/+$/, '');
}

/** Throws UsageError, which does not show the token. */
export function checkedToken(token: string): string {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError(
      'The token has characters that no token has: give it as it was printed, on one line.',
    );
  return token;
}
