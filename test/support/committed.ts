import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Set by `npm run check -- --write`. */
const WRITING = process.env['CADASTRE_WRITE_COMMITTED'] === '1';

/** Holds a committed file (path from the root of the repository) to what is derived from the code, or writes it. */
export function expectCommitted(path: string, text: string): void {
  const file = join(process.cwd(), path);
  if (WRITING) writeFileSync(file, text);
  if (readFileSync(file, 'utf8') === text) return;
  expect(`${path}, if \`npm run check -- --write\` had written it:\n${text}`).toBe(
    `${path}, if \`npm run check -- --write\` had written it:\n${readFileSync(file, 'utf8')}`,
  );
}
