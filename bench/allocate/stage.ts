import type { BenchOptions } from '../harness/bench.js';
import type { BenchServer } from '../harness/server.js';
import { type Autocommit, openAutocommit } from './autocommit.js';
import { openCadastre } from './cadastre.js';
import type { Register } from './register.js';
import { buildWorld, type World } from './world.js';

export const CALLERS = 32;

/** Ours and the reference, each on a database of its own with the same contents. */
export interface Stage {
  readonly ours: Register;
  readonly theirs: Autocommit;
  /** Throws OracleError where a database does not hold what was acknowledged. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(
  server: BenchServer,
  { allocations, pools }: { allocations: number; pools: number },
  { seed, say }: BenchOptions,
): Promise<Stage> {
  const began = performance.now();
  const world = await buildWorld(server, { allocations, pools, seed });
  const copy: World = { ...world, url: await server.copyDatabase(world.url) };
  const took = ((performance.now() - began) / 1000).toFixed(0);
  say(`${allocations} allocations in ${pools} pool${pools > 1 ? 's' : ''}, loaded in ${took} s`);
  const ours = await openCadastre(world, seed);
  const theirs = await openAutocommit(copy, CALLERS, seed);
  return {
    ours,
    theirs,
    async check() {
      await ours.check();
      await theirs.check();
    },
    async close() {
      await ours.stop();
      await theirs.stop();
      await server.dropDatabase(world.url);
      await server.dropDatabase(copy.url);
    },
  };
}
