import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { DrillResult } from './harness/bench.js';
import { choose, listOf, positive, UsageError } from './harness/command-line.js';
import { DRILLS } from './list.js';

const HELP = `npm run drill -- NAME [options]

  --rounds N    how often the fault is injected, or rounds of load (20)
  --seed N      of all random choices (42); what happens at the same time is real time all the same
  --json        end with one line, one JSON object
  --list        all drills`;

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      seed: { type: 'string', default: '42' },
      rounds: { type: 'string', default: '20' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.list) {
    console.log(values.help ? HELP : listOf(DRILLS));
    return true;
  }
  const listed = choose(DRILLS, positionals);
  const [seed, rounds] = [positive('seed', values.seed), positive('rounds', values.rounds)];
  const drill = await listed.load();
  const result = await drill.run({ seed, rounds, say: (line) => console.log(line) });
  for (const line of result.violations) console.log(line);
  if (values.json) {
    const head = { drill: listed.name, node: process.version, cpus: cpus().length, seed, rounds };
    console.log(JSON.stringify({ ...head, ...result }));
  }
  return kept(result);
}

function kept({ lost, duplicated, violations }: DrillResult): boolean {
  return lost === 0 && duplicated === 0 && violations.length === 0;
}

main().then(
  (ok) => process.exit(ok ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error);
    process.exit(1);
  },
);
