import type { PoolClient } from 'pg';
import { type Core, startCore } from '../support/core.js';

/** Invariants 1, 2 and 5 as the database itself holds them, whatever the code does. Every attempt is rolled back. */

let core: Core;
let db: PoolClient;

beforeAll(async () => {
  core = await startCore();
  db = await core.database.connect();
});
afterAll(async () => {
  db.release();
  await core.stop();
});
beforeEach(() => db.query('BEGIN'));
afterEach(() => db.query('ROLLBACK'));

/** Resolves to the constraint that refuses the statement, or null where it goes through. */
async function refusal(statement: Promise<unknown>): Promise<string | null> {
  try {
    await statement;
    return null;
  } catch (error) {
    const { constraint, message } = error as { constraint?: string; message: string };
    return constraint ?? message;
  }
}

/** Runs `work` and takes it back, so that the transaction goes on after a refusal. */
async function attempt(work: () => Promise<unknown>): Promise<string | null> {
  await db.query('SAVEPOINT attempt');
  const refused = await refusal(work());
  await db.query('ROLLBACK TO attempt');
  return refused;
}

const GLOBAL = '(,)';
const CHILD = 'empty';
let names = 0;

async function domain(): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO routing_domain (name, created_at, created_by) VALUES ($1, now(), 't') RETURNING id`,
    [`domain ${++names}`],
  );
  return rows[0]!.id;
}

async function pool(
  options: { id?: number; family?: number; scope?: string; domain?: number } = {},
): Promise<number> {
  const { id, family = 4, domain: of } = options;
  const scope = options.scope ?? (of ? `[${of},${of}]` : GLOBAL);
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO pool (id, name, family, scope, routing_domain_id, created_at, created_by)
     OVERRIDING SYSTEM VALUE VALUES (coalesce($1, nextval('pool_id_seq'))::int, $2, $3, $4, $5, now(), 't') RETURNING id`,
    [id ?? null, `pool ${++names}`, family, scope, of ?? null],
  );
  return rows[0]!.id;
}

interface PoolCidrFields {
  id: number;
  family: number;
  scope: string;
  source_id: number | null;
  source_cidr: string | null;
  source_allocated: boolean | null;
  parent_id: number | null;
}

/** Family and scope are the pool's, unless given. */
async function provision(
  poolId: number,
  cidr: string,
  fields: Partial<PoolCidrFields> = {},
): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO pool_cidr (id, pool_id, family, scope, cidr, source_id, source_cidr, source_allocated, parent_id)
     OVERRIDING SYSTEM VALUE
     SELECT coalesce($1, nextval('pool_cidr_id_seq'))::int, id, coalesce($3, family), coalesce($4, scope), $5, $6, $7, $8, $9
     FROM pool WHERE id = $2 RETURNING id`,
    [
      fields.id ?? null,
      poolId,
      fields.family ?? null,
      fields.scope ?? null,
      cidr,
      fields.source_id ?? null,
      fields.source_cidr ?? null,
      fields.source_allocated ?? null,
      fields.parent_id ?? null,
    ],
  );
  return rows[0]!.id;
}

/** As a child's CIDR comes from its source. */
async function provisionFrom(
  poolId: number,
  cidr: string,
  source: number,
  fields: Partial<PoolCidrFields> = {},
) {
  const { rows } = await db.query<{ pool_cidr_id: number }>(
    'SELECT pool_cidr_id FROM allocation WHERE id = $1',
    [source],
  );
  const from = { source_id: source, source_cidr: cidr, source_allocated: true };
  return provision(poolId, cidr, { ...from, parent_id: rows[0]?.pool_cidr_id ?? null, ...fields });
}

interface AllocationFields {
  status: string;
  allocated: boolean;
  live_in: number | null;
  pool_id: number;
  pool_cidr: string;
  expires_at: string | null;
  available_at: string | null;
  key: string;
  request: string;
  claim: string;
  replaces: number;
}

/** What follows from the status follows, unless given. */
async function allocation(
  poolCidr: number,
  cidr: string,
  given: Partial<AllocationFields> = {},
): Promise<number> {
  const status = given.status ?? 'ALLOCATED';
  const fields: Record<string, unknown> = {
    allocated: status === 'ALLOCATED',
    live_in: ['ALLOCATED', 'RESERVED', 'QUARANTINED'].includes(status) ? poolCidr : null,
    expires_at: status === 'RESERVED' ? '2030-01-01T00:00:00Z' : null,
    available_at: status === 'QUARANTINED' ? '2030-01-01T00:00:00Z' : null,
    ...given,
    status,
    cidr,
    pool_cidr_id: poolCidr,
  };
  const columns = Object.keys(fields).filter((name) => !['pool_id', 'pool_cidr'].includes(name));
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO allocation (${columns.join()}, pool_id, pool_cidr, created_at, created_by, updated_at, updated_by)
     SELECT ${columns.map((_, i) => `$${i + 4}`).join()}, coalesce($2, pool_id), coalesce($3::cidr, cidr), now(), 't', now(), 't'
     FROM pool_cidr WHERE id = $1 RETURNING id`,
    [poolCidr, given.pool_id ?? null, given.pool_cidr ?? null, ...columns.map((name) => fields[name])],
  );
  return rows[0]!.id;
}

