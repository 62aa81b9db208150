import { AuditTrail } from '../../src/platform/audit/audit-trail.js';
import type { Tx } from '../../src/platform/database/statement.js';
import { type Change, ChangeFeed, Publisher, recordChange } from '../../src/platform/events/index.js';
import { type FeedStart, readChanges } from '../../src/platform/events/feed-pages.js';
import { lockPools, recordPoolChanges, trailsOf } from '../../src/features/allocation/data/pool-trail.js';
import { type Core, startCore } from '../support/core.js';
import { POSITIONS } from '../support/positions.js';
import { Random } from '../support/random.js';
import { until } from '../support/until.js';

const SEED = Number(process.env.HAZARD_SEED ?? 1);

let core: Core;
const publishers: Publisher[] = [];

/** Nobody publishes until a test says so. */
beforeEach(async () => {
  core = await startCore({ poolSize: 16 });
  await core.publisher.onApplicationShutdown();
});
afterEach(async () => {
  await stopPublishers();
  await core.stop();
});

function startPublisher(): Publisher {
  const publisher = new Publisher(core.database);
  publisher.onApplicationBootstrap();
  publishers.push(publisher);
  return publisher;
}

async function stopPublishers(): Promise<void> {
  await Promise.all(publishers.splice(0).map((publisher) => publisher.onApplicationShutdown()));
}

async function published(): Promise<void> {
  const waiting = () => core.database.query<{ n: number }>('SELECT count(*) AS n FROM outbox');
  await until('the outbox is empty', async () => (await waiting())[0]!.n === 0, 30);
}

/** So many changes of each pool, one group after the other in one transaction. */
function recordInPools(groups: readonly { pool: number; changes: number }[], end?: (tx: Tx) => unknown) {
  const pools = [...new Set(groups.map(({ pool }) => pool))];
  return core.unitOfWork.run(
    core.ctx,
    async (tx, opened) => {
      const trails = trailsOf(await opened);
      for (const { pool, changes } of groups) {
        const trail = trails.get(pool)!;
        const notes = Array.from({ length: changes }, (_, n) => ({
          action: 'test.happened',
          subject: `subject_${(trail.sequence + n) % 5}`,
          detail: {},
        }));
        await recordPoolChanges(tx, core.ctx, trail, notes);
        trails.set(pool, { ...trail, sequence: trail.sequence + changes });
      }
      await end?.(tx);
    },
    lockPools(pools),
  );
}

function recordAlone(end?: (tx: Tx) => unknown): Promise<void> {
  return core.unitOfWork.run(core.ctx, async (tx) => {
    await recordChange(tx, core.ctx, { action: 'test.happened', subject: 'subject_0', detail: {} });
    await end?.(tx);
  });
}

async function makePools(count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < count; n++) ids.push(await core.pool({ cidrs: [`10.${n}.0.0/16`] }));
  return ids;
}

const idsOf = (changes: readonly Change[]): number[] => changes.map(({ id }) => id);

/** Ids of the published changes in the order of their positions, which are gapless from 1 on. */
async function order(): Promise<number[]> {
  const rows = await core.database.query<{ id: number; position: number }>(
    `SELECT id, position FROM ${POSITIONS} p ORDER BY position`,
  );
  expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index + 1));
  return rows.map(({ id }) => id);
}

const read = (start: FeedStart, limit: number): Promise<Change[]> => readChanges(core.database, start, limit);

/** Every way to read the feed against plain counting. */
async function expectFeed(pools: readonly number[], random: Random): Promise<void> {
  const ids = await order();
  const [counted] = await core.database.query<{ n: number }>('SELECT count(*) AS n FROM change');
  expect(ids).toHaveLength(counted!.n);
  for (let position = 0; position <= ids.length; position++) {
    const limit = random.pick([1, 2, 3, 7, 20, 500]);
    const page = await read({ position }, limit);
    expect(idsOf(page)).toEqual(ids.slice(position, position + limit));
    expect(page.map((change) => change.position)).toEqual(page.map((_, index) => position + index + 1));
  }
  for (const poolId of pools) {
    const all = await read({ poolId, sequence: 0 }, 100_000);
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
    expect(all.map(({ position }) => ids[position! - 1])).toEqual(idsOf(all));
    expect(all.map(({ position }) => position)).toEqual(
      all.map(({ position }) => position!).sort((a, b) => a - b),
    );
    for (let sequence = 0; sequence <= all.length; sequence += 3)
      expect(idsOf(await read({ poolId, sequence }, 4))).toEqual(idsOf(all.slice(sequence, sequence + 4)));
  }
  const trail = new AuditTrail(core.database);
  for (const subject of [0, 1, 2, 3, 4].map((n) => `subject_${n}`))
    for (const { id, position } of await trail.of(subject, 100_000, null))
      expect(ids[position! - 1]).toBe(id);
}

