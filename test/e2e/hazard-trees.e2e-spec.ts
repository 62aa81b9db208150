import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { runTreeRounds, type TreeReport } from './hazard-trees-rounds.js';

const SEED = Number(process.env.HAZARD_SEED ?? 1);
const CLIENTS = 8;

/** Pools in trees, made, fed, emptied and deleted while others take from them. `npm run drill -- trees` does the same for long. */
describe.each([1, 2])('trees of pools, %i service processes', (processes) => {
  let database: TestDatabase;
  let report: TreeReport;

  beforeAll(async () => {
    database = await createTestDatabase();
    report = await runTreeRounds({
      databaseUrl: database.url,
      processes,
      clients: CLIENTS,
      rounds: 1,
      operationsPerRound: 1_000,
      seed: SEED + processes,
    });
  }, 300_000);

  afterAll(() => database.drop());

  it('were kept busy by everything that can collide', () => {
    expect(Object.keys(report.counts)).toEqual(
      expect.arrayContaining([
        'allocate Allocation',
        'allocate NO_SPACE',
        'allocateMany BATCH_REJECTED',
        'createPool Pool',
        'createPool NAME_TAKEN',
        'provision Pool',
        'provision CIDR_CONFLICT',
        'deprovision Pool',
        'deprovision HAS_DEPENDENTS',
        'deletePool Pool',
        'deletePool HAS_DEPENDENTS',
        'release HAS_DEPENDENTS',
      ]),
    );
    expect(Object.keys(report.actions)).toEqual(
      expect.arrayContaining([
        'allocation.expired',
        'allocation.quarantine_ended',
        'allocation.deprovisioned',
      ]),
    );
  });

  it('are in the end what their changes say, and every answer was right', () => {
    expect(report.violations).toEqual([]);
  });

  it('never ran into a deadlock', () => {
    expect(report.deadlocks).toBe(0);
  });
});
