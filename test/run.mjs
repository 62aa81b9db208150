import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// `npm test`: Jest with what it needs for ES modules; arguments go to it. Builds nothing.
const options = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
const child = spawn(
  process.execPath,
  [fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url)), ...process.argv.slice(2)],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
    // in the environment, so that Jest's workers have it too
    env: { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${options}`.trim() },
  },
);
// Jest gets them too where they come from a terminal; it has to stop its PostgreSQL in any case
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
