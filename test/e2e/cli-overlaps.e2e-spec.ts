import { commandLine } from '../support/cli.js';
import { sweepAt } from '../support/inventory.js';
import { networkInterface, peering, sweep, vpc } from '../support/observed-cloud.js';
import { ADMIN_TOKEN, bootService, type TestService } from '../support/service.js';

let service: TestService;
let cli: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  service = await bootService();
  cli = await commandLine({ CADASTRE_URL: service.url, CADASTRE_TOKEN: ADMIN_TOKEN });
  await sweep(service.app, sweepAt(1), [
    vpc('vpc-a', ['10.0.0.0/16'], { Name: 'orders' }),
    vpc('vpc-b', ['10.0.4.0/24']),
    vpc('vpc-c', ['10.7.0.0/16']),
    peering('pcx-1', 'vpc-a', 'vpc-b'),
    networkInterface('eni-1', 'vpc-a', '10.0.4.7/32'),
  ]);
}, 120_000);
afterAll(async () => {
  await service.stop();
  cli.remove();
});

async function run(...args: string[]) {
  const { code, stdout, stderr } = await cli.run(args);
  return { code, out: stdout + stderr };
}

it('lists overlaps with who has them and how they come together', async () => {
  const { code, out } = await run('overlaps');
  expect(code).toBe(0);
  expect(out).toMatch(
    /conflict +10\.0\.0\.0\/16 +vpc-a \(orders, 111122223333, 1 in use\) +10\.0\.4\.0\/24 +vpc-b/,
  );
  expect(out).toContain('vpc-a - vpc-b: pcx-1');
  expect((await run('overlaps', '--class', 'latent')).out).not.toContain('vpc-a');
});

it('says before a connection what it would come to, by exit code too', async () => {
  expect(await run('would-overlap', 'vpc-a', 'vpc-b')).toMatchObject({
    code: 3,
    out: expect.stringMatching(/AWS refuses it\.[^]*Overlaps:[^]*10\.0\.4\.0\/24[^]*privatelink/),
  });
  expect(await run('would-overlap', 'vpc-a', 'vpc-c', '--via', 'transit-gateway')).toMatchObject({
    code: 0,
    out: expect.stringContaining('AWS makes it.'),
  });
  expect((await run('would-overlap', 'vpc-a', 'nobody')).code).toBe(2);
});

it('lists what a routing domain reaches, now and then', async () => {
  expect((await run('reach', 'vpc-a')).out).toMatch(/vpc-b +dom_\d+ +peering pcx-1/);
  expect((await run('reach', 'vpc-a', '--at', '2020-01-01')).out).toContain('nothing was observed yet');
  expect((await run('reach', 'nobody')).code).toBe(22);
});

it('finds what is observed, and shows it, also beside its routing domain', async () => {
  expect((await run('search', '10.0.4.7')).out).toMatch(
    /address +network interface +eni-1[^]*vpc-b[^]*vpc-a/,
  );
  expect((await run('show', 'orders')).out).toMatch(/Also known:[^]*vpc-a/);
  expect((await run('show', 'vpc-b')).out).toMatch(
    /^Routing domain[^]*Also known:[^]*id +vpc +vpc-b +10\.0\.4\.0\/24/i,
  );
  expect((await run('show', '10.0.4.7')).out).toMatch(/lies in no pool[^]*eni-1/);
  expect((await run('show', 'nobody')).code).toBe(22);
});
