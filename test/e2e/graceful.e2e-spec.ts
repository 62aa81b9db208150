import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import pg from 'pg';
import { send } from '../support/http.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { ADMIN_TOKEN, bootService, type Data, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

let database: TestDatabase;
beforeEach(async () => (database = await createTestDatabase()));
afterEach(() => database.drop());

const boot = (env: Record<string, string> = {}): Promise<TestService> =>
  bootService({ databaseUrl: database.url, env });

/** Keeps everybody else out of a pool until `release`. */
async function lockPool(id: string): Promise<{ waiters(): Promise<number>; release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM pool WHERE id = $1 FOR UPDATE', [Number(id.slice('pool_'.length))]);
  return {
    async waiters() {
      const { rows } = await client.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows[0]!.n;
    },
    release: () => client.end(),
  };
}

describe('stop', () => {
  it('answers what is under way, takes nothing new, and is not ready meanwhile', async () => {
    const service = await boot();
    const { id: pool } = await service.pool();
    const lock = await lockPool(pool);
    const body = JSON.stringify({
      query: service.document('allocate', 1),
      variables: { input: { pool, prefixLength: 24, key: 'under way' } },
    });
    const kept = connect(Number(new URL(service.url).port), '127.0.0.1');
    const request = (line: string, rest = '') =>
      `${line} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ADMIN_TOKEN}\r\n${rest}\r\n`;
    kept.write(
      request(
        'POST /graphql',
        `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`,
      ) + body,
    );
    await until('the allocation waits for its pool', async () => (await lock.waiters()) === 1);

    const stopped = service.stop();
    // on the connection that is open anyway, behind the request that is under way
    kept.write(request('GET /readyz'));
    await until('nothing new is let in', () =>
      send(`${service.url}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    await lock.release();
    const [answer, readiness] = await answersOf(kept);
    await stopped;

    expect(answer).toContain('HTTP/1.1 200');
    expect(answer).toContain('"cidr":"10.0.0.0/24"');
    expect(readiness).toContain('HTTP/1.1 503');
    const next = await boot();
    expect(await next.call('allocation', { pool, key: 'under way' })).toMatchObject({ cidr: '10.0.0.0/24' });
    await next.stop();
  });

  it('waits for what is stuck no longer than it is told', async () => {
    const service = await boot({ CADASTRE_SHUTDOWN_SECONDS: '1' });
    const { id: pool } = await service.pool();
    const lock = await lockPool(pool);
    const stuck = service.call('allocate', { input: { pool, prefixLength: 24 } }).then(
      () => 'answered',
      () => 'refused',
    );
    await until('the allocation waits for its pool', async () => (await lock.waiters()) === 1);
    const startedAt = performance.now();
    await service.stop();
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    await lock.release();
    expect(await stuck).toBe('refused');
  });

  it('may be asked for twice', async () => {
    const service = await boot();
    await Promise.all([service.stop(), service.stop()]);
    await service.stop();
  });
});

it('a restart with the same data keeps tokens, pools, allocations and the feed', async () => {
  const first = await boot();
  const token = await first.token('operator');
  const { id: pool } = await first.pool();
  const made = await first.call('allocate', { input: { pool, prefixLength: 24, key: 'k' } }, token);
  await first.stop();

  const second = await boot();
  expect(await second.call('allocate', { input: { pool, prefixLength: 24, key: 'k' } }, token)).toEqual(made);
  expect((await second.ask('{ __typename }', {}, 'cad_unknown-token-of-nobody')).status).toBe(401);
  const feed = second.subscribe('subscription F { changes(sincePosition: "0") { position action } }');
  const positions: string[] = [];
  // the token, a routing domain, its pool with a CIDR, the allocation
  for (let i = 0; i < 5; i++) positions.push(((await feed.next()).value as Data).data.changes.position);
  expect(positions).toEqual(['1', '2', '3', '4', '5']);
  await feed.return!();
  await second.stop();
});

it('tells alive from ready, and shows metrics to readers', async () => {
  const service = await boot();
  expect(await send(`${service.url}/healthz`)).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await send(`${service.url}/readyz`)).toMatchObject({
    status: 200,
    body: { ready: true, checks: { database: 'ok' } },
  });
  expect((await send(`${service.url}/metrics`)).status).toBe(401);
  await service.query('query Seen { __typename }');
  const metrics = await send(`${service.url}/metrics`, {
    headers: { authorization: `Bearer ${await service.token('reader')}` },
  });
  expect(metrics.status).toBe(200);
  expect(metrics.body).toContain('cadastre_graphql_operations_total{operation="Seen",kind="query"} 1');
  await service.stop();
});

it('serves the explorer, but not in production', async () => {
  const [development, production] = [await boot(), await boot({ NODE_ENV: 'production' })];
  const schema = JSON.stringify({ query: '{ __schema { queryType { name } } }' });
  expect((await send(`${development.url}/explorer`)).status).toBe(200);
  expect((await send(`${production.url}/explorer`)).status).toBe(404);
  expect((await development.raw(schema, { authorization: '' })).body.errors).toBeUndefined();
  expect((await production.raw(schema, { authorization: '' })).body.errors[0].extensions.code).toBe(
    'UNAUTHENTICATED',
  );
  expect((await production.raw(schema)).body.errors).toBeUndefined();
  await Promise.all([development.stop(), production.stop()]);
});

/** Everything that comes until the service closes the connection, split by answer. */
async function answersOf(socket: Socket): Promise<string[]> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  return text.split(/(?=HTTP\/1\.1 )/);
}
