import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { Random } from '../support/random.js';
import { ServiceProcess, stopAll } from '../support/service-process.js';
import { type Acknowledged, createPools, type HazardPool, type LoadReport, runLoad } from './hazard-load.js';
import { allPublished, deadlocks, violations } from './hazard-oracle.js';

const SEED = Number(process.env.HAZARD_SEED ?? 1);
const CLIENTS = 12;
const CALLS = 400;
const SINGLE_CLIENTS = 12;
const SINGLE_CALLS = 800;
const MOST_ITEMS = 12;

const KINDS = ['allocate', 'reserve', 'adopt', 'release'] as const;
type Kind = (typeof KINDS)[number];

interface Result {
  readonly __typename: string;
  readonly message?: string;
  readonly allocations?: readonly Acknowledged[];
}

const documentOf = (kind: Kind): string => {
  const input = `${kind[0]!.toUpperCase()}${kind.slice(1)}ManyInput`;
  return `mutation M($input: ${input}!) { result: ${kind}Many(input: $input) {
    __typename ... on Failure { code message } ... on Allocations { allocations { id cidr status key version } } } }`;
};

let database: TestDatabase;
let services: ServiceProcess[] = [];
let singles: LoadReport;
const acknowledged: Acknowledged[] = [];
const surprises: string[] = [];
const counts: Record<string, number> = {};

/** Two processes, each with many's over the same pools in any order, and single calls on the same pools beside them. */
beforeAll(async () => {
  database = await createTestDatabase();
  // few connections, so that whoever keeps them all is noticed
  const env = { DATABASE_URL: database.url, CADASTRE_SWEEP_SECONDS: '1', CADASTRE_DATABASE_POOL_SIZE: '5' };
  services = await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env)]);
  const pools = await createPools(services[0]!);
  let begun = 0;
  const client = async (number: number): Promise<void> => {
    const random = new Random(SEED * 10_000 + number);
    while (begun++ < CALLS) await call(random, pools);
  };
  const load = runLoad({
    services,
    pools,
    seed: SEED,
    clients: SINGLE_CLIENTS,
    operations: SINGLE_CALLS,
  });
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  singles = await load;
  await allPublished(database.url);
  await stopAll(services);
}, 120_000);

afterAll(async () => {
  await Promise.all(services.map((service) => service.kill()));
  await database.drop();
});

async function call(random: Random, pools: readonly HazardPool[]): Promise<void> {
  const kind = random.weighted({ allocate: 4, reserve: 3, adopt: 2, release: 3 });
  const items = Array.from({ length: 1 + random.below(MOST_ITEMS) }, () => itemOf(kind, random, pools));
  const answer = await random
    .pick(services)
    .ask<{ result: Result }>(documentOf(kind), { input: { items } }, AbortSignal.timeout(60_000));
  if (answer.errors.length > 0 || !answer.data) {
    surprises.push(`${kind}Many: ${JSON.stringify(answer.errors)}`);
    return;
  }
  const { __typename, allocations = [] } = answer.data.result;
  counts[`${kind} ${__typename}`] = (counts[`${kind} ${__typename}`] ?? 0) + 1;
  acknowledged.push(...allocations);
}

function itemOf(kind: Kind, random: Random, pools: readonly HazardPool[]): object {
  const recent = acknowledged.slice(-30);
  if (kind === 'release') return { id: recent.length > 0 ? random.pick(recent).id : 'alloc_1' };
  const { name: pool, lengths, places } = random.pick(pools);
  const key = random.chance(0.5) ? `many ${random.below(20)}` : null;
  if (kind === 'adopt') return { pool, cidr: random.pick(places), key };
  const space = { pool, prefixLength: Math.max(...lengths), key };
  return kind === 'reserve' ? { ...space, ttlSeconds: 1 + random.below(2) } : space;
}

it('no deadlock and no other fault reaches a caller', () => {
  expect(surprises).toEqual([]);
  expect(singles.surprises).toEqual([]);
});

it('all of it was done and refused at times', () => {
  const expected = KINDS.flatMap((kind) => [`${kind} Allocations`, `${kind} BatchRejected`]);
  expect(Object.keys(counts)).toEqual(
    expect.arrayContaining(expected.filter((name) => name !== 'adopt Allocations')),
  );
});

it('every invariant holds, and everything that was acknowledged', async () => {
  expect(await violations(database.url, [...acknowledged, ...singles.acknowledged])).toEqual([]);
}, 30_000);

it('nobody ever waits for somebody who waits for him', async () => {
  expect(await deadlocks(database.url)).toBe(0);
});
