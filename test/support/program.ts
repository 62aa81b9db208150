import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';

/**
 * Translates the sources in the folders given (from the root of the repository) into `folder`, specs left out, so that
 * Node runs them as they are now: no build has to come before a test, and none that runs meanwhile disturbs it.
 */
export function translateInto(folder: string, sources: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  for (const source of sources) {
    for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || /[.-]spec\.ts$/.test(name)) continue;
      const target = join(folder, source, name.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, transformFileSync(join(source, name)).code);
    }
  }
}

export interface Program {
  readonly child: ChildProcess;
  /** All of it so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the first match in stdout; rejects when the program ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Settles when it has ended and all it printed was read. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

/** Runs a command with this environment and nothing of Jest's own. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { env?: Record<string, string>; detached?: boolean; cwd?: string } = {},
): Program {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env };
  const child = spawn(command, args, { ...options, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text));
  }
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  ended.catch(() => undefined);
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(said.stdout);
        if (match) resolve(match);
      };
      child.stdout.on('data', look);
      look();
      const over = (): void =>
        reject(new Error(`ended without printing ${pattern}: ${said.stdout}${said.stderr}`));
      ended.then(over, reject);
    });
  return { child, stdout: () => said.stdout, stderr: () => said.stderr, printed, ended };
}

/** Whether the command is on PATH. */
export async function found(command: string): Promise<boolean> {
  const { code } = await runProgram('sh', ['-c', `command -v ${command}`]).ended;
  return code === 0;
}
