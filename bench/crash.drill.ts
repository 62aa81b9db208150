import { runCrashRounds } from './crash/rounds.js';
import type { Drill } from './harness/bench.js';
import { makeScratchFolder } from './harness/scratch.js';

/** SIGKILL of the service or of all PostgreSQL processes at random instants under the load of 32 clients. */
export const crash: Drill = {
  async run(options) {
    const scratch = makeScratchFolder();
    try {
      return await runCrashRounds({ ...options, dataFolder: scratch.path });
    } finally {
      scratch.remove();
    }
  },
};
