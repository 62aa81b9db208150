import {
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeVpnGatewaysCommand,
  type EC2Client,
  type NetworkInterface,
  paginateDescribeNetworkInterfaces,
} from '@aws-sdk/client-ec2';
import { ec2Client } from './client.js';
import { Ec2Emulator } from './emulator.js';
import { SHOP, smallWorld } from './small-world.js';

const { world, shop } = smallWorld();
const emulator = await Ec2Emulator.start(world);
const odd = await Ec2Emulator.start(world, { paging: { most: 2, emptyEvery: 3 } });
const client = await ec2Client(emulator, SHOP);
const oddClient = await ec2Client(odd, SHOP);
afterAll(async () => {
  client.destroy();
  oddClient.destroy();
  await Promise.all([emulator.close(), odd.close()]);
});

async function pages(of: EC2Client, pageSize: number): Promise<NetworkInterface[][]> {
  const all: NetworkInterface[][] = [];
  for await (const page of paginateDescribeNetworkInterfaces({ client: of, pageSize }, {}))
    all.push(page.NetworkInterfaces!);
  return all;
}

it('cuts pages of the size asked for', async () => {
  const got = await pages(client, 5);
  expect(got.map((page) => page.length)).toEqual([5, 5, 2]);
  expect(got.flat()).toEqual(shop.world.networkInterfaces);
});

it('may give short and empty pages before the end', async () => {
  const got = await pages(oddClient, 1000);
  expect(got.map((page) => page.length)).toEqual([2, 2, 0, 2, 2, 0, 2, 2]);
  expect(got.flat()).toEqual(shop.world.networkInterfaces);
});

it('keeps to the bounds of MaxResults', async () => {
  const invalid = { name: 'InvalidParameterValue', $metadata: { httpStatusCode: 400 } };
  for (const MaxResults of [0, 4, 1001])
    await expect(client.send(new DescribeNetworkInterfacesCommand({ MaxResults }))).rejects.toMatchObject(
      invalid,
    );
  await expect(client.send(new DescribeRouteTablesCommand({ MaxResults: 101 }))).rejects.toMatchObject(
    invalid,
  );
  const NetworkInterfaceIds = [shop.world.networkInterfaces[0]!.NetworkInterfaceId!];
  await expect(
    client.send(new DescribeNetworkInterfacesCommand({ MaxResults: 5, NetworkInterfaceIds })),
  ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
});

it('refuses a token that it did not give for this list', async () => {
  const { NextToken } = await client.send(new DescribeNetworkInterfacesCommand({ MaxResults: 5 }));
  const wrong = { name: 'InvalidNextToken' };
  await expect(
    client.send(new DescribeRouteTablesCommand({ MaxResults: 5, NextToken })),
  ).rejects.toMatchObject(wrong);
  await expect(client.send(new DescribeRouteTablesCommand({ NextToken: 'x' }))).rejects.toMatchObject(wrong);
});

it('knows no paging where AWS knows none', async () => {
  const answer = await oddClient.send(new DescribeVpnGatewaysCommand({}));
  expect(answer.VpnGateways).toEqual(shop.world.vpnGateways);
  expect(answer).not.toHaveProperty('NextToken');
});

it('leaves out nothing that stays when something before it goes between two pages', async () => {
  const first = await client.send(new DescribeNetworkInterfacesCommand({ MaxResults: 5 }));
  const [gone] = shop.world.networkInterfaces;
  shop.remove(gone!);
  const rest = await client.send(
    new DescribeNetworkInterfacesCommand({ MaxResults: 1000, NextToken: first.NextToken }),
  );
  expect(rest.NetworkInterfaces).toEqual(shop.world.networkInterfaces.slice(4));
  shop.world.networkInterfaces.unshift(gone!);
});
