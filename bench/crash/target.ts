import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { treeOf } from '../harness/processes.js';
import type { Acknowledged, Answer, Asked, Ready } from './protocol.js';

/** No answer came, or one that says that it may have happened. */
export class UnansweredError extends Error {
  override name = 'UnansweredError';
}

/** A running register that can be asked, and killed. */
export interface Target {
  /** Of its database. */
  readonly url: string;
  /** Null where it was refused; throws UnansweredError. */
  ask(command: Asked): Promise<Acknowledged | null>;
  /** SIGKILL, and nothing else, to the victim's processes. */
  kill(victim: Victim): void;
  /** Resolves when the service and its database are gone; kills what is left of them. */
  gone(): Promise<void>;
  stop(): Promise<void>;
}

export const VICTIMS = ['service', 'postgres'] as const;
export type Victim = (typeof VICTIMS)[number];

/** The register core in a process of its own, on an embedded server in `dataFolder`. */
export async function startTarget(dataFolder: string, poolCidr: string): Promise<Target> {
  const child = spawn(process.execPath, [...program('register-process'), dataFolder, poolCidr], {
    // without the options of the process that drills
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close');
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  const lines = createInterface({ input: child.stdout });
  const first = once(lines, 'line') as Promise<[string]>;
  const failed = ended.then(() => {
    throw new Error(`The register process ended before it was ready: ${complaints}`);
  });
  const [line] = await Promise.race([first, failed]);
  failed.catch(() => undefined);
  const { url, postgres } = JSON.parse(line) as Ready;
  lines.on('line', (text) => {
    // a line that the kill has cut off was not received
    if (!text.endsWith('}')) return;
    const answer = JSON.parse(text) as Answer;
    waiting.get(answer.n)?.resolve(answer);
    waiting.delete(answer.n);
  });
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new UnansweredError('the process ended'));
    waiting.clear();
  });

  let asked = 0;
  const kill = (victim: Victim): void => {
    for (const pid of victim === 'service' ? [child.pid!] : treeOf(postgres)) killIfThere(pid);
  };
  return {
    url,
    async ask(command) {
      const n = ++asked;
      const answer = await new Promise<Answer>((resolve, reject) => {
        if (child.exitCode !== null || child.signalCode !== null)
          return reject(new UnansweredError('the process ended'));
        waiting.set(n, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ n, command })}\n`);
      });
      if ('failed' in answer) throw new UnansweredError(answer.failed);
      return 'allocation' in answer ? answer.allocation : null;
    },
    kill,
    async gone() {
      kill('service');
      await ended;
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** How Node runs a program beside this file: as it was built, or from its source where a test does. */
function program(name: string): string[] {
  const own = import.meta.url;
  const path = fileURLToPath(new URL(`./${name}${own.endsWith('.ts') ? '.ts' : '.js'}`, own));
  if (!own.endsWith('.ts')) return [path];
  const hooks = new URL('../../test/support/postgres-typescript.mjs', own).href;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(hooks)});`;
  return ['--import', `data:text/javascript,${encodeURIComponent(register)}`, path];
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
