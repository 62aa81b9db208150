import { bootService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => (service = await bootService()));
afterAll(() => service.stop());

const check = async (cidrs: string[], routingDomain?: string) =>
  service.call('checkCidrs', { cidrs, routingDomain });

it('answers each in its order, whatever it is', async () => {
  const pool = await service.pool({
    cidrs: ['10.0.0.0/8'],
    uniqueness: 'GLOBAL',
    rules: { excluded: ['10.9.0.0/16'] },
  });
  const held = await service.allocation({
    pool: pool.id,
    cidr: '10.1.0.0/16',
    prefixLength: null,
    key: 'k',
    holder: { account: '1' },
  });
  const [poolCidr] = await service.database.query<{ id: number }>(
    'SELECT id FROM pool_cidr WHERE cidr = $1',
    ['10.0.0.0/8'],
  );
  // nothing observes the cloud yet: what it will write
  await service.database.query(
    `INSERT INTO block (pool_id, pool_cidr_id, cidr, reason, subject) VALUES ($1, $2, '10.8.0.0/16', 'observed', 'vpc-1')`,
    [Number(pool.id.slice('pool_'.length)), poolCidr!.id],
  );
  const answers = await check([
    'nonsense',
    '10.1.2.3/24',
    '10.2.0.0/16',
    '10.1.7.0/24',
    '10.1.0.0/16',
    '10.0.0.0/15',
    '10.9.4.0/24',
    '10.8.0.0/24',
    '8.0.0.0/6',
    '192.0.2.0/24',
    '2001:db8::/32',
    '10.2.0.0/16',
  ]);
  expect(answers.map(({ input, status }: { input: string; status: string }) => [input, status])).toEqual([
    ['nonsense', 'INVALID'],
    ['10.1.2.3/24', 'INVALID'],
    ['10.2.0.0/16', 'FREE'],
    ['10.1.7.0/24', 'ALLOCATED'],
    ['10.1.0.0/16', 'ALLOCATED'],
    ['10.0.0.0/15', 'OVERLAPPING'],
    ['10.9.4.0/24', 'BLOCKED'],
    ['10.8.0.0/24', 'OBSERVED'],
    ['8.0.0.0/6', 'OVERLAPPING'],
    ['192.0.2.0/24', 'FREE'],
    ['2001:db8::/32', 'FREE'],
    ['10.2.0.0/16', 'FREE'],
  ]);
  expect(answers[0]).toMatchObject({
    cidr: null,
    pool: null,
    conflicts: [],
    problem: { canonical: null },
  });
  expect(answers[1]).toMatchObject({ cidr: null, problem: { canonical: '10.1.2.0/24' } });
  expect(answers[2]).toMatchObject({
    cidr: '10.2.0.0/16',
    problem: null,
    conflicts: [],
    pool: { id: pool.id },
  });
  const conflict = {
    cidr: '10.1.0.0/16',
    reason: 'allocated',
    allocation: held.id,
    key: 'k',
    holder: { account: '1' },
  };
  expect(answers[3].conflicts).toEqual([
    expect.objectContaining({ ...conflict, holder: expect.objectContaining(conflict.holder) }),
  ]);
  expect(answers[6].conflicts).toEqual([
    expect.objectContaining({ cidr: '10.9.0.0/16', reason: 'excluded', allocation: null }),
  ]);
  expect(answers[8].pool).toBeNull();
  expect(answers[8].conflicts).toContainEqual(
    expect.objectContaining({ cidr: '10.0.0.0/8', reason: 'pool' }),
  );
  expect(answers[9].pool).toBeNull();
});

it('counts GLOBAL pools, and those of the routing domain that is named', async () => {
  const domain = await service.routingDomain();
  const pool = await service.pool({ cidrs: ['172.16.0.0/12'], routingDomain: domain.name });
  await service.allocation({ pool: pool.id, cidr: '172.16.0.0/24', prefixLength: null });
  const asked = ['172.16.0.0/24'];
  expect(await check(asked)).toMatchObject([{ status: 'FREE', pool: null }]);
  for (const name of [domain.id, domain.name]) {
    expect(await check(asked, name)).toMatchObject([{ status: 'ALLOCATED', pool: { id: pool.id } }]);
  }
  expect(await check(asked, (await service.routingDomain()).id)).toMatchObject([{ status: 'FREE' }]);
  await expect(check(asked, 'nowhere')).rejects.toThrow('BAD_USER_INPUT');
});

it('looks through what feeds a child pool: what is free there is free', async () => {
  const root = await service.pool({ cidrs: ['203.0.112.0/20'], uniqueness: 'GLOBAL' });
  const source = await service.allocation({ pool: root.id, cidr: '203.0.112.0/22', prefixLength: null });
  const input = { name: 'looked through', fromAllocations: [source.id] };
  const child = await service.call('createPool', { input });
  const held = await service.allocation({ pool: child.id, cidr: '203.0.113.0/24', prefixLength: null });
  const answers = await check([
    '203.0.114.0/24',
    '203.0.113.7/32',
    '203.0.112.0/22',
    '203.0.112.0/21',
    '203.0.120.0/24',
  ]);
  expect(answers).toMatchObject([
    { status: 'FREE', pool: { id: child.id }, conflicts: [{ allocation: source.id }] },
    { status: 'ALLOCATED', conflicts: [{ allocation: source.id }, { allocation: held.id }] },
    { status: 'ALLOCATED', conflicts: [{ allocation: source.id }, { allocation: held.id }] },
    {
      status: 'OVERLAPPING',
      pool: { id: root.id },
      conflicts: [{ allocation: source.id }, { reason: 'pool' }, { allocation: held.id }],
    },
    { status: 'FREE', pool: { id: root.id }, conflicts: [] },
  ]);
});

it('takes a thousand at once and no more', async () => {
  const cidrs = Array.from({ length: 1000 }, (_, i) => `192.0.${i % 256}.${(i >> 8) * 64}/26`);
  const { checkCidrs } = await service.query(
    'query C($cidrs: [String!]!) { checkCidrs(cidrs: $cidrs) { input status } }',
    { cidrs },
  );
  expect(checkCidrs.map(({ input }: { input: string }) => input)).toEqual(cidrs);
  await expect(check([...cidrs, '10.0.0.0/8'])).rejects.toThrow('BAD_USER_INPUT');
  expect(await check([])).toEqual([]);
});

it("an expired reservation is in nobody's way", async () => {
  const pool = await service.pool({ cidrs: ['198.18.0.0/15'], uniqueness: 'GLOBAL' });
  await service.reservation({ pool: pool.id, cidr: '198.18.0.0/24', prefixLength: null, ttlSeconds: 60 });
  expect(await check(['198.18.0.0/24'])).toMatchObject([{ status: 'ALLOCATED' }]);
  await service.travel(60);
  expect(await check(['198.18.0.0/24'])).toMatchObject([{ status: 'FREE', conflicts: [] }]);
});
