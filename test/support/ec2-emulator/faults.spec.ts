import { DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { ec2Client, OWN_KEY } from './client.js';
import { Ec2Emulator } from './emulator.js';
import type { Fault } from './faults.js';
import { NETWORK, SHOP, smallWorld } from './small-world.js';

const { world, hub } = smallWorld();
let now = 0;
const emulator = await Ec2Emulator.start(world, { sessionSeconds: 900, now: () => now });
const client = impatient(OWN_KEY);
afterAll(async () => {
  client.destroy();
  await emulator.close();
});
afterEach(() => emulator.faults.clear());

/** Gives up after 200 ms without a byte. */
function impatient(credentials: { accessKeyId: string; secretAccessKey: string }): EC2Client {
  return new EC2Client({
    region: 'eu-west-1',
    endpoint: emulator.url,
    credentials,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ socketTimeout: 200 }),
  });
}

const vpcsOf = () => client.send(new DescribeVpcsCommand({}));

it.each<[Fault, object]>([
  [{ kind: 'throttle' }, { name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } }],
  [
    { kind: 'status', code: 'UnauthorizedOperation' },
    { name: 'UnauthorizedOperation', $metadata: { httpStatusCode: 403 } },
  ],
  [
    { kind: 'status', code: 'AuthFailure' },
    { name: 'AuthFailure', $metadata: { httpStatusCode: 401 } },
  ],
  [
    { kind: 'status', code: 'RequestExpired' },
    { name: 'RequestExpired', $metadata: { httpStatusCode: 400 } },
  ],
  [
    { kind: 'status', code: 'OptInRequired' },
    { name: 'OptInRequired', $metadata: { httpStatusCode: 401 } },
  ],
  [
    { kind: 'status', code: 'InternalError' },
    { name: 'InternalError', $metadata: { httpStatusCode: 500 } },
  ],
  [{ kind: 'html' }, { $metadata: { httpStatusCode: 500 } }],
  [{ kind: 'unavailable' }, { $metadata: { httpStatusCode: 503 } }],
  [{ kind: 'hang' }, { name: 'TimeoutError' }],
  [{ kind: 'stall' }, { name: 'TimeoutError' }],
  [{ kind: 'cut', at: 300, how: 'chunked' }, { name: 'Error' }],
  [{ kind: 'cut', at: 300, how: 'length' }, { message: expect.stringContaining('aborted') as string }],
  [{ kind: 'reset' }, { message: expect.stringContaining('ECONNRESET') as string }],
])('fails as told: %j', async (fault, expected) => {
  emulator.faults.add({ action: 'DescribeVpcs', fault });
  await expect(vpcsOf()).rejects.toMatchObject(expected);
});

it('answers nothing, or half, or late', async () => {
  const whole = hub.world.vpcs.length;
  hub.vpc({ cidrs: ['10.1.0.0/16'] });
  emulator.faults.add({ nth: 1, fault: { kind: 'empty' } });
  emulator.faults.add({ nth: 2, fault: { kind: 'short' } });
  emulator.faults.add({ nth: 3, fault: { kind: 'slow', ms: 20 } });
  expect((await vpcsOf()).Vpcs).toBeUndefined();
  expect((await vpcsOf()).Vpcs).toHaveLength(1);
  expect((await vpcsOf()).Vpcs).toHaveLength(whole + 1);
});

it('befalls the calls that a rule names and no others', async () => {
  const away = emulator.faults.add({
    action: 'DescribeVpcs',
    account: NETWORK,
    nth: 2,
    fault: { kind: 'throttle' },
  });
  emulator.faults.add({ action: 'DescribeSubnets', times: 1, fault: { kind: 'throttle' } });
  await vpcsOf();
  await expect(vpcsOf()).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
  await vpcsOf();
  away();
  const subnets = () => client.send(new DescribeSubnetsCommand({}));
  await expect(subnets()).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
  await subnets();
  emulator.faults.add({ account: SHOP, fault: { kind: 'html' } });
  emulator.faults.add({ region: 'us-east-1', fault: { kind: 'html' } });
  await subnets();
});

it('fails STS and Organizations in their own words', async () => {
  emulator.faults.add({
    action: 'AssumeRole',
    account: SHOP,
    fault: { kind: 'status', code: 'AccessDenied' },
  });
  await expect(ec2Client(emulator, SHOP)).rejects.toMatchObject({ name: 'AccessDenied' });
  emulator.faults.add({ action: 'ListAccounts', fault: { kind: 'status', code: 'InternalError' } });
  const organizations = new OrganizationsClient({
    region: 'us-east-1',
    endpoint: emulator.url,
    credentials: OWN_KEY,
    maxAttempts: 1,
  });
  await expect(organizations.send(new ListAccountsCommand({}))).rejects.toMatchObject({
    name: 'InternalError',
  });
  organizations.destroy();
});

it('lets keys expire', async () => {
  const shop = await ec2Client(emulator, SHOP);
  await shop.send(new DescribeVpcsCommand({}));
  now += 900_000;
  await expect(shop.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({ name: 'RequestExpired' });
  shop.destroy();
});

it('throttles by a bucket per account, region and action', async () => {
  let at = 0;
  const bucket = { capacity: 2, perSecond: 1 };
  const throttling = await Ec2Emulator.start(world, { bucket, now: () => at });
  const of = new EC2Client({
    region: 'eu-west-1',
    endpoint: throttling.url,
    credentials: OWN_KEY,
    maxAttempts: 1,
  });
  const vpcs = () => of.send(new DescribeVpcsCommand({}));
  await vpcs();
  await vpcs();
  await expect(vpcs()).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
  await of.send(new DescribeSubnetsCommand({}));
  at += 1000;
  await vpcs();
  expect(throttling.calls.count({ action: 'DescribeVpcs' })).toMatchObject({ calls: 4, failed: 1 });
  of.destroy();
  await throttling.close();
});

it('closes while something hangs', async () => {
  const other = await Ec2Emulator.start(world);
  other.faults.add({ fault: { kind: 'hang' } });
  const of = new EC2Client({
    region: 'eu-west-1',
    endpoint: other.url,
    credentials: OWN_KEY,
    maxAttempts: 1,
  });
  const hanging = of.send(new DescribeVpcsCommand({})).catch((error: unknown) => error);
  while (other.calls.count().calls === 0) await new Promise(setImmediate);
  await other.close();
  expect(await hanging).toMatchObject({ message: expect.stringContaining('socket hang up') as string });
  of.destroy();
});