const release = (id: number, status = 'RELEASED') =>
  db.query(
    `UPDATE allocation SET status = $2::allocation_status, allocated = false, live_in = CASE WHEN $2 = 'QUARANTINED' THEN live_in END,
       available_at = CASE WHEN $2 = 'QUARANTINED' THEN now() END WHERE id = $1`,
    [id, status],
  );

describe('Root CIDRs', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['10.0.0.0/8', '10.255.255.255/32'],
    ['10.1.0.0/16', '10.0.0.0/8'],
    ['0.0.0.0/0', '255.255.255.255/32'],
    ['2001:db8::/32', '2001:db8:ffff::/48'],
    ['ffff:ffff::/32', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'],
  ])('of one scope do not overlap: %s and %s', async (a, b) => {
    const family = a.includes(':') ? 6 : 4;
    const d = await domain();
    await provision(await pool({ family }), a);
    for (const other of [{ family }, { family, domain: d }]) {
      const made = await pool(other);
      expect(await attempt(() => provision(made, b))).toBe('root_cidr_overlap');
    }
  });

  it('of a routing domain do not overlap each other, nor does a GLOBAL one that comes later', async () => {
    const d = await domain();
    await provision(await pool({ domain: d }), '10.0.0.0/16');
    for (const other of [{ domain: d }, {}]) {
      const made = await pool(other);
      expect(await attempt(() => provision(made, '10.0.0.0/24'))).toBe('root_cidr_overlap');
    }
  });

  it('of two routing domains may overlap', async () => {
    await provision(await pool({ domain: await domain() }), '10.0.0.0/16');
    expect(await refusal(provision(await pool({ domain: await domain() }), '10.0.0.0/16'))).toBeNull();
  });

  it('may lie side by side', async () => {
    await provision(await pool(), '10.0.0.0/16');
    expect(await refusal(provision(await pool(), '10.1.0.0/16'))).toBeNull();
  });

  it('stay disjoint when a pool is moved into another scope', async () => {
    const [a, b] = [await domain(), await domain()];
    await provision(await pool({ domain: a }), '10.0.0.0/16');
    const moved = await pool({ domain: b });
    await provision(moved, '10.0.0.0/24');
    const move = `UPDATE pool SET routing_domain_id = $2, scope = CASE WHEN $2::int IS NULL THEN int4range(NULL, NULL)
                  ELSE int4range($2, $2, '[]') END WHERE id = $1`;
    for (const to of [a, null])
      expect(await attempt(() => db.query(move, [moved, to]))).toBe('root_cidr_overlap');
  });

  it('have the scope of their routing domain', async () => {
    const d = await domain();
    expect(await attempt(() => pool({ domain: d, scope: GLOBAL }))).toBe('pool_scope_of_domain');
    expect(await attempt(() => pool({ domain: d, scope: `[${d},${d + 1}]` }))).toBe('pool_scope_of_domain');
    expect(await attempt(() => pool({ scope: `[${d},${d}]` }))).toBe('pool_scope_of_domain');
    const made = await pool({ domain: d });
    expect(await attempt(() => provision(made, '10.0.0.0/8', { scope: GLOBAL }))).toBe('pool_cidr_pool');
    expect(await attempt(() => pool({ domain: 2_000_000_000 }))).toBe('pool_routing_domain');
  });
});

