import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { ServiceProcess, stopAll } from '../support/service-process.js';
import { createPools, type LoadReport, runLoad } from './hazard-load.js';
import { allPublished, deadlocks, violations } from './hazard-oracle.js';

const CLIENTS = 32;
const SEED = Number(process.env.HAZARD_SEED ?? 1);

/** Several services on one database, in each other's way all the time. */
describe.each([
  [2, 2_000],
  [3, 1_000],
])('%i service processes on one database', (processes, operations) => {
  let database: TestDatabase;
  let services: ServiceProcess[] = [];
  let report: LoadReport;

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, CADASTRE_SWEEP_SECONDS: '1' };
    services = await Promise.all(Array.from({ length: processes }, () => ServiceProcess.start(env)));
    const pools = await createPools(services[0]!);
    report = await runLoad({ services, pools, seed: SEED + processes, clients: CLIENTS, operations });
    await allPublished(database.url);
    await stopAll(services);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(services.map((service) => service.kill()));
    await database.drop();
  });

  it('answer everything without a fault, and a repeated key with the same allocation', () => {
    expect(report.surprises).toEqual([]);
  });

  it('were kept busy by everything that can collide', () => {
    // how much expires in time to be taken depends on how fast the machine is: not asked for here
    const answered = Object.keys(report.counts);
    expect(answered).toEqual(
      expect.arrayContaining([
        'allocate Allocation',
        'allocate NO_SPACE',
        'allocate CIDR_CONFLICT',
        'allocate KEY_CONFLICT',
        'reserve Allocation',
        'confirm Allocation',
        'release Allocation',
        'restore Allocation',
        'provision Pool',
        'provision CIDR_CONFLICT',
        'exclude Pool',
      ]),
    );
  });

  it('keep every invariant, and everything they acknowledged', async () => {
    expect(await violations(database.url, report.acknowledged)).toEqual([]);
  }, 30_000);

  it('never run into a deadlock', async () => {
    expect(await deadlocks(database.url)).toBe(0);
  });
});
