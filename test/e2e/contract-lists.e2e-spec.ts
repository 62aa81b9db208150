import { concurrently } from '../support/concurrently.js';
import { bootService, type Data, type TestService } from '../support/service.js';

const ROWS = 1_050;
const ALLOCATE = 'mutation A($input: AllocateInput!) { allocate(input: $input) { __typename } }';

let service: TestService;
let large: string;
let small: { pool: string; name: string };
beforeAll(async () => {
  service = await bootService();
  large = (await service.pool({ cidrs: ['10.0.0.0/8'] })).id;
  const lengths = Array.from({ length: ROWS }, (_, i) => 20 + (i % 9));
  await concurrently(40, lengths, (prefixLength) =>
    service.query(ALLOCATE, { input: { pool: large, prefixLength } }),
  );
  const pool = await service.pool({ cidrs: ['172.16.0.0/12'], rules: { quarantineSeconds: 3600 } });
  small = { pool: pool.id, name: pool.name };
  await service.allocation({
    pool: pool.id,
    cidr: '172.16.4.0/24',
    prefixLength: null,
    key: 'web',
    holder: { account: '111', region: 'eu-west-1' },
    tags: [
      { key: 'env', value: 'prod' },
      { key: 'team', value: 'a"b' },
    ],
    description: 'front 100% \\ door',
  });
  await service.allocation({
    pool: pool.id,
    cidr: '172.16.0.0/24',
    prefixLength: null,
    key: 'db',
    holder: { account: '111', region: 'us-east-1' },
  });
  await service.reservation({
    pool: pool.id,
    cidr: '172.16.2.0/23',
    prefixLength: null,
    key: 'batch',
    tags: [{ key: 'env', value: 'test' }],
  });
  const gone = await service.allocation({
    pool: pool.id,
    cidr: '172.20.0.0/16',
    prefixLength: null,
    key: 'old',
  });
  await service.call('release', { input: { id: gone.id } });
}, 60_000);
afterAll(() => service.stop());

