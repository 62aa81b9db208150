import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InventoryStore } from '../../src/features/inventory/index.js';
import { systemContext } from '../../src/platform/context/request-context.js';
import { rootFields } from '../support/document.js';
import { FakeCloud } from '../support/fake-cloud.js';
import { observed, sweepAt } from '../support/inventory.js';
import { peering, sweep, vpc } from '../support/observed-cloud.js';
import { suspiciousList, sweepable } from '../support/sweeping.js';
import { bootService, type Data, type TestService } from '../support/service.js';
import { watchStatements } from './statements.js';

const FILE = 'test/e2e/sql-budget.json';
const { lists: LIST_BUDGETS, ...BUDGETS } = JSON.parse(
  readFileSync(join(process.cwd(), FILE), 'utf8'),
) as Record<string, number> & { lists: Record<string, number> };

const cloud = new FakeCloud();
let service: TestService;
let statements: ReturnType<typeof watchStatements>;
beforeAll(async () => {
  service = await bootService({
    cloud,
    env: {
      CADASTRE_SWEEP_SECONDS: '86400',
      CADASTRE_DISCOVERY_MINUTES: '0',
      CADASTRE_DISCOVERY_SCOPES_AT_ONCE: '0',
    },
  });
  statements = watchStatements(service);
});
afterAll(() => service.stop());

let accounts = 0;
const discovered = () => ({ account: String(100_000_000_000 + ++accounts), regions: ['eu-west-1'] });

async function discoveredAccount(): Promise<string> {
  const account = discovered();
  await service.call('addDiscoveryAccounts', { input: { accounts: [account] } });
  return account.account;
}

async function startedSweep(): Promise<string> {
  const input = { accounts: [await discoveredAccount()] };
  return (await service.call('startSweep', { input })).id;
}

async function childPool(): Promise<Data> {
  const source = await service.allocation();
  return service.call('createPool', { input: { name: `child ${source.id}`, fromAllocations: [source.id] } });
}

