import pg from 'pg';
import { Address, Prefix } from '../../src/address/index.js';
import { startCore } from '../../test/support/core.js';
import { OracleError } from '../harness/bench.js';
import { shuffledIds } from './cadastre.js';
import { unpublished } from '../oracle.js';
import type { Register } from './register.js';
import { type Requests, requestsOf } from './requests.js';
import type { World, WorldPool } from './world.js';

/** The same rows by one prepared autocommit statement per request; the allocation alone with `bare`. */
export interface Autocommit extends Register {
  bareRow(caller: number): Promise<void>;
}

const MADE = `INSERT INTO allocation (pool_id, pool_cidr_id, pool_cidr, cidr, status, allocated, live_in, expires_at, key, request,
    claim, holder, tags, created_at, created_by, updated_at, updated_by)
  VALUES ($1, $2, $3, $4, $5::allocation_status, $5::text = 'ALLOCATED', $2, $6, $7, $8, $9::claim_state, $10, $11, now(), $12, now(), $12)
  RETURNING id`;
const RECORDED = `recorded AS (
  INSERT INTO change (pool_id, sequence, at, recorded_at, actor, correlation, action, subject, detail)`;
const AND_WAITS = `RETURNING pool_id, sequence)
  INSERT INTO outbox (pool_id, first_sequence, last_sequence) SELECT pool_id, sequence, sequence FROM recorded`;

const STATEMENTS = {
  bareRow: { name: 'bare-row', text: MADE },
  take: {
    name: 'take',
    text: `WITH made AS (${MADE}), ${RECORDED} SELECT $1, $13, now(), now(), $12, $14, $15, 'alloc_' || id, $16 FROM made
      ${AND_WAITS} RETURNING (SELECT id FROM made) AS id`,
  },
  confirm: {
    name: 'confirm',
    text: `WITH changed AS (UPDATE allocation SET status = 'ALLOCATED', allocated = true, expires_at = NULL, nonce = $2,
        version = version + 1, updated_at = now(), updated_by = $3 WHERE id = $1 RETURNING id),
      ${RECORDED} SELECT $4, $5, now(), now(), $3, $6, 'allocation.confirmed', 'alloc_' || id, $7 FROM changed ${AND_WAITS}`,
  },
  release: {
    name: 'release',
    text: `WITH changed AS (UPDATE allocation SET status = 'QUARANTINED', allocated = false, released_at = now(),
        available_at = now() + interval '1 day', claim = NULL, version = version + 1, updated_at = now(), updated_by = $2
        WHERE id = $1 RETURNING id),
      ${RECORDED} SELECT $3, $4, now(), now(), $2, $5, 'allocation.released', 'alloc_' || id, $6 FROM changed ${AND_WAITS}`,
  },
} as const;

const ACTOR = 'token:bench';

