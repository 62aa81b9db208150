import { commandLine } from '../support/cli.js';
import { ADMIN_TOKEN, bootService, type TestService } from '../support/service.js';
import { sweepable } from '../support/sweeping.js';

let service: TestService;
let cli: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  service = await bootService();
  cli = await commandLine({ CADASTRE_URL: service.url, CADASTRE_TOKEN: ADMIN_TOKEN });
}, 120_000);
afterAll(async () => {
  await service.stop();
  cli.remove();
});

async function run(...args: string[]) {
  const { code, stdout, stderr } = await cli.run(args);
  return { code, out: stdout + stderr };
}

it('lists what is wrong, and who answers for it', async () => {
  const id = await service.finding({ message: 'vpc-1 is not allocated', detail: { account: '42' } });
  const waive = ['waive', id, '--reason', 'known', '--contact', 'net'];
  expect(await run('findings', '--kind', 'rogue', '--severity', 'warning', '--account', '42')).toMatchObject({
    code: 0,
    out: expect.stringMatching(new RegExp(`^ID .*\\n${id} +WARNING +ROGUE .* vpc-1 is not allocated`)),
  });
  expect(await run(...waive)).toMatchObject({ code: 2, out: expect.stringContaining('--for or --until') });
  expect(await run(...waive, '--until', '2020-01-01')).toMatchObject({ code: 13 });
  expect(await run(...waive, '--for', '90d')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/waived +until .* by token:CADASTRE_ADMIN_TOKEN: known \(net\)/),
  });
  expect((await run('findings')).out).not.toContain(id);
  expect((await run('findings', '--waived')).out).toContain(id);
  expect(await run('findings', id)).toMatchObject({ code: 0, out: expect.stringContaining('account') });
  expect((await run('unwaive', id)).code).toBe(0);
  expect((await run('findings')).out).toContain(id);
  expect(await run('findings', 'find_999')).toMatchObject({ code: 22 });
});

it('adopts what was discovered, and says where networks belong', async () => {
  const { sweep } = await sweepable(service, '111122223333');
  await service.pool({ name: 'cloud', cidrs: ['10.0.0.0/16'], uniqueness: 'GLOBAL' });
  const vpc = { id: 'vpc-0a1b', name: 'shop', subnets: { 'subnet-0a1b': '10.0.1.0/24' } };
  await sweep([{ ...vpc, cidrs: ['10.0.0.0/20'] }]);
  expect(await run('adopt', 'vpc-0a1b', '--contact', 'net')).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /10\.0\.0\.0\/20 +cloud +aws 111122223333 .* vpc-0a1b net[^]*10\.0\.1\.0\/24 +shop/,
    ),
  });
  await sweep([{ ...vpc, cidrs: ['10.0.0.0/20', '172.16.0.0/16'] }]);
  expect(await run('adopt', 'vpc-0a1b')).toMatchObject({
    code: 3,
    out: expect.stringContaining('172.16.0.0/16 was not adopted'),
  });
  expect(await run('adopt', 'cloud')).toMatchObject({ code: 2 });
  expect(await run('adopt', 'vpc-0a1b', '--account', '1')).toMatchObject({ code: 2 });
  expect(await run('adopt', 'vpc-none')).toMatchObject({ code: 22 });
  const { name } = await service.routingDomain();
  expect(await run('network', 'place', 'vpc-0a1b', name)).toMatchObject({
    code: 0,
    out: expect.stringContaining(name),
  });
  expect((await run('network', 'places', '--domain', name)).out).toContain('vpc-0a1b');
});