it('two publishers number a random history once, and the feed resumes at every place of it', async () => {
  const random = new Random(SEED);
  const pools = await makePools(4);
  const consumed: number[] = [];
  const end = new AbortController();
  const feed = new ChangeFeed(core.database);
  const consumer = (async () => {
    for await (const { id } of feed.follow({ position: 0 }, end.signal)) consumed.push(id);
  })();
  for (let n = 0; n < 2; n++) startPublisher();
  /** Some commit long after they drew their place in the outbox. */
  const linger = async (tx: Tx): Promise<void> => {
    for (let left = random.below(30); left > 0; left--) await tx.query('SELECT 1');
  };
  const undo = (): never => {
    throw new RangeError('undone');
  };
  const writer = async (): Promise<void> => {
    for (let n = 0; n < 30; n++) {
      const fate = random.chance(0.1) ? undo : linger;
      const groups = Array.from({ length: 1 + random.below(3) }, () => ({
        pool: random.pick(pools),
        changes: 1 + random.below(6),
      }));
      const work = random.chance(0.3) ? recordAlone(fate) : recordInPools(groups, fate);
      await work.catch((error: unknown) => {
        if (!(error instanceof RangeError)) throw error;
      });
      random.pick(publishers).wake();
    }
  };
  await Promise.all(Array.from({ length: 6 }, writer));
  await published();
  const ids = await order();
  await until('the consumer has seen all', () => consumed.length >= ids.length, 30);
  end.abort();
  await consumer;
  await feed.onApplicationShutdown();
  expect(consumed).toEqual(ids);
  await expectFeed(pools, random);
}, 120_000);

it('groups of one pool in one transaction keep their order, between changes of no pool', async () => {
  const [first, second] = (await makePools(2)) as [number, number];
  await recordAlone();
  await recordInPools([
    { pool: second, changes: 3 },
    { pool: first, changes: 2 },
    { pool: second, changes: 1 },
  ]);
  await recordAlone();
  startPublisher();
  await published();
  const changes = await read({ position: 0 }, 100);
  expect(changes.map(({ poolId, sequence }) => [poolId, sequence])).toEqual([
    [null, null],
    [second, 1],
    [second, 2],
    [second, 3],
    [first, 1],
    [first, 2],
    [second, 4],
    [null, null],
  ]);
});

it('a writer that commits late comes after what was published meanwhile, and is not skipped', async () => {
  const [late, early] = (await makePools(2)) as [number, number];
  let commit!: () => void;
  const held = new Promise<void>((resolve) => (commit = resolve));
  let recorded!: () => void;
  const begun = new Promise<void>((resolve) => (recorded = resolve));
  const slow = recordInPools([{ pool: late, changes: 2 }], () => {
    recorded();
    return held;
  });
  await begun;
  await recordInPools([{ pool: early, changes: 3 }]);
  const publisher = startPublisher();
  await until('the early one is published', async () => (await read({ position: 0 }, 9)).length === 3);
  const before = await order();
  expect(await read({ poolId: late, sequence: 0 }, 9)).toEqual([]);
  commit();
  await slow;
  publisher.wake();
  await until('the late one is published', async () => (await read({ position: 3 }, 9)).length === 2);
  const after = await read({ position: 3 }, 9);
  expect(after.map(({ poolId, position }) => [poolId, position])).toEqual([
    [late, 4],
    [late, 5],
  ]);
  expect((await order()).slice(0, 3)).toEqual(before);
});

it('what waits when a publisher goes is published by the next, behind what there is', async () => {
  const pools = await makePools(2);
  for (let round = 0; round < 3; round++) {
    for (const pool of pools) await recordInPools([{ pool, changes: 5 }]);
    await recordAlone();
    expect(await read({ position: round * 11 }, 100)).toEqual([]);
    startPublisher();
    await published();
    await stopPublishers();
  }
  expect(await order()).toHaveLength(33);
  await expectFeed(pools, new Random(SEED));
});

