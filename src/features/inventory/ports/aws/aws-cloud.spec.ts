import { NETWORK, SHOP, smallWorld } from '../../../../../test/support/ec2-emulator/small-world.js';
import { OWN_KEY } from '../../../../../test/support/ec2-emulator/client.js';
import { Ec2Emulator } from '../../../../../test/support/ec2-emulator/emulator.js';
import type { ObservedPage, ReadingCost, Scope } from '../../domain/cloud.js';
import { OBSERVED_KINDS, type ObservedKind, type ObservedObject } from '../../domain/observed.js';
import { AwsCloud, type AwsOptions } from './aws-cloud.js';

const { world } = smallWorld();
const emulator = await Ec2Emulator.start(world, { paging: { least: 1, most: 5 } });
const cloud = cloudOf();
afterAll(async () => {
  await cloud.close();
  await emulator.close();
});
afterEach(() => {
  emulator.faults.clear();
  emulator.calls.clear();
});

function cloudOf(options: Partial<AwsOptions> = {}): AwsCloud {
  return new AwsCloud({
    endpoint: emulator.url,
    identity: OWN_KEY,
    callsPerSecond: 1000,
    pauseMilliseconds: 1,
    timeoutMilliseconds: 2_000,
    ...options,
  });
}

function scopeOf(account: string, region = 'eu-west-1'): Scope {
  return { id: 1, account, region, roleArn: `arn:aws:iam::${account}:role/Cadastre`, externalId: null };
}

async function read(scope: Scope, kind: ObservedKind, from = cloud) {
  const pages: ObservedPage[] = [];
  const cost = { calls: 0, throttles: 0, retries: 0, bytes: 0 };
  const count = (delta: ReadingCost) => {
    for (const key of Object.keys(cost) as (keyof ReadingCost)[]) cost[key] += delta[key];
  };
  for await (const page of from.list(scope, kind, new AbortController().signal, count)) pages.push(page);
  const objects = pages.flatMap((page): readonly ObservedObject[] => page.objects);
  return { pages, objects, cost, available: pages.flatMap((page) => page.available) };
}

it.each(OBSERVED_KINDS)('reads %s', async (kind) => {
  for (const scope of [scopeOf(SHOP), scopeOf(NETWORK)]) {
    const { objects } = await read(scope, kind);
    expect(
      objects.map(({ body, hash, ...rest }) => ({ ...rest, body: JSON.parse(body) as unknown })),
    ).toMatchSnapshot();
  }
});