/** A call of each root field that succeeds, on things of its own, asking for what people ask for. */
const CALLS: Record<string, () => Promise<[variables: object, fields: string]>> = {
  pool: async () => [
    { id: (await childPool()).id },
    `name cidrs freeBlocks routingDomain { name } parent { name } sources { cidr allocation { pool { name } } }
     capacity { free } tree: capacity(tree: true) { free } blocks { nodes { cidr } } allocations { nodes { cidr } }`,
  ],
  pools: async () => [{}, 'totalCount nodes { name routingDomain { name } }'],
  allocation: async () => [{ id: (await service.allocation()).id }, 'cidr pool { name }'],
  allocations: async () => [
    { filter: { pool: (await service.allocation()).pool.id } },
    'totalCount nodes { cidr pool { name } }',
  ],
  checkCidrs: async () => [
    { cidrs: ['10.0.0.0/8', '192.0.2.0/24'], routingDomain: (await service.routingDomain()).id },
    'status pool { name }',
  ],
  previewAllocation: async () => [
    { input: { pool: (await service.pool()).id, prefixLength: 24 } },
    '... on AllocationPreview { cidr }',
  ],
  changesOf: async () => [{ id: (await service.pool()).id }, 'totalCount nodes { action }'],
  routingDomain: async () => [
    { id: (await service.link()).a.id },
    'name links { via a { name } b { name } }',
  ],
  routingDomains: async () => [{}, 'totalCount nodes { name }'],
  tokens: async () => [{}, 'totalCount nodes { name }'],
  networks: async () => {
    const { sweep } = await sweepable(service, '000000000001');
    await sweep([{ id: 'vpc-1', cidrs: ['172.16.0.0/16'] }]);
    return [{}, 'totalCount nodes { name routingDomain { name } }'];
  },
  placeNetwork: async () => {
    const { sweep } = await sweepable(service, '000000000002');
    await sweep([{ id: 'vpc-2', cidrs: ['172.17.0.0/16'] }]);
    const { id: routingDomain } = await service.routingDomain();
    return [{ input: { network: 'vpc-2', routingDomain } }, '... on Network { name }'];
  },
  adoptObserved: async () => {
    const { sweep } = await sweepable(service, '000000000003');
    const pool = await service.pool({ cidrs: ['172.18.0.0/15'], uniqueness: 'GLOBAL' });
    const subnets = { 'subnet-3': '172.18.1.0/24' };
    await sweep([{ id: 'vpc-3', cidrs: ['172.18.0.0/16'], subnets }]);
    return [
      { input: { resource: 'vpc-3', pool: pool.id } },
      '... on Adoption { allocations { cidr } pools { name } failures { cidr } }',
    ];
  },
  finding: async () => [{ id: await service.finding() }, 'message waived'],
  findings: async () => [{}, 'totalCount nodes { message waived }'],
  waiveFinding: async () => [
    { input: { id: await service.finding(), reason: 'r', contact: 'c', until: '2200-01-01T00:00:00Z' } },
    '... on Finding { waived }',
  ],
  unwaiveFinding: async () => {
    const id = await service.finding();
    const waiver = { reason: 'r', contact: 'c', until: '2200-01-01T00:00:00Z' };
    await service.call('waiveFinding', { input: { id, ...waiver } });
    return [{ input: { id } }, '... on Finding { waived }'];
  },
  allocate: async () => [
    { input: { pool: (await service.pool()).id, prefixLength: 24, key: 'k' } },
    '... on Allocation { cidr }',
  ],
  reserve: async () => [
    { input: { pool: (await service.pool()).id, prefixLength: 24, key: 'k' } },
    '... on Allocation { cidr }',
  ],
  adopt: async () => [
    { input: { pool: (await service.pool()).id, cidr: '10.0.0.0/24', key: 'k' } },
    '... on Allocation { cidr }',
  ],
  allocateMany: () => takeMany(1, 1),
  reserveMany: () => takeMany(1, 1),
  adoptMany: () => adoptMany(1, 1),
  releaseMany: () => releaseMany(1, 1),
  'allocateMany of 100': () => takeMany(100, 1),
  'allocateMany of 100 in 3 pools': () => takeMany(100, 3),
  'reserveMany of 100': () => takeMany(100, 1),
  'reserveMany of 100 in 3 pools': () => takeMany(100, 3),
  'adoptMany of 100': () => adoptMany(100, 1),
  'adoptMany of 100 in 3 pools': () => adoptMany(100, 3),
  'releaseMany of 100': () => releaseMany(100, 1),
  'releaseMany of 100 in 3 pools': () => releaseMany(100, 3),
  confirm: async () => [{ input: { id: (await service.reservation()).id } }, '... on Allocation { cidr }'],
  renew: async () => [
    { input: { id: (await service.reservation()).id, ttlSeconds: 7200 } },
    '... on Allocation { cidr }',
  ],
  release: async () => [{ input: { id: (await service.allocation()).id } }, '... on Allocation { cidr }'],
  restoreAllocation: async () => {
    const { id } = await service.allocation();
    await service.call('release', { input: { id } });
    return [{ input: { id } }, '... on Allocation { cidr }'];
  },
  updateAllocation: async () => [
    { input: { id: (await service.allocation()).id, version: 1, description: 'new' } },
    '... on Allocation { cidr }',
  ],
  createPool: async () => [
    {
      input: { name: 'budget', cidrs: ['172.16.0.0/12'], routingDomain: (await service.routingDomain()).id },
    },
    '... on Pool { name cidrs }',
  ],
  provisionCidr: async () => [
    { input: { pool: (await service.pool()).id, cidr: '11.0.0.0/8' } },
    '... on Pool { name cidrs }',
  ],
  deprovisionCidr: async () => [
    { input: { pool: (await service.pool()).id, cidr: '10.0.0.0/8' } },
    '... on Pool { name cidrs }',
  ],
  deletePool: async () => [{ input: { pool: (await service.pool()).id } }, '... on Pool { name }'],
  updatePool: async () => [
    { input: { pool: (await service.pool()).id, rules: { excluded: ['10.0.0.0/16'] } } },
    '... on Pool { name }',
  ],
  createRoutingDomain: async () => [{ input: { name: 'budget' } }, '... on RoutingDomain { name }'],
  updateRoutingDomain: async () => [
    { input: { routingDomain: (await service.routingDomain()).id, version: 1, description: 'new' } },
    '... on RoutingDomain { name }',
  ],
  deleteRoutingDomain: async () => [
    { input: { routingDomain: (await service.routingDomain()).id } },
    '... on RoutingDomain { name }',
  ],
  connectRoutingDomains: async () => {
    const [a, b] = [await service.routingDomain(), await service.routingDomain()];
    return [{ input: { a: a.id, b: b.id, via: 'peering' } }, '... on DomainLink { a { name } b { name } }'];
  },
  disconnectRoutingDomains: async () => {
    const { a, b, via } = await service.link();
    return [{ input: { a: a.id, b: b.id, via } }, '... on DomainLink { a { name } b { name } }'];
  },
  discoveryAccounts: async () => {
    await discoveredAccount();
    return [{}, 'totalCount nodes { account scopes { region lists { kind } } }'];
  },
  addDiscoveryAccounts: async () => [
    { input: { accounts: [discovered()] } },
    '... on DiscoveryAccounts { added }',
  ],
  updateDiscoveryAccount: async () => [
    { input: { account: await discoveredAccount(), name: 'renamed' } },
    '... on DiscoveryAccount { name }',
  ],
  removeDiscoveryAccounts: async () => [
    { input: { accounts: [await discoveredAccount()] } },
    '... on RemovedDiscoveryAccounts { removed }',
  ],
  importOrganization: async () => {
    cloud.members = [{ account: discovered().account, name: 'n' }];
    return [{ input: { regions: ['eu-west-1'], roleName: 'r' } }, '... on DiscoveryAccounts { added }'];
  },
  sweep: async () => [{ id: await startedSweep() }, 'state failedScopes { account }'],
  sweeps: async () => [{}, 'totalCount nodes { state failedScopes { account } }'],
  startSweep: async () => [{ input: { accounts: [await discoveredAccount()] } }, '... on Sweep { id }'],
  cancelSweep: async () => [{ input: { id: await startedSweep() } }, '... on Sweep { id }'],
  resumeSweep: async () => {
    const id = await startedSweep();
    await service.call('cancelSweep', { input: { id } });
    return [{ input: { id } }, '... on Sweep { id }'];
  },
  overlaps: async () => {
    await overlappingVpcs();
    return [
      {},
      `totalCount nodes { subject networks { id addressesInUse routingDomain { name } allocation { id } }
       conflicts { nodes { a { id } via { resource } } } finding { id waived } }`,
    ];
  },
  wouldOverlap: async () => {
    await overlappingVpcs();
    return [{ connect: { a: ['vpc-overlap-1'], b: ['vpc-overlap-2'] } }, 'verdict collisions { a b }'];
  },
  reach: async () => {
    await overlappingVpcs();
    return [{ routingDomain: 'vpc-overlap-1' }, 'domains { nodes { routingDomain { name } via { how } } }'];
  },
  'search by text': async () => [{ text: 'overlap' }, 'hits { id } more'],
  search: async () => [{ text: '10.255.0.1' }, 'hits { id } more'],
  observedObjects: async () => [
    { filter: { vpc: await observedVpc() } },
    'totalCount nodes { id configuration }',
  ],
  observedVersions: async () => [{ id: await observedVpc() }, 'id from to'],
  observedLists: async () => [{}, 'kind staleSince'],
  acceptDrop: async () => {
    const { account, region } = await suspiciousList(service, 'dropped');
    return [{ input: { account, region, kind: 'VPC' } }, '... on ObservedList { dropAccepted }'];
  },
  snapshotAt: async () => [
    { vpc: await observedVpc() },
    'objects { presence version { id } } uncovered { kind }',
  ],
  configurationChanges: async () => [
    { filter: { vpc: await observedVpc(), kind: 'VPC' } },
    'totalCount nodes { action old new }',
  ],
  externalNetworks: async () => [{}, 'totalCount nodes { name }'],
  declareExternalNetwork: async () => [
    { input: { name: 'hq', cidrs: ['10.0.0.0/8'], routingDomain: (await service.routingDomain()).id } },
    '... on ExternalNetwork { name }',
  ],
  removeExternalNetwork: async () => {
    await service.call('declareExternalNetwork', { input: { name: 'gone', cidrs: ['10.0.0.0/8'] } });
    return [{ input: { name: 'gone' } }, '... on ExternalNetwork { name }'];
  },
  createToken: async () => [{ input: { name: 'budget', role: 'READER' } }, '... on CreatedToken { secret }'],
  revokeToken: async () => {
    const { token } = await service.call('createToken', { input: { name: 'revoked', role: 'READER' } });
    return [{ input: { id: token.id } }, '... on Token { name }'];
  },
};

