import type { PoolClient } from 'pg';
import { Prefix } from '../../src/address/index.js';
import type { Allocation } from '../../src/features/allocation/domain/allocation.js';
import type { AllocateCommand, Command, Outcome } from '../../src/features/allocation/domain/command.js';
import { parseInstant } from '../../src/platform/context/instant.js';
import { SQLSTATE } from '../../src/platform/database/sqlstate.js';
import type { Tx } from '../../src/platform/database/statement.js';
import { CommitUnknownError } from '../../src/platform/database/unit-of-work.js';
import { type Core, startCore } from '../support/core.js';
import { cuttingProxy } from '../support/cutting-proxy.js';

/** What goes wrong where locks are taken too late, in another order or not at all: the engine does none of it. */

let core: Core;
/** Another process on the same database: it shares nothing but that. */
let other: Core;

beforeAll(async () => {
  core = await startCore();
  other = await startCore({ url: core.url });
});
afterAll(async () => {
  await other.stop();
  await core.stop();
});

let nextPool = 0;
/** A root pool with a /24 of its own; what is released is free at once. */
const newPool = () => core.pool({ cidrs: [`10.0.${nextPool++}.0/24`], rules: { quarantineSeconds: 0 } });

const asked = (space: Partial<AllocateCommand>): AllocateCommand => ({
  kind: 'allocate',
  holder: {},
  tags: {},
  description: '',
  ...space,
});
const submit = (at: Core, pool: number, command: Command): Promise<Outcome> =>
  at.engine.submit(pool, { command, actor: 'test', correlation: 'c' });

async function allocate(at: Core, pool: number, space: Partial<AllocateCommand>): Promise<Allocation> {
  const outcome = await submit(at, pool, asked(space));
  if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.message}`);
  return outcome.allocation;
}

const release = (at: Core, pool: number, id: number) =>
  submit(at, pool, { kind: 'release', id, force: false });

async function freeBlocks(pool: number): Promise<string[]> {
  const rows = await core.database.query<{ cidr: string }>(
    'SELECT cidr FROM free_block WHERE pool_id = $1 ORDER BY cidr',
    [pool],
  );
  return rows.map(({ cidr }) => cidr);
}

/** Runs `work` while another session has the pool's lock, and frees it when `waiters` sessions wait for it. */
async function whileLocked<T>(
  pool: number,
  waiters: number,
  work: () => Promise<T>,
  beforeFreeing: (holder: PoolClient) => Promise<void> = async () => undefined,
): Promise<T> {
  const holder = await core.database.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM pool WHERE id = $1 FOR NO KEY UPDATE', [pool]);
    const result = work();
    await untilWaiting(waiters);
    await beforeFreeing(holder);
    await holder.query('COMMIT');
    return await result;
  } finally {
    holder.release();
  }
}

async function untilWaiting(sessions: number): Promise<void> {
  for (;;) {
    const [row] = await core.database.query<{ waiting: number }>(
      `SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (row!.waiting >= sessions) return;
  }
}

