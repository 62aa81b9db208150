import { bootService, type Data, expectType, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => (service = await bootService({ env: { CADASTRE_SWEEP_SECONDS: '86400' } })));
afterAll(() => service.stop());

let made = 0;
const create = (input: object): Promise<Data> =>
  service.call('createPool', { input: { name: `tree ${++made}`, ...input } });
const provision = (pool: string, allocation: string): Promise<Data> =>
  service.call('provisionCidr', { input: { pool, allocation } });
const deprovision = (pool: string, cidr: string): Promise<Data> =>
  service.call('deprovisionCidr', { input: { pool, cidr } });
const remove = (pool: string, version?: number): Promise<Data> =>
  service.call('deletePool', { input: { pool, version } });
const read = (id: string): Promise<Data> => service.call('pool', { id });
const allocate = (pool: string, cidr: string, more: object = {}): Promise<Data> =>
  service.allocation({ pool, cidr, prefixLength: undefined, ...more });
const release = (id: string): Promise<Data> => service.call('release', { input: { id } });
const find = (id: string): Promise<Data> => service.call('allocation', { id });

/** A child pool of one CIDR of `parent`. */
async function child(parent: Data, cidr: string, more: object = {}): Promise<Data> {
  const source = await allocate(parent.id, cidr);
  return expectType('Pool', await create({ fromAllocations: [source.id], ...more }));
}

/** Every address of the pool once, in order; nothing between its CIDRs. */
function expectCover(pool: Data, blocks: readonly { cidr: string }[]): void {
  const size = (cidr: string): bigint =>
    2n ** BigInt((pool.family === 'IPV4' ? 32 : 128) - Number(cidr.split('/')[1]));
  const sum = (cidrs: readonly string[]): bigint => cidrs.reduce((total, cidr) => total + size(cidr), 0n);
  expect(sum(blocks.map(({ cidr }) => cidr))).toBe(sum(pool.cidrs));
}

const BLOCKS = `query Blocks($pool: ID!, $first: Int, $after: String, $around: CIDR) { pool(id: $pool) {
  blocks(first: $first, after: $after, around: $around) {
    totalCount pageInfo { hasNextPage endCursor } nodes { cidr state reasons allocation { id } } } } }`;

async function blocksOf(pool: string, variables: object = {}): Promise<Data> {
  return (await service.query(BLOCKS, { pool, first: 1000, ...variables })).pool.blocks;
}

async function allBlocks(pool: string, first: number): Promise<Data[]> {
  const nodes: Data[] = [];
  for (let after: string | null = null; ;) {
    const page: Data = await blocksOf(pool, { first, after });
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return nodes;
    after = page.pageInfo.endCursor;
  }
}

const text = (blocks: readonly Data[]): string[] =>
  blocks.map(({ cidr, state, reasons }) => [cidr, state, ...reasons].join(' '));

