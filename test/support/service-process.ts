import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtService } from './built-service.js';
import { scratchFolder } from './postgres-scratch.js';
import { within } from './until.js';

/** Of every service that a test starts: known to all processes and in no table, so no database is asked for it. */
export const ADMIN_TOKEN = 'hazard-admin-token-of-the-test-suite-0123456789';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Answered<Data> {
  readonly status: number;
  readonly data: Data | null;
  readonly errors: readonly { message: string; extensions?: { code?: string; correlation?: string } }[];
}

/** No answer: the connection was refused, reset or closed before it came. Whether the request had an effect is open. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The built service in a process of its own. */
export class ServiceProcess {
  private constructor(
    readonly url: string,
    readonly child: ChildProcess,
    readonly exited: Promise<Exit>,
    private readonly output: () => string,
  ) {}

  /** Listens on a free port, with a data folder of its own unless `env` names one. `env` adds to the settings of the test. */
  static async start(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const program = await builtService();
    const scratch = scratchFolder();
    const child = spawn(process.execPath, [program, 'serve'], {
      cwd: scratch.path,
      // without the options of Jest's own process
      env: {
        PATH: process.env.PATH,
        CADASTRE_PORT: '0',
        CADASTRE_ADMIN_TOKEN: ADMIN_TOKEN,
        CADASTRE_DATA: scratch.path,
        CADASTRE_LOG_LEVEL: 'warn',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    const exited = (once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>).then(
      ([code, signal]): Exit => {
        scratch.remove();
        return { code, signal };
      },
    );
    const listening = new Promise<string>((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const url = /^Cadastre listens on (\S+)$/m.exec(output)?.[1];
        if (url) resolve(url);
      });
    });
    const failed = exited.then(({ code, signal }) => {
      throw new Error(`the service ended (${signal ?? code}) before it listened:\n${output}`);
    });
    failed.catch(() => undefined);
    try {
      const url = await within('the service listens', Promise.race([listening, failed]), 60);
      return new ServiceProcess(url, child, exited, () => output);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** What it wrote to stderr: its log, as JSON lines. */
  get log(): string {
    return this.output();
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.child.kill(signal);
  }

  /** Asks it to stop and waits for it; a stopped process is woken first. Kills it after `seconds`. */
  async stop(seconds = 30): Promise<Exit> {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    try {
      return await within('the service stops', this.exited, seconds);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  async kill(): Promise<Exit> {
    this.signal('SIGKILL');
    return this.exited;
  }

  /** Throws NoAnswerError, and Error for an answer that is no JSON. */
  async ask<Data>(
    query: string,
    variables: object = {},
    signal?: AbortSignal,
    correlation?: string,
  ): Promise<Answered<Data>> {
    let status: number;
    let text: string;
    try {
      const response = await fetch(`${this.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${ADMIN_TOKEN}`,
          ...(correlation && { 'x-correlation-id': correlation }),
        },
        body: JSON.stringify({ query, variables }),
        signal,
      });
      status = response.status;
      text = await response.text();
    } catch (cause) {
      throw new NoAnswerError('no answer', { cause });
    }
    const body = parseBody(status, text) as { data?: Data; errors?: Answered<Data>['errors'] };
    return { status, data: body.data ?? null, errors: body.errors ?? [] };
  }
}

function parseBody(status: number, text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw new Error(`status ${status} with a body that is no JSON: ${text.slice(0, 200)}`);
  }
}

/** Stops all at once, also when one fails to. */
export async function stopAll(processes: readonly ServiceProcess[]): Promise<void> {
  const results = await Promise.allSettled(processes.map((process) => process.stop()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
