import { rootFields } from '../support/document.js';
import { ADMIN_TOKEN, bootService, type TestService } from '../support/service.js';

/** Who may do what, in one place: a field that is not here fails. */
const NEEDED: Record<string, 'reader' | 'operator' | 'admin'> = {
  pool: 'reader',
  pools: 'reader',
  allocation: 'reader',
  allocations: 'reader',
  checkCidrs: 'reader',
  previewAllocation: 'reader',
  changesOf: 'reader',
  routingDomain: 'reader',
  routingDomains: 'reader',
  findings: 'reader',
  networks: 'reader',
  placeNetwork: 'admin',
  adoptObserved: 'operator',
  finding: 'reader',
  waiveFinding: 'operator',
  unwaiveFinding: 'operator',
  tokens: 'admin',
  allocate: 'operator',
  reserve: 'operator',
  adopt: 'operator',
  allocateMany: 'operator',
  reserveMany: 'operator',
  adoptMany: 'operator',
  releaseMany: 'operator',
  confirm: 'operator',
  renew: 'operator',
  release: 'operator',
  restoreAllocation: 'operator',
  updateAllocation: 'operator',
  createPool: 'admin',
  provisionCidr: 'admin',
  deprovisionCidr: 'admin',
  deletePool: 'admin',
  updatePool: 'admin',
  createRoutingDomain: 'admin',
  updateRoutingDomain: 'admin',
  deleteRoutingDomain: 'admin',
  connectRoutingDomains: 'admin',
  disconnectRoutingDomains: 'admin',
  observedObjects: 'reader',
  observedVersions: 'reader',
  observedLists: 'reader',
  acceptDrop: 'operator',
  snapshotAt: 'reader',
  configurationChanges: 'reader',
  externalNetworks: 'reader',
  declareExternalNetwork: 'admin',
  removeExternalNetwork: 'admin',
  overlaps: 'reader',
  wouldOverlap: 'reader',
  reach: 'reader',
  search: 'reader',
  createToken: 'admin',
  revokeToken: 'admin',
  discoveryAccounts: 'reader',
  addDiscoveryAccounts: 'admin',
  updateDiscoveryAccount: 'admin',
  removeDiscoveryAccounts: 'admin',
  importOrganization: 'admin',
  sweep: 'reader',
  sweeps: 'reader',
  startSweep: 'operator',
  cancelSweep: 'operator',
  resumeSweep: 'operator',
  changes: 'reader',
};

const ROLES = ['reader', 'operator', 'admin'] as const;

let service: TestService;
let tokens: Record<(typeof ROLES)[number], string>;
beforeAll(async () => {
  service = await bootService();
  tokens = {
    reader: await service.token('reader'),
    operator: await service.token('operator'),
    admin: await service.token('admin'),
  };
});
afterAll(() => service.stop());

