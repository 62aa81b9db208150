import { bootService, type Data, type TestService, type Variables } from '../support/service.js';

let service: TestService;
beforeAll(async () => (service = await bootService()));
afterAll(() => service.stop());

const MANY = ['allocateMany', 'reserveMany', 'adoptMany', 'releaseMany'] as const;
type Many = (typeof MANY)[number];

const many = (field: Many, items: readonly object[], token?: string): Promise<Data> =>
  service.call(field, { input: { items } }, token);
const one = (field: string, input: Variables): Promise<Data> => service.call(field, { input });

const pools = async (count: number): Promise<string[]> => {
  const made: string[] = [];
  for (let i = 0; i < count; i++) made.push((await service.pool()).id);
  return made;
};
const changesOf = async (pool: string): Promise<{ changes: number; sequence: number }> => {
  const [row] = await service.database.query<{ changes: number; sequence: number }>(
    'SELECT sequence, (SELECT count(*) FROM change WHERE pool_id = p.id) AS changes FROM pool p WHERE id = $1',
    [Number(pool.slice('pool_'.length))],
  );
  return row!;
};
const cidrsOf = ({ allocations }: Data): string[] => allocations.map(({ cidr }: Data) => cidr);
/** What tells that an answer is this allocation, unchanged. */
const same = ({ id, cidr, version }: Data): object => ({ id, cidr, version });
const codesOf = ({ failures }: Data): unknown[] =>
  failures.map(({ index, failure }: Data) => [index, failure.code]);

