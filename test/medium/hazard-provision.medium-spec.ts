import { Prefix } from '../../src/address/index.js';
import { lockPool } from '../../src/features/allocation/data/pool-trail.js';
import { violates } from '../../src/platform/database/sqlstate.js';
import { type Core, startCore } from '../support/core.js';
import { query } from '../support/postgres-scratch.js';

const ROUNDS = 150;

let core: Core;
let other: Core;
beforeAll(async () => {
  core = await startCore();
  other = await startCore({ url: core.url });
});
afterAll(async () => {
  await other.stop();
  await core.stop();
});

/** What `provisionCidr` does, without the words around it; false where the space is somebody's. */
async function provision(at: Core, poolId: number, cidrs: readonly string[]): Promise<boolean> {
  try {
    const given = cidrs.map((cidr) => Prefix.must(cidr));
    await at.unitOfWork.run(
      at.ctx,
      (tx) => at.pools.provision(tx, poolId, 4, null, given, []),
      lockPool(poolId),
    );
    return true;
  } catch (error) {
    if (violates(error, 'root_cidr_overlap')) return false;
    throw error;
  }
}

it('two pools that are given the same space at the same time: one gets it, and nobody runs into a deadlock', async () => {
  const pools = [await core.pool({ cidrs: ['10.0.0.0/24'] }), await core.pool({ cidrs: ['10.0.1.0/24'] })];
  for (let round = 0; round < ROUNDS; round++) {
    const cidrs = [`10.1.${round}.0/25`, `10.1.${round}.128/25`];
    const outcomes = await Promise.all([
      provision(core, pools[0]!, cidrs),
      provision(other, pools[1]!, [...cidrs].reverse()),
    ]);
    expect(outcomes.filter((done) => done)).toHaveLength(1);
  }
  await Promise.all([core, other].map(({ database }) => database.query('SELECT pg_stat_force_next_flush()')));
  const [row] = await query<{ deadlocks: number }>(
    core.url,
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  );
  expect(row!.deadlocks).toBe(0);
}, 120_000);
