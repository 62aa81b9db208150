import { runTreeRounds } from '../test/e2e/hazard-trees-rounds.js';
import type { Drill } from './harness/bench.js';
import { startBenchServer } from './harness/server.js';

const OPERATIONS = 1_000;

/** Random operations of 8 clients at 2 service processes on one tree; every round ends with a look at all of it. */
export const trees: Drill = {
  async run({ rounds, seed, say }) {
    const server = await startBenchServer();
    try {
      const report = await runTreeRounds({
        databaseUrl: await server.createDatabase(),
        processes: 2,
        clients: 8,
        rounds,
        operationsPerRound: OPERATIONS,
        seed,
        say,
      });
      const { operations, changes, counts, actions, violations, deadlocks } = report;
      for (const [what, times] of Object.entries({ ...counts, ...actions }).sort()) say(`${times} ${what}`);
      return {
        injected: { operations, deadlocks },
        promised:
          'every change is legal where it stands; every answer has its change, every refusal its reason; rows, free blocks, places and capacities are what the changes come to; fsck clean',
        acknowledged: operations,
        lost: 0,
        duplicated: 0,
        violations,
        note: `${changes} changes; ${OPERATIONS} steps per round, some of several operations`,
      };
    } finally {
      await server.stop();
    }
  },
};
