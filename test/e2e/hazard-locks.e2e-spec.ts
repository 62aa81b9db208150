import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type Answered, ServiceProcess } from '../support/service-process.js';
import { within } from '../support/until.js';

/** The `lock_timeout` of the service is 20 s; whoever waits for the lock may wait once, not one after the other. */
const LOCK_TIMEOUT_AND_SOME = 30;

let database: TestDatabase;
let service: ServiceProcess;
let session: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await ServiceProcess.start({ DATABASE_URL: database.url, CADASTRE_SHUTDOWN_SECONDS: '2' });
  for (const [name, cidr] of Object.entries({ held: '10.0.0.0/12', other: '10.16.0.0/12' })) {
    const query = 'mutation P($input: CreatePoolInput!) { createPool(input: $input) { __typename } }';
    const { data } = await service.ask(query, { input: { name, cidrs: [cidr] } });
    expect(data).toEqual({ createPool: { __typename: 'Pool' } });
  }
  session = new pg.Client({ connectionString: database.url });
  await session.connect();
}, 60_000);

afterAll(async () => {
  await session.end();
  await service.kill();
  await database.drop();
});

type Allocated = Answered<{ allocate: { __typename: string } }>;

const allocate = (pool: string): Promise<Allocated> =>
  service.ask(
    'mutation A($pool: ID!) { allocate(input: { pool: $pool, prefixLength: 30 }) { __typename } }',
    { pool },
  );
const codes = ({ data, errors }: Allocated): unknown =>
  errors[0]?.extensions?.code ?? data?.allocate.__typename;

async function lockPool(): Promise<void> {
  await session.query('BEGIN');
  await session.query(`SELECT FROM pool WHERE name = 'held' FOR UPDATE`);
}

it('somebody who holds a pool for too long makes that pool UNAVAILABLE, and no other', async () => {
  await lockPool();
  const waiting = Promise.all(Array.from({ length: 12 }, () => allocate('held')));
  let others = 0;
  const answered = { held: false };
  void waiting.then(() => (answered.held = true));
  while (!answered.held) {
    expect(codes(await within('another pool answers', allocate('other'), 5))).toBe('Allocation');
    others++;
  }
  const answers = await within('the held pool answers', waiting, LOCK_TIMEOUT_AND_SOME);
  expect(new Set(answers.map(codes))).toEqual(new Set(['UNAVAILABLE']));
  expect(others).toBeGreaterThan(20);
  await session.query('ROLLBACK');
  expect(codes(await allocate('held'))).toBe('Allocation');
}, 90_000);

it('a stopping service does not wait for it longer than for its grace', async () => {
  await lockPool();
  const lost = allocate('held').catch((error: Error) => error.name);
  await within('another pool answers', allocate('other'), 5);
  service.signal('SIGTERM');
  expect(await within('the service stops', service.exited, 8)).toEqual({ code: 0, signal: null });
  expect(await lost).toBe('NoAnswerError');
  await session.query('ROLLBACK');
}, 30_000);
