import { bootService, type Data, type TestService } from '../support/service.js';
import { sweepable } from '../support/sweeping.js';

let service: TestService;
let accounts = 100_000_000_000;
let pools = 0;
beforeAll(async () => {
  service = await bootService({ env: { CADASTRE_DISCOVERY_SCOPES_AT_ONCE: '0' } });
});
afterAll(() => service.stop());

/** An account of its own, and a GLOBAL pool `10.n.0.0/16` that only it uses. */
async function place(input: object = {}) {
  const account = String(++accounts);
  const net = `10.${++pools}`;
  const cidr = `${net}.0.0/16`;
  const pool = await service.pool({ cidrs: [cidr], uniqueness: 'GLOBAL', ...input });
  const holder = { provider: 'aws', account, region: 'eu-west-1', resourceType: 'vpc' };
  return { account, net, pool, holder, ...(await sweepable(service, account)) };
}

const findingsOf = async (account: string): Promise<Data[]> =>
  (await service.call('findings', { filter: { account } })).nodes;
const kindsOf = async (account: string) => (await findingsOf(account)).map(({ kind }) => kind as string);
const read = (id: string) => service.call('allocation', { id });
const reserve = (input: object) => service.call('reserve', { input });
const adopt = (resource: string, input: object = {}) =>
  service.call('adoptObserved', { input: { resource, ...input } });
const changes = async () =>
  (await service.database.query<{ n: number }>('SELECT count(*) AS n FROM change'))[0]!.n;

describe('settling', () => {
  it('makes a reservation an allocation when its VPC appears, by CIDR, account and region', async () => {
    const { pool, holder, net, sweep, account } = await place();
    const reserved = await reserve({ pool: pool.id, cidr: `${net}.0.0/20`, key: 'k', holder });
    await sweep([]);
    expect(await read(reserved.id)).toMatchObject({ status: 'RESERVED' });
    await sweep([{ id: `vpc-${account}`, cidrs: [`${net}.0.0/20`] }]);
    expect(await read(reserved.id)).toMatchObject({
      status: 'ALLOCATED',
      holder: { ...holder, resourceId: `vpc-${account}` },
    });
    expect(await findingsOf(account)).toEqual([]);
  });

  it.each([
    ['account', { account: '999999999999' }],
    ['region', { region: 'us-east-1' }],
    ['type', { resourceType: 'subnet' }],
    ['id', { resourceId: 'vpc-other' }],
  ])('never across another %s', async (_, other) => {
    const { pool, holder, net, sweep, account } = await place();
    const reserved = await reserve({ pool: pool.id, cidr: `${net}.0.0/20`, holder: { ...holder, ...other } });
    await sweep([{ id: `vpc-${account}`, cidrs: [`${net}.0.0/20`] }]);
    expect(await read(reserved.id)).toMatchObject({ status: 'RESERVED' });
    expect(await findingsOf(account)).toMatchObject([{ kind: 'ROGUE', severity: 'CRITICAL' }]);
  });

  it('goes by the tag where the holder says nothing; without one it says what to do', async () => {
    const { pool, net, sweep, account } = await place();
    const [one, other] = [
      await reserve({ pool: pool.id, cidr: `${net}.0.0/20` }),
      await reserve({ pool: pool.id, cidr: `${net}.16.0/20` }),
    ];
    await sweep([
      { id: `vpc-1${account}`, cidrs: [`${net}.0.0/20`], tags: { 'cadastre:allocation': one.id } },
      { id: `vpc-2${account}`, cidrs: [`${net}.16.0/20`] },
    ]);
    expect(await read(one.id)).toMatchObject({ status: 'ALLOCATED' });
    expect(await read(other.id)).toMatchObject({ status: 'RESERVED' });
    expect(await findingsOf(account)).toMatchObject([
      { kind: 'ROGUE', message: expect.stringContaining(`cadastre:allocation=${other.id}`) },
    ]);
  });

  it('says DRIFT where the tag names a reservation of another CIDR', async () => {
    const { pool, net, sweep, account, holder } = await place();
    const { id } = await reserve({ pool: pool.id, cidr: `${net}.0.0/20`, holder });
    await sweep([{ id: `vpc-${account}`, cidrs: [`${net}.32.0/20`], tags: { 'cadastre:allocation': id } }]);
    expect(await read(id)).toMatchObject({ status: 'RESERVED' });
    expect(await findingsOf(account)).toMatchObject([{ kind: 'DRIFT', subject: id }]);
  });
});

