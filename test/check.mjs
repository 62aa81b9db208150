import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * `npm run check`: what has to hold before anything lands. Every step runs, also after one has failed, and a failed one
 * shows what it printed. `npm run check -- --write` mends and writes what a program can.
 */
const write = process.argv.includes('--write');
const root = fileURLToPath(new URL('..', import.meta.url));

const tool = (name, ...args) => [`node_modules/.bin/${name}`, ...args];
const tests = (...args) => ['test/run.mjs', ...args];

/** @type {{ name: string, run: string[], advice: string }[]} */
const steps = [
  {
    name: 'format',
    run: tool('prettier', '--log-level', 'warn', write ? '--write' : '--check', '.'),
    advice: '`npm run format` puts it right.',
  },
  {
    name: 'lint',
    run: tool('eslint', '--max-warnings', '0', ...(write ? ['--fix'] : []), '.'),
    advice: 'Mend what it names; `npm run check -- --write` mends some of it.',
  },
  {
    name: 'types',
    run: tool('tsc', '--noEmit'),
    advice: 'Mend what it names.',
  },
  {
    name: 'build',
    run: tool('nest', 'build'),
    advice: 'Mend what it names.',
  },
  {
    name: 'schema and settings',
    run: ['dist/test/support/generate.js', ...(write ? [] : ['--check'])],
    advice: '`npm run generate` writes them; read the diff.',
  },
  {
    name: 'architecture and small tests',
    run: tests('--selectProjects=small'),
    advice:
      'Mend what fails; docs/architecture.md says why it is as it is. `npm test -- <part of a path>` runs one.',
  },
  {
    name: 'database',
    run: tests('--selectProjects=medium', '--testPathPatterns=test/medium/drift'),
    advice:
      'Bring entities and migrations together, then `npm run check -- --write` and read what it changed.',
  },
];

function run(command) {
  return new Promise((resolve) => {
    let output = '';
    const env = { ...process.env, ...(write && { CADASTRE_WRITE_COMMITTED: '1' }) };
    const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

const failed = [];
for (const step of steps) {
  const startedAt = performance.now();
  const { ok, output } = await run(step.run);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (!ok) console.log(output.trimEnd());
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`);
  if (!ok) failed.push(step);
}
for (const { name, advice } of failed) console.log(`\n${name} failed. ${advice}`);
process.exit(failed.length > 0 ? 1 : 0);