describe('allocateMany', () => {
  it('does the items in order, over several pools, in one transaction', async () => {
    const [a, b] = (await pools(2)) as [string, string];
    const { name } = await service.call('pool', { id: b });
    const done = await many('allocateMany', [
      { pool: a, prefixLength: 24, key: 'first', holder: { account: '1' }, description: 'one' },
      { pool: name, prefixLength: 16 },
      { pool: a, cidr: '10.0.1.0/25', tags: [{ key: 'team', value: 'net' }] },
      { pool: b, prefixLength: 24 },
      { pool: a, prefixLength: 24, placement: 'LAST' },
    ]);
    expect(done).toMatchObject({ __typename: 'Allocations', replayed: [] });
    expect(cidrsOf(done)).toEqual([
      '10.0.0.0/24',
      '10.0.0.0/16',
      '10.0.1.0/25',
      '10.1.0.0/24',
      '10.0.3.0/24',
    ]);
    expect(done.allocations.map(({ pool }: Data) => pool.id)).toEqual([a, b, a, b, a]);
    expect(done.allocations[0]).toMatchObject({
      status: 'ALLOCATED',
      key: 'first',
      request: '/24',
      claim: 'OPEN',
      holder: { account: '1' },
      description: 'one',
      createdBy: 'token:CADASTRE_ADMIN_TOKEN',
    });
    for (const allocation of done.allocations)
      expect(await service.call('allocation', { id: allocation.id })).toMatchObject(same(allocation));
    expect(await changesOf(a)).toMatchObject({ sequence: (await changesOf(a)).changes });
  });

  it('each item sees what those before it took', async () => {
    const { id: pool } = await service.pool({ cidrs: ['10.0.0.0/24'] });
    const four = Array.from({ length: 4 }, () => ({ pool, prefixLength: 26 }));
    expect(cidrsOf(await many('allocateMany', four))).toEqual([
      '10.0.0.0/26',
      '10.0.0.64/26',
      '10.0.0.128/26',
      '10.0.0.192/26',
    ]);
  });

  it('a key that has the answer already is replayed, with what is new beside it', async () => {
    const { id: pool } = await service.pool();
    const items = [
      { pool, prefixLength: 24, key: 'a' },
      { pool, prefixLength: 24, key: 'b' },
    ];
    const first = await many('allocateMany', items);
    const before = await changesOf(pool);
    const again = await many('allocateMany', items);
    expect(again.replayed).toEqual([0, 1]);
    expect(again.allocations).toMatchObject(first.allocations.map(same));
    expect(await changesOf(pool)).toEqual(before);
    const more = await many('allocateMany', [{ pool, prefixLength: 24, key: 'c' }, ...items]);
    expect(more.replayed).toEqual([1, 2]);
    expect(more.allocations.slice(1)).toMatchObject(first.allocations.map(same));
    expect(await one('allocate', items[0]!)).toMatchObject(same(first.allocations[0]));
  });

  it('two items with one key and one request are one allocation', async () => {
    const { id: pool } = await service.pool();
    const twice = { pool, prefixLength: 24, key: 'twice' };
    const done = await many('allocateMany', [twice, { pool, prefixLength: 24 }, twice]);
    expect(done.replayed).toEqual([2]);
    expect(done.allocations[2]).toEqual(done.allocations[0]);
    expect(await service.call('allocations', { filter: { pool } })).toMatchObject({ totalCount: 2 });
  });

  it('two items with one key and two requests are KEY_CONFLICT of the second', async () => {
    const { id: pool } = await service.pool();
    const refused = await many('allocateMany', [
      { pool, prefixLength: 24, key: 'k' },
      { pool, prefixLength: 25, key: 'k' },
    ]);
    expect(refused).toMatchObject({ code: 'BATCH_REJECTED', failures: [{ index: 1, key: 'k' }] });
    expect(codesOf(refused)).toEqual([[1, 'KEY_CONFLICT']]);
    // what the first item would have made is undone: nothing is left that an id could name
    const [{ failure: conflict }] = refused.failures;
    expect(conflict.message).toContain('the item at index 0');
    expect(conflict.message).not.toContain('alloc_');
    const overlapping = await many('adoptMany', [
      { pool, cidr: '10.0.0.0/24' },
      { pool, cidr: '10.0.0.0/25' },
    ]);
    const [{ failure }] = overlapping.failures;
    expect(failure).toMatchObject({ conflicts: [{ cidr: '10.0.0.0/24', allocation: null }] });
    expect(failure.message).toContain('the item at index 0');
    expect(await service.call('allocations', { filter: { pool } })).toMatchObject({ totalCount: 0 });
  });

  it('one refused item undoes all, in every pool: no row, no change, no sequence', async () => {
    const [a, b] = (await pools(2)) as [string, string];
    await one('allocate', { pool: b, cidr: '10.0.0.0/24' });
    const before = [await changesOf(a), await changesOf(b)];
    const refused = await many('allocateMany', [
      { pool: a, prefixLength: 24 },
      { pool: b, cidr: '10.0.0.0/25', key: 'mine' },
      { pool: 'no such pool', prefixLength: 24 },
      { pool: a, cidr: '192.0.2.0/24' },
      { pool: b, prefixLength: 24 },
      { pool: 'pool_2000000000', prefixLength: 24 },
      { pool: a, prefixLength: 7 },
      { pool: a },
    ]);
    expect(refused).toMatchObject({ __typename: 'BatchRejected', code: 'BATCH_REJECTED' });
    expect(refused.message).toContain('6 of 8');
    expect(codesOf(refused)).toEqual([
      [1, 'CIDR_CONFLICT'],
      [2, 'NOT_FOUND'],
      [3, 'OUTSIDE_POOL'],
      [5, 'NOT_FOUND'],
      [6, 'NO_SPACE'],
      [7, 'RULE_VIOLATION'],
    ]);
    expect(refused.failures[0]).toMatchObject({
      key: 'mine',
      failure: { __typename: 'CidrConflict', cidr: '10.0.0.0/25', conflicts: [{ cidr: '10.0.0.0/24' }] },
    });
    expect(refused.failures[1]).toMatchObject({ key: null, failure: { id: 'no such pool' } });
    expect(refused.failures[3]).toMatchObject({ failure: { id: 'pool_2000000000' } });
    expect([await changesOf(a), await changesOf(b)]).toEqual(before);
    expect(await service.call('allocations', { filter: { pool: a } })).toMatchObject({ totalCount: 0 });
    expect(cidrsOf(await many('allocateMany', [{ pool: a, prefixLength: 24 }]))).toEqual(['10.0.0.0/24']);
  });

  it('is refused where no item names a pool that is there', async () => {
    const refused = await many('allocateMany', [{ pool: 'nothing', prefixLength: 24, key: 'k' }]);
    expect(refused.failures).toMatchObject([{ index: 0, key: 'k', failure: { code: 'NOT_FOUND' } }]);
  });
});