describe('what is observed and not allocated', () => {
  it('is ROGUE inside a pool and never handed out, UNMANAGED outside', async () => {
    const { pool, net, sweep, account } = await place();
    await sweep([{ id: `vpc-${account}`, cidrs: [`${net}.0.0/17`, `172.${pools}.0.0/16`] }]);
    expect((await kindsOf(account)).sort()).toEqual(['ROGUE', 'UNMANAGED']);
    const taken = await service.call('allocate', { input: { pool: pool.id, prefixLength: 17 } });
    expect(taken).toMatchObject({ cidr: `${net}.128.0/17` });
    expect(await service.call('allocate', { input: { pool: pool.id, prefixLength: 24 } })).toMatchObject({
      code: 'NO_SPACE',
    });
    // disassociated in a VPC that was read whole: free at once
    await sweep([{ id: `vpc-${account}`, cidrs: [`172.${pools}.0.0/16`] }]);
    expect(await kindsOf(account)).toEqual(['UNMANAGED']);
    expect(await service.call('allocate', { input: { pool: pool.id, prefixLength: 17 } })).toMatchObject({
      cidr: `${net}.0.0/17`,
    });
  });

  it('stays blocked while its VPC is missing, and goes when it has ended', async () => {
    const { pool, net, sweep, account } = await place();
    const full = () => service.call('allocate', { input: { pool: pool.id, prefixLength: 16 } });
    await sweep([{ id: `vpc-${account}`, cidrs: [`${net}.0.0/24`] }]);
    for (let miss = 1; miss <= 2; miss++) {
      await sweep([]);
      expect(await full()).toMatchObject({ code: 'NO_SPACE' });
      expect(await kindsOf(account)).toEqual(['ROGUE']);
    }
    for (const ending of ['failed', 'partial', 'failed'] as const) {
      await sweep([], ending);
      expect(await full()).toMatchObject({ code: 'NO_SPACE' });
    }
    await sweep([]);
    expect(await kindsOf(account)).toEqual([]);
    expect(await full()).toMatchObject({ cidr: `${net}.0.0/16` });
  });

  it('is adopted by itself where the pool says so', async () => {
    const { net, sweep, account } = await place({ rules: { autoAdopt: true } });
    const vpc = { id: `vpc-${account}`, cidrs: [`${net}.0.0/20`], name: `shop ${account}` };
    const adopted = await sweep([{ ...vpc, subnets: { [`subnet-${account}`]: `${net}.1.0/24` } }]);
    expect(adopted.map(({ cidr }) => cidr.toString())).toEqual([`${net}.0.0/20`, `${net}.1.0/24`]);
    expect(await findingsOf(account)).toEqual([]);
    expect(await service.call('pool', { name: `shop ${account}` })).toMatchObject({
      cidrs: [`${net}.0.0/20`],
    });
  });
});