it('a publisher whose lease goes while it waits for its row numbers nothing', async () => {
  const [pool] = (await makePools(1)) as [number];
  startPublisher();
  const lease = () => core.database.query<{ holder: string | null }>('SELECT holder FROM publisher');
  await until('it has the lease', async () => (await lease())[0]!.holder);
  const other = await core.database.connect();
  try {
    await other.query('BEGIN; SELECT FROM publisher FOR UPDATE');
    await recordInPools([{ pool, changes: 4 }]);
    await until('it waits for its row', async () => {
      const rows = await core.database.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%token = $1 FOR UPDATE%'`,
      );
      return rows.length > 0;
    });
    await other.query(
      `UPDATE publisher SET token = token + 1, holder = 'other', until = cadastre_now() + interval '1 hour'; COMMIT`,
    );
    await until('it has given up', async () => {
      const rows = await core.database.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length === 0;
    });
    await stopPublishers();
    expect(await order()).toEqual([]);
    expect((await core.database.query('SELECT FROM outbox')).length).toBe(1);
    await other.query(`UPDATE publisher SET until = cadastre_now() - interval '1 second'`);
  } finally {
    other.release();
  }
  startPublisher();
  await published();
  expect(await order()).toHaveLength(4);
});

it('one group may be longer than a page, and a page may begin and end in the middle of groups', async () => {
  const pools = await makePools(2);
  await recordInPools([{ pool: pools[0]!, changes: 1_300 }]);
  await recordAlone();
  await recordInPools([{ pool: pools[1]!, changes: 700 }]);
  startPublisher();
  await published();
  const ids = await order();
  expect(ids).toHaveLength(2_001);
  for (const position of [0, 1, 799, 800, 801, 1_299, 1_300, 1_301, 1_302, 1_999, 2_000, 2_001])
    expect(idsOf(await read({ position }, 500))).toEqual(ids.slice(position, position + 500));
  const seen: number[] = [];
  const end = new AbortController();
  const feed = new ChangeFeed(core.database);
  for await (const change of feed.follow({ position: 3 }, end.signal)) {
    seen.push(change.id);
    if (seen.length === ids.length - 3) break;
  }
  await feed.onApplicationShutdown();
  expect(seen).toEqual(ids.slice(3));
});

describe('the database refuses', () => {
  const GIVE = `INSERT INTO publication (first_position, last_position, pool_id, first_sequence, last_sequence, change_id) VALUES`;

  it.each([
    ['a group that is published already', '(11, 13, 1, 1, 3, NULL)', 'publication_sequence'],
    ['a change of no pool that is published already', '(11, 11, NULL, NULL, NULL, 7)', 'publication_change'],
    ['positions from a counter that stood still', '(4, 9, 2, 1, 6, NULL)', 'publication_first_position'],
    ['positions that end where others end', '(2, 3, 2, 1, 2, NULL)', 'publication_pkey'],
    ['fewer positions than changes', '(11, 12, 2, 1, 3, NULL)', 'publication_span'],
    ['positions that run back', '(12, 11, 2, 2, 1, NULL)', 'publication_span'],
    ['several positions for one change', '(11, 12, NULL, NULL, NULL, 8)', 'publication_span'],
    ['a position before the first', '(0, 0, 2, 1, 1, NULL)', 'publication_span'],
    ['a pool without a sequence', '(11, 11, 2, NULL, NULL, NULL)', 'publication_changes'],
    ['a change of a pool by its id', '(11, 11, 2, 1, 1, 8)', 'publication_changes'],
    ['a group of nothing', '(11, 11, NULL, NULL, NULL, NULL)', 'publication_changes'],
  ])('%s', async (_, values, constraint) => {
    await core.database.query(`${GIVE} (1, 3, 1, 1, 3, NULL), (4, 4, NULL, NULL, NULL, 7)`);
    await expect(core.database.query(`${GIVE} ${values}`)).rejects.toMatchObject({ constraint });
  });

  it.each([
    '(1, 1, NULL, NULL)',
    '(1, 2, 1, NULL)',
    '(NULL, NULL, NULL, NULL)',
    '(1, 1, 1, 1)',
    '(NULL, 1, 1, 1)',
  ])('%s in the outbox', async (values) => {
    const refused = core.database.query(
      `INSERT INTO outbox (pool_id, first_sequence, last_sequence, change_id) VALUES ${values}`,
    );
    await expect(refused).rejects.toMatchObject({ constraint: 'outbox_changes' });
  });
});
