import { spawn } from 'node:child_process';
import { programArguments } from '../harness/program.js';

/** What `cadastre fsck` has to say of a database, line by line; nothing of a sound one. */
export async function fsck(databaseUrl: string): Promise<string[]> {
  const child = spawn(process.execPath, [...programArguments('../../src/bin.js', import.meta.url), 'fsck'], {
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return code === 0 ? [] : said.trim().split('\n');
}
