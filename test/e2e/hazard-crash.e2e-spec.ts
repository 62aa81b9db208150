import { join } from 'node:path';
import { runCrashRounds } from '../../bench/crash/rounds.js';
import { scratchFolder } from '../support/postgres-scratch.js';

it('kill -9 of the service or of PostgreSQL under load loses nothing that was acknowledged', async () => {
  const scratch = scratchFolder();
  try {
    const { lost, duplicated, violations, acknowledged } = await runCrashRounds({
      dataFolder: join(scratch.path, 'data'),
      rounds: 2,
      seed: 42,
    });
    expect({ lost, duplicated, violations }).toEqual({ lost: 0, duplicated: 0, violations: [] });
    expect(acknowledged).toBeGreaterThan(0);
  } finally {
    scratch.remove();
  }
}, 180_000);