let vpcs = 0;

/** A VPC that a first list showed. */
async function observedVpc(): Promise<string> {
  const [store, ctx, id] = [service.app.get(InventoryStore), systemContext('discovery'), `vpc-${++vpcs}`];
  const [scope] = await store.ensureScopes(ctx, [{ account: id, region: 'eu-west-1' }]);
  const recorder = await store.openList(ctx, scope!, 'vpc', sweepAt(0), async () => undefined);
  await recorder.page({ objects: [observed('vpc', id, { cidrs: [] }, { vpcId: id })], available: [] });
  await recorder.complete();
  return id;
}

let swept = 1;
async function overlappingVpcs(): Promise<void> {
  const ids = ['vpc-overlap-1', 'vpc-overlap-2'];
  await sweep(service.app, sweepAt(swept++), [
    ...ids.map((id) => vpc(id, ['10.255.0.0/16'])),
    peering('pcx-overlap', ids[0]!, ids[1]!),
  ]);
}

const ALLOCATIONS = '... on Allocations { allocations { cidr pool { name } } }';

/** Items over pools of their own, by turns. */
async function itemsIn(pools: number, items: number, itemOf: (pool: string, index: number) => object) {
  const ids: string[] = [];
  for (let i = 0; i < pools; i++) ids.push((await service.pool()).id);
  return Array.from({ length: items }, (_, index) => itemOf(ids[index % pools]!, index));
}

