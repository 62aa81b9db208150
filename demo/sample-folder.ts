import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the sample company. */
export const SEED = 42;

const BESIDE_BUILD = fileURLToPath(new URL('../../demo/sample', import.meta.url));

/** Beside `dist/`, else in the folder that the program runs in. */
export const SAMPLE_FOLDER = existsSync(BESIDE_BUILD) ? BESIDE_BUILD : resolve('demo/sample');

/** The files of the sample company, in order of their names. */
export function samplePaths(): string[] {
  return readdirSync(SAMPLE_FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => shorter(join(SAMPLE_FOLDER, name)));
}

/** As one would write it here. */
function shorter(path: string): string {
  const there = relative(process.cwd(), path);
  return there.startsWith('..') ? path : there;
}
