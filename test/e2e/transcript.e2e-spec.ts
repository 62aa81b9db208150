import { readdirSync, readFileSync } from 'node:fs';
import { commandBlocks, runTranscript, strayCommands } from '../support/transcript.js';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'bench/README.md',
  'demo/README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

const read = (path: string): string => readFileSync(path, 'utf8');

it.each(DOCUMENTS)('%s shows no command outside a block that is run here', (path) => {
  expect(strayCommands(read(path))).toEqual([]);
});

it.each(DOCUMENTS.filter((path) => commandBlocks(read(path)).length > 0))(
  'every command of %s works as it stands',
  async (path) => {
    const { code, output } = await runTranscript(commandBlocks(read(path)));
    if (code !== 0) throw new Error(`${path}:\n${output}`);
    expect(output).toContain('--- all of it');
  },
  180_000,
);
