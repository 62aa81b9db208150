import { ListFailedError } from '../../src/features/inventory/index.js';
import { bootService, type Data, expectType, type TestService } from '../support/service.js';
import { FakeCloud, forbidden } from '../support/fake-cloud.js';
import { until } from '../support/until.js';

const A = '111111111111';
const B = '222222222222';
const C = '333333333333';
const role = (account: string) => `arn:aws:iam::${account}:role/discovery`;

let service: TestService;
let cloud: FakeCloud;
beforeAll(async () => {
  cloud = new FakeCloud();
  service = await bootService({ cloud, env: { CADASTRE_DISCOVERY_MINUTES: '0' } });
});
afterAll(() => service.stop());
afterEach(async () => {
  const { nodes } = await service.call('discoveryAccounts');
  const accounts = nodes.map(({ account }: Data) => account);
  if (accounts.length > 0) await service.call('removeDiscoveryAccounts', { input: { accounts } });
});

const add = (...accounts: object[]) => service.call('addDiscoveryAccounts', { input: { accounts } });
/** Deeper than what `call` asks for: what is known of each region. */
const list = async () =>
  (
    await service.query(`{ discoveryAccounts { totalCount nodes {
      account name roleArn externalId regions enabled source createdBy
      scopes { region lastGoodAt staleSince staleReason objects missing lists { kind objects staleReason } } } } }`)
  ).discoveryAccounts;
const update = (input: object) => service.call('updateDiscoveryAccount', { input });
const remove = (...accounts: string[]) => service.call('removeDiscoveryAccounts', { input: { accounts } });
const startSweep = async (input: object = {}) =>
  expectType('Sweep', await service.call('startSweep', { input }));
const ended = (id: string): Promise<Data> =>
  until('the end of the sweep', async () => {
    const sweep = await service.call('sweep', { id });
    return sweep.state !== 'RUNNING' && sweep.scopesRunning === 0 && sweep;
  });
const trail = async (id: string) =>
  (await service.call('changesOf', { id })).nodes.map(({ action, detail }: Data) => [action, detail]);

const account = (id: string, more: object = {}) => ({
  account: id,
  roleArn: role(id),
  regions: ['eu-west-1'],
  ...more,
});

describe('addDiscoveryAccounts', () => {
  it('adds and changes, all or nothing, and lists by account', async () => {
    expect(
      await add(account(B), account(A, { name: 'shop', regions: ['us-east-1', 'eu-west-1', 'us-east-1'] })),
    ).toMatchObject({
      __typename: 'DiscoveryAccounts',
      added: 2,
      updated: 0,
    });
    const again = await add(account(B), account(A, { name: 'shop', regions: ['eu-west-1'] }));
    expect(again).toMatchObject({ added: 0, updated: 1 });
    const { totalCount, nodes } = await list();
    expect(totalCount).toBe(2);
    expect(nodes).toMatchObject([
      {
        ...account(A, { name: 'shop' }),
        enabled: true,
        source: 'LIST',
        externalId: null,
        scopes: [],
        createdBy: 'token:CADASTRE_ADMIN_TOKEN',
      },
      { account: B },
    ]);
    expect(await trail(A)).toEqual([
      ['discovery.updated', { regions: [['eu-west-1', 'us-east-1'], ['eu-west-1']] }],
      [
        'discovery.added',
        {
          name: 'shop',
          roleArn: role(A),
          regions: ['eu-west-1', 'us-east-1'],
          enabled: true,
          source: 'list',
        },
      ],
    ]);
  });

  it('keeps of a known account what is left out; empty is none', async () => {
    await add(account(A, { name: 'shop', externalId: 'x1', enabled: false }));
    const kept = { name: 'shop', roleArn: role(A), externalId: 'x1', enabled: false };
    expect(await add({ account: A, regions: ['us-east-1'] })).toMatchObject({
      updated: 1,
      accounts: [{ ...kept, regions: ['us-east-1'] }],
    });
    expect((await trail(A))[0]).toEqual(['discovery.updated', { regions: [['eu-west-1'], ['us-east-1']] }]);
    expect(await add({ account: A, regions: ['us-east-1'], roleArn: '' })).toMatchObject({
      rule: 'accounts[0].externalId',
    });
    expect(
      await add({ account: A, regions: ['us-east-1'], name: '', roleArn: '', externalId: '', enabled: true }),
    ).toMatchObject({ accounts: [{ name: '', roleArn: null, externalId: null, enabled: true }] });
  });

  it.each([
    ['accounts', []],
    ['accounts', Array.from({ length: 1001 }, (_, i) => account(String(100_000_000_000 + i)))],
    ['accounts[1].account', [account(A), account('1')]],
    ['accounts[1].account', [account(A), account(A)]],
    ['accounts[0].roleArn', [account(A, { roleArn: role(B) })]],
    ['accounts[0].regions', [account(A, { regions: ['mars'] })]],
    ['accounts[0].externalId', [account(A, { roleArn: null, externalId: 'x1' })]],
  ])('refuses what breaks the rule %s, and adds nothing', async (rule, accounts) => {
    expect(await add(...accounts)).toMatchObject({ code: 'RULE_VIOLATION', rule });
    expect((await list()).totalCount).toBe(0);
  });
});

