import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foldersIn, importsOf, read, ROOT, sourceFiles } from './sources.js';

const MOST_LINES = 400;
const MOST_README_LINES = 15;

/** Each with its reason; one that is needed no longer fails too. */
const LONG_FILES: Record<string, string> = {
  'src/clients/graphql/operations.ts': 'printed from the operations',
  'test/golden/register.ts': 'the whole life cycle in one place, as an oracle is easiest to check',
  'test/golden/tree-register.ts': 'every change of pools and allocations in one place, for the same reason',
};
const READERS_OF_ENVIRONMENT: Record<string, string> = {
  'src/features/inventory/ports/aws/node-version.ts': 'the SDK takes this from nowhere else',
  'src/platform/database/embedded/server-process.ts': 'hands PATH to the server; it is no setting of ours',
};

const files = sourceFiles();
const features = foldersIn('src/features');

it('reads settings from the settings tree: process.env stands in platform/config and bin.ts only', () => {
  const readers = files
    .filter((file) => file.startsWith('src/') && !/[.-]spec\.ts$/.test(file))
    .filter((file) => !/^src\/(platform\/config\/|bin\.ts$)/.test(file))
    .filter((file) => /\bprocess\s*\.\s*env\b/.test(read(file)));
  expect(readers).toEqual(Object.keys(READERS_OF_ENVIRONMENT));
});

it.each(features)('keeps the entities of %s to itself', (feature) => {
  const index = `src/features/${feature}/index.ts`;
  if (!existsSync(join(ROOT, index))) return;
  const exported = importsOf(index).filter(({ target }) => /(\.entity|\/entities)\.ts$/.test(target ?? ''));
  expect(exported.map(({ target, line }) => `${index}:${line} exports ${target}`)).toEqual([]);
  expect(read(index)).not.toMatch(/\w+Entity\b/);
});

it.each(features)('has a public face of %s and a README of at most 15 lines of text', (feature) => {
  const readme = `src/features/${feature}/README.md`;
  const missing = [`src/features/${feature}/index.ts`, readme].filter(
    (path) => !existsSync(join(ROOT, path)),
  );
  expect(missing).toEqual([]);
  const lines = read(readme)
    .split('\n')
    .filter((line) => line.trim() !== '');
  expect(lines.length).toBeLessThanOrEqual(MOST_README_LINES);
});

it(`splits files of more than ${MOST_LINES} lines, lists of cases apart`, () => {
  const long = files
    .filter((file) => !/[.-]spec\.ts$/.test(file))
    .filter((file) => read(file).split('\n').length > MOST_LINES + 1);
  expect(long).toEqual(Object.keys(LONG_FILES));
});
