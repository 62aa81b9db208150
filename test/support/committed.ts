import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Set by `npm run check -- --write`. */
const WRITING = process.env['CADASTRE_WRITE_COMMITTED'] === '1';

/** Holds a committed file (path from the root of the repository) to what is derived from the code, or writes it. */
export function expectCommitted(path: string, text: string): void {
  const file = join(process.cwd(), path);
  if (WRITING) writeFileSync(file, text);
  try {
    expect(text).toBe(readFileSync(file, 'utf8'));
  } catch (error) {
    const advice = `${path} does not say what the code does. If the code is right: npm run check -- --write`;
    (error as Error).message = `${advice}\n\n${(error as Error).message}`;
    throw error;
  }
}
