import { InventoryStore } from '../../src/features/inventory/index.js';
import type { ObservedKind, ObservedObject } from '../../src/features/inventory/index.js';
import { systemContext } from '../../src/platform/context/request-context.js';
import { commandLine } from '../support/cli.js';
import { observed, sweepAt } from '../support/inventory.js';
import { suspiciousList } from '../support/sweeping.js';
import { ADMIN_TOKEN, bootService, type TestService } from '../support/service.js';

let service: TestService;
let cli: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  service = await bootService();
  cli = await commandLine({ CADASTRE_URL: service.url, CADASTRE_TOKEN: ADMIN_TOKEN });
  await world();
}, 120_000);
afterAll(async () => {
  await service.stop();
  cli.remove();
});

async function sweep(n: number, kind: ObservedKind, objects: readonly ObservedObject[], failed?: string) {
  const store = service.app.get(InventoryStore);
  const ctx = systemContext('discovery');
  const [scope] = await store.ensureScopes(ctx, [{ account: '111122223333', region: 'eu-west-1' }]);
  const recorder = await store.openList(ctx, scope!, kind, sweepAt(n), async () => undefined);
  await recorder.page({ objects, available: [] });
  return failed === undefined ? recorder.complete() : recorder.fail(failed);
}

async function world(): Promise<void> {
  const vpc = (...cidrs: string[]) =>
    observed(
      'vpc',
      'vpc-a',
      { state: 'available', cidrs: cidrs.map((cidr) => ({ cidr, state: 'associated' })), tags: {} },
      { vpcId: 'vpc-a', prefixes: cidrs, name: 'shop' },
    );
  const table = (...routes: object[]) =>
    observed('route_table', 'rtb-1', { vpcId: 'vpc-a', routes } as never, { vpcId: 'vpc-a' });
  const route = { destination: '10.0.0.0/8', target: 'vgw-1', origin: 'propagated', state: 'active' };
  await sweep(0, 'vpc', [vpc('10.0.0.0/16')]);
  await sweep(0, 'route_table', [table()]);
  await sweep(1, 'vpc', [vpc('10.0.0.0/16', '10.1.0.0/16')]);
  await sweep(1, 'route_table', [table(route)]);
  await sweep(2, 'vpc', []);
  await sweep(2, 'route_table', [], 'TIMEOUT: no answer');
}

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli.run(args);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

it('log reads like a log: sweeps and VPCs, and below each what changed', async () => {
  expect(await run('log')).toBe(`2026-01-01 00:20:00Z  vpc-a  111122223333 eu-west-1
    vpc vpc-a "shop" is not listed any more

2026-01-01 00:10:00Z  vpc-a  111122223333 eu-west-1
    route to 10.0.0.0/8 via vgw-1 added (propagated) in rtb-1
    10.1.0.0/16 associated, vpc vpc-a "shop"

2026-01-01 00:00:00Z  111122223333 eu-west-1
    first list of route tables: 1, from now on compared
    first list of vpcs: 1, from now on compared
`);
  const lines = (await run('log', '--vpc', 'vpc-a', '--kind', 'route-table', '--json')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ action: 'route.added', resourceId: 'rtb-1', old: null }),
  ]);
  expect(await run('log', '--since', '2026-01-01T00:20:00Z', '--account', '111122223333')).toContain(
    'not listed',
  );
  const { stderr } = await cli.run(['log', '--until', '2025-12-31']);
  expect(stderr).toBe('No changes.\n');
  expect((await cli.run(['log', '--since', 'yesterday'])).code).toBe(2);
});

it('snapshot shows a VPC at an instant, and what nobody knows', async () => {
  const before = await run('snapshot', 'vpc-a', '--at', '2026-01-01T00:10:00Z');
  expect(before).toContain('vpc-a at 2026-01-01 00:10:00Z');
  expect(before).toMatch(/vpc +vpc-a +shop +10\.0\.0\.0\/16, 10\.1\.0\.0\/16/);
  expect(before).not.toContain('nobody knows');
  const now = await run('snapshot', 'vpc-a');
  expect(now).toContain('? nobody knows whether it was there');
  expect(now).toContain('TIMEOUT: no answer');
  expect((await cli.run(['snapshot', 'vpc-none'])).code).toBe(22);
});

it('observed lists what is seen, and how fresh it is', async () => {
  expect(await run('observed', 'list', '--holding', '10.1.2.3/32')).toContain(
    'missing since 2026-01-01 00:20:00Z',
  );
  expect(JSON.parse(await run('observed', 'list', '--kind', 'route-table', '--json'))).toMatchObject({
    totalCount: 1,
    nodes: [{ id: 'rtb-1' }],
  });
  const stale = await run('observed', 'lists', '--stale');
  expect(stale).toContain('TIMEOUT: no answer');
  expect(stale).not.toContain(' vpc ');
});

it('observed accept-drop believes what a suspicious list lost', async () => {
  const { account, region } = await suspiciousList(service, '444455556666');
  expect(await run('observed', 'accept-drop', account, region, 'vpc')).toBe(
    'The next list of vpcs of 444455556666 eu-west-1 is believed; cadastre sweep reads it now.\n',
  );
  expect(await run('observed', 'lists', '--stale', '--account', account)).toContain('accepted');
  const { code, stderr } = await cli.run(['observed', 'accept-drop', account, region, 'subnet']);
  expect({ code, stderr }).toMatchObject({ code: 22, stderr: expect.stringContaining('held back') });
});

it('network declares, replaces, lists and removes what no cloud lists', async () => {
  expect(await run('network', 'declare', 'hq', '--cidr', '192.168.0.0/16', '--contact', 'noc')).toContain(
    '192.168.0.0/16',
  );
  const conflict = await cli.run([
    'network',
    'declare',
    'hq',
    '--cidr',
    '192.168.0.0/16',
    '--if-version',
    '0',
  ]);
  expect(conflict.code).toBe(19);
  expect(await run('network', 'list')).toContain('hq');
  expect(await run('log', '--kind', 'external-network')).toMatch(
    /declared by token:CADASTRE_ADMIN_TOKEN\n {4}external network hq created: 192\.168\.0\.0\/16/,
  );
  expect(await run('network', 'remove', 'hq')).toContain('hq');
});