describe("A pool's lock", () => {
  it('comes before the clock: nothing is decided by a time before the wait', async () => {
    const pool = await newPool();
    let freedAt = 0;
    const { createdAt } = await whileLocked(
      pool,
      1,
      () => allocate(core, pool, { prefixLength: 32 }),
      async (holder) => {
        const { rows } = await holder.query<{ now: string }>('SELECT cadastre_now() AS now');
        freedAt = parseInstant(rows[0]!.now);
      },
    );
    expect(createdAt).toBeGreaterThan(freedAt);
  });

  it('comes before the look at free space: who waited sees what was committed meanwhile', async () => {
    const pool = await newPool();
    const [whole] = await freeBlocks(pool);
    const [left, right] = Prefix.must(whole!).halves()!;
    // a fresh pool is one block: whoever skips a locked one or looks with an old snapshot reports NO_SPACE
    const { cidr } = await whileLocked(
      pool,
      1,
      () => allocate(core, pool, { prefixLength: 25 }),
      async (holder) => {
        await holder.query('UPDATE free_block SET cidr = $2, host_bits = 7 WHERE pool_id = $1', [
          pool,
          right.toString(),
        ]);
        await holder.query(
          `INSERT INTO block (pool_id, pool_cidr_id, cidr, reason, subject)
           SELECT pool_id, id, $2, 'observed', 'test' FROM pool_cidr WHERE pool_id = $1`,
          [pool, left.toString()],
        );
      },
    );
    expect(cidr.toString()).toBe(right.toString());
  });

  it('lets nobody find a pool full that is not, and nobody get what another got', async () => {
    const pool = await newPool();
    const taken = await whileLocked(pool, 2, () =>
      Promise.all(
        Array.from({ length: 256 }, (_, i) => allocate(i % 2 ? core : other, pool, { prefixLength: 32 })),
      ),
    );
    expect(new Set(taken.map(({ cidr }) => cidr.toString())).size).toBe(256);
    for (const at of [core, other]) {
      expect(await submit(at, pool, asked({ prefixLength: 32 }))).toMatchObject({
        ok: false,
        failure: { code: 'NO_SPACE' },
      });
    }
  });

  it('holds while everybody allocates and releases: there is always room for the last one', async () => {
    const pool = await newPool();
    const clients = 8;
    const churn = async (at: Core): Promise<void> => {
      for (let round = 0; round < 10; round++) {
        const { id } = await allocate(at, pool, { prefixLength: 27 });
        expect(await release(at, pool, id)).toMatchObject({ ok: true });
      }
    };
    await Promise.all(Array.from({ length: clients }, (_, i) => churn(i % 2 ? core : other)));
    expect(await freeBlocks(pool)).toHaveLength(1);
  });

  it('joins buddies that are released at the same time', async () => {
    const pool = await newPool();
    const [whole] = await freeBlocks(pool);
    const taken: Allocation[] = [];
    for (let i = 0; i < 16; i++) taken.push(await allocate(core, pool, { prefixLength: 28 }));
    expect(await freeBlocks(pool)).toEqual([]);
    await whileLocked(pool, 2, () =>
      Promise.all(taken.map(({ id }, i) => release(i % 2 ? core : other, pool, id))),
    );
    expect(await freeBlocks(pool)).toEqual([whole]);
  });

  it('gives one allocation to one key, whoever asks', async () => {
    const pool = await newPool();
    const answers = await whileLocked(pool, 2, () =>
      Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          allocate(i % 2 ? core : other, pool, { prefixLength: 30, key: 'k' }),
        ),
      ),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  });
});

/** Leaves a trace in the pool's description. */
const mark = (tx: Tx, pool: number, text: string) =>
  tx.query('UPDATE pool SET description = description || $2 WHERE id = $1', [pool, text]);

