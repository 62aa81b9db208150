import { WebSocket } from 'ws';
import { ChangeFeed } from '../../src/platform/events/index.js';
import { SubscriptionServer } from '../../src/platform/graphql/subscription-server.js';
import { concurrently } from '../support/concurrently.js';
import { POSITIONS } from '../support/positions.js';
import { ADMIN_TOKEN, bootService, type Data, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

const DOCUMENT = `subscription C($pool: ID, $sinceSequence: BigInt, $sincePosition: BigInt) {
  changes(pool: $pool, sinceSequence: $sinceSequence, sincePosition: $sincePosition) {
    position sequence pool action subject actor at recordedAt detail
  }
}`;

let service: TestService;
beforeAll(async () => (service = await bootService()));
afterAll(() => service.stop());

const opened: AsyncIterableIterator<Data>[] = [];
const follow = (variables: object): AsyncIterableIterator<Data> => {
  const feed = service.subscribe(DOCUMENT, variables as never);
  opened.push(feed);
  return feed;
};
// whatever a test did, its subscribers go and leave nothing behind
afterEach(async () => {
  await Promise.allSettled(opened.splice(0).map((feed) => feed.return!()));
  for (const socket of sockets()) socket.terminate();
  await waitingFor(0);
});

/** The next change that is delivered. */
async function next(feed: AsyncIterableIterator<Data>): Promise<Data> {
  const { value, done } = await feed.next();
  if (done) throw new Error('the feed ended');
  if (value.errors) throw new Error(JSON.stringify(value.errors));
  return value.data.changes;
}

async function take(feed: AsyncIterableIterator<Data>, count: number): Promise<Data[]> {
  const found: Data[] = [];
  while (found.length < count) found.push(await next(feed));
  return found;
}

/** Makes so many changes in a pool, several at a time. */
async function change(pool: string, count: number): Promise<void> {
  await concurrently(10, from(1, count), () => service.allocation({ pool, prefixLength: 28 }));
}

const numbers = (changes: Data[], field: string): number[] => changes.map((change) => Number(change[field]));
const from = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);

describe('by pool and sequence', () => {
  it('gives every change of the pool in order, from the first on and then as they come', async () => {
    const { id: pool } = await service.pool();
    await change(pool, 12);
    const other = await service.pool();
    const feed = follow({ pool, sinceSequence: '0' });
    const kept = await take(feed, 14);
    await Promise.all([change(pool, 20), change(other.id, 20)]);
    const live = await take(feed, 20);
    await feed.return!();
    expect(numbers([...kept, ...live], 'sequence')).toEqual(from(1, 34));
    expect(kept[0]).toMatchObject({
      action: 'pool.created',
      subject: pool,
      pool,
      actor: 'token:CADASTRE_ADMIN_TOKEN',
    });
    expect(kept[2]).toMatchObject({ action: 'allocation.allocated', pool, detail: { status: 'ALLOCATED' } });
    expect(live.every((one) => one.pool === pool && one.position !== null)).toBe(true);
  });

  it('takes the name of a pool; without a start it begins now', async () => {
    const pool = await service.pool();
    await change(pool.id, 3);
    await lastPosition();
    const feed = follow({ pool: pool.name });
    const first = next(feed);
    await waitingFor(1);
    await change(pool.id, 2);
    expect(Number((await first).sequence)).toBe(6);
    expect(Number((await next(feed)).sequence)).toBe(7);
    await feed.return!();
  });
});

describe('by position', () => {
  it("gives the changes of everything in one gapless order that keeps each pool's", async () => {
    const start = await lastPosition();
    const pools = [await service.pool(), await service.pool(), await service.pool()];
    await Promise.all(pools.map(({ id }) => change(id, 15)));
    await service.token('reader');
    const feed = follow({ sincePosition: String(start) });
    // three domains, three pools with a CIDR each, their allocations, a token
    const found = await take(feed, 3 + 6 + 45 + 1);
    await feed.return!();
    expect(numbers(found, 'position')).toEqual(from(start + 1, found.length));
    for (const { id } of pools) {
      expect(
        numbers(
          found.filter(({ pool }) => pool === id),
          'sequence',
        ),
      ).toEqual(from(1, 17));
    }
    expect(found.map(({ action }) => action)).toContain('token.created');
  });

  it('misses nothing over reconnects while changes are made', async () => {
    const start = await lastPosition();
    const { id } = await service.pool();
    const writing = change(id, 120);
    const seen: number[] = [];
    while (seen.length < 123) {
      const feed = follow({ sincePosition: String(seen.at(-1) ?? start) });
      seen.push(...numbers(await take(feed, Math.min(17, 123 - seen.length)), 'position'));
      await feed.return!();
    }
    await writing;
    expect(seen).toEqual(from(start + 1, 123));
  });
});

it('refuses what makes no sense', async () => {
  const bad = [
    { sinceSequence: '0' },
    { pool: 'nobody' },
    { pool: 'pool_2000000000' },
    { pool: (await service.pool()).id, sincePosition: '0' },
    { sincePosition: '-1' },
    { sincePosition: '99999999999999999999' },
  ];
  for (const variables of bad) await expect(next(follow(variables))).rejects.toThrow('BAD_USER_INPUT');
  await expect(next(follow({ sincePosition: 'x' }))).rejects.toThrow('BAD_USER_INPUT');
});