async function takeMany(count: number, pools: number): Promise<[variables: object, fields: string]> {
  const items = await itemsIn(pools, count, (pool, n) => ({ pool, prefixLength: 28, key: `k${n}` }));
  return [{ input: { items } }, ALLOCATIONS];
}

async function adoptMany(count: number, pools: number): Promise<[variables: object, fields: string]> {
  const items = await itemsIn(pools, count, (pool, n) => ({ pool, cidr: `10.0.${n}.0/24`, key: `k${n}` }));
  return [{ input: { items } }, ALLOCATIONS];
}

async function releaseMany(count: number, pools: number): Promise<[variables: object, fields: string]> {
  const [{ input }] = (await takeMany(count, pools)) as [{ input: object }, string];
  const { allocations } = await service.call('allocateMany', { input });
  return [{ input: { items: allocations.map(({ id }: Data) => ({ id })) } }, ALLOCATIONS];
}

/** `allocateMany of 100` is a call of `allocateMany`. */
const fieldOf = (name: string): string => name.split(' ')[0]!;

it('has a budget and a call for every root field, and none too many', () => {
  const fields = rootFields(service.schema)
    .filter(({ kind }) => kind !== 'subscription')
    .map(({ field }) => field.name);
  expect([...new Set(Object.keys(CALLS).map(fieldOf))].sort()).toEqual([...fields].sort());
  expect(Object.keys(BUDGETS).sort()).toEqual(Object.keys(CALLS).sort());
});

it.each(Object.keys(CALLS))('%s keeps to its budget of SQL statements', async (call) => {
  const name = fieldOf(call);
  const [variables, fields] = await CALLS[call]!();
  const { kind, field } = rootFields(service.schema).find((one) => one.field.name === name)!;
  const used = field.args.filter((arg) => arg.name in variables);
  const declared = used.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
  const passed = used.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const document = `${kind} ${declared && `(${declared})`} { ${name} ${passed && `(${passed})`} { __typename ${fields} } }`;
  let answer: Data;
  const sent = await statements.during(
    async () => (answer = await service.query(document, variables as never)),
  );
  expect(answer![name]).not.toHaveProperty('code');
  expectWithin(BUDGETS[call] ?? 0, call, sent);
});

