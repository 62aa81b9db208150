import { transformFileSync } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SOURCES = 'src/platform/database/embedded';

export interface LaunchedInChild {
  readonly child: ChildProcess;
  readonly url: string;
  /** The PostgreSQL server, not the child. */
  readonly pid: number;
}

/**
 * A Node process of its own that starts the embedded PostgreSQL and then does nothing: to be killed, or to be somebody
 * else (`uid`). It runs the launcher's sources, translated into `scratch` since Node does not run them as they are.
 * Rejects with what the child said when its start fails.
 */
export async function launchInChild(
  scratch: string,
  options: { dataFolder: string; nativeFolder?: string; cacheFolder?: string },
  user: { uid?: number; gid?: number } = {},
): Promise<LaunchedInChild> {
  const program = translate(scratch, options);
  const child = spawn(process.execPath, [program], {
    ...user,
    cwd: scratch,
    // Without the options of Jest's own process.
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const firstLine = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const ended = once(child, 'close').then(() => {
    throw new Error(`The child ended before PostgreSQL was ready: ${complaints}`);
  });
  const [line] = await Promise.race([firstLine, ended]);
  ended.catch(() => undefined);
  return { child, ...(JSON.parse(line) as { url: string; pid: number }) };
}

function translate(scratch: string, options: object): string {
  const program = join(scratch, 'program');
  mkdirSync(program, { recursive: true });
  writeFileSync(join(program, 'package.json'), '{ "type": "module" }');
  for (const name of readdirSync(SOURCES)) {
    if (!name.endsWith('.ts') || name.endsWith('spec.ts')) continue;
    const { code } = transformFileSync(join(SOURCES, name));
    writeFileSync(join(program, name.replace(/\.ts$/, '.js')), code);
  }
  try {
    symlinkSync(join(process.cwd(), 'node_modules'), join(program, 'node_modules'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const main = join(program, 'main.js');
  writeFileSync(
    main,
    `import { startEmbeddedPostgres } from './embedded-postgres.js';
     const { url, pid } = await startEmbeddedPostgres({ syncInitdb: false, ...${JSON.stringify(options)} });
     console.log(JSON.stringify({ url, pid }));
     setInterval(() => {}, 1000);`,
  );
  return main;
}