it.each([
  ['an allocation', (pool: string) => service.allocation({ pool, prefixLength: 28 })],
  [
    'a pool',
    (pool: string) => service.call('updatePool', { input: { pool, description: `${performance.now()}` } }),
  ],
  ['a routing domain', () => service.routingDomain()],
  ['a token', () => service.token('reader')],
])('delivers %s at once, long before anybody would poll', async (_, make) => {
  const { id: pool } = await service.pool();
  const feed = follow({ sincePosition: String(await lastPosition()) });
  const waits: number[] = [];
  for (let i = 0; i < 5; i++) {
    const arrives = next(feed);
    await make(pool);
    const answeredAt = performance.now();
    await arrives;
    waits.push(performance.now() - answeredAt);
  }
  await feed.return!();
  // a poll comes once a second: half a second on average
  expect(waits.sort((a, b) => a - b)[2]).toBeLessThan(250);
});

describe('a subscriber that goes', () => {
  it('frees what served it', async () => {
    const { id: pool } = await service.pool();
    const feeds = Array.from({ length: 20 }, () => follow({ pool, sinceSequence: '0' }));
    await Promise.all(feeds.map((feed) => take(feed, 2)));
    const waiting = feeds.map((feed) => feed.next());
    await waitingFor(20);
    await Promise.all(feeds.map((feed) => feed.return!()));
    await Promise.allSettled(waiting);
    await waitingFor(0);
    await until('all sockets are closed', () => sockets().length === 0);
  });

  it('frees it also when it just breaks off', async () => {
    const { id: pool } = await service.pool();
    const socket = await openSocket();
    await subscribeOn(socket, pool);
    await waitingFor(1);
    socket.terminate();
    await waitingFor(0);
  });
});

it('a subscriber that reads nothing holds nobody up and costs little', async () => {
  const { id: pool } = await service.pool();
  const stalled = await openSocket();
  await subscribeOn(stalled, pool);
  await waitingFor(1);
  stalled.pause();
  const description = 'x'.repeat(1000);
  const feed = follow({ pool, sinceSequence: '0' });
  await concurrently(10, from(1, 300), () => service.allocation({ pool, prefixLength: 28, description }));
  expect(numbers(await take(feed, 302), 'sequence')).toEqual(from(1, 302));
  await feed.return!();
  // 9 MB were published to it; what its connection does not take is not read from the database either
  expect(Math.max(...sockets().map(({ bufferedAmount }) => bufferedAmount))).toBeLessThan(1_000_000);
  stalled.terminate();
});

describe('what is no longer kept', () => {
  it('is POSITION_GONE with the oldest that is, and stays in the trail', async () => {
    const { id: pool } = await service.pool();
    const old = await service.allocation({ pool });
    const position = await lastPosition();
    await service.database.query(
      `UPDATE change c SET recorded_at = recorded_at - make_interval(days => 31) FROM ${POSITIONS} p WHERE p.id = c.id AND p.position <= $1`,
      [position],
    );
    await service.allocation({ pool });
    for (const [start, oldest] of [
      [{ pool, sinceSequence: '2' }, '4'],
      [{ sincePosition: String(position - 1) }, String(position + 1)],
    ] as const) {
      const error = await next(follow(start)).catch((reason: Error) => JSON.parse(reason.message)[0]);
      expect(error.extensions).toEqual({ code: 'POSITION_GONE', oldest });
    }
    const feed = follow({ pool, sinceSequence: '3' });
    expect(await next(feed)).toMatchObject({ sequence: '4' });
    await feed.return!();
    expect(await service.call('changesOf', { id: old.id })).toMatchObject({ totalCount: 1 });
  });
});

it('a stopping service closes the connections of its subscribers', async () => {
  const own = await bootService();
  const pool = await own.pool();
  const feed = own.subscribe(DOCUMENT, { pool: pool.id, sinceSequence: '0' });
  await feed.next();
  await feed.next();
  const waiting = feed.next().then(
    () => 'ended',
    (reason: { code?: number }) => reason.code,
  );
  const startedAt = performance.now();
  await own.stop();
  expect(await waiting).toBe(1001);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

/** Once everything has one. */
async function lastPosition(): Promise<number> {
  const [row] = await service.database.query<{ position: number; waiting: number }>(
    'SELECT position, (SELECT count(*) FROM outbox) AS waiting FROM publisher',
  );
  return row!.waiting === 0 ? row!.position : lastPosition();
}

/** Subscribers that wait for the next change. */
const waitingFor = (count: number) =>
  until(`${count} subscribers wait`, () => service.app.get(ChangeFeed)['waiting'].size === count);

/** Of the service, not of its clients. */
const sockets = (): WebSocket[] => [...service.app.get(SubscriptionServer)['sockets'].clients];

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(
    JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${ADMIN_TOKEN}` } }),
  );
  await new Promise((resolve) => socket.once('message', resolve));
  return socket;
}

/** Asks for as much per change as is allowed. */
async function subscribeOn(socket: WebSocket, pool: string): Promise<void> {
  const details = from(1, 30).map((i) => `d${i}: detail`);
  const query = `subscription S($pool: ID) { changes(pool: $pool, sinceSequence: "0") { ${details.join(' ')} } }`;
  const first = new Promise((resolve) => socket.once('message', resolve));
  socket.send(JSON.stringify({ id: 's', type: 'subscribe', payload: { query, variables: { pool } } }));
  await first;
}