describe('a child pool', () => {
  it('is made of allocations of other pools, which stay whose they are', async () => {
    const [one, two] = [await service.pool(), await service.pool({ cidrs: ['100.64.0.0/10'] })];
    const first = await allocate(one.id, '10.1.0.0/16', { key: 'vpc' });
    const second = await allocate(two.id, '100.64.0.0/16');
    const pool = await create({
      fromAllocations: [second.id, first.id],
      rules: { excluded: ['10.1.0.0/24'] },
    });
    expect(pool).toMatchObject({
      __typename: 'Pool',
      family: 'IPV4',
      cidrs: ['10.1.0.0/16', '100.64.0.0/16'],
      uniqueness: null,
      routingDomain: null,
      depth: 1,
      parent: { id: two.id },
    });
    expect((await read(pool.id)).sources).toMatchObject([
      { cidr: '100.64.0.0/16', allocation: { id: second.id, pool: { id: two.id } } },
      { cidr: '10.1.0.0/16', allocation: { id: first.id, pool: { id: one.id } } },
    ]);
    expect((await find(first.id)).status).toBe('ALLOCATED');
    const taken = await service.allocation({ pool: pool.id, prefixLength: 16 });
    expect(taken.cidr).toBe('100.64.0.0/16');
    expect((await read(one.id)).capacity).toMatchObject({ delegated: '65536', assigned: '0' });
    expect((await read(one.id)).sources).toEqual([]);
  });

  it('may be deep, and its depth follows its oldest CIDR', async () => {
    const root = await service.pool();
    const region = await child(root, '10.0.0.0/12');
    const zone = await child(region, '10.0.0.0/16');
    const vpc = await child(zone, '10.0.0.0/20');
    expect([region.depth, zone.depth, vpc.depth]).toEqual([1, 2, 3]);
    const late = await allocate(root.id, '10.64.0.0/16');
    expect(await provision(zone.id, late.id)).toMatchObject({
      cidrs: ['10.0.0.0/16', '10.64.0.0/16'],
      depth: 2,
    });
    const other = await child(zone, '10.64.0.0/20');
    expect(other).toMatchObject({ depth: 3, parent: { id: zone.id } });

    // without the CIDR that came first, zone hangs on the root, and what is below it comes up
    expectType('Pool', await remove(vpc.id));
    expectType('Allocation', await release(vpc.sources[0].allocation.id));
    expect(await deprovision(zone.id, '10.0.0.0/16')).toMatchObject({ depth: 1, parent: { id: root.id } });
    expect(await read(other.id)).toMatchObject({ depth: 2, parent: { id: zone.id } });
  });

  it.each(['RESERVED', 'QUARANTINED', 'RELEASED'])('has no source that is %s', async (status) => {
    const root = await service.pool({ rules: { quarantineSeconds: status === 'RELEASED' ? 0 : 60 } });
    const { id } =
      status === 'RESERVED'
        ? await service.reservation({ pool: root.id })
        : await service.allocation({ pool: root.id });
    if (status !== 'RESERVED') await release(id);
    expect(await create({ fromAllocations: [id] })).toMatchObject({ code: 'INVALID_TRANSITION', status });
  });

  it('has a source of its own, of its family, disjoint from the others, that exists', async () => {
    const [a, b] = [await service.pool(), await service.pool()];
    const pool = await child(a, '10.1.0.0/16');
    const source = pool.sources[0].allocation.id;
    expect(await create({ fromAllocations: [source] })).toMatchObject({
      code: 'HAS_DEPENDENTS',
      dependents: [pool.name],
    });
    expect(await provision(pool.id, source)).toMatchObject({ code: 'HAS_DEPENDENTS' });
    expect(await create({ name: pool.name, fromAllocations: [source] })).toMatchObject({
      code: 'NAME_TAKEN',
      takenBy: pool.id,
    });
    const overlapping = await allocate(b.id, '10.1.2.0/24');
    expect(await provision(pool.id, overlapping.id)).toMatchObject({
      code: 'CIDR_CONFLICT',
      cidr: '10.1.2.0/24',
      conflicts: [{ cidr: '10.1.0.0/16', reason: 'pool' }],
    });
    const twin = await allocate(a.id, '10.2.0.0/16');
    const other = await allocate(b.id, '10.2.0.0/24');
    expect(await create({ fromAllocations: [twin.id, other.id] })).toMatchObject({ code: 'CIDR_CONFLICT' });
    const six = await service.allocation({
      pool: (await service.pool({ cidrs: ['2001:db8::/32'] })).id,
      prefixLength: 56,
    });
    expect(await provision(pool.id, six.id)).toMatchObject({ code: 'RULE_VIOLATION', rule: 'family' });
    expect(await create({ fromAllocations: ['alloc_999999999'] })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await create({ fromAllocations: ['nonsense'] })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is child for ever, as a root is root', async () => {
    const root = await service.pool();
    const pool = await child(root, '10.1.0.0/16');
    const cidr = { input: { pool: pool.id, cidr: '172.16.0.0/16' } };
    expect(await service.call('provisionCidr', cidr)).toMatchObject({
      code: 'RULE_VIOLATION',
      rule: 'source',
    });
    const { id } = await service.allocation();
    expect(await provision(root.id, id)).toMatchObject({ code: 'RULE_VIOLATION', rule: 'source' });
    await expect(create({ fromAllocations: [id], uniqueness: 'GLOBAL' })).rejects.toThrow('BAD_USER_INPUT');
    await expect(create({})).rejects.toThrow('BAD_USER_INPUT');
    await expect(create({ fromAllocations: [], name: 'none' })).rejects.toThrow('BAD_USER_INPUT');
  });

  it('keeps its sources: they are not released, updated into another place or lost', async () => {
    const pool = await child(await service.pool(), '10.1.0.0/16');
    const source = pool.sources[0].allocation.id;
    expect(await release(source)).toMatchObject({ code: 'HAS_DEPENDENTS', dependents: [pool.name] });
    expect((await find(source)).status).toBe('ALLOCATED');
  });

  it('of two callers that want one source gets it one', async () => {
    const root = await service.pool();
    const { id } = await allocate(root.id, '10.1.0.0/16');
    const answers = await Promise.all([create({ fromAllocations: [id] }), create({ fromAllocations: [id] })]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['HasDependents', 'Pool']);
  });
});

describe('deprovisionCidr', () => {
  it('lists what is reserved or allocated there, and what that feeds', async () => {
    const root = await service.pool();
    const pool = await child(root, '10.0.0.0/24', { name: 'fed' });
    await service.reservation({ pool: root.id, cidr: '10.0.1.0/24', prefixLength: undefined });
    const failure = await deprovision(root.id, '10.0.0.0/8');
    expect(failure).toMatchObject({
      code: 'HAS_DEPENDENTS',
      dependents: [
        expect.stringMatching(/^alloc_\d+ 10\.0\.0\.0\/24 \(ALLOCATED, source of fed\)$/),
        expect.stringMatching(/^alloc_\d+ 10\.0\.1\.0\/24 \(RESERVED\)$/),
      ],
    });
    expect(await read(pool.id)).not.toBeNull();
    expect(await deprovision(root.id, '10.0.0.0/9')).toMatchObject({
      code: 'OUTSIDE_POOL',
      poolCidrs: ['10.0.0.0/8'],
    });
    expect(await deprovision('none', '10.0.0.0/9')).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('ends quarantines and claims there, and the source rests as long instead', async () => {
    const root = await service.pool({ rules: { quarantineSeconds: 10 } });
    const pool = await child(root, '10.5.0.0/16', { rules: { quarantineSeconds: 3600 } });
    const rests = await allocate(pool.id, '10.5.1.0/24', { key: 'resting' });
    const held = await service.reservation({
      pool: pool.id,
      cidr: '10.5.2.0/24',
      prefixLength: undefined,
      key: 'late',
      ttlSeconds: 5,
    });
    await release(rests.id);
    await service.travel(6);
    const { availableAt } = await find(rests.id);

    expect(await deprovision(pool.id, '10.5.0.0/16')).toMatchObject({
      cidrs: [],
      depth: 0,
      parent: null,
      sources: [],
    });
    expect(await find(rests.id)).toMatchObject({ status: 'RELEASED', pool: { id: pool.id } });
    expect(await find(held.id)).toMatchObject({ status: 'EXPIRED' });
    expect(await service.call('confirm', { input: { id: held.id } })).toMatchObject({
      code: 'EXPIRED',
      message: expect.stringContaining('pool CIDR is gone'),
    });
    expect(await service.call('allocation', { pool: pool.id, key: 'late' })).toBeNull();

    const source = pool.sources[0].allocation.id;
    expect(await release(source)).toMatchObject({ status: 'QUARANTINED', availableAt });
    const trail = await service.query(`query Trail($id: ID!) { changesOf(id: $id) { nodes { action } } }`, {
      id: source,
    });
    expect(trail.changesOf.nodes.map(({ action }: Data) => action)).toContain('allocation.held');

    // the pool stays a child, and gets another CIDR
    const again = await allocate(root.id, '10.6.0.0/16');
    expect(await provision(pool.id, again.id)).toMatchObject({ cidrs: ['10.6.0.0/16'], depth: 1 });
  });

  it('takes a short IPv6 CIDR out as it went in', async () => {
    const pool = await service.pool({ cidrs: ['2a00::/30', '3fff::/32'] });
    expect(await deprovision(pool.id, '2a00::/30')).toMatchObject({ cidrs: ['3fff::/32'] });
    const again = { input: { pool: pool.id, cidr: '2a00::/30' } };
    expect((await service.call('provisionCidr', again)).cidrs).toHaveLength(5);
  });
});

describe('deletePool', () => {
  it('lists what blocks it, minds the version, and leaves the past in the register', async () => {
    const pool = await service.pool({ cidrs: ['172.16.0.0/12', '10.0.0.0/8'] });
    const { id } = await service.allocation({ pool: pool.id, key: 'mine' });
    expect(await remove(pool.id)).toMatchObject({
      code: 'HAS_DEPENDENTS',
      dependents: [expect.stringContaining(id)],
    });
    await release(id);
    expect(await remove(pool.id, 7)).toMatchObject({ code: 'VERSION_CONFLICT', version: 1 });
    expect(await remove(pool.id, 1)).toMatchObject({
      __typename: 'Pool',
      id: pool.id,
      cidrs: ['10.0.0.0/8', '172.16.0.0/12'],
    });
    expect(await read(pool.id)).toBeNull();
    expect(await remove(pool.id)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await find(id)).toMatchObject({ status: 'RELEASED', key: 'mine', pool: null });
    const after = { input: { pool: pool.id, prefixLength: 24 } };
    expect(await service.call('allocate', after)).toMatchObject({ code: 'NOT_FOUND' });
    const trail = await service.query('query T($id: ID!) { changesOf(id: $id) { nodes { action } } }', {
      id: pool.id,
    });
    expect(trail.changesOf.nodes.map(({ action }: Data) => action)).toContain('pool.deleted');
    const { name, routingDomain } = pool;
    expect(await create({ name, cidrs: ['10.0.0.0/8'], routingDomain: routingDomain.id })).toMatchObject({
      name,
    });
  });
});

describe('blocks', () => {
  it('shows all that lies in a pool, each address once, whatever the page', async () => {
    const pool = await service.pool({
      cidrs: ['10.0.0.0/24', '10.9.0.0/26', '10.200.0.0/30'],
      rules: { excluded: ['10.0.0.0/29', '10.9.0.0/26'] },
    });
    await allocate(pool.id, '10.0.0.16/28', { key: 'a' });
    await service.reservation({ pool: pool.id, cidr: '10.0.0.128/25', prefixLength: undefined });
    const { nodes, totalCount } = await blocksOf(pool.id);
    expect(text(nodes)).toEqual([
      '10.0.0.0/29 BLOCKED excluded',
      '10.0.0.8/29 FREE',
      '10.0.0.16/28 LIVE',
      '10.0.0.32/27 FREE',
      '10.0.0.64/26 FREE',
      '10.0.0.128/25 LIVE',
      '10.9.0.0/26 BLOCKED excluded',
      '10.200.0.0/30 FREE',
    ]);
    expect(totalCount).toBe(8);
    expectCover(pool, nodes);
    for (const first of [1, 2, 3, 7]) expect(await allBlocks(pool.id, first)).toEqual(nodes);
    const around = async (cidr: string): Promise<string> =>
      (await blocksOf(pool.id, { around: cidr })).nodes[0].cidr;
    expect(await around('10.0.0.20/32')).toBe('10.0.0.8/29');
    expect(await around('10.0.0.0/32')).toBe('10.0.0.0/29');
    expect(await around('10.0.0.40/29')).toBe('10.0.0.16/28');
    await expect(blocksOf(pool.id, { around: '2001:db8::/64' })).rejects.toThrow('BAD_USER_INPUT');
  });

  it('shows what is due as it is by the clock', async () => {
    const pool = await service.pool({ cidrs: ['10.0.0.0/24'] });
    await service.reservation({ pool: pool.id, prefixLength: 25, ttlSeconds: 30 });
    const before = text((await blocksOf(pool.id)).nodes);
    await service.travel(31);
    expect([before, text((await blocksOf(pool.id)).nodes)]).toEqual([
      ['10.0.0.0/25 LIVE', '10.0.0.128/25 FREE'],
      ['10.0.0.0/24 FREE'],
    ]);
  });

  it('reaches the last address of IPv4 and of IPv6', async () => {
    const four = await service.pool({ cidrs: ['255.255.255.0/24'] });
    await allocate(four.id, '255.255.255.255/32');
    expect(text(await allBlocks(four.id, 3)).at(-1)).toBe('255.255.255.255/32 LIVE');
    const six = await service.pool({
      cidrs: ['ffff:ffff::/32'],
      rules: { excluded: ['ffff:ffff:ffff::/48'] },
    });
    expect(text(await allBlocks(six.id, 5)).at(-1)).toBe('ffff:ffff:ffff::/48 BLOCKED excluded');
    expectCover(six, await allBlocks(six.id, 2));
  });
});

describe('capacity(tree: true)', () => {
  const TREE =
    'query T($id: ID!) { pool(id: $id) { own: capacity { ...C } tree: capacity(tree: true) { ...C } } } ' +
    'fragment C on Capacity { total allocated delegated assigned reserved quarantined blocked free utilization largestFreeBlock freeBlocksByLength { prefixLength count } }';
  const capacities = async (id: string): Promise<Data> => (await service.query(TREE, { id })).pool;

  it('sums what lies below its own CIDRs, each address once', async () => {
    const root = await service.pool({ cidrs: ['10.0.0.0/16'] });
    const elsewhere = await service.pool({ cidrs: ['100.64.0.0/16'] });
    const region = await child(root, '10.0.0.0/18', { rules: { excluded: ['10.0.0.0/24'] } });
    const vpc = await child(region, '10.0.16.0/20');
    const secondary = await allocate(elsewhere.id, '100.64.0.0/20');
    expectType('Pool', await provision(vpc.id, secondary.id));
    await allocate(vpc.id, '10.0.16.0/24');
    await allocate(vpc.id, '100.64.0.0/24');
    await service.reservation({
      pool: vpc.id,
      cidr: '10.0.17.0/24',
      prefixLength: undefined,
      ttlSeconds: 60,
    });
    await release((await allocate(region.id, '10.0.32.0/24')).id);
    await allocate(root.id, '10.0.128.0/24');

    const { own, tree } = await capacities(root.id);
    expect(own).toMatchObject({
      total: '65536',
      delegated: '16384',
      assigned: '256',
      free: String(65536 - 16384 - 256),
    });
    expect(tree).toMatchObject({
      total: '65536',
      delegated: '0',
      allocated: '512',
      assigned: '512',
      reserved: '256',
      quarantined: '256',
      blocked: '256',
      free: String(65536 - 5 * 256),
      largestFreeBlock: '10.0.64.0/18',
    });
    const free = tree.freeBlocksByLength.reduce(
      (sum: bigint, { prefixLength, count }: Data) => sum + BigInt(count) * 2n ** BigInt(32 - prefixLength),
      0n,
    );
    expect(String(free)).toBe(tree.free);
    // of the VPC, its secondary CIDR belongs to another tree
    expect((await capacities(elsewhere.id)).tree).toMatchObject({
      total: '65536',
      assigned: '256',
      free: String(65536 - 256),
    });
    expect((await capacities(vpc.id)).tree).toMatchObject({
      total: '8192',
      assigned: '512',
      reserved: '256',
    });

    await service.travel(61);
    expect((await capacities(root.id)).tree).toMatchObject({ reserved: '0', free: String(65536 - 4 * 256) });
  });
});

describe('pools', () => {
  const POOLS = `query Pools($first: Int, $after: String, $filter: PoolFilterInput, $orderBy: PoolOrder) {
    pools(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount pageInfo { hasNextPage endCursor } nodes { name } } }`;
  const pageOf = async (variables: object): Promise<Data> =>
    (await service.query(POOLS, { ...variables })).pools;
  const list = async (filter: object, more: object = {}): Promise<string[]> =>
    (await pageOf({ first: 1000, filter, ...more })).nodes.map(({ name }: Data) => name);

  it('come by depth, then name, and page by page', async () => {
    const tag = { key: 'list', value: 'depth' };
    const domain = await service.routingDomain();
    const root = await service.pool({ name: 'z root', tags: [tag], routingDomain: domain.id });
    await child(root, '10.0.0.0/16', { name: 'b child', tags: [tag] });
    const deep = await child(root, '10.1.0.0/16', { name: 'a child', tags: [tag] });
    await child(deep, '10.1.0.0/20', { name: '0 grandchild', tags: [tag] });
    expect(await list({ tag })).toEqual(['z root', 'a child', 'b child', '0 grandchild']);
    expect(await list({ tag }, { orderBy: 'NAME' })).toEqual([
      '0 grandchild',
      'a child',
      'b child',
      'z root',
    ]);
    expect(await list({ parent: root.id })).toEqual(['a child', 'b child']);
    expect(await list({ parent: 'z root', text: 'A CHI' })).toEqual(['a child']);
    expect(await list({ parent: null, tag })).toEqual(['z root']);
    expect(await list({ routingDomain: domain.name })).toEqual(['z root']);
    expect(await list({ tag, cidrContaining: '10.1.0.7/32' })).toEqual(['z root', 'a child', '0 grandchild']);
    expect(await list({ tag, cidrWithin: '10.1.0.0/16' })).toEqual(['a child', '0 grandchild']);
    expect(await list({ tag, family: 'IPV6' })).toEqual([]);
    expect(await list({ parent: 'nobody' })).toEqual([]);
    for (const orderBy of ['DEPTH', 'NAME']) {
      const names: string[] = [];
      for (let after: string | null = null; ;) {
        const page: Data = await pageOf({ first: 1, after, orderBy, filter: { tag } });
        expect(page.totalCount).toBe(4);
        names.push(...page.nodes.map(({ name }: Data) => name));
        after = page.pageInfo.endCursor;
        if (!page.pageInfo.hasNextPage) break;
      }
      expect(names).toEqual(await list({ tag }, { orderBy }));
    }
  });

  it('have their own allocations, filtered', async () => {
    const pool = await service.pool();
    const mine = await service.allocation({ pool: pool.id });
    await service.allocation();
    const query = `query A($id: ID!, $filter: AllocationFilterInput) { pool(id: $id) {
      allocations(filter: $filter) { totalCount nodes { id } } } }`;
    const of = async (filter?: object): Promise<Data> =>
      (await service.query(query, { id: pool.id, filter })).pool.allocations;
    expect(await of()).toEqual({ totalCount: 1, nodes: [{ id: mine.id }] });
    expect(await of({ status: ['RESERVED'] })).toEqual({ totalCount: 0, nodes: [] });
    expect(await of({ pool: (await service.pool()).id })).toEqual({ totalCount: 0, nodes: [] });
  });
});