describe('reserveMany', () => {
  it('holds each for its own time, and prolongs what it holds already', async () => {
    const [a, b] = (await pools(2)) as [string, string];
    const items = [
      { pool: a, prefixLength: 24, key: 'a', ttlSeconds: 60 },
      { pool: b, prefixLength: 24, key: 'b', ttlSeconds: 3600 },
    ];
    const first = await many('reserveMany', items);
    expect(first.allocations.map(({ status }: Data) => status)).toEqual(['RESERVED', 'RESERVED']);
    const [soon, later] = first.allocations.map(({ expiresAt }: Data) => Date.parse(expiresAt));
    expect(later - soon).toBeGreaterThan(3_000_000);
    const again = await many('reserveMany', [{ ...items[0], ttlSeconds: 7200 }, items[1]!]);
    expect(again.replayed).toEqual([0, 1]);
    expect(again.allocations.map(({ id }: Data) => id)).toEqual(first.allocations.map(({ id }: Data) => id));
    expect(Date.parse(again.allocations[0].expiresAt)).toBeGreaterThan(later);
  });
});

describe('adoptMany', () => {
  it('registers what is in use, and the keys answer to it', async () => {
    const { id: pool } = await service.pool({ rules: { minPrefixLength: 20, excluded: ['10.9.0.0/16'] } });
    const done = await many('adoptMany', [
      { pool, cidr: '10.1.0.0/16', key: 'vpc' },
      { pool, cidr: '10.9.0.0/24' },
      { pool, cidr: '10.2.0.0/24', key: 'subnet' },
    ]);
    expect(cidrsOf(done)).toEqual(['10.1.0.0/16', '10.9.0.0/24', '10.2.0.0/24']);
    expect(done.allocations.map(({ noncompliant }: Data) => noncompliant)).toEqual([
      ['minPrefixLength'],
      ['excluded'],
      [],
    ]);
    expect(await one('allocate', { pool, cidr: '10.2.0.0/24', key: 'subnet' })).toMatchObject(
      same(done.allocations[2]),
    );
  });

  it('names every CIDR that overlaps, also one of the same call', async () => {
    const { id: pool } = await service.pool();
    await one('allocate', { pool, cidr: '10.5.0.0/24' });
    const refused = await many('adoptMany', [
      { pool, cidr: '10.4.0.0/16' },
      { pool, cidr: '10.5.0.0/16' },
      { pool, cidr: '10.4.4.0/24' },
    ]);
    expect(codesOf(refused)).toEqual([
      [1, 'CIDR_CONFLICT'],
      [2, 'CIDR_CONFLICT'],
    ]);
  });
});

describe('releaseMany', () => {
  it('gives back the allocations of several pools', async () => {
    const made = [await service.allocation(), await service.reservation(), await service.allocation()];
    const done = await many(
      'releaseMany',
      made.map(({ id }) => ({ id })),
    );
    expect(done.allocations.map(({ id, status }: Data) => [id, status])).toEqual([
      [made[0].id, 'QUARANTINED'],
      [made[1].id, 'RELEASED'],
      [made[2].id, 'QUARANTINED'],
    ]);
    expect(done.replayed).toEqual([]);
  });

  it('one id twice fails by its transition, and one that is not there by NOT_FOUND', async () => {
    const { id, pool } = await service.allocation({ key: 'k' });
    const before = await changesOf(pool.id);
    const refused = await many('releaseMany', [{ id }, { id: 'alloc_999999' }, { id }, { id: 'nothing' }]);
    expect(codesOf(refused)).toEqual([
      [1, 'NOT_FOUND'],
      [2, 'INVALID_TRANSITION'],
      [3, 'NOT_FOUND'],
    ]);
    expect(await changesOf(pool.id)).toEqual(before);
    expect(await service.call('allocation', { id })).toMatchObject({ status: 'ALLOCATED', claim: 'OPEN' });
  });
});