describe('A unit of work', () => {
  const lock = (tx: Tx, pool: number) => tx.query('SELECT FROM pool WHERE id = $1 FOR NO KEY UPDATE', [pool]);

  it('runs again as a whole when it loses a deadlock', async () => {
    const [a, b] = [await newPool(), await newPool()];
    let attempts = 0;
    const held = { a: deferred(), b: deferred() };
    const crosswise = (first: number, second: number, mine: 'a' | 'b', theirs: 'a' | 'b') =>
      core.unitOfWork.run(core.ctx, async (tx) => {
        attempts++;
        await mark(tx, first, mine);
        held[mine].resolve();
        await held[theirs].promise;
        await mark(tx, second, mine);
      });
    await Promise.all([crosswise(a, b, 'a', 'b'), crosswise(b, a, 'b', 'a')]);
    expect(attempts).toBe(3);
    const rows = await core.database.query<{ description: string }>(
      'SELECT description FROM pool WHERE id = ANY ($1::int[])',
      [[a, b]],
    );
    // each of the two once in each pool: of the attempt that lost nothing is left
    expect(rows.map(({ description }) => [...description].sort().join(''))).toEqual(['ab', 'ab']);
  });

  it('runs again as a whole when PostgreSQL cannot serialize it', async () => {
    const pool = await newPool();
    let attempts = 0;
    await core.unitOfWork.run(core.ctx, async (tx) => {
      attempts++;
      if (attempts === 1) {
        await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        await tx.query('SELECT FROM pool');
        await core.database.query('UPDATE pool SET description = $2 WHERE id = $1', [pool, 'other ']);
      }
      await mark(tx, pool, 'mine');
    });
    const [row] = await core.database.query('SELECT description FROM pool WHERE id = $1', [pool]);
    expect([attempts, row]).toEqual([2, { description: 'other mine' }]);
  });

  it('gives up after five attempts, and tries nothing else again', async () => {
    const failing = async (state: string) => {
      let attempts = 0;
      const run = core.unitOfWork.run(core.ctx, async (tx) => {
        attempts++;
        await tx.query(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${state}'; END $$`);
      });
      await expect(run).rejects.toMatchObject({ code: state });
      return attempts;
    };
    expect(await failing(SQLSTATE.serializationFailure)).toBe(5);
    expect(await failing(SQLSTATE.uniqueViolation)).toBe(1);
  });

  it('leaves no transaction open and no lock behind when its work throws', async () => {
    const pool = await newPool();
    const run = core.unitOfWork.run(core.ctx, async (tx) => {
      await lock(tx, pool);
      throw new Error('no');
    });
    await expect(run).rejects.toThrow('no');
    expect(await allocate(other, pool, { prefixLength: 32 })).toBeDefined();
  });
});

describe('When the connection dies during COMMIT', () => {
  /** `arm` has the connection of the next COMMIT cut. */
  async function behindProxy(work: (behind: Core, arm: () => void) => Promise<void>): Promise<void> {
    const proxy = await cuttingProxy(core.url);
    const behind = await startCore({ url: proxy.url });
    try {
      await work(behind, proxy.arm);
    } finally {
      await behind.stop();
      await proxy.close();
    }
  }

  it('nobody knows, and the unit of work says so and does not run again', () =>
    behindProxy(async (behind, arm) => {
      const pool = await newPool();
      let attempts = 0;
      arm();
      const run = behind.unitOfWork.run(core.ctx, async (tx) => {
        attempts++;
        await mark(tx, pool, 'committed');
      });
      await expect(run).rejects.toThrow(CommitUnknownError);
      expect(attempts).toBe(1);
      const [row] = await core.database.query('SELECT description FROM pool WHERE id = $1', [pool]);
      expect(row).toEqual({ description: 'committed' });
    }));

  it('the engine says that it may have happened, and the same key finds what happened', () =>
    behindProxy(async (behind, arm) => {
      const pool = await newPool();
      const items = ['x', 'y'].map((key) => asked({ prefixLength: 28, key }));
      arm();
      const answers = await Promise.allSettled(items.map((command) => submit(behind, pool, command)));
      for (const answer of answers) {
        const message = expect.stringContaining('may have happened') as string;
        const reason = { extensions: { code: 'UNAVAILABLE' }, message };
        expect(answer).toMatchObject({ status: 'rejected', reason });
      }
      const count = 'SELECT count(*) AS count FROM allocation WHERE pool_id = $1';
      expect(await core.database.query(count, [pool])).toEqual([{ count: 2 }]);
      for (const command of items) expect(await submit(behind, pool, command)).toMatchObject({ ok: true });
      expect(await core.database.query(count, [pool])).toEqual([{ count: 2 }]);
    }));

  it('an operation on many says the same, and is repeatable', () =>
    behindProxy(async (behind, arm) => {
      const pools = [await newPool(), await newPool()];
      const items = pools.map((pool) => ({
        pool: `pool_${pool}`,
        command: asked({ prefixLength: 28, key: 'k' }),
      }));
      arm();
      const message = expect.stringContaining('may have happened') as string;
      await expect(behind.many.take(core.ctx, items)).rejects.toMatchObject({
        extensions: { code: 'UNAVAILABLE' },
        message,
      });
      expect(await behind.many.take(core.ctx, items)).toMatchObject({ ok: true, replayed: [0, 1] });
    }));

  it('a server that goes down in the middle of it is no answer either', async () => {
    const pool = await newPool();
    await core.database.query(`
      CREATE TABLE last_words (id int);
      CREATE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER end_session AFTER INSERT ON last_words DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION end_session()`);
    const run = core.unitOfWork.run(core.ctx, async (tx) => {
      await mark(tx, pool, 'x');
      await tx.query('INSERT INTO last_words VALUES (1)');
    });
    await expect(run).rejects.toThrow(CommitUnknownError);
    expect(await allocate(core, pool, { prefixLength: 32 })).toBeDefined();
  });
});

describe('A batch in which PostgreSQL refuses one item', () => {
  it('serves the others, one by one', async () => {
    const pool = await newPool();
    await core.database.query(`ALTER TABLE allocation ADD CONSTRAINT no_poison CHECK (key <> 'poison')`);
    const keys = ['a', 'b', 'poison', 'c'];
    const answers = await whileLocked(pool, 1, () =>
      Promise.allSettled(keys.map((key) => allocate(core, pool, { prefixLength: 28, key }))),
    );
    await core.database.query('ALTER TABLE allocation DROP CONSTRAINT no_poison');
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(answers[2]).toMatchObject({ reason: { code: SQLSTATE.checkViolation, constraint: 'no_poison' } });
    const rows = await core.database.query(
      'SELECT sequence FROM change WHERE pool_id = $1 ORDER BY sequence',
      [pool],
    );
    expect(rows).toEqual([{ sequence: 1 }, { sequence: 2 }, { sequence: 3 }]);
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
