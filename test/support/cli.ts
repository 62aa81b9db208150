import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtService } from './built-service.js';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Options of Node's own. */
  readonly node?: readonly string[];
}

/** The built program as people run it, with a folder of contexts of its own. */
export async function commandLine(env: Readonly<Record<string, string>> = {}) {
  const program = await builtService();
  const folder = mkdtempSync(join(tmpdir(), 'cadastre-cli-'));
  const start = (args: readonly string[], options: RunOptions = {}) => {
    const child = spawn(process.execPath, [...(options.node ?? []), program, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, XDG_CONFIG_HOME: folder, ...env, ...options.env },
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text));
    child.stdin.on('error', () => undefined).end(options.stdin ?? '');
    const ended = new Promise<Run>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, ...said }));
    });
    return { child, ended, stdout: () => said.stdout, stderr: () => said.stderr };
  };
  return {
    program,
    folder,
    start,
    run: (args: readonly string[], options?: RunOptions): Promise<Run> => start(args, options).ended,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
