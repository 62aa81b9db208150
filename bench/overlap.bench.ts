import { type Bench, type BenchOptions, type Figure, OracleError } from './harness/bench.js';
import { cpuSeconds } from './harness/cpu.js';
import { figureOf } from './harness/figure.js';
import { interleave } from './harness/interleave.js';
import { type BenchServer, startBenchServer } from './harness/server.js';
import { countRows, expand } from './overlap/pairs.js';
import { SelfJoin } from './overlap/self-join.js';
import { networksOf, type Networks } from './overlap/world.js';

const SIZES = { '10k': 10_000, '100k': 100_000, '1m': 1_000_000 } as const;
const COMPARED = '100k';
const LARGEST = '1m';
const AIM = 20;

/** Overlaps among prefixes of 1,000 domains, against the self-join of PostgreSQL over the same rows and a GiST index. */
export const overlap: Bench = {
  async run(options) {
    const server = await startBenchServer();
    try {
      const figures: Figure[] = [];
      for (const [size, count] of Object.entries(SIZES)) {
        if (!options.wants(`groups-${size}`)) continue;
        const networks = networksOf(count, options.seed);
        options.say(`${networks.domains.length} prefixes`);
        if (size !== LARGEST) await requireSame(server, networks);
        figures.push(
          size === COMPARED
            ? await measureBoth(server, networks, options)
            : measureGrowth(size, networks, options),
        );
      }
      return figures;
    } finally {
      await server.stop();
    }
  },
};

/** Seconds of CPU from prefixes in random order to every pair, on both sides to count and checksum. */
async function measureBoth(server: BenchServer, networks: Networks, options: BenchOptions): Promise<Figure> {
  return withJoin(server, networks, async (join) => {
    const { count } = expand(networks);
    const measured = await interleave(
      {
        ours: () => Promise.resolve(cpuOf(() => expand(networks))),
        theirs: async () => {
          const before = server.pid === null ? performance.now() / 1000 : cpuSeconds(server.pid);
          await join.pairs();
          return (server.pid === null ? performance.now() / 1000 : cpuSeconds(server.pid)) - before;
        },
      },
      options.rounds,
    );
    return figureOf({
      name: `groups-${COMPARED}`,
      unit: 's CPU',
      ...measured,
      better: 'lower',
      reference: `self-join by && over a GiST index (inet_ops), ready and vacuumed; ${server.description}`,
      aim: AIM,
      note: `${noteOf(networks)}; both sides go through all ${count} pairs of two domains, ours sorts first`,
    });
  });
}

function measureGrowth(size: string, networks: Networks, { rounds }: BenchOptions): Figure {
  countRows(networks);
  const ours = Array.from({ length: rounds }, () => cpuOf(() => countRows(networks)));
  return figureOf({ name: `groups-${size}`, unit: 's CPU', ours, better: 'lower', note: noteOf(networks) });
}

function noteOf(networks: Networks): string {
  const { rows, pairs } = countRows(networks);
  return `${networks.domains.length} prefixes, ${rows} rows for ${pairs} pairs`;
}

async function requireSame(server: BenchServer, networks: Networks): Promise<void> {
  const [ours, theirs] = [expand(networks), await withJoin(server, networks, (join) => join.pairs())];
  if (ours.count === theirs.count && ours.checksum === theirs.checksum) return;
  throw new OracleError(
    `${networks.domains.length} networks: ${JSON.stringify(ours)}, PostgreSQL ${JSON.stringify(theirs)}`,
  );
}

async function withJoin<Result>(
  server: BenchServer,
  networks: Networks,
  work: (join: SelfJoin) => Promise<Result>,
): Promise<Result> {
  const url = await server.createDatabase();
  const join = await SelfJoin.load(url, networks);
  try {
    return await work(join);
  } finally {
    await join.close();
    await server.dropDatabase(url);
  }
}

/** Of all threads of this process. */
function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}