function expectWithin(allowed: number, name: string, sent: readonly string[]): void {
  if (sent.length <= allowed) return;
  throw new Error(
    `${name} sends ${sent.length} statements to PostgreSQL, its budget is ${allowed}:\n  ${sent.join('\n  ')}\n` +
      `Send fewer; if it has to be more, raise it in ${FILE} and say why in the commit.`,
  );
}

/** Of a pool that has three children of its own, and below one of them an allocation. */
const LISTS: Record<string, string> = {
  'pools with their place': `query ($pool: ID!) { pools(filter: { parent: $pool }) { totalCount nodes {
    name cidrs parent { name } sources { cidr allocation { holder { resourceId } pool { name } } } } } }`,
  'pools with their capacity': `query ($pool: ID!) { pools(filter: { parent: $pool }) { nodes {
    capacity { free utilization } tree: capacity(tree: true) { free utilization } } } }`,
  'pools with what lies in them': `query ($pool: ID!) { pools(filter: { parent: $pool }) { nodes {
    freeBlocks(first: 5) blocks(first: 5) { nodes { cidr allocation { id } } } allocations(first: 5) { nodes { id } } } } }`,
  'blocks with their allocations': `query ($pool: ID!) { pool(id: $pool) { blocks { nodes {
    cidr state reasons allocation { id status holder { resourceId } pool { name routingDomain { name } } } } } } }`,
  'allocations of a pool': `query ($pool: ID!) { pool(id: $pool) { allocations { nodes { id pool { name parent { name } } } } } }`,
  'allocations that lie in a CIDR': `{ allocations(filter: { cidrWithin: "10.0.0.0/8" }) { totalCount nodes {
    id pool { name parent { name } } } } }`,
};

it('has a budget for every list, and none too many', () => {
  expect(Object.keys(LIST_BUDGETS).sort()).toEqual(Object.keys(LISTS).sort());
});

it.each(Object.keys(LISTS))('%s: keeps to its budget of SQL statements', async (name) => {
  const { id: pool } = await service.pool();
  for (const child of ['a', 'b', 'c']) {
    const source = await service.allocation({ pool });
    const input = { name: `${child} of ${pool}`, fromAllocations: [source.id] };
    await service.call('createPool', { input });
  }
  await service.allocation({ pool: `a of ${pool}`, prefixLength: 28 });
  const sent = await statements.during(() => service.query(LISTS[name]!, { pool }));
  expectWithin(LIST_BUDGETS[name] ?? 0, name, sent);
});

describe('as many statements for many rows as for few', () => {
  it.each([
    [
      'pools of allocations',
      '{ allocations(first: 100) { nodes { cidr pool { name rules { placement } } } } }',
    ],
    [
      'parents and sources of pools',
      '{ pools(first: 100) { nodes { parent { name } sources { allocation { pool { name } } } } } }',
    ],
    ['routing domains of pools', '{ pools(first: 100) { nodes { name routingDomain { name } } } }'],
    [
      'links of routing domains',
      '{ routingDomains(first: 100) { nodes { links { a { name } b { name } } } } }',
    ],
    [
      'routing domains of pools of allocations',
      '{ allocations(first: 100) { nodes { pool { routingDomain { name } } } } }',
    ],
    [
      'pools of checked CIDRs',
      `{ checkCidrs(cidrs: [${Array.from({ length: 50 }, (_, i) => `"10.${i}.0.0/16"`).join()}]) { pool { name } } }`,
    ],
  ])('%s', async (_, document) => {
    await childPool();
    await service.link();
    const few = await statements.during(() => service.query(document));
    for (let i = 0; i < 5; i++) {
      await childPool();
      await service.link();
    }
    const many = await statements.during(() => service.query(document));
    expect(many).toEqual(few);
  });
});