describe('how many', () => {
  it.each(MANY)('%s takes 1 to 1,000 items', async (field) => {
    const item = field === 'releaseMany' ? { id: 'alloc_1' } : { pool: 'none', cidr: '10.0.0.0/24' };
    for (const count of [0, 1001]) {
      const { body } = await service.ask(service.document(field, 1), {
        input: { items: Array.from({ length: count }, () => item) },
      });
      expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
      expect(body.errors[0].message).toContain(`1 to 1000 items, not ${count}`);
    }
  });

  it('1,000 items with all that they can say, answered with all that there is', async () => {
    const [a, b] = (await pools(2)) as [string, string];
    const text = 'x'.repeat(100);
    const holder = {
      provider: 'aws',
      account: '123456789012',
      region: 'eu-central-1',
      resourceType: 'subnet',
      resourceId: text,
      routingDomain: 'production',
      contact: 'net@example.com',
    };
    const tags = Array.from({ length: 20 }, (_, i) => ({ key: `tag ${i}`, value: text }));
    const items = Array.from({ length: 1000 }, (_, i) => ({
      pool: i % 2 ? a : b,
      prefixLength: 28,
      key: `key ${i}`,
      holder,
      tags,
      description: text,
    }));
    // all fields of an allocation, and those of its pool that are not objects themselves
    const { allocateMany: done } = await service.query(service.document('allocateMany', 3), {
      input: { items },
    });
    expect(done.allocations).toHaveLength(1000);
    expect(done.allocations.map(({ key }: Data) => key)).toEqual(items.map(({ key }) => key));
    expect(done.allocations[999]).toMatchObject({ holder, description: text, pool: { id: a } });
    const { releaseMany: released } = await service.query(service.document('releaseMany', 3), {
      input: { items: done.allocations.map(({ id }: Data) => ({ id })) },
    });
    expect(released.allocations).toHaveLength(1000);
  }, 60_000);

  it('more objects than the limit allows are refused before anything is done', async () => {
    const { id: pool } = await service.pool();
    const items = Array.from({ length: 1000 }, () => ({ pool, prefixLength: 28 }));
    const deep =
      'pool { rules { placement } routingDomain { tags { key } } tags { key } } holder { account }';
    const document = (list: string): string =>
      `mutation M(${list === '$input' ? '$input: AllocateManyInput!' : '$items: [AllocateInput!]!'}) {
        allocateMany(input: ${list === '$input' ? '$input' : '{ items: $items }'}) {
          ... on Allocations { allocations { ${deep} again: pool { rules { placement } tags { key } } tags { key } } }
        }
      }`;
    for (const [list, variables] of [
      ['$input', { input: { items } }],
      ['$items', { items }],
    ] as const) {
      const { body } = await service.ask(document(list), variables);
      expect(body.errors[0].extensions).toMatchObject({ code: 'TOO_COMPLEX' });
      const few = await service.ask(
        document(list),
        list === '$input' ? { input: { items: items.slice(0, 2) } } : { items: items.slice(0, 2) },
      );
      expect(few.body.errors).toBeUndefined();
    }
    expect(await service.call('allocations', { filter: { pool } })).toMatchObject({ totalCount: 4 });
  });
});

