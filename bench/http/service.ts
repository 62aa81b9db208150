import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { programArguments } from '../harness/program.js';

export const TOKEN = 'a-token-of-the-bench-that-has-enough-letters';

/** The service in a process of its own, as it is started in production. */
export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  /** Settles when it has ended for whatever reason. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** `cadastre serve` as it was built, on a database or (without `databaseUrl`) on its own in `dataFolder`. */
export async function startServiceProcess(settings: {
  dataFolder: string;
  databaseUrl?: string;
  env?: Readonly<Record<string, string>>;
}): Promise<ServiceProcess> {
  const program = programArguments('../../src/bin.js', import.meta.url);
  // to profile it: BENCH_NODE_OPTIONS='--cpu-prof'
  const options = process.env.BENCH_NODE_OPTIONS?.split(' ').filter(Boolean) ?? [];
  const child = spawn(process.execPath, [...options, ...program, 'serve'], {
    // without the options of the process that measures
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      CADASTRE_DATA: settings.dataFolder,
      CADASTRE_PORT: '0',
      CADASTRE_ADMIN_TOKEN: TOKEN,
      CADASTRE_LOG_LEVEL: 'warn',
      ...(settings.databaseUrl && { DATABASE_URL: settings.databaseUrl }),
      ...settings.env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stderr });
  let said = '';
  const listening = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      said += `${line}\n`;
      const [, url] = /^Cadastre listens on (http:\S+)$/.exec(line) ?? [];
      if (url) resolve(url);
    });
    void ended.then(() => reject(new Error(`The service ended before it listened:\n${said}`)));
  });
  const url = await listening;
  return {
    url,
    pid: child.pid!,
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