/** One connection per caller. CIDR and sequence come from the client; there is no lock and there are no free blocks. */
export async function openAutocommit(world: World, callers: number, seed: number): Promise<Autocommit> {
  const core = await startCore({ url: world.url, poolSize: 4 });
  core.publisher.onApplicationBootstrap();
  const connections = await Promise.all(
    Array.from({ length: callers }, async () => {
      const client = new pg.Client({ connectionString: world.url, application_name: 'reference' });
      await client.connect();
      return client;
    }),
  );
  const pools = world.pools.map((pool) => new ClientSidePool(pool, seed));
  const requests = connections.map((_, caller) => requestsOf(seed * 1000 + caller));
  const cycles = connections.map((): Cycle => ({ step: 0 }));
  const written = { allocations: 0, changes: 0 };

  const poolOf = (caller: number): ClientSidePool => pools[caller % pools.length]!;
  const run = async (
    caller: number,
    statement: { name: string; text: string },
    values: unknown[],
  ): Promise<pg.QueryResult<{ id: string }>> => {
    const result = await connections[caller]!.query<{ id: string }>({ ...statement, values });
    if (result.rowCount !== 1)
      throw new OracleError(`the reference's ${statement.name} wrote ${result.rowCount} rows`);
    return result;
  };
  const record = async (caller: number, statement: { name: string; text: string }, values: unknown[]) => {
    const result = await run(caller, statement, values);
    written.changes++;
    core.publisher.wake();
    return result;
  };
  const row = (
    caller: number,
    status: string,
    key: string | null,
    length: number,
    description: Described,
  ): unknown[] => {
    const { pool, ...space } = poolOf(caller).take(length);
    const expires = status === 'RESERVED' ? new Date(Date.now() + 3_600_000).toISOString() : null;
    written.allocations++;
    return [
      pool.id,
      pool.cidrId,
      pool.cidr.toString(),
      space.cidr.toString(),
      status,
      expires,
      key,
      key === null ? null : `/${length}`,
      key === null ? null : 'OPEN',
      JSON.stringify(description.holder),
      JSON.stringify(description.tags),
      ACTOR,
    ];
  };
  const take = async (
    caller: number,
    status: 'ALLOCATED' | 'RESERVED',
    key: string | null,
  ): Promise<Taken> => {
    const asked = requests[caller]!;
    const description = asked.description();
    const length = asked.prefixLength();
    const values = row(caller, status, key, length, description);
    const cidr = values[3] as string;
    const claim = key === null ? {} : { key, request: `/${length}`, claim: 'OPEN' };
    const expiry = status === 'RESERVED' ? { expires_at: values[5] } : {};
    const { holder, tags } = description;
    const { rows } = await record(caller, STATEMENTS.take, [
      ...values,
      poolOf(caller).nextSequence(),
      asked.unique('bench'),
      status === 'ALLOCATED' ? 'allocation.allocated' : 'allocation.reserved',
      JSON.stringify({ cidr, status, ...expiry, ...claim, holder, tags, version: 1 }),
    ]);
    return { id: Number(rows[0]!.id), cidr };
  };
  const release = async (caller: number, id: number, cidr: string): Promise<void> => {
    const at = new Date().toISOString();
    await record(caller, STATEMENTS.release, [
      id,
      ACTOR,
      poolOf(caller).pool.id,
      poolOf(caller).nextSequence(),
      requests[caller]!.unique('bench'),
      JSON.stringify({
        cidr,
        status: ['ALLOCATED', 'QUARANTINED'],
        available_at: [null, at],
        released_at: [null, at],
        version: [1, 2],
      }),
    ]);
  };

  return {
    async bareRow(caller) {
      const asked = requests[caller]!;
      await run(
        caller,
        STATEMENTS.bareRow,
        row(caller, 'ALLOCATED', null, asked.prefixLength(), asked.description()),
      );
    },
    allocate: async (caller) => void (await take(caller, 'ALLOCATED', null)),
    async release(caller) {
      const pool = poolOf(caller);
      await release(caller, pool.nextReleased(), pool.pool.freeFrom.toString());
    },
    async mixed(caller) {
      const cycle = cycles[caller]!;
      const asked = requests[caller]!;
      switch (cycle.step++ % 4) {
        case 0:
          cycle.allocated = await take(caller, 'ALLOCATED', asked.unique('key'));
          return;
        case 1:
          cycle.reserved = await take(caller, 'RESERVED', asked.unique('key'));
          return;
        case 2: {
          const { id, cidr } = cycle.reserved!;
          const nonce = asked.unique('nonce');
          await record(caller, STATEMENTS.confirm, [
            id,
            nonce,
            ACTOR,
            poolOf(caller).pool.id,
            poolOf(caller).nextSequence(),
            asked.unique('bench'),
            JSON.stringify({
              cidr,
              status: ['RESERVED', 'ALLOCATED'],
              expires_at: [new Date().toISOString(), null],
              nonce: [null, nonce],
              version: [1, 2],
            }),
          ]);
          return;
        }
        default:
          await release(caller, cycle.allocated!.id, cycle.allocated!.cidr);
      }
    },
    backlog: () => unpublished(core.database),
    async check() {
      const [found] = await core.database.query<{ allocations: number; changes: number }>(
        'SELECT (SELECT count(*) FROM allocation) AS allocations, (SELECT sum(last_position - first_position + 1)::bigint FROM publication) AS changes',
      );
      const existing = world.pools.reduce((sum, pool) => sum + pool.existing, 0);
      for (const what of ['allocations', 'changes'] as const) {
        if (found![what] !== existing + written[what])
          throw new OracleError(
            `the reference has ${found![what]} ${what} instead of ${existing + written[what]}`,
          );
      }
    },
    async stop() {
      await Promise.all(connections.map((client) => client.end()));
      await core.stop();
    },
  };
}

type Described = ReturnType<Requests['description']>;

interface Taken {
  readonly id: number;
  readonly cidr: string;
}

interface Cycle {
  step: number;
  allocated?: Taken;
  reserved?: Taken;
}

/** What the client of the reference keeps in its head: the next free address, and the last sequence. */
class ClientSidePool {
  private next: number;
  private sequence: number;
  private readonly released: Iterator<number, undefined>;

  constructor(
    readonly pool: WorldPool,
    seed: number,
  ) {
    this.next = Number(pool.freeFrom.address.value);
    this.sequence = pool.existing;
    this.released = shuffledIds(pool, seed);
  }

  take(length: number): { pool: WorldPool; cidr: Prefix } {
    const size = 2 ** (32 - length);
    const first = Math.ceil(this.next / size) * size;
    this.next = first + size;
    return { pool: this.pool, cidr: Prefix.of(Address.of(4, BigInt(first)), length) };
  }

  nextSequence(): number {
    return ++this.sequence;
  }

  nextReleased(): number {
    const next = this.released.next();
    if (next.done) throw new Error('Everything is released already: give fewer --rounds or --seconds.');
    return next.value;
  }
}
