import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type ServerUser } from './server-user.js';

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface ServerProcess {
  /** Undefined when the binary could not be run at all; `exited` then follows at once. */
  readonly pid: number | undefined;
  readonly exited: Promise<Exit>;
  /** Settles when all processes of the server are gone: they share its log pipe. */
  readonly closed: Promise<unknown>;
  lastLogLines(): string;
  stop(mode: 'fast' | 'immediate'): Promise<void>;
}

/** A locale whose messages we can recognise, and nothing (PGPORT, PGDATA, …) that would change the server. */
export const SERVER_ENVIRONMENT = { LC_ALL: 'C', PATH: process.env.PATH ?? '/usr/bin:/bin' };

const KEPT_LINES = 30;

/**
 * Runs the server in a session of its own, so that Ctrl-C in a terminal reaches only the service, which then drains and
 * stops it. Neither the server nor its pipes keep Node alive.
 */
export function spawnServer(
  postgres: string,
  args: string[],
  { cwd, user, log }: { cwd: string; user: ServerUser; log: (line: string) => void },
): ServerProcess {
  const server = spawn(postgres, args, {
    ...user,
    cwd,
    env: SERVER_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    log(line);
  };
  createInterface({ input: server.stderr }).on('line', keep);
  let running = server.pid !== undefined;
  const exited = new Promise<Exit>((resolve) => {
    server.once('exit', (code, signal) => resolve({ code, signal }));
    server.once('error', (error) => {
      keep(String(error));
      if (server.pid === undefined) resolve({ code: null, signal: null });
    });
  }).then((exit) => {
    running = false;
    return exit;
  });
  const closed = once(server, 'close').catch(() => undefined);
  const watched = server.pid === undefined ? undefined : watchOver(server.pid, user, exited);

  server.unref();
  (server.stderr as Socket).unref();
  return {
    pid: server.pid,
    exited,
    closed,
    lastLogLines: () => lines.join('\n'),
    async stop(mode) {
      server.ref();
      (server.stderr as Socket).ref();
      if (running) server.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await closed;
      await watched;
    },
  };
}

/**
 * A shell that reads a pipe of which only we hold the other end. If we die, however brutally, the read fails and it asks
 * the server for a fast shutdown; when the server ends first, a line sends it home.
 */
function watchOver(pid: number, user: ServerUser, exited: Promise<Exit>): Promise<unknown> {
  const script = 'read -r farewell || kill -INT "$1"';
  const watcher = spawn('/bin/sh', ['-c', script, 'cadastre-postgres-watch', String(pid)], {
    ...user,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  (watcher.stdin as Socket).unref();
  const gone = once(watcher, 'exit').catch(() => undefined);
  return exited.then(() => {
    watcher.ref();
    watcher.stdin.end('\n');
    return gone;
  });
}
