import { jsonOf, runCli } from '../support/cli-run.js';
import { observed } from '../support/inventory.js';
import { FakeCloud, forbidden } from '../support/fake-cloud.js';
import { bootService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

const A = '111111111111';
const B = '222222222222';

const VPC = { state: 'available', isDefault: false, primary: null, cidrs: [], tags: {} };

let service: TestService;
let cloud: FakeCloud;
beforeAll(async () => {
  cloud = new FakeCloud();
  cloud.members = [{ account: B, name: 'shop' }];
  service = await bootService({ cloud, env: { CADASTRE_DISCOVERY_MINUTES: '0' } });
});
afterAll(() => service.stop());

const run = (...args: string[]) => runCli(service.url, ...args);
const json = async (...args: string[]) => jsonOf(await run(...args, '--json'));

it('keeps accounts, sweeps them, and says what failed', async () => {
  expect((await run('sweep', 'status')).exit).toBe(2);
  const adding = [
    'discovery',
    'add',
    A,
    '--region',
    'eu-west-1,us-east-1',
    '--role',
    'arn:aws:iam::{account}:role/r',
  ];
  expect(await json(...adding)).toMatchObject({
    added: 1,
    accounts: [{ roleArn: `arn:aws:iam::${A}:role/r` }],
  });
  expect(
    await json('discovery', 'import-organization', '--role', 'r', '--region', 'eu-west-1'),
  ).toMatchObject({ added: 1 });
  expect(await json('discovery', 'update', A, '--name', 'core', '--region', 'eu-west-1')).toMatchObject({
    name: 'core',
    regions: ['eu-west-1'],
  });
  cloud.failAt('organization', '', null, forbidden());
  expect(
    (await run('discovery', 'import-organization', '--role', 'r', '--region', 'eu-west-1')).stderr,
  ).toContain('The organization does not say its accounts: ');
  cloud.failAt('organization', '', null, null);
  expect((await run('discovery', 'update', A)).exit).toBe(2);
  expect((await run('discovery', 'add', 'x', '--region', 'eu-west-1')).exit).toBe(13);

  const done = await run('sweep', '--json');
  expect(done.exit).toBe(0);
  expect(jsonOf(done)).toMatchObject({ state: 'DONE', scopesTotal: 2, failedScopes: [] });
  expect((await run('discovery', 'list')).stdout).toMatch(/111111111111 +core +eu-west-1 +fresh /);

  cloud.failAt(B, 'eu-west-1', null, forbidden());
  const failed = await run('sweep', '--kind', 'vpc,route-table');
  expect(failed).toMatchObject({ exit: 3, stderr: '' });
  expect(failed.stdout).toContain(`failed    ${B} eu-west-1: vpc, route_table: FORBIDDEN, not authorized`);
  expect((await run('discovery', 'list')).stdout).toMatch(/stale in eu-west-1: FORBIDDEN/);
  cloud.failAt(B, 'eu-west-1', null, null);
  expect((await run('sweep', 'resume')).exit).toBe(0);
  expect((await run('sweep', 'list')).stdout.split('\n')).toHaveLength(4);

  const vpc = (id: string) => observed('vpc', id, { ...VPC, ownerId: A }, { vpcId: id, prefixes: [] });
  cloud.has(
    A,
    'eu-west-1',
    'vpc',
    Array.from({ length: 15 }, (_, n) => vpc(`vpc-${n}`)),
  );
  expect((await run('sweep', '--kind', 'vpc')).exit).toBe(0);
  cloud.has(A, 'eu-west-1', 'vpc', []);
  const heldBack = await run('sweep', '--kind', 'vpc,subnet');
  expect(heldBack.exit).toBe(3);
  expect(heldBack.stdout).toContain(
    `${A} eu-west-1: vpc: SUSPICIOUS, 15 of 15 gone at once: held back; \`cadastre observed accept-drop\` accepts it`,
  );
  expect((await run('discovery', 'remove', A, B)).stdout).toContain(`removed  ${A} (core)`);
});

it('begins without waiting, and stops', async () => {
  await json('discovery', 'add', A, '--region', 'eu-west-1');
  const release = cloud.holdAt(A, 'eu-west-1');
  const { id } = await json('sweep', '--no-wait', '--account', A, '--region', 'eu-west-1');
  await until('it is read', async () => (await json('sweep', 'status', id)).scopesRunning === 1);
  expect(await json('sweep', 'cancel')).toMatchObject({ id, state: 'CANCELLED' });
  await until('it has stopped', async () => (await json('sweep', 'status')).scopesRunning === 0);
  expect(await json('sweep', 'status')).toMatchObject({ accountsDone: 0, scopesDone: 0, scopesTotal: 1 });
  for (const command of ['resume', 'cancel', 'status', 'list'])
    expect(await run('sweep', command, '--region', 'eu-west-1')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--region'),
    });
  expect(await json('sweep', 'resume', id, '--no-wait')).toMatchObject({ id, state: 'RUNNING' });
  release();
  await until('the end', async () => (await json('sweep', 'status', id)).state === 'DONE');
});