describe('adoptObserved', () => {
  it('adopts a VPC, makes its pool, and its subnets follow; again it does nothing', async () => {
    const { pool, net, sweep, account } = await place();
    const id = `vpc-${account}`;
    const subnets = { [`subnet-a${account}`]: `${net}.1.0/24`, [`subnet-b${account}`]: `${net}.17.0/24` };
    const vpc = { id, cidrs: [`${net}.0.0/20`, `${net}.16.0/20`], subnets };
    await sweep([vpc]);
    expect(await kindsOf(account)).toEqual(['ROGUE', 'ROGUE']);
    const adoption = await adopt(id, { key: 'shop', contact: 'net' });
    expect(adoption).toMatchObject({ __typename: 'Adoption', failures: [], pools: [{ name: id }] });
    expect(
      adoption.allocations.map(({ cidr, pool: { id: of }, key }: Data) => [cidr, of === pool.id, key]),
    ).toEqual([
      [`${net}.0.0/20`, true, 'shop'],
      [`${net}.16.0/20`, true, null],
      [`${net}.1.0/24`, false, null],
      [`${net}.17.0/24`, false, null],
    ]);
    expect(adoption.allocations[0].holder).toMatchObject({
      ...{ provider: 'aws', account, region: 'eu-west-1', resourceType: 'vpc', resourceId: id },
      ...{ routingDomain: id, contact: 'net' },
    });
    expect(await findingsOf(account)).toEqual([]);
    const before = await changes();
    const again = await adopt(id, { key: 'shop', contact: 'net' });
    expect(again.allocations.map(({ id: one }: Data) => one)).toEqual(
      adoption.allocations.slice(0, 2).map(({ id: one }: Data) => one),
    );
    expect(await changes()).toBe(before);
    // a CIDR that comes later goes into the same pool
    await sweep([{ ...vpc, cidrs: [...vpc.cidrs, `${net}.32.0/20`] }]);
    expect(await kindsOf(account)).toEqual(['ROGUE']);
    expect((await adopt(id)).pools).toMatchObject([{ id: adoption.pools[0].id }]);
  });

  it('says what it cannot adopt', async () => {
    const { sweep, account } = await place();
    const id = `vpc-${account}`;
    await sweep([
      { id, cidrs: [`172.${pools}.0.0/16`], subnets: { [`subnet-${account}`]: `172.${pools}.1.0/24` } },
    ]);
    expect(await adopt(id)).toMatchObject({
      allocations: [],
      failures: [{ cidr: `172.${pools}.0.0/16`, failure: { code: 'OUTSIDE_POOL' } }],
    });
    expect(await adopt(`subnet-${account}`)).toMatchObject({
      failures: [{ failure: { code: 'OUTSIDE_POOL' } }],
    });
    expect(await adopt('vpc-nobody')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await adopt(id, { pool: 'nowhere' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('of two observations of one CIDR the first adopted wins, the other stays DUPLICATE_GLOBAL', async () => {
    const first = await place();
    const second = await sweepable(service, String(++accounts));
    const [one, other] = [`vpc-${first.account}`, `vpc-${accounts}`];
    const cidrs = [`${first.net}.0.0/20`];
    await first.sweep([{ id: one, cidrs }]);
    await second.sweep([{ id: other, cidrs, subnets: { [`subnet-${accounts}`]: `${first.net}.1.0/24` } }]);
    await adopt(one);
    await second.reconcile();
    expect(await kindsOf(String(accounts))).toEqual(['DUPLICATE_GLOBAL']);
    expect(await adopt(other)).toMatchObject({
      allocations: [],
      failures: [{ failure: { code: 'CIDR_CONFLICT' } }],
    });
    expect((await findingsOf(first.account)).map(({ kind, subject }) => [kind, subject])).toEqual([
      ['DUPLICATE_GLOBAL', `${other} ${cidrs[0]}`],
    ]);
  });
});

describe('what is allocated and not observed', () => {
  async function allocated() {
    const there = await place();
    const id = `vpc-${there.account}`;
    const vpc = { id, cidrs: [`${there.net}.0.0/20`] };
    await there.sweep([vpc]);
    const [allocation] = (await adopt(id)).allocations;
    return { ...there, id, vpc, allocation };
  }

  it('is ORPHAN after K good lists without it, and no longer once it is back', async () => {
    const { sweep, account, vpc, allocation } = await allocated();
    for (let miss = 1; miss <= 2; miss++) {
      await sweep([]);
      expect(await kindsOf(account)).toEqual([]);
    }
    await sweep([], 'failed');
    expect(await kindsOf(account)).toEqual([]);
    await sweep([]);
    expect(await findingsOf(account)).toMatchObject([{ kind: 'ORPHAN', subject: allocation.id }]);
    await sweep([], 'failed');
    expect(await kindsOf(account)).toEqual(['ORPHAN']);
    await sweep([vpc]);
    expect(await kindsOf(account)).toEqual([]);
    expect(await read(allocation.id)).toMatchObject({ status: 'ALLOCATED' });
  });

  it('is DRIFT where its resource has other CIDRs; never by a list that failed', async () => {
    const { sweep, account, net, id, allocation } = await allocated();
    const other = [{ id, cidrs: [`${net}.32.0/20`] }];
    await sweep(other, 'failed');
    expect(await kindsOf(account)).not.toContain('DRIFT');
    await sweep(other);
    expect((await findingsOf(account)).find(({ kind }) => kind === 'DRIFT')).toMatchObject({
      subject: allocation.id,
      detail: { expected: `${net}.0.0/20`, cidrs: [`${net}.32.0/20`] },
    });
  });

  it('is DRIFT where somebody else has its CIDR and its own resource is gone', async () => {
    const { sweep, account, vpc, allocation } = await allocated();
    await sweep([{ ...vpc, id: `${vpc.id}-new` }]);
    // missing, it still counts
    expect(await kindsOf(account)).toEqual(['DUPLICATE_GLOBAL']);
    for (let miss = 2; miss <= 3; miss++) await sweep([{ ...vpc, id: `${vpc.id}-new` }]);
    expect(await findingsOf(account)).toMatchObject([
      { kind: 'DRIFT', subject: allocation.id, detail: { differs: ['resourceId'] } },
    ]);
  });
});

it('concludes nothing new from lists that failed, and nothing at all twice', async () => {
  const { pool, holder, net, sweep, reconcile, account } = await place();
  const vpc = {
    id: `vpc-${account}`,
    cidrs: [`${net}.0.0/20`],
    subnets: { [`subnet-${account}`]: `${net}.1.0/24` },
  };
  const reserved = await reserve({ pool: pool.id, cidr: `${net}.0.0/20`, holder });
  for (const ending of ['failed', 'partial'] as const) await sweep([vpc], ending);
  expect(await read(reserved.id)).toMatchObject({ status: 'RESERVED' });
  await sweep([vpc]);
  expect(await read(reserved.id)).toMatchObject({ status: 'ALLOCATED' });
  const before = await changes();
  await reconcile();
  await reconcile();
  await sweep([vpc]);
  expect(await changes()).toBe(before);
});

it('does by itself what a process that died has left undone', async () => {
  const { pool, holder, net, readLists } = await place();
  const reserved = await reserve({ pool: pool.id, cidr: `${net}.0.0/20`, holder });
  await readLists([{ id: `vpc-${holder.account}`, cidrs: [`${net}.0.0/20`] }]);
  const { Reconciler } = await import('../../src/features/inventory/index.js');
  const { systemContext } = await import('../../src/platform/context/request-context.js');
  await service.app.get(Reconciler).catchUp(systemContext('test'));
  expect(await read(reserved.id)).toMatchObject({ status: 'ALLOCATED' });
});

it('says STALE, with the reason, of what could not be read for long, until it can be', async () => {
  const { sweep, account, scope } = await place();
  await sweep([]);
  await sweep([], 'failed');
  expect(await kindsOf(account)).toEqual([]);
  await service.database.query(
    `UPDATE discovery_list SET stale_since = stale_since - interval '2 hours' WHERE scope_id = $1`,
    [scope.id],
  );
  await sweep([], 'failed');
  expect(await findingsOf(account)).toMatchObject([
    { kind: 'STALE', detail: { reason: 'UNAVAILABLE: gone', lists: ['subnet', 'vpc'] } },
  ]);
  await sweep([]);
  expect(await kindsOf(account)).toEqual([]);
});

it('leaves what a shared VPC shows to its owner', async () => {
  const owner = await place();
  const guest = await sweepable(service, String(++accounts));
  const vpc = { id: `vpc-${owner.account}`, cidrs: [`${owner.net}.0.0/20`], owner: owner.account };
  await owner.sweep([vpc]);
  await guest.sweep([vpc]);
  expect(await kindsOf(owner.account)).toEqual(['ROGUE']);
  expect(await kindsOf(String(accounts))).toEqual([]);
});

describe('networks', () => {
  it('are in a routing domain of their own until somebody says otherwise', async () => {
    const { sweep, account, net } = await place();
    const id = `vpc-${account}`;
    await sweep([{ id, cidrs: [`${net}.0.0/20`], name: 'shop' }]);
    const list = (filter: object) => service.call('networks', { filter });
    expect(await list({ account })).toMatchObject({
      totalCount: 1,
      nodes: [
        {
          id,
          kind: 'VPC',
          name: 'shop',
          account,
          region: 'eu-west-1',
          cidrs: [`${net}.0.0/20`],
          missing: false,
          routingDomain: { name: id },
        },
      ],
    });
    const domain = await service.routingDomain();
    const placing = { network: id, routingDomain: domain.name };
    expect(await service.call('placeNetwork', { input: placing })).toMatchObject({
      id,
      routingDomain: { id: domain.id },
    });
    expect((await list({ routingDomain: domain.id })).nodes).toMatchObject([{ id }]);
    expect(await service.call('deleteRoutingDomain', { input: { routingDomain: domain.id } })).toMatchObject({
      code: 'HAS_DEPENDENTS',
      dependents: [`network ${id}`],
    });
    expect(
      await service.call('placeNetwork', { input: { ...placing, routingDomain: 'none' } }),
    ).toMatchObject({ code: 'NOT_FOUND' });
    expect(await service.call('placeNetwork', { input: { ...placing, network: 'none' } })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('block in pools of the routing domain that they are placed in', async () => {
    const domain = await service.routingDomain();
    const pool = await service.pool({
      cidrs: ['192.168.0.0/16'],
      uniqueness: 'ROUTING_DOMAIN',
      routingDomain: domain.name,
    });
    const account = String(++accounts);
    const { sweep } = await sweepable(service, account);
    await sweep([{ id: `vpc-${account}`, cidrs: ['192.168.0.0/17'] }]);
    const largest = async () => (await service.call('pool', { id: pool.id })).capacity.largestFreeBlock;
    expect(await largest()).toBe('192.168.0.0/16');
    await service.call('placeNetwork', { input: { network: `vpc-${account}`, routingDomain: domain.id } });
    expect(await largest()).toBe('192.168.128.0/17');
    expect(await kindsOf(account)).toEqual(['ROGUE']);
  });

  it('that are declared block too, until they are removed', async () => {
    const { pool, net } = await place();
    const name = `site ${net}`;
    await service.call('declareExternalNetwork', { input: { name, cidrs: [`${net}.0.0/17`] } });
    const largest = async () => (await service.call('pool', { id: pool.id })).capacity.largestFreeBlock;
    expect(await largest()).toBe(`${net}.128.0/17`);
    expect(await service.call('networks', { filter: { text: name } })).toMatchObject({
      nodes: [{ kind: 'EXTERNAL_NETWORK', routingDomain: { name } }],
    });
    await service.call('removeExternalNetwork', { input: { name } });
    expect(await largest()).toBe(`${net}.0.0/16`);
  });
});