/** An allocation that may become the source of a child's CIDR, in a routing domain of its own. */
async function source(cidr: string, given: Partial<AllocationFields> = {}): Promise<number> {
  const root = await pool({ family: cidr.includes(':') ? 6 : 4, domain: await domain() });
  return allocation(await provision(root, cidr), cidr, given);
}

describe('The CIDRs of one pool', () => {
  it.each([
    ['10.0.0.0/16', '10.0.0.0/16'],
    ['10.0.0.0/16', '10.0.5.0/24'],
    ['10.0.5.0/24', '10.0.0.0/16'],
    ['0.0.0.0/0', '255.255.255.255/32'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['2001:db8::/32', '2001:db8:8000::/33'],
    ['ffff:ffff::/32', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'],
  ])('do not overlap, also of a child, which has no scope: %s and %s', async (a, b) => {
    const child = await pool({ family: a.includes(':') ? 6 : 4, scope: CHILD });
    await provisionFrom(child, a, await source(a));
    const second = await source(b);
    expect(await refusal(provisionFrom(child, b, second))).toBe('pool_cidr_overlap');
  });

  it('may be two IPv6 /32 that differ in their first 32 bits only', async () => {
    const root = await pool({ family: 6, domain: await domain() });
    for (const cidr of ['2001:db8::/32', '2001:db9::/32', '::/32', 'ffff:ffff::/32']) {
      expect(await attempt(() => provision(root, cidr))).toBeNull();
      await provision(root, cidr);
    }
    const child = await pool({ family: 6, scope: CHILD });
    for (const cidr of ['2001:db8:0:1::/64', '2001:db9:0:1::/64'])
      await provisionFrom(child, cidr, await source(cidr));
  });

  // one less than the type allows: int4range has no room for the end of [2^31-1, 2^31-1]
  it('do not overlap in the pool with the largest id', async () => {
    const child = await pool({ id: 2 ** 31 - 2, scope: CHILD });
    await provisionFrom(child, '10.0.0.0/16', await source('10.0.0.0/16'));
    const second = await source('10.0.0.0/24');
    expect(await refusal(provisionFrom(child, '10.0.0.0/24', second))).toBe('pool_cidr_overlap');
  });

  it('are /32 or longer in IPv6, and of the family of their pool', async () => {
    const [four, six] = [await pool(), await pool({ family: 6 })];
    expect(await attempt(() => provision(six, '2000::/31'))).toBe('pool_cidr_family');
    expect(await attempt(() => provision(six, '10.0.0.0/8'))).toBe('pool_cidr_family');
    expect(await attempt(() => provision(four, 'fd00::/32'))).toBe('pool_cidr_family');
    expect(await attempt(() => provision(four, 'fd00::/32', { family: 6 }))).toBe('pool_cidr_pool');
    expect(await attempt(() => provision(four, '10.0.0.0/8', { family: 6 }))).toBe('pool_cidr_family');
    await provision(four, '10.0.0.0/8');
    const change = () => db.query('UPDATE pool SET family = 6 WHERE id = $1', [four]);
    expect(await attempt(change)).toBe('pool_cidr_family');
    expect(await attempt(() => pool({ family: 5 }))).toBe('pool_family');
  });
});

describe('A pool is root or child:', () => {
  it('a root has no CIDR from a source', async () => {
    const root = await pool();
    await provision(root, '10.0.0.0/16');
    const id = await source('172.16.0.0/16');
    expect(await attempt(() => provisionFrom(root, '172.16.0.0/16', id))).toBe('pool_cidr_root_or_child');
    expect(await attempt(() => provisionFrom(root, '172.16.0.0/16', id, { scope: CHILD }))).toBe(
      'pool_cidr_pool',
    );
  });

  it('a child has no CIDR without one', async () => {
    const child = await pool({ scope: CHILD });
    expect(await attempt(() => provision(child, '10.0.0.0/16'))).toBe('pool_cidr_root_or_child');
    expect(await attempt(() => provision(child, '10.0.0.0/16', { scope: GLOBAL }))).toBe('pool_cidr_pool');
  });

  it('it does not turn from one into the other', async () => {
    const [root, child] = [await pool(), await pool({ scope: CHILD })];
    await provision(root, '10.0.0.0/16');
    await provisionFrom(child, '172.16.0.0/16', await source('172.16.0.0/16'));
    const turn = (id: number, scope: string) =>
      db.query('UPDATE pool SET scope = $2 WHERE id = $1', [id, scope]);
    expect(await attempt(() => turn(root, CHILD))).toBe('pool_cidr_root_or_child');
    expect(await attempt(() => turn(child, GLOBAL))).toBe('pool_cidr_root_or_child');
  });

  it('it keeps its row while it has CIDRs', async () => {
    const root = await pool();
    await provision(root, '10.0.0.0/16');
    expect(await attempt(() => db.query('DELETE FROM pool WHERE id = $1', [root]))).toBe('pool_cidr_pool');
  });
});

describe("A child's CIDR", () => {
  it('equals its source', async () => {
    const child = await pool({ scope: CHILD });
    const id = await source('10.0.0.0/16');
    const wrong = { source_cidr: '10.0.0.0/16' };
    expect(await attempt(() => provisionFrom(child, '10.0.0.0/17', id, wrong))).toBe(
      'pool_cidr_source_whole',
    );
    expect(await attempt(() => provisionFrom(child, '10.0.0.0/17', id))).toBe('pool_cidr_from_source');
    expect(await attempt(() => provisionFrom(child, '10.0.0.0/16', id))).toBeNull();
  });

  it('has all of its source or nothing: a NULL would switch the foreign key off', async () => {
    const [child, root] = [await pool({ scope: CHILD }), await pool()];
    const id = await source('10.0.0.0/16');
    const parts = [
      { source_cidr: null },
      { source_allocated: null },
      { source_allocated: false },
      { parent_id: null },
    ];
    for (const part of parts)
      expect(await attempt(() => provisionFrom(child, '10.0.0.0/16', id, part))).toBe(
        'pool_cidr_source_whole',
      );
    for (const part of [{ source_cidr: '10.0.0.0/16' }, { source_allocated: true }, { parent_id: 1 }])
      expect(await attempt(() => provision(root, '10.0.0.0/16', part))).toBe('pool_cidr_source_whole');
  });

  it.each(['RESERVED', 'QUARANTINED', 'RELEASED', 'EXPIRED'])(
    'is no allocation that is %s',
    async (status) => {
      const child = await pool({ scope: CHILD });
      const id = await source('10.0.0.0/16', { status });
      expect(await attempt(() => provisionFrom(child, '10.0.0.0/16', id))).toBe('pool_cidr_from_source');
      const pretend = () => db.query('UPDATE allocation SET allocated = true WHERE id = $1', [id]);
      expect(await attempt(pretend)).toBe('allocation_allocated');
    },
  );

  it('lies below the CIDR that its source lies in, and no other', async () => {
    const child = await pool({ scope: CHILD });
    const [id, other] = [await source('10.0.0.0/16'), await source('10.0.0.0/16')];
    const { rows } = await db.query<{ pool_cidr_id: number }>(
      'SELECT pool_cidr_id FROM allocation WHERE id = $1',
      [other],
    );
    const wrong = { parent_id: rows[0]!.pool_cidr_id };
    expect(await attempt(() => provisionFrom(child, '10.0.0.0/16', id, wrong))).toBe('pool_cidr_from_source');
  });

  it('is the only one of its source', async () => {
    const id = await source('10.0.0.0/16');
    await provisionFrom(await pool({ scope: CHILD }), '10.0.0.0/16', id);
    const second = await pool({ scope: CHILD });
    expect(await attempt(() => provisionFrom(second, '10.0.0.0/16', id))).toBe('pool_cidr_source_once');
  });

  it('keeps its source: that is not released, does not expire, change or go', async () => {
    const id = await source('10.0.0.0/16');
    await provisionFrom(await pool({ scope: CHILD }), '10.0.0.0/16', id);
    for (const status of ['RELEASED', 'EXPIRED', 'QUARANTINED'])
      expect(await attempt(() => release(id, status))).toBe('pool_cidr_from_source');
    const sql = [
      `UPDATE allocation SET cidr = '10.0.0.0/17' WHERE id = ${id}`,
      `UPDATE allocation SET id = id + 1000 WHERE id = ${id}`,
      `UPDATE allocation SET status = 'RESERVED', allocated = false, expires_at = now() WHERE id = ${id}`,
      `DELETE FROM allocation WHERE id = ${id}`,
    ];
    for (const statement of sql)
      expect(await attempt(() => db.query(statement))).toBe('pool_cidr_from_source');
  });
});

describe('Live allocations', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/24', '10.0.0.0/24'],
    ['10.0.0.0/8', '10.0.0.0/24', '10.0.0.255/32'],
    ['0.0.0.0/0', '0.0.0.0/32', '0.0.0.0/1'],
    ['0.0.0.0/0', '255.255.255.255/32', '255.255.255.254/31'],
    ['0.0.0.0/0', '0.0.0.0/0', '128.0.0.0/1'],
    ['::/32', '::/128', '::/33'],
    ['ffff:ffff::/32', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128', 'ffff:ffff:8000::/33'],
    ['2001:db8::/32', '2001:db8::/32', '2001:db8::/127'],
  ])('in %s do not overlap: %s and %s', async (poolCidr, a, b) => {
    const inside = await provision(await pool({ family: a.includes(':') ? 6 : 4 }), poolCidr);
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const status of ['RESERVED', 'ALLOCATED', 'QUARANTINED']) {
        const refused = await attempt(async () => {
          await allocation(inside, first, { status });
          await allocation(inside, second);
        });
        expect(refused).toBe('allocation_overlap');
      }
    }
  });

  it.each([
    ['0.0.0.0/0', '0.0.0.0/32', '0.0.0.1/32'],
    ['0.0.0.0/0', '255.255.255.254/32', '255.255.255.255/32'],
    ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1'],
    ['::/32', '::/128', '::1/128'],
    [
      'ffff:ffff::/32',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/128',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128',
    ],
    ['2001:db8::/32', '2001:db8::/33', '2001:db8:8000::/33'],
  ])('in %s may be neighbours: %s and %s', async (poolCidr, a, b) => {
    const inside = await provision(await pool({ family: a.includes(':') ? 6 : 4 }), poolCidr);
    await allocation(inside, a);
    expect(await refusal(allocation(inside, b))).toBeNull();
  });

  it('leave the space to others once they are released or expired, and do not come back into it', async () => {
    const inside = await provision(await pool(), '10.0.0.0/8');
    const dead = await allocation(inside, '10.0.0.0/24');
    await release(dead);
    await allocation(inside, '10.0.0.0/25');
    const revive = () =>
      db.query(
        `UPDATE allocation SET status = 'ALLOCATED', allocated = true, live_in = pool_cidr_id WHERE id = $1`,
        [dead],
      );
    expect(await attempt(revive)).toBe('allocation_overlap');
  });

  it('lie inside their pool CIDR', async () => {
    const inside = await provision(await pool(), '10.0.0.0/8');
    for (const cidr of ['11.0.0.0/24', '0.0.0.0/0', '10.0.0.0/7', 'fd00::/64'])
      expect(await attempt(() => allocation(inside, cidr))).toMatch(/^allocation_inside$|has bits set/);
    const wider = { pool_cidr: '0.0.0.0/0' };
    expect(await attempt(() => allocation(inside, '11.0.0.0/24', wider))).toBe('allocation_in_pool_cidr');
  });

  it('lie in a CIDR of their own pool', async () => {
    const other = await pool({ domain: await domain() });
    const inside = await provision(await pool(), '10.0.0.0/8');
    const inOther = { pool_id: other };
    expect(await attempt(() => allocation(inside, '10.0.0.0/24', inOther))).toBe('allocation_in_pool_cidr');
  });

  it('keep their pool CIDR in place, dead ones do not', async () => {
    const inside = await provision(await pool(), '10.0.0.0/8');
    const id = await allocation(inside, '10.0.0.0/24');
    const remove = () => db.query('DELETE FROM pool_cidr WHERE id = $1', [inside]);
    const shrink = () => db.query(`UPDATE pool_cidr SET cidr = '10.0.0.0/9' WHERE id = $1`, [inside]);
    expect(await attempt(remove)).toBe('allocation_in_pool_cidr');
    expect(await attempt(shrink)).toBe('allocation_in_pool_cidr');
    await release(id, 'QUARANTINED');
    expect(await attempt(remove)).toBe('allocation_in_pool_cidr');
    await release(id);
    expect(await attempt(remove)).toBeNull();
  });

  it.each(['RESERVED', 'ALLOCATED', 'QUARANTINED'])(
    'say so while %s: no live one without its pool CIDR',
    async (status) => {
      const inside = await provision(await pool(), '10.0.0.0/8');
      expect(await attempt(() => allocation(inside, '10.0.0.0/24', { status, live_in: null }))).toBe(
        'allocation_live',
      );
      const elsewhere = { status, live_in: inside + 1 };
      expect(await attempt(() => allocation(inside, '10.0.0.0/24', elsewhere))).toBe('allocation_live');
    },
  );

  it.each(['RELEASED', 'EXPIRED'])('are not those that are %s', async (status) => {
    const inside = await provision(await pool(), '10.0.0.0/8');
    const pretended = { status, live_in: inside };
    expect(await attempt(() => allocation(inside, '10.0.0.0/24', pretended))).toBe('allocation_live');
  });

  it('have the deadline that their status asks for', async () => {
    const inside = await provision(await pool(), '10.0.0.0/8');
    const without = { expires_at: null, available_at: null };
    for (const status of ['RESERVED', 'QUARANTINED'])
      expect(await attempt(() => allocation(inside, '10.0.0.0/24', { status, ...without }))).toBe(
        'allocation_deadlines',
      );
  });
});

