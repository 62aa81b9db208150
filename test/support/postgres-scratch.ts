import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** An empty folder that every user may enter, and the way to remove it. */
export function scratchFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `cadastre-test-${process.pid}-`));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs statements in one session; returns the rows of the last. */
export async function query<Row extends object>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) rows = (await client.query<Row>(statement)).rows;
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** `it` where the condition holds; elsewhere a skipped test that says so loudly. */
export function itWhen(condition: boolean, reason: string): jest.It {
  if (condition) return it;
  process.stderr.write(`\n!!! NOT TESTED HERE (${reason}):\n`);
  return ((name: string) => {
    process.stderr.write(`!!!   ${name}\n`);
    it.skip(name, () => undefined);
  }) as unknown as jest.It;
}