describe('updateDiscoveryAccount', () => {
  it('changes what is given; an empty role is none', async () => {
    await add(account(A, { externalId: 'x1' }));
    expect(await update({ account: A, name: 'n', enabled: false })).toMatchObject({
      __typename: 'DiscoveryAccount',
      name: 'n',
      enabled: false,
      externalId: 'x1',
      roleArn: role(A),
    });
    expect(await update({ account: A, roleArn: '' })).toMatchObject({ rule: 'externalId' });
    expect(await update({ account: A, roleArn: '', externalId: '' })).toMatchObject({
      roleArn: null,
      externalId: null,
    });
    const before = await trail(A);
    await update({ account: A, name: 'n' });
    expect(await trail(A)).toEqual(before);
    expect(await update({ account: B })).toMatchObject({ code: 'NOT_FOUND', id: B });
  });
});

describe('a sweep', () => {
  it('is of everything where nothing is said', async () => {
    await add(account(A), account(B));
    const { startSweep: begun } = await service.query(
      'mutation { startSweep { ... on Sweep { id scopesTotal } } }',
    );
    expect(begun.scopesTotal).toBe(2);
    expect(await ended(begun.id)).toMatchObject({ state: 'DONE' });
  });

  it('is begun, followed, and shows in the accounts', async () => {
    await add(account(A), account(B));
    const { id } = await startSweep();
    expect(id).toMatch(/^sweep_[1-9]\d*$/);
    const sweep = await ended(id);
    expect(sweep).toMatchObject({
      state: 'DONE',
      cause: 'ASKED',
      accountsDone: 2,
      scopesTotal: 2,
      scopesFailed: 0,
      calls: '32',
      remainingSeconds: null,
      failedScopes: [],
      problem: null,
    });
    expect((await service.call('sweeps')).nodes[0].id).toBe(id);
    expect((await list()).nodes[0].scopes).toMatchObject([
      {
        region: 'eu-west-1',
        lastGoodAt: expect.any(String),
        staleSince: null,
        staleReason: null,
        objects: 0,
      },
    ]);
    expect((await trail(id)).map(([action]: string[]) => action)).toEqual(['sweep.started']);
    await remove(A);
    await add(account(A));
    const [{ scopes }] = (await list()).nodes;
    expect(scopes).toMatchObject([{ staleReason: 'no longer discovered' }]);
    await ended((await startSweep()).id);
    expect((await list()).nodes[0].scopes).toMatchObject([{ staleReason: null }]);
  });

  it('names what failed and why; resume tries that again', async () => {
    await add(account(A), account(B));
    cloud.failAt(A, 'eu-west-1', null, forbidden());
    cloud.failAt(B, 'eu-west-1', 'subnet', new ListFailedError('MALFORMED', 'an empty answer'));
    const { id } = await startSweep();
    const sweep = await ended(id);
    expect(sweep).toMatchObject({ state: 'DONE', scopesFailed: 2 });
    const [a, b] = sweep.failedScopes;
    expect(a).toMatchObject({ account: A, region: 'eu-west-1' });
    expect(a.failures).toHaveLength(16);
    expect(b.failures).toEqual([
      { kind: 'SUBNET', reason: 'MALFORMED', message: 'an empty answer', __typename: 'ListFailure' },
    ]);
    cloud.failAt(A, 'eu-west-1', null, null);
    cloud.failAt(B, 'eu-west-1', 'subnet', null);
    expect(await service.call('resumeSweep', { input: { id } })).toMatchObject({ state: 'RUNNING' });
    expect(await ended(id)).toMatchObject({ state: 'DONE', scopesFailed: 0 });
    expect(await service.call('resumeSweep', { input: { id } })).toMatchObject({ code: 'RULE_VIOLATION' });
  });

  it('is cancelled and resumed', async () => {
    await add(account(A));
    const release = cloud.holdAt(A, 'eu-west-1');
    const { id } = await startSweep({ kinds: ['SUBNET', 'VPC'] });
    await until('it is read', async () => (await service.call('sweep', { id })).scopesRunning === 1);
    expect(await service.call('cancelSweep', { input: { id } })).toMatchObject({ state: 'CANCELLED' });
    expect(await ended(id)).toMatchObject({ kinds: ['VPC', 'SUBNET'], objects: '0', scopesFailed: 0 });
    expect(await service.call('cancelSweep', { input: { id } })).toMatchObject({ code: 'RULE_VIOLATION' });
    release();
    await service.call('resumeSweep', { input: { id } });
    expect(await ended(id)).toMatchObject({ state: 'DONE', calls: '2' });
    expect((await trail(id)).map(([action]: string[]) => action)).toEqual([
      'sweep.resumed',
      'sweep.cancelled',
      'sweep.started',
    ]);
  });

  it('needs something to sweep', async () => {
    expect(await service.call('startSweep', { input: {} })).toMatchObject({ rule: 'accounts' });
    await add(account(A));
    expect(await service.call('startSweep', { input: { accounts: [B] } })).toMatchObject({
      code: 'NOT_FOUND',
      id: B,
    });
    expect(await service.call('startSweep', { input: { regions: ['us-east-1'] } })).toMatchObject({
      rule: 'regions',
    });
    await expect(service.call('startSweep', { input: { kinds: ['EXTERNAL_NETWORK'] } })).rejects.toThrow(
      'BAD_USER_INPUT',
    );
    await update({ account: A, enabled: false });
    expect(await service.call('startSweep', { input: {} })).toMatchObject({ rule: 'accounts' });
    for (const id of ['sweep_99999', 'sweep_99999999999', '1', '']) {
      expect(await service.call('sweep', { id })).toBeNull();
      expect(await service.call('cancelSweep', { input: { id } })).toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('importOrganization', () => {
  const imports = (more: object = {}) =>
    service.call('importOrganization', { input: { regions: ['eu-west-1'], roleName: 'discovery', ...more } });

  it('adds the active accounts, leaves what was added by hand, and names what is gone', async () => {
    cloud.members = [
      { account: A, name: 'a' },
      { account: B, name: 'b' },
      { account: C, name: 'c' },
    ];
    await add(account(B, { name: 'by hand', regions: ['us-east-1'] }));
    expect(await imports({ exclude: [C] })).toMatchObject({
      __typename: 'DiscoveryAccounts',
      added: 1,
      updated: 0,
      gone: [],
    });
    expect((await list()).nodes).toMatchObject([
      { account: A, name: 'a', roleArn: role(A), source: 'ORGANIZATION' },
      { account: B, name: 'by hand', regions: ['us-east-1'], source: 'LIST' },
    ]);
    await update({ account: A, enabled: false });
    expect(await imports({ include: [A, C], regions: ['cn-north-1'] })).toMatchObject({
      added: 1,
      updated: 1,
    });
    expect((await list()).nodes[0]).toMatchObject({
      enabled: false,
      roleArn: `arn:aws-cn:iam::${A}:role/discovery`,
    });
    cloud.members = [{ account: C, name: 'c' }];
    expect(await imports({ regions: ['cn-north-1'] })).toMatchObject({ added: 0, updated: 0, gone: [A] });
  });

  it('says why it cannot', async () => {
    expect(await imports({ regions: [] })).toMatchObject({ rule: 'regions' });
    expect(await imports({ roleName: 'a b' })).toMatchObject({ rule: 'roleName' });
    expect(await imports({ include: ['x'] })).toMatchObject({ rule: 'include' });
    cloud.failAt('organization', '', null, forbidden());
    await expect(imports()).rejects.toThrow(/organization does not say its accounts: .*not authorized/);
    cloud.failAt('organization', '', null, null);
  });
});