/** Well-formed, and about nothing that is there. */
const VARIABLES: Record<string, object> = {
  pool: { id: 'pool_1' },
  allocation: { id: 'alloc_1' },
  checkCidrs: { cidrs: [] },
  previewAllocation: { input: { pool: 'none', prefixLength: 24 } },
  changesOf: { id: 'pool_1' },
  allocate: { input: { pool: 'none', prefixLength: 24 } },
  reserve: { input: { pool: 'none', prefixLength: 24 } },
  adopt: { input: { pool: 'none', cidr: '10.0.0.0/24' } },
  allocateMany: { input: { items: [{ pool: 'none', prefixLength: 24 }] } },
  reserveMany: { input: { items: [{ pool: 'none', prefixLength: 24 }] } },
  adoptMany: { input: { items: [{ pool: 'none', cidr: '10.0.0.0/24' }] } },
  releaseMany: { input: { items: [{ id: 'alloc_1' }] } },
  confirm: { input: { id: 'alloc_1' } },
  renew: { input: { id: 'alloc_1' } },
  release: { input: { id: 'alloc_1' } },
  restoreAllocation: { input: { id: 'alloc_1' } },
  updateAllocation: { input: { id: 'alloc_1', version: 1 } },
  createPool: { input: { name: 'made', cidrs: ['10.0.0.0/8'], routingDomain: 'none' } },
  provisionCidr: { input: { pool: 'none', cidr: '10.0.0.0/24' } },
  deprovisionCidr: { input: { pool: 'none', cidr: '10.0.0.0/24' } },
  deletePool: { input: { pool: 'none' } },
  updatePool: { input: { pool: 'none' } },
  createRoutingDomain: { input: { name: 'made' } },
  routingDomain: { id: 'dom_1' },
  updateRoutingDomain: { input: { routingDomain: 'none' } },
  deleteRoutingDomain: { input: { routingDomain: 'none' } },
  connectRoutingDomains: { input: { a: 'none', b: 'nobody', via: 'nothing' } },
  disconnectRoutingDomains: { input: { a: 'none', b: 'nobody', via: 'nothing' } },
  wouldOverlap: { connect: { a: ['10.0.0.0/8'], b: ['11.0.0.0/8'] } },
  reach: { routingDomain: 'none' },
  search: { text: 'none' },
  observedVersions: { id: 'vpc-1' },
  snapshotAt: { vpc: 'vpc-1' },
  acceptDrop: { input: { account: '0', region: 'none', kind: 'VPC' } },
  declareExternalNetwork: { input: { name: 'site', cidrs: ['10.0.0.0/8'] } },
  removeExternalNetwork: { input: { name: 'none' } },
  createToken: { input: { name: 'not a good name', role: 'READER' } },
  revokeToken: { input: { id: 'token_99999' } },
  placeNetwork: { input: { network: 'none', routingDomain: 'none' } },
  adoptObserved: { input: { resource: 'vpc-none' } },
  finding: { id: 'find_1' },
  waiveFinding: { input: { id: 'find_1', reason: 'r', contact: 'c', until: '2200-01-01T00:00:00Z' } },
  unwaiveFinding: { input: { id: 'find_1' } },
  addDiscoveryAccounts: { input: { accounts: [] } },
  updateDiscoveryAccount: { input: { account: '000000000000' } },
  removeDiscoveryAccounts: { input: { accounts: ['000000000000'] } },
  importOrganization: { input: { regions: [], roleName: 'discovery' } },
  sweep: { id: 'sweep_99999' },
  startSweep: { input: {} },
  cancelSweep: { input: { id: 'sweep_99999' } },
  resumeSweep: { input: { id: 'sweep_99999' } },
};

it('is decided for every root field', () => {
  const fields = rootFields(service.schema).map(({ field }) => field.name);
  expect([...fields].sort()).toEqual(Object.keys(NEEDED).sort());
});

describe.each(Object.entries(NEEDED).filter(([field]) => field !== 'changes'))(
  '%s needs %s',
  (field, needed) => {
    it.each(ROLES)('asked by %s', async (role) => {
      const { body } = await service.ask(service.document(field, 1), VARIABLES[field] as never, tokens[role]);
      const codes = (body.errors ?? []).map(
        (error: { extensions: { code: string } }) => error.extensions.code,
      );
      expect(codes).toEqual(ROLES.indexOf(role) >= ROLES.indexOf(needed) ? [] : ['FORBIDDEN']);
    });

    it('asked by nobody', async () => {
      const { body } = await service.raw(
        JSON.stringify({ query: service.document(field, 1), variables: VARIABLES[field] }),
        {
          authorization: '',
        },
      );
      expect(body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
      expect(Object.values(body.data ?? {})).not.toContainEqual(expect.anything());
    });
  },
);

it('a revoked token ends at once, and the trail names who did what', async () => {
  const input = { name: 'short-lived', role: 'OPERATOR' };
  const { secret, token } = await service.call('createToken', { input }, tokens.admin);
  const made = await service.call('createRoutingDomain', { input: { name: 'by admin' } }, tokens.admin);
  expect((await service.ask('{ __typename }', {}, secret)).status).toBe(200);
  await service.call('revokeToken', { input: { id: token.id } });
  expect((await service.ask('{ __typename }', {}, secret)).status).toBe(401);
  const { nodes } = await service.call('changesOf', { id: token.id }, ADMIN_TOKEN);
  expect(nodes.map(({ action }: { action: string }) => action)).toEqual(['token.revoked', 'token.created']);
  expect(nodes[1].actor).toMatch(/^token:token-\d+$/);
  expect(JSON.stringify(nodes)).not.toContain(secret);
  expect(made.createdBy).toBe(nodes[1].actor);
});

it('the trail shows the correlation id of the request', async () => {
  const document = service.document('createRoutingDomain', 1);
  const body = JSON.stringify({ query: document, variables: { input: { name: 'correlated' } } });
  const answer = await service.raw(body, { 'x-correlation-id': 'deploy-42' });
  const { nodes } = await service.call('changesOf', { id: answer.body.data.createRoutingDomain.id });
  expect(nodes[0].correlation).toBe('deploy-42');
});
