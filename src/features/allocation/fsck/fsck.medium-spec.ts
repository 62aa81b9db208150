import { Prefix } from '../../../address/index.js';
import type { Database } from '../../../platform/database/database.js';
import { type FsckFinding, FsckRegistry } from '../../../platform/ops/fsck.js';
import { type Core, startCore } from '../../../../test/support/core.js';
import { ALLOCATION_CHECKS } from './checks.js';

let core: Core;
let database: Database;

beforeEach(async () => {
  core = await startCore();
  database = core.database;
});
afterEach(() => core.stop());

async function findings(name: string): Promise<FsckFinding[]> {
  const check = ALLOCATION_CHECKS.find((candidate) => candidate.name === name)!;
  const found: FsckFinding[] = [];
  for await (const finding of check.run(database)) found.push(finding);
  return found;
}

/** Messages of one check, and that no other check would have told. */
async function messages(name: string): Promise<string[]> {
  return (await findings(name)).map(({ subject, message }) => `${subject}: ${message}`);
}

async function reports(repair = false) {
  const registry = new FsckRegistry();
  for (const check of ALLOCATION_CHECKS) registry.register(check);
  const found = [];
  for await (const report of registry.run(database, { repair })) found.push(report);
  return found;
}

async function allocate(pool: number, cidr: string, key?: string): Promise<number> {
  const command = {
    kind: 'allocate' as const,
    cidr: Prefix.must(cidr),
    key,
    holder: {},
    tags: {},
    description: '',
  };
  const outcome = await core.engine.submit(pool, { command, actor: 'test', correlation: 'c' });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.allocation.id;
}

/** Runs a statement without the constraints that would refuse it. */
async function plant(statement: string, ...without: string[]): Promise<void> {
  for (const constraint of without) {
    const [table] = await database.query<{ name: string }>(
      'SELECT conrelid::regclass::text AS name FROM pg_constraint WHERE conname = $1',
      [constraint],
    );
    if (table) await database.query(`ALTER TABLE ${table.name} DROP CONSTRAINT ${constraint} CASCADE`);
    else await database.query(`DROP INDEX ${constraint}`);
  }
  await database.query(statement);
}

const copyOf = (id: number, changes: Record<string, string>): string => {
  const columns = [
    ...[
      'pool_id',
      'pool_cidr_id',
      'pool_cidr',
      'cidr',
      'status',
      'allocated',
      'live_in',
      'expires_at',
      'key',
    ],
    ...['request', 'claim', 'replaces', 'created_at', 'created_by', 'updated_at', 'updated_by'],
  ];
  const values = columns.map((name) => changes[name] ?? name);
  return `INSERT INTO allocation (${columns.join()}) SELECT ${values.join()} FROM allocation WHERE id = ${id}`;
};

/** A child pool whose only CIDR is the allocation. */
const childOf = (source: number): string => `
  WITH child AS (INSERT INTO pool (name, family, scope, parent_id, depth, created_at, created_by)
    SELECT 'child', 4, 'empty', a.pool_id, 1, now(), 'test' FROM allocation a WHERE a.id = ${source} RETURNING id),
  cidr AS (INSERT INTO pool_cidr (pool_id, family, scope, cidr, source_id, source_cidr, source_allocated, parent_id)
    SELECT child.id, 4, 'empty', a.cidr, a.id, a.cidr, true, a.live_in FROM child, allocation a WHERE a.id = ${source}
    RETURNING id, pool_id, cidr)
  INSERT INTO free_block (pool_id, host_bits, cidr, pool_cidr_id) SELECT pool_id, 32 - masklen(cidr), cidr, id FROM cidr`;