describe('allocation_key', () => {
  const IDS = [1, 2, 65_535, 65_536, 2 ** 31 - 2, 2 ** 31 - 1];
  const ENDS = [
    ...['0.0.0.0/0', '0.0.0.0/32', '127.255.255.255/32', '128.0.0.0/1', '255.255.255.255/32'],
    ...['::/32', '::/128', '2001:db8::/32', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff/128'],
    ...['ffff:ffff::/32', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128', 'ffff:ffff::/127'],
  ];

  it('overlaps exactly where owner and CIDRs do, for all owners and at both ends of the space', async () => {
    const { rows } = await db.query(
      `WITH k AS (SELECT id, cidr, allocation_key(id, cidr) AS key FROM unnest($1::int[]) id, unnest($2::cidr[]) cidr)
       SELECT a.id, a.cidr, b.id AS other_id, b.cidr AS other FROM k a, k b
       WHERE family(a.cidr) = family(b.cidr) AND (family(a.cidr) = 4 OR set_masklen(a.cidr::inet, 32) >>= b.cidr
             OR set_masklen(b.cidr::inet, 32) >>= a.cidr)
         AND (a.key && b.key) <> (a.id = b.id AND a.cidr && b.cidr)`,
      [IDS, ENDS],
    );
    expect(rows).toEqual([]);
  });

  it('holds for the last pool CIDR that there can be', async () => {
    const id = 2 ** 31 - 1;
    const inside = await provision(await pool(), '0.0.0.0/0', { id });
    for (const cidr of ['0.0.0.0/32', '255.255.255.255/32']) {
      await allocation(inside, cidr);
      expect(await attempt(() => allocation(inside, cidr))).toBe('allocation_overlap');
    }
    await db.query('DELETE FROM allocation');
    await db.query('DELETE FROM pool_cidr');
    const last = 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128';
    const inSix = await provision(await pool({ family: 6 }), 'ffff:ffff::/32', { id });
    await allocation(inSix, last);
    expect(await attempt(() => allocation(inSix, last))).toBe('allocation_overlap');
  });
});

describe('A key', () => {
  const claim = (key: string, given: Partial<AllocationFields> = {}) => ({
    key,
    request: '/24',
    claim: 'OPEN',
    ...given,
  });
  const pending = (key: string, given: Partial<AllocationFields> = {}) =>
    claim(key, { claim: 'PENDING', status: 'RESERVED', replaces: 1, ...given });

  it('has at most one open and one pending claim in its pool', async () => {
    const [a, b] = [await pool(), await pool()];
    const [inA, inB] = [await provision(a, '10.0.0.0/16'), await provision(b, '10.1.0.0/16')];
    await allocation(inA, '10.0.0.0/24', claim('k'));
    await allocation(inA, '10.0.1.0/24', pending('k'));
    expect(await attempt(() => allocation(inA, '10.0.2.0/24', claim('k')))).toBe('allocation_open_claim');
    const expired = claim('k', { status: 'EXPIRED' });
    expect(await attempt(() => allocation(inA, '10.0.2.0/24', expired))).toBe('allocation_open_claim');
    expect(await attempt(() => allocation(inA, '10.0.2.0/24', pending('k')))).toBe(
      'allocation_pending_claim',
    );
    expect(await attempt(() => allocation(inA, '10.0.2.0/24', claim('other')))).toBeNull();
    expect(await attempt(() => allocation(inB, '10.1.0.0/24', claim('k')))).toBeNull();
  });

  it('is pending only for what replaces something and is not allocated yet', async () => {
    const inside = await provision(await pool(), '10.0.0.0/16');
    const without = { ...pending('k'), replaces: undefined };
    const { replaces: _, ...rest } = without;
    expect(await attempt(() => allocation(inside, '10.0.0.0/24', rest))).toBe('allocation_pending');
    const allocated = pending('k', { status: 'ALLOCATED' });
    expect(await attempt(() => allocation(inside, '10.0.0.0/24', allocated))).toBe('allocation_pending');
  });

  it('is claimed with a request, by what is reserved, allocated or expired', async () => {
    const inside = await provision(await pool(), '10.0.0.0/16');
    expect(await attempt(() => allocation(inside, '10.0.0.0/24', { claim: 'OPEN', request: '/24' }))).toBe(
      'allocation_claim',
    );
    expect(await attempt(() => allocation(inside, '10.0.0.0/24', { claim: 'OPEN', key: 'k' }))).toBe(
      'allocation_claim',
    );
    for (const status of ['RELEASED', 'QUARANTINED'])
      expect(await attempt(() => allocation(inside, '10.0.0.0/24', claim('k', { status })))).toBe(
        'allocation_claim',
      );
  });
});

describe('A link of routing domains', () => {
  const link = (a: number, b: number, via = 'peering') =>
    db.query(
      `INSERT INTO routing_domain_link (a_id, b_id, via, created_at, created_by) VALUES ($1, $2, $3, now(), 't')`,
      [a, b, via],
    );

  it('joins two, the one with the smaller id first, and says by what', async () => {
    const [a, b] = [await domain(), await domain()];
    expect(await attempt(() => link(b, a))).toBe('routing_domain_link_ends');
    expect(await attempt(() => link(a, a))).toBe('routing_domain_link_ends');
    expect(await attempt(() => link(a, b, ''))).toBe('routing_domain_link_via');
    expect(await attempt(() => link(0, a))).toBe('routing_domain_link_a');
    expect(await attempt(() => link(a, 2_000_000_000))).toBe('routing_domain_link_b');
  });

  it('is there once for each thing that connects them', async () => {
    const [a, b] = [await domain(), await domain()];
    await link(a, b);
    expect(await attempt(() => link(a, b))).toBe('routing_domain_link_once');
    expect(await attempt(() => link(a, b, 'vpn'))).toBeNull();
    const [c] = [await domain()];
    await link(b, c);
    const turn = () => db.query('UPDATE routing_domain_link SET a_id = b_id, b_id = a_id');
    expect(await attempt(turn)).toBe('routing_domain_link_ends');
  });

  it('keeps both ends, as a pool keeps its routing domain', async () => {
    const [a, b, c] = [await domain(), await domain(), await domain()];
    await link(a, b);
    await pool({ domain: c });
    const remove = (id: number) => () => db.query('DELETE FROM routing_domain WHERE id = $1', [id]);
    expect(await attempt(remove(a))).toBe('routing_domain_link_a');
    expect(await attempt(remove(b))).toBe('routing_domain_link_b');
    expect(await attempt(remove(c))).toBe('pool_routing_domain');
  });
});

describe('Findings', () => {
  let made = 0;
  const finding = async (columns: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    const at = '2026-01-01T00:00:00Z';
    const row = {
      ...{ kind: 'ROGUE', subject: `s${++made}`, area: 'a', severity: 'INFO', message: 'm', detail: {} },
      ...{ first_seen: at, last_seen: at },
      ...columns,
    };
    const names = Object.keys(row);
    await db.query(
      `INSERT INTO finding (${names.join()}) VALUES (${names.map((_, index) => `$${index + 1}`).join()})`,
      Object.values(row),
    );
  };

  it('are open at most once per kind and subject', async () => {
    await finding({ subject: 'one' });
    expect(await attempt(() => finding({ subject: 'one', area: 'b' }))).toBe('finding_open');
    expect(await attempt(() => finding({ subject: 'one', kind: 'DRIFT' }))).toBeNull();
    expect(await attempt(() => finding({ subject: 'one', ended_at: '2026-01-02T00:00:00Z' }))).toBeNull();
  });

  it.each([
    [{ severity: 'BAD' }, 'finding_severity'],
    [{ subject: '' }, 'finding_subject'],
    [{ last_seen: '2025-01-01T00:00:00Z' }, 'finding_times'],
    [{ ended_at: '2025-01-01T00:00:00Z' }, 'finding_times'],
    [{ waived_until: '2027-01-01T00:00:00Z' }, 'finding_waiver'],
    [{ waiver_reason: 'r', waiver_contact: 'c' }, 'finding_waiver'],
  ])('%j breaks %s', async (columns, constraint) => {
    expect(await attempt(() => finding(columns))).toBe(constraint);
  });
});

describe('Names', () => {
  it.each(['', 'pool_1', 'alloc_x', 'dom_1', 'link_'])(
    'of pools and domains are never %j, which could be an id',
    async (name) => {
      const rename = (table: string) => () => db.query(`UPDATE ${table} SET name = $1`, [name]);
      await pool({ domain: await domain() });
      expect(await attempt(rename('pool'))).toBe('pool_name_is_no_id');
      expect(await attempt(rename('routing_domain'))).toBe('routing_domain_name_is_no_id');
    },
  );
});
