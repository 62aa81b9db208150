import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { runTreeRounds, type TreeReport } from './hazard-trees-rounds.js';

const SEED = Number(process.env.HAZARD_SEED ?? 1);
const CLIENTS = 8;

/** Pools in trees, made, fed, emptied and deleted while others take from them. `npm run drill -- trees` does the same for long. */
describe.each([
  [1, 2],
  [2, 1],
])('trees of pools, %i service processes', (processes, rounds) => {
  let database: TestDatabase;
  let report: TreeReport;

  beforeAll(async () => {
    database = await createTestDatabase();
    report = await runTreeRounds({
      databaseUrl: database.url,
      processes,
      clients: CLIENTS,
      rounds,
      operationsPerRound: Number(process.env.HAZARD_OPERATIONS ?? 700),
      seed: SEED + processes,
    });
  }, 120_000);

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
  });

  it('are in the end what their changes say, and every answer was right', () => {
    expect(report.violations).toEqual([]);
  });

  it('never ran into a deadlock', () => {
    expect(report.deadlocks).toBe(0);
  });
});