it('finds nothing where everything is in order, children, blocks and all', async () => {
  const pool = await core.pool({
    cidrs: ['10.0.0.0/16', '10.2.0.0/16'],
    rules: { excluded: [Prefix.must('10.0.4.0/22')] },
  });
  const six = await core.pool({ cidrs: ['2001:db8::/32', '2001:db9::/32', 'ffff:ffff::/32'] });
  await core.pool({ cidrs: ['0.0.0.0/8', '255.0.0.0/8'] });
  const source = await allocate(pool, '10.2.0.0/20', 'a');
  await allocate(pool, '10.0.8.0/32', 'b');
  await allocate(six, '2001:db9:ffff::/48');
  await allocate(six, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128');
  await database.query(childOf(source));
  expect((await reports()).filter(({ findings }) => findings.length > 0)).toEqual([]);
});

it('finds live allocations that overlap, each with the one around it', async () => {
  const pool = await core.pool({ cidrs: ['10.0.0.0/16'] });
  const id = await allocate(pool, '10.0.0.0/24');
  await allocate(pool, '10.0.1.0/24');
  await plant(copyOf(id, { cidr: `'10.0.0.4/30'` }), 'allocation_overlap');
  await plant(copyOf(id, { cidr: `'10.0.0.128/25'` }));
  expect(await messages('allocation.overlaps')).toEqual([
    expect.stringContaining(`10.0.0.4/30 overlaps 10.0.0.0/24 of alloc_${id}`),
    expect.stringContaining(`10.0.0.128/25 overlaps 10.0.0.0/24 of alloc_${id}`),
  ]);
});

it('finds CIDRs of one pool and root CIDRs of one scope that overlap; two domains may', async () => {
  const pool = await core.pool({ name: 'wide', cidrs: ['10.0.0.0/16'] });
  await database.query(
    `INSERT INTO routing_domain (name, created_at, created_by) VALUES ('a', now(), 't'), ('b', now(), 't')`,
  );
  const [a, b] = [1, 2];
  const inDomain = (name: string, domain: number, cidr: string) => `
    WITH p AS (INSERT INTO pool (name, family, scope, routing_domain_id, created_at, created_by)
      VALUES ('${name}', 4, '[${domain},${domain}]', ${domain}, now(), 't') RETURNING id, scope)
    INSERT INTO pool_cidr (pool_id, family, scope, cidr) SELECT id, 4, scope, '${cidr}' FROM p`;
  await plant(inDomain('of a', a, '172.16.0.0/12'));
  await plant(inDomain('of b', b, '172.16.0.0/16'));
  expect(await messages('allocation.pool_cidr_overlaps')).toEqual([]);

  await plant(inDomain('too', a, '10.0.4.0/24'), 'root_cidr_overlap', 'pool_cidr_overlap');
  await plant(
    `INSERT INTO pool_cidr (pool_id, family, scope, cidr) VALUES (${pool}, 4, '(,)', '10.0.0.0/30')`,
  );
  expect(await messages('allocation.pool_cidr_overlaps')).toEqual([
    expect.stringContaining('10.0.0.0/30 of wide overlaps 10.0.0.0/16 of wide'),
    expect.stringContaining('10.0.4.0/24 of too overlaps 10.0.0.0/16 of wide'),
  ]);
});

it('finds live allocations outside their pool CIDR', async () => {
  const pool = await core.pool({ cidrs: ['10.0.0.0/16', '10.1.0.0/16'] });
  const [inside, without] = [await allocate(pool, '10.0.0.0/24'), await allocate(pool, '10.1.0.0/24')];
  await plant(`UPDATE allocation SET cidr = '11.0.0.0/24' WHERE id = ${inside}`, 'allocation_inside');
  await plant('DELETE FROM free_block', 'allocation_in_pool_cidr');
  await plant(`DELETE FROM pool_cidr WHERE cidr = '10.1.0.0/16'`);
  expect((await messages('allocation.inside')).sort()).toEqual([
    expect.stringContaining(
      `alloc_${inside}: 11.0.0.0/24 is live in pool_${pool}, of which 10.0.0.0/16 does not contain it`,
    ),
    expect.stringContaining(
      `alloc_${without}: 10.1.0.0/24 is live in pool_${pool}, of which 10.1.0.0/16 is no CIDR`,
    ),
  ]);
});

it('finds child CIDRs that are not their source', async () => {
  const pool = await core.pool({ cidrs: ['10.0.0.0/16'] });
  const source = await allocate(pool, '10.0.0.0/24');
  await plant(childOf(source));
  expect(await messages('allocation.sources')).toEqual([]);

  await plant(
    `UPDATE allocation SET cidr = '10.0.2.0/24' WHERE id = ${source}`,
    'pool_cidr_from_source',
    'pool_cidr_source_once',
  );
  expect(await messages('allocation.sources')).toEqual([
    expect.stringContaining(`alloc_${source}, is 10.0.2.0/24`),
  ]);
  await plant(
    `UPDATE allocation SET cidr = '10.0.0.0/24', status = 'RELEASED', allocated = false, live_in = NULL WHERE id = ${source}`,
  );
  expect(await messages('allocation.sources')).toEqual([
    expect.stringContaining(`alloc_${source}, is RELEASED`),
  ]);
  await plant(`DELETE FROM allocation WHERE id = ${source}`);
  expect(await messages('allocation.sources')).toEqual([expect.stringContaining('does not exist')]);
});

it('finds pools that stand elsewhere than their oldest CIDR says', async () => {
  const pool = await core.pool({ cidrs: ['10.0.0.0/16'] });
  const other = await core.pool({ cidrs: ['10.1.0.0/16'] });
  await plant(childOf(await allocate(pool, '10.0.0.0/24')));
  expect(await messages('allocation.places')).toEqual([]);
  await plant(`UPDATE pool SET parent_id = ${other}, depth = 2 WHERE name = 'child'`);
  expect(await messages('allocation.places')).toEqual([
    expect.stringContaining(
      `stands below pool_${other} at depth 2, its oldest CIDR says below pool_${pool} at depth 1`,
    ),
  ]);
  await plant(`UPDATE pool SET parent_id = ${pool}, depth = 1 WHERE name = 'child'`);
  await plant(
    `UPDATE pool_cidr SET parent_id = (SELECT id FROM pool_cidr WHERE pool_id = ${other}) WHERE source_id IS NOT NULL`,
    'pool_cidr_from_source',
  );
  expect(await messages('allocation.places')).toEqual([
    expect.stringContaining('its oldest CIDR says'),
    expect.stringContaining('10.0.0.0/24 is said to lie below the pool CIDR'),
  ]);
});

it('finds an allocation that is the source of two', async () => {
  const source = await allocate(await core.pool({ cidrs: ['10.0.0.0/16'] }), '10.0.0.0/24');
  await plant(childOf(source));
  await plant(childOf(source).replace(`'child'`, `'second'`), 'pool_cidr_source_once');
  expect(await messages('allocation.sources')).toEqual([
    expect.stringContaining('is the source of 2 pool CIDRs'),
    expect.stringContaining('is the source of 2 pool CIDRs'),
  ]);
});

it('finds pools of two families, of two scopes, and root and child at once', async () => {
  const pool = await core.pool({ cidrs: ['10.0.0.0/16'] });
  const source = await allocate(pool, '10.0.0.0/24');
  const add = (family: number, scope: string, cidr: string) =>
    `INSERT INTO pool_cidr (pool_id, family, scope, cidr) VALUES (${pool}, ${family}, '${scope}', '${cidr}')`;
  await plant(add(6, '(,)', 'fd00::/32'), 'pool_cidr_pool', 'pool_cidr_root_or_child');
  await plant(add(4, '[3,3]', '10.7.0.0/16'));
  await plant(
    `INSERT INTO pool_cidr (pool_id, family, scope, cidr, source_id, source_cidr, source_allocated, parent_id)
     SELECT ${pool}, 4, '(,)', cidr, id, cidr, true, live_in FROM allocation WHERE id = ${source}`,
    'pool_cidr_overlap',
  );
  expect((await messages('allocation.pools')).sort()).toEqual([
    `pool_${pool}: 10.0.0.0/24 is from a source in a root pool`,
    `pool_${pool}: 10.7.0.0/16 has the scope [3,4), the pool (,)`,
    `pool_${pool}: fd00::/32 is not of the pool's family, IPv4`,
  ]);
});

it('finds blocks outside their pool CIDR', async () => {
  const pool = await core.pool({ cidrs: ['10.0.0.0/16'], rules: { excluded: [Prefix.must('10.0.0.0/24')] } });
  await plant(`UPDATE block SET cidr = '10.9.0.0/24'`);
  expect(await messages('allocation.blocks')).toEqual([
    `pool_${pool}: the block 10.9.0.0/24 (excluded: 10.0.0.0/24) is not inside a CIDR of its pool`,
  ]);
});

it('finds keys with two open or two pending claims, and pending claims beside nothing', async () => {
  const pool = await core.pool({ cidrs: ['10.0.0.0/16'] });
  const dead = { status: `'EXPIRED'`, allocated: 'false', live_in: 'NULL', replaces: '1' };
  const twoOpen = await allocate(pool, '10.0.1.0/24', 'open');
  const twoPending = await allocate(pool, '10.0.2.0/24', 'pending');
  const alone = await allocate(pool, '10.0.3.0/24', 'alone');
  await plant(copyOf(twoOpen, dead), 'allocation_open_claim', 'allocation_pending_claim');
  await plant(copyOf(twoPending, { ...dead, claim: `'PENDING'` }));
  expect(await messages('allocation.claims')).toEqual([
    expect.stringContaining(`'open' has 2 open claims: alloc_${twoOpen}`),
  ]);
  await plant(copyOf(twoPending, { ...dead, claim: `'PENDING'` }));
  await plant(
    `UPDATE allocation SET claim = 'PENDING', replaces = 1, status = 'RESERVED', allocated = false, expires_at = now() WHERE id = ${alone}`,
  );
  expect((await messages('allocation.claims')).sort()).toEqual([
    expect.stringContaining(`'open' has 2 open claims`),
    expect.stringContaining(`'pending' has 2 pending claims`),
    expect.stringContaining(`'alone' stands beside no open one: alloc_${alone}`),
  ]);
});

describe('Free blocks', () => {
  const reportOf = async (repair: boolean) =>
    (await reports(repair)).find(({ check }) => check === 'allocation.free_blocks')!;

  it('are compared with what is taken, and repaired', async () => {
    const rules = { excluded: [Prefix.must('10.0.255.0/24')] };
    const pool = await core.pool({ cidrs: ['10.0.0.0/16', '10.2.0.0/16'], rules });
    const six = await core.pool({ cidrs: ['2001:db8::/32'] });
    await allocate(pool, '10.0.0.0/24');
    await allocate(six, '2001:db8::/64');
    const state = () => database.query('SELECT * FROM free_block ORDER BY pool_cidr_id, cidr');
    const good = await state();
    // one is gone, one stands where an allocation lies, one belongs to another pool CIDR
    await plant(`DELETE FROM free_block WHERE cidr = '10.0.1.0/24'`);
    await plant(
      `INSERT INTO free_block SELECT pool_id, 8, '10.0.0.0/24', pool_cidr_id FROM free_block WHERE cidr = '10.2.0.0/16'`,
    );
    await plant(`UPDATE free_block SET pool_id = ${pool} WHERE cidr = '2001:db8:8000::/33'`);
    const found = await reportOf(false);
    expect(
      found.findings.map(({ subject, message, repairable }) => [subject, message, repairable]).sort(),
    ).toEqual([
      [`pool_${pool}`, '10.0.0.0/24 stands as a free block and is none', true],
      [`pool_${pool}`, '2001:db8:8000::/33 stands as a free block and is none', true],
      [`pool_${pool}`, 'free block 10.0.1.0/24 is missing', true],
      [`pool_${six}`, 'free block 2001:db8:8000::/33 is missing', true],
    ]);
    expect(await reportOf(true)).toMatchObject({ findings: [], repaired: 4 });
    expect(await state()).toEqual(good);
  });

  it('are rebuilt from nothing, at both ends of the space', async () => {
    const pool = await core.pool({ cidrs: ['0.0.0.0/4', '240.0.0.0/4'] });
    const six = await core.pool({ cidrs: ['::/32', 'ffff:ffff::/32'] });
    for (const cidr of ['0.0.0.0/32', '255.255.255.255/32', '250.0.0.0/8']) await allocate(pool, cidr);
    for (const cidr of ['::/128', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128']) await allocate(six, cidr);
    const state = () => database.query('SELECT * FROM free_block ORDER BY pool_cidr_id, cidr');
    const good = await state();
    await plant('DELETE FROM free_block');
    expect(await reportOf(true)).toMatchObject({ findings: [], repaired: good.length });
    expect(await state()).toEqual(good);
  });
});

it('finds gaps in the sequence of a pool, changes recorded too early, and a pool that stands elsewhere', async () => {
  const pool = await core.pool({ cidrs: ['10.0.0.0/16'] });
  const behind = await core.pool({ cidrs: ['10.1.0.0/16'] });
  for (let i = 0; i < 4; i++) await allocate(pool, `10.0.${i}.0/24`);
  await plant(`DELETE FROM change WHERE pool_id = ${pool} AND sequence = 2`);
  await plant(
    `UPDATE change SET recorded_at = recorded_at - interval '1 day' WHERE pool_id = ${pool} AND sequence = 4`,
  );
  await plant(`UPDATE pool SET sequence = 9 WHERE id = ${behind}`);
  expect(await messages('changes.sequences')).toEqual([
    `pool_${pool}: after change 1 of the pool comes 3`,
    `pool_${pool}: change 4 was recorded before the one before it`,
    `pool_${behind}: the last change is 0, the pool stands at 9`,
  ]);
});

it('finds gaps in the positions, and a publisher that stands elsewhere', async () => {
  await core.publisher.onApplicationShutdown();
  await plant(
    `INSERT INTO publication (first_position, last_position, change_id) VALUES (1, 1, 1), (5, 5, 2), (6, 6, 3)`,
  );
  await plant('UPDATE publisher SET position = 4');
  expect(await messages('changes.positions')).toEqual([
    'publication: after position 1 comes 5',
    'publisher: the last position is 6, the publisher stands at 4',
  ]);
});

it('finds changes that are published twice, not at all, or in another order than theirs', async () => {
  await core.publisher.onApplicationShutdown();
  const pools: number[] = [];
  for (let i = 0; i < 5; i++) pools.push(await core.pool({ cidrs: [`10.${i}.0.0/16`] }));
  for (const [i, pool] of pools.entries())
    for (let n = 0; n < 4; n++) await allocate(pool, `10.${i}.${n}.0/24`);
  expect(await messages('changes.publications')).toEqual([]);
  const [sound, lost, twice, back, ahead] = pools as [number, number, number, number, number];
  await plant(`DELETE FROM outbox WHERE pool_id <> ${sound}`);
  await plant(`INSERT INTO publication (first_position, last_position, pool_id, first_sequence, last_sequence) VALUES
    (1, 1, ${lost}, 1, 1), (2, 2, ${lost}, 3, 3),
    (3, 5, ${twice}, 1, 3), (6, 7, ${twice}, 3, 4),
    (8, 8, ${back}, 2, 2), (9, 9, ${back}, 1, 1), (10, 11, ${back}, 3, 4),
    (12, 13, ${ahead}, 3, 4)`);
  await plant(`INSERT INTO outbox (pool_id, first_sequence, last_sequence) VALUES (${ahead}, 1, 2)`);
  await plant(`INSERT INTO change (at, recorded_at, actor, correlation, action, subject, detail)
    SELECT now(), now(), 'a', 'c', 'x', 's', '{}' FROM generate_series(1, 2)`);
  const [alone] = await database.query<{ id: number }>('SELECT max(id) AS id FROM change');
  await plant(`INSERT INTO outbox (change_id) VALUES (${alone!.id}), (${alone!.id}), (${alone!.id + 1})`);
  expect((await messages('changes.publications')).sort()).toEqual(
    [
      `pool_${lost}: after change 1 of the pool, change 3 is published`,
      `pool_${lost}: the last change is 4, the last that is published or waits is 3`,
      `pool_${twice}: after change 3 of the pool, change 3 is published`,
      `pool_${back}: change 2 is published before the one before it`,
      `pool_${ahead}: change 3 is published before the one before it`,
      `change ${alone!.id - 1}: it is published or waits 0 times instead of once`,
      `change ${alone!.id}: it is published or waits 2 times instead of once`,
      `change ${alone!.id + 1}: there is no such change, and it is published or waits`,
    ].sort(),
  );
});
