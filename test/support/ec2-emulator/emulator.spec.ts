import * as sdk from '@aws-sdk/client-ec2';
import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ec2Client, OWN_KEY } from './client.js';
import { Ec2Emulator } from './emulator.js';
import { NETWORK, SHOP, smallWorld } from './small-world.js';
import { restoreRole, revokeRole } from './world.js';

type Answer = Record<string, unknown>;
const { world, hub, shop } = smallWorld();
const emulator = await Ec2Emulator.start(world);
const client = await ec2Client(emulator, SHOP);
const hubClient = await ec2Client(emulator, NETWORK);
afterAll(async () => {
  client.destroy();
  hubClient.destroy();
  await emulator.close();
});

async function ask(of: sdk.EC2Client, action: string, input: object = {}): Promise<Answer> {
  const command = (sdk as unknown as Record<string, new (input: object) => sdk.DescribeVpcsCommand>)[
    `${action}Command`
  ]!;
  const { $metadata: _, ...answer } = (await of.send(new command(input))) as unknown as Answer;
  return answer;
}

const s = shop.world;
const h = hub.world;
const table = h.transitGatewayRouteTables[0]!;
const TABLE = { TransitGatewayRouteTableId: table.table.TransitGatewayRouteTableId };
const SUBNET = { SubnetId: s.subnets[0]!.SubnetId };
const anyRoute = { ...TABLE, Filters: [{ Name: 'type', Values: ['static', 'propagated'] }] };

it.each<[string, object, Answer, sdk.EC2Client?]>([
  ['DescribeVpcs', {}, { Vpcs: s.vpcs }],
  ['DescribeSubnets', {}, { Subnets: s.subnets }],
  [
    'GetSubnetCidrReservations',
    SUBNET,
    { SubnetIpv4CidrReservations: [s.reservations[0]], SubnetIpv6CidrReservations: [s.reservations[1]] },
  ],
  ['DescribeNetworkInterfaces', {}, { NetworkInterfaces: s.networkInterfaces }],
  ['DescribeRouteTables', {}, { RouteTables: s.routeTables }],
  ['DescribeVpcPeeringConnections', {}, { VpcPeeringConnections: s.vpcPeerings }],
  ['DescribeVpcPeeringConnections', {}, { VpcPeeringConnections: s.vpcPeerings }, hubClient],
  ['DescribeTransitGateways', {}, { TransitGateways: s.transitGateways }],
  ['DescribeTransitGateways', {}, { TransitGateways: h.transitGateways }, hubClient],
  [
    'DescribeTransitGatewayAttachments',
    {},
    { TransitGatewayAttachments: h.transitGatewayAttachments },
    hubClient,
  ],
  [
    'DescribeTransitGatewayVpcAttachments',
    {},
    { TransitGatewayVpcAttachments: s.transitGatewayVpcAttachments },
  ],
  [
    'DescribeTransitGatewayPeeringAttachments',
    {},
    { TransitGatewayPeeringAttachments: h.transitGatewayPeeringAttachments },
    hubClient,
  ],
  ['DescribeTransitGatewayRouteTables', {}, { TransitGatewayRouteTables: [table.table] }, hubClient],
  ['GetTransitGatewayRouteTableAssociations', TABLE, { Associations: table.associations }, hubClient],
  [
    'GetTransitGatewayRouteTablePropagations',
    TABLE,
    { TransitGatewayRouteTablePropagations: table.propagations },
    hubClient,
  ],
  [
    'SearchTransitGatewayRoutes',
    anyRoute,
    { Routes: table.routes, AdditionalRoutesAvailable: false },
    hubClient,
  ],
  ['DescribeVpnGateways', {}, { VpnGateways: s.vpnGateways }],
  ['DescribeVpnConnections', {}, { VpnConnections: s.vpnConnections }],
  ['DescribeCustomerGateways', {}, { CustomerGateways: s.customerGateways }],
  ['DescribeManagedPrefixLists', {}, { PrefixLists: s.prefixLists.map(({ list }) => list) }],
  [
    'GetManagedPrefixListEntries',
    { PrefixListId: s.prefixLists[0]!.list.PrefixListId },
    { Entries: s.prefixLists[0]!.entries },
  ],
  ['DescribeNatGateways', {}, { NatGateways: s.natGateways }],
  ['DescribeVpcEndpoints', {}, { VpcEndpoints: s.vpcEndpoints }],
  ['DescribeInternetGateways', {}, { InternetGateways: s.internetGateways }],
  [
    'DescribeTags',
    { Filters: [{ Name: 'resource-type', Values: ['instance'] }] },
    {
      Tags: s.instances[0]!.Tags!.map((tag) => ({
        ...tag,
        ResourceType: 'instance',
        ResourceId: s.instances[0]!.InstanceId,
      })),
    },
  ],
  [
    'DescribeInstances',
    {},
    {
      Reservations: [
        { ReservationId: `r-${s.instances[0]!.InstanceId!.slice(2)}`, Groups: [], Instances: s.instances },
      ],
    },
  ],
  [
    'DescribeRegions',
    {},
    {
      Regions: ['eu-west-1', 'us-east-1'].map((RegionName) => ({
        RegionName,
        Endpoint: `ec2.${RegionName}.amazonaws.com`,
        OptInStatus: 'opt-in-not-required',
      })),
    },
    hubClient,
  ],
])('says %s so that the SDK reads what the world has', async (action, input, expected, of = client) => {
  expect(await ask(of, action, input)).toEqual(expected);
});

