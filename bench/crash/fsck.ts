import { spawn } from 'node:child_process';
import { programArguments } from '../harness/program.js';

/** What `cadastre fsck` finds in a database; nothing in a sound one. */
export async function fsck(databaseUrl: string): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [...programArguments('../../src/bin.js', import.meta.url), 'fsck', '--json'],
    {
      env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code === 0) return [];
  try {
    const reports = said
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Report);
    return reports.flatMap(({ check, findings }) =>
      findings.map(({ subject, message }) => `${check}: ${subject}: ${message}`),
    );
  } catch {
    return [`fsck did not run: ${said.trim().split('\n', 1)[0]}`];
  }
}

interface Report {
  readonly check: string;
  readonly findings: readonly { readonly subject: string; readonly message: string }[];
}
