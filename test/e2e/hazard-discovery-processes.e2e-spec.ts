import pg from 'pg';
import { discoveryEnv } from '../support/discovered.js';
import { OWN_KEY } from '../support/ec2-emulator/client.js';
import { Ec2Emulator } from '../support/ec2-emulator/emulator.js';
import { Place } from '../support/ec2-emulator/place.js';
import type { World } from '../support/ec2-emulator/world.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { ServiceProcess, stopAll } from '../support/service-process.js';
import { until } from '../support/until.js';
import { violations } from './hazard-oracle.js';

const REGION = 'eu-west-1';
const ACCOUNTS = Array.from({ length: 12 }, (_, index) => String(300_000_000_000 + index));
const PATIENCE_MS = 180_000;
/** So that a process cannot do everything before another one looks. */
const SCOPES_AT_ONCE = 2;

let database: TestDatabase;
let client: pg.Client;
let emulator: Ec2Emulator;
let services: ServiceProcess[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const world: World = { accounts: [] };
  ACCOUNTS.forEach((account, index) => {
    const place = new Place(world, account, REGION);
    const vpc = place.vpc({ cidrs: [`10.${index}.0.0/16`] });
    for (let third = 0; third < 5; third++) place.subnet(vpc, { cidr: `10.${index}.${third}.0/24` });
  });
  emulator = await Ec2Emulator.start(world);
}, PATIENCE_MS);
afterEach(async () => {
  await Promise.all(services.map((service) => service.kill()));
  services = [];
  await emulator.close();
  await client.end();
  await database.drop();
}, PATIENCE_MS);

async function start(): Promise<ServiceProcess> {
  const service = await ServiceProcess.start({
    ...discoveryEnv(emulator.url),
    DATABASE_URL: database.url,
    AWS_ACCESS_KEY_ID: OWN_KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: OWN_KEY.secretAccessKey,
    CADASTRE_DISCOVERY_SCOPES_AT_ONCE: String(SCOPES_AT_ONCE),
    CADASTRE_DISCOVERY_TIMEOUT_SECONDS: '60',
  });
  services.push(service);
  return service;
}

async function answer<T>(service: ServiceProcess, query: string, variables: object = {}): Promise<T> {
  const { data, errors } = await service.ask<T>(query, variables);
  if (!data || errors.length > 0) throw new Error(JSON.stringify(errors));
  return data;
}

async function startSweep(service: ServiceProcess): Promise<string> {
  const accounts = ACCOUNTS.map((account) => ({ account, regions: [REGION] }));
  await answer(
    service,
    `mutation ($input: AddDiscoveryAccountsInput!) { addDiscoveryAccounts(input: $input) { __typename } }`,
    { input: { accounts } },
  );
  const { startSweep: sweep } = await answer<{ startSweep: { id: string } }>(
    service,
    'mutation { startSweep { ... on Sweep { id } } }',
  );
  return sweep.id;
}

/** The sweep's end, with what came of it. */
const ended = (service: ServiceProcess, id: string) =>
  until(
    'the end of the sweep',
    async () => {
      const { sweep } = await answer<{ sweep: { state: string } }>(
        service,
        'query ($id: ID!) { sweep(id: $id) { state scopesTotal scopesDone scopesFailed missing problem } }',
        { id },
      );
      return sweep.state !== 'RUNNING' && sweep;
    },
    90,
  );
const GOOD = {
  state: 'DONE',
  scopesTotal: ACCOUNTS.length,
  scopesDone: ACCOUNTS.length,
  scopesFailed: 0,
  missing: '0',
  problem: null,
};

/** How often each account was asked for its VPCs. */
const asked = () =>
  ACCOUNTS.map((account) => emulator.calls.count({ action: 'DescribeVpcs', account }).calls);
const scopesIn = async (...states: string[]): Promise<string[]> =>
  (
    await client.query<{ account: string }>(
      `SELECT account FROM sweep_scope JOIN discovery_scope s ON s.id = scope_id WHERE status = ANY ($1) ORDER BY 1`,
      [states],
    )
  ).rows.map(({ account }) => account);

/** Every object once, all as they are in the cloud, and no invariant broken. */
async function expectWhole(): Promise<void> {
  const { rows } = await client.query(
    `SELECT kind, count(*)::int AS n, count(*) FILTER (WHERE seen_to IS NULL AND missing_since IS NULL)::int AS current
     FROM observed_version GROUP BY kind ORDER BY kind`,
  );
  expect(rows).toEqual(
    [
      ['route_table', ACCOUNTS.length],
      ['subnet', 5 * ACCOUNTS.length],
      ['vpc', ACCOUNTS.length],
    ].map(([kind, n]) => ({ kind, n, current: n })),
  );
  expect(await violations(database.url, [])).toEqual([]);
}

it(
  'two service processes on one database sweep every account and region once, together',
  async () => {
    const [one] = await Promise.all([start(), start()]);
    emulator.faults.add({ fault: { kind: 'slow', ms: 60 } });
    const id = await startSweep(one);
    await until(
      'both sweep',
      async () => {
        const { rows } = await client.query(
          `SELECT FROM lease WHERE name LIKE 'scope:%' AND holder IS NOT NULL GROUP BY holder`,
        );
        return rows.length === 2;
      },
      60,
    );
    expect(await ended(one, id)).toEqual(GOOD);
    expect(asked()).toEqual(ACCOUNTS.map(() => 1));
    await expectWhole();
    await stopAll(services);
  },
  PATIENCE_MS,
);

it(
  'a process that is killed in the middle of a sweep leaves it to another, which begins nothing again that was done',
  async () => {
    const first = await start();
    emulator.faults.add({ fault: { kind: 'slow', ms: 30 } });
    const id = await startSweep(first);
    await until('some are done', async () => (await scopesIn('DONE')).length >= 3, 60);
    emulator.faults.clear();
    emulator.faults.add({ action: 'DescribeSubnets', fault: { kind: 'hang' } });
    await until('those under way are in the middle', async () => {
      const running = await scopesIn('RUNNING');
      const inSubnets = (account: string) =>
        emulator.calls.count({ action: 'DescribeSubnets', account }).calls > 0;
      return running.length === SCOPES_AT_ONCE && running.every(inSubnets);
    });
    await first.kill();
    const [done, before] = [await scopesIn('DONE'), asked()];
    expect(done.length).toBeLessThan(ACCOUNTS.length);
    emulator.faults.clear();

    const second = await start();
    // as half a minute later
    await client.query('UPDATE lease SET until = cadastre_now()');
    expect(await ended(second, id)).toEqual(GOOD);
    expect(asked()).toEqual(
      ACCOUNTS.map((account, index) => before[index]! + (done.includes(account) ? 0 : 1)),
    );
    expect(Math.max(...asked())).toBe(2);
    await expectWhole();
    await stopAll([second]);
  },
  PATIENCE_MS,
);