const LIST = `query L($filter: AllocationFilterInput, $orderBy: AllocationOrder! = CIDR, $first: Int! = 50, $after: String) {
  allocations(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount
    nodes { id cidr }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

async function pages(variables: Record<string, unknown>): Promise<Data[]> {
  const found: Data[] = [];
  for (let after: string | null = null; ;) {
    const page: Data = (await service.query(LIST, { ...variables, after })).allocations;
    found.push(page);
    if (!page.pageInfo.hasNextPage) return found;
    after = page.pageInfo.endCursor;
  }
}

describe('pages', () => {
  it.each(['CIDR', 'CREATED'])('show every row once in the order %s, in any page size', async (orderBy) => {
    for (const first of [1000, 97]) {
      const found = await pages({ filter: { pool: large }, orderBy, first });
      const nodes = found.flatMap((page) => page.nodes) as { id: string; cidr: string }[];
      expect(nodes).toHaveLength(ROWS);
      expect(new Set(nodes.map(({ id }) => id)).size).toBe(ROWS);
      expect(found.map((page) => page.totalCount)).toEqual(found.map(() => ROWS));
      expect(found.map((page) => page.pageInfo.hasPreviousPage)).toEqual(found.map((_, index) => index > 0));
      expect(found.flatMap((page) => page.edges.map((edge: Data) => edge.node.id))).toEqual(
        nodes.map(({ id }) => id),
      );
      expect(found[0].pageInfo).toMatchObject({
        startCursor: found[0].edges[0].cursor,
        endCursor: found[0].edges.at(-1).cursor,
      });
      const keys = nodes.map(({ id, cidr }) =>
        orderBy === 'CIDR' ? numberOf(cidr) : Number(id.slice('alloc_'.length)),
      );
      expect(keys).toEqual([...keys].sort((a, b) => a - b));
    }
  });

  it('keep their place while rows come and go', async () => {
    const { id: pool } = await service.pool({ cidrs: ['10.0.0.0/16'], rules: { quarantineSeconds: 0 } });
    for (let i = 0; i < 6; i++) await service.allocation({ pool, prefixLength: 24 });
    const filter = { pool, status: ['ALLOCATED'] };
    const start = (await service.query(LIST, { filter, first: 3 })).allocations;
    await service.call('release', { input: { id: start.nodes[2].id } });
    const rest = (await service.query(LIST, { filter, first: 3, after: start.pageInfo.endCursor }))
      .allocations;
    expect(rest.nodes.map(({ cidr }: Data) => cidr)).toEqual(['10.0.3.0/24', '10.0.4.0/24', '10.0.5.0/24']);
  });

  it('refuse a size out of range and the cursor of another list', async () => {
    const { pageInfo } = (await service.query(LIST, { first: 1 })).allocations;
    const bad = [
      { first: 0 },
      { first: 1001 },
      { first: -1 },
      { after: 'x' },
      { orderBy: 'CREATED', after: pageInfo.endCursor },
    ];
    for (const variables of bad)
      await expect(service.query(LIST, variables)).rejects.toThrow('BAD_USER_INPUT');
  });
});

describe('filters', () => {
  const keysOf = async (filter: object): Promise<string[]> => {
    const { allocations } = await service.query(
      'query F($filter: AllocationFilterInput) { allocations(filter: $filter) { totalCount nodes { key } } }',
      { filter: { pool: small.pool, ...filter } },
    );
    expect(allocations.totalCount).toBe(allocations.nodes.length);
    return allocations.nodes.map(({ key }: Data) => key);
  };

  it.each<[string, object, string[]]>([
    ['nothing', {}, ['db', 'batch', 'web', 'old']],
    ['a status', { status: ['RESERVED'] }, ['batch']],
    ['statuses', { status: ['QUARANTINED', 'RESERVED'] }, ['batch', 'old']],
    ['no status', { status: [] }, []],
    ['within a CIDR', { cidrWithin: '172.16.0.0/22' }, ['db', 'batch']],
    ['within itself', { cidrWithin: '172.16.4.0/24' }, ['web']],
    ['containing a CIDR', { cidrContaining: '172.16.3.128/25' }, ['batch']],
    ['another family', { cidrWithin: '2001:db8::/32' }, []],
    ['a field of the holder', { holder: { account: '111' } }, ['db', 'web']],
    ['fields of the holder', { holder: { account: '111', region: 'eu-west-1' } }, ['web']],
    ['a tag', { tag: { key: 'env', value: 'test' } }, ['batch']],
    ['another tag', { tag: { key: 'team', value: 'a"b' } }, ['web']],
    ['a key', { key: 'db' }, ['db']],
    ['text in the description, in any case', { text: 'FRONT' }, ['web']],
    ['text with what SQL takes for a wildcard', { text: '0% \\ d' }, ['web']],
    ['a wildcard alone', { text: '%' }, ['web']],
    ['text in a key', { text: 'atc' }, ['batch']],
    ['text in a holder', { text: 'us-east' }, ['db']],
    ['text in a tag', { text: 'prod' }, ['web']],
    ['text that JSON escapes', { text: 'a"b' }, ['web']],
    ['the names of the fields of a holder', { text: 'account' }, []],
    [
      'all together',
      { status: ['ALLOCATED'], cidrWithin: '172.16.0.0/16', holder: { account: '111' }, text: 'we' },
      ['web'],
    ],
  ])('%s', async (_, filter, keys) => {
    expect(await keysOf(filter)).toEqual(keys);
  });

  it('take the pool by name; one that is not there has none', async () => {
    expect(await keysOf({ pool: small.name, key: 'db' })).toEqual(['db']);
    for (const pool of ['nobody', 'pool_2000000000', 'pool_999999999999999'])
      expect(await keysOf({ pool })).toEqual([]);
  });
});

it.each(['pools', 'routingDomains', 'tokens'])('%s are listed by name, a page at a time', async (list) => {
  if (list === 'tokens')
    await Promise.all([service.token('reader'), service.token('operator'), service.token('admin')]);
  const document = `query L($after: String) { ${list}(first: 1, after: $after) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`;
  const names: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const page: Data = (await service.query(document, { after }))[list];
    names.push(...page.nodes.map(({ name }: Data) => name));
    ({ hasNextPage: more, endCursor: after } = page.pageInfo);
    if (!more) expect(page.totalCount).toBe(names.length);
  }
  expect(names.length).toBeGreaterThanOrEqual(2);
  expect(new Set(names).size).toBe(names.length);
});

function numberOf(cidr: string): number {
  const [address, length] = cidr.split('/');
  return address!.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0) * 64 + Number(length);
}