it('has no list of the small world empty, so that each of them was compared', () => {
  const empty = Object.entries(s).filter(
    ([key, list]) => (h as unknown as Record<string, unknown[]>)[key]!.length + list.length === 0,
  );
  expect(empty.map(([key]) => key)).toEqual([]);
});

it('lists the organization in pages', async () => {
  const organizations = new OrganizationsClient({
    region: 'us-east-1',
    endpoint: emulator.url,
    credentials: OWN_KEY,
  });
  const first = await organizations.send(new ListAccountsCommand({ MaxResults: 1 }));
  expect(first.Accounts).toMatchObject([{ Id: NETWORK, Name: 'network & transit', Status: 'ACTIVE' }]);
  const second = await organizations.send(
    new ListAccountsCommand({ MaxResults: 1, NextToken: first.NextToken }),
  );
  expect(second).toMatchObject({ Accounts: [{ Id: SHOP }] });
  expect(second.NextToken).toBeUndefined();
  organizations.destroy();
});

it('says who calls', async () => {
  const sts = new STSClient({ region: 'eu-west-1', endpoint: emulator.url, credentials: OWN_KEY });
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: NETWORK });
  sts.destroy();
});

it('does not know the sessions of another emulator', async () => {
  const credentials = { accessKeyId: `ASIA${SHOP}00009999`, secretAccessKey: 'secret' };
  const stranger = new sdk.EC2Client({ region: 'eu-west-1', endpoint: emulator.url, credentials });
  await expect(ask(stranger, 'DescribeVpcs')).rejects.toMatchObject({ name: 'AuthFailure' });
  stranger.destroy();
});

it('refuses the role of an account that revoked it', async () => {
  revokeRole(world, SHOP);
  await expect(ec2Client(emulator, SHOP)).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
  restoreRole(world, SHOP);
});

it('refuses an unknown account, a region that is not enabled, an unknown filter and an unknown id', async () => {
  await expect(ec2Client(emulator, '999999999999')).rejects.toMatchObject({ name: 'AccessDenied' });
  const elsewhere = await ec2Client(emulator, SHOP, 'ap-south-1');
  await expect(ask(elsewhere, 'DescribeVpcs')).rejects.toMatchObject({ name: 'AuthFailure' });
  elsewhere.destroy();
  const filter = { Filters: [{ Name: 'colour', Values: ['red'] }] };
  await expect(ask(client, 'DescribeVpcs', filter)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(ask(client, 'DescribeVpcs', { VpcIds: ['vpc-0'] })).rejects.toMatchObject({
    name: 'InvalidVpcID.NotFound',
  });
  await expect(ask(client, 'DescribeVolumes')).rejects.toMatchObject({ name: 'InvalidAction' });
});

it('counts calls and bytes', async () => {
  const before = emulator.calls.count({ account: SHOP, action: 'DescribeVpcs' });
  await ask(client, 'DescribeVpcs');
  const after = emulator.calls.count({ account: SHOP, action: 'DescribeVpcs' });
  expect(after.calls).toBe(before.calls + 1);
  expect(after.bytes).toBeGreaterThan(before.bytes + 500);
});

it('serves what the test changes between two calls', async () => {
  const vpc = shop.vpc({ cidrs: ['10.99.0.0/16'] });
  expect(await ask(client, 'DescribeVpcs', { VpcIds: [vpc.VpcId] })).toEqual({ Vpcs: [vpc] });
  shop.removeVpc(vpc);
  expect(await ask(client, 'DescribeVpcs')).toEqual({ Vpcs: s.vpcs });
});

it('writes VPCs, blocks and subnets', async () => {
  const TagSpecifications = [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'new' }] }];
  const { Vpc } = (await ask(client, 'CreateVpc', { CidrBlock: '10.50.0.0/16', TagSpecifications })) as {
    Vpc: sdk.Vpc;
  };
  const { VpcId } = Vpc;
  await ask(client, 'AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.51.0.0/16' });
  const CidrBlock = '10.51.1.0/24';
  const { Subnet } = await ask(client, 'CreateSubnet', { VpcId, CidrBlock, AvailabilityZone: 'eu-west-1b' });
  expect(Subnet).toMatchObject({
    VpcId,
    CidrBlock,
    AvailabilityZoneId: 'euw1-az2',
    AvailableIpAddressCount: 251,
  });
  expect(s.vpcs.find((vpc) => vpc.VpcId === VpcId)).toMatchObject({
    Tags: [{ Key: 'Name', Value: 'new' }],
    CidrBlockAssociationSet: [{ CidrBlock: '10.50.0.0/16' }, { CidrBlock: '10.51.0.0/16' }],
  });
  await expect(ask(client, 'DeleteVpc', { VpcId })).rejects.toMatchObject({ name: 'DependencyViolation' });
  await ask(client, 'DeleteSubnet', { SubnetId: (Subnet as sdk.Subnet).SubnetId });
  await ask(client, 'DeleteVpc', { VpcId });
  expect(s.vpcs.map((vpc) => vpc.VpcId)).not.toContain(VpcId);
  await expect(ask(client, 'DeleteVpc', { VpcId })).rejects.toMatchObject({ name: 'InvalidVpcID.NotFound' });
});
