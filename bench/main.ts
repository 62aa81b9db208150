import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Figure } from './harness/bench.js';
import { choose, listOf, positive, UsageError } from './harness/command-line.js';
import { BENCHES } from './list.js';

const HELP = `npm run bench -- NAME [options]

  --json        end with one line, one JSON object
  --seed N      of all generated data (42)
  --rounds N    counted rounds per side (5)
  --seconds S   length of a round of one side (2)
  --only A,B    these figures only
  --list        all benches

BENCH_DATABASE_URL: a PostgreSQL 15 to 18 whose user may create databases; default: an embedded one in a scratch folder.
How to read the figures: bench/README.md`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      seed: { type: 'string', default: '42' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      only: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  if (values.list) return console.log(listOf(BENCHES));
  const bench = choose(BENCHES, positionals);
  const seed = positive('seed', values.seed);
  const only = values.only?.split(',');
  const figures = await (
    await bench.load()
  ).run({
    seed,
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    wants: (figure) => !only || only.includes(figure),
    say: (line) => console.log(line),
  });
  if (figures.length === 0)
    throw new UsageError(`${bench.name} has no figure ${values.only}; leave out --only to see them all`);
  for (const figure of figures) console.log(describe(figure));
  if (values.json) {
    console.log(
      JSON.stringify({ bench: bench.name, node: process.version, cpus: cpus().length, seed, figures }),
    );
  }
}

function describe({ name, ours, unit, ratio, theirs, reference, aim, met, note }: Figure): string {
  const against = reference === null ? '' : ` | ${ratio} × ${theirs} (${reference})`;
  const wanted = aim === null ? '' : ` | aim ${aim}: ${met ? 'met' : 'missed'}`;
  return `${name}: ${ours} ${unit}${against}${wanted}\n    ${note}`;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error);
    process.exit(1);
  },
);