describe('request', () => {
  it('is what the key answers to, in place of the CIDR', async () => {
    const { id: pool } = await service.pool({ rules: { defaultPrefixLength: 24 } });
    const done = await many('adoptMany', [
      { pool, cidr: '10.1.0.0/24', key: 'a', request: '/24' },
      { pool, cidr: '10.2.0.0/24', key: 'b', request: 'default' },
    ]);
    const [a, b] = done.allocations;
    expect([a.request, b.request]).toEqual(['/24', 'default']);
    expect(await one('allocate', { pool, prefixLength: 24, key: 'a' })).toMatchObject(same(a));
    expect(await one('allocate', { pool, key: 'b' })).toMatchObject(same(b));
    expect(await one('allocate', { pool, cidr: '10.1.0.0/24', key: 'a' })).toMatchObject({
      code: 'KEY_CONFLICT',
      request: '/24',
    });
    expect(await one('reserve', { pool, cidr: '10.3.0.0/24', key: 'c', request: '/24' })).toMatchObject({
      request: '/24',
      status: 'RESERVED',
    });
    expect(await one('allocate', { pool, cidr: '10.4.0.0/24', key: 'd', request: 'default' })).toMatchObject({
      request: 'default',
    });
  });

  it('is repeatable, and never answered with another CIDR', async () => {
    const { id: pool } = await service.pool();
    const item = { pool, cidr: '10.1.0.0/24', key: 'a', request: '/24' };
    const first = await one('adopt', item);
    expect(await one('adopt', item)).toEqual(first);
    expect(await one('adopt', { ...item, cidr: '10.2.0.0/24' })).toMatchObject({
      code: 'KEY_CONFLICT',
      cidr: '10.1.0.0/24',
      request: '/24',
    });
  });

  it.each([
    ['without a key', { cidr: '10.0.0.0/24', request: '/24' }],
    ['without a CIDR', { prefixLength: 24, key: 'k', request: '/24' }],
    ['of another length', { cidr: '10.0.0.0/24', key: 'k', request: '/25' }],
    ['of another wording', { cidr: '10.0.0.0/24', key: 'k', request: '10.0.0.0/24' }],
    ['that is empty', { cidr: '10.0.0.0/24', key: 'k', request: '' }],
  ])('%s is BAD_USER_INPUT', async (_, input) => {
    const { id: pool } = await service.pool();
    await expect(one('allocate', { pool, ...input })).rejects.toThrow('BAD_USER_INPUT');
    await expect(many('reserveMany', [{ pool, ...input }])).rejects.toThrow('BAD_USER_INPUT');
  });

  it('and claim are null where the key does not answer with the allocation', async () => {
    const { id: pool } = await service.pool();
    const keyless = await service.allocation({ pool });
    expect(keyless).toMatchObject({ key: null, request: null, claim: null });
    const held = await service.allocation({ pool, key: 'k', prefixLength: 24 });
    const beside = await service.reservation({ pool, key: 'k', prefixLength: 25, replaces: held.id });
    expect(beside).toMatchObject({ request: '/25', claim: 'PENDING' });
    await one('confirm', { id: beside.id });
    const read = async ({ id }: Data): Promise<Data> => service.call('allocation', { id });
    expect(await read(held)).toMatchObject({ key: 'k', request: null, claim: null });
    expect(await read(beside)).toMatchObject({ key: 'k', request: '/25', claim: 'OPEN' });
  });

  it('and claim end with the time of an expired reservation', async () => {
    const own = await bootService();
    try {
      const { id: pool } = await own.pool();
      const { id } = await own.reservation({ pool, key: 'k', ttlSeconds: 60 });
      await own.travel(61);
      expect(await own.call('allocation', { id })).toMatchObject({ status: 'EXPIRED', claim: 'OPEN' });
      await own.travel(31 * 24 * 3600);
      expect(await own.call('allocation', { id })).toMatchObject({ claim: null, request: null });
    } finally {
      await own.stop();
    }
  });
});

it('needs an operator', async () => {
  const reader = await service.token('reader');
  for (const field of MANY)
    await expect(many(field, [{ id: 'alloc_1', pool: 'p', cidr: '10.0.0.0/24' }], reader)).rejects.toThrow();
  const operator = await service.token('operator');
  const { id: pool } = await service.pool();
  const done = await many('allocateMany', [{ pool, prefixLength: 24 }], operator);
  expect(done.allocations[0].createdBy).toMatch(/^token:token-/);
});

it('turns what is due first, so that the space of an expired reservation is there', async () => {
  const own = await bootService({ env: { CADASTRE_SWEEP_SECONDS: '86400' } });
  try {
    const { id: pool } = await own.pool({ cidrs: ['10.0.0.0/24'] });
    await own.travel(0);
    const { id } = await own.reservation({ pool, prefixLength: 24, ttlSeconds: 60 });
    const items = [
      { pool, prefixLength: 25 },
      { pool, prefixLength: 25 },
    ];
    expect(codesOf(await own.call('allocateMany', { input: { items } }))).toEqual([
      [0, 'NO_SPACE'],
      [1, 'NO_SPACE'],
    ]);
    await own.travel(61);
    expect(await own.call('allocateMany', { input: { items } })).toMatchObject({ __typename: 'Allocations' });
    const { nodes } = await own.call('changesOf', { id });
    expect(nodes[0]).toMatchObject({ action: 'allocation.expired' });
  } finally {
    await own.stop();
  }
});
