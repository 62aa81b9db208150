import { createProgram, runProgram } from '../../src/clients/cli/program.js';
import type { Io } from '../../src/clients/cli/io.js';
import { ADMIN_TOKEN } from './service.js';

export interface CliRun {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line of `cadastre` in this process against the service at `url`. */
export async function runCli(url: string, ...args: readonly string[]): Promise<CliRun> {
  const said = { stdout: '', stderr: '' };
  let exit = 0;
  const output = (name: 'stdout' | 'stderr') => ({ write: (text: string) => void (said[name] += text) });
  const io: Io = {
    stdin: (async function* () {})(),
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: { CADASTRE_URL: url, CADASTRE_TOKEN: ADMIN_TOKEN },
    exitWith: (code) => (exit = code),
  };
  const code = await runProgram(createProgram(io), args, io);
  return { exit: code || exit, ...said };
}

/** What `--json` printed. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function jsonOf({ stdout, stderr }: CliRun): any {
  if (stdout === '') throw new Error(`nothing on stdout; stderr: ${stderr}`);
  return JSON.parse(stdout);
}
