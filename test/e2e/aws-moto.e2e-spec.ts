import * as ec2 from '@aws-sdk/client-ec2';
import { CreateOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import type { ObservedPage, Scope } from '../../src/features/inventory/domain/cloud.js';
import {
  type ObservedBodies,
  type ObservedKind,
  type ObservedObject,
} from '../../src/features/inventory/domain/observed.js';
import { AwsCloud } from '../../src/features/inventory/ports/aws/aws-cloud.js';
import { OWN_KEY } from '../support/ec2-emulator/client.js';
import { startMoto } from '../support/moto.js';
import { itWhen } from '../support/postgres-scratch.js';
import { found } from '../support/program.js';

/*
 * The client against moto, which somebody else wrote: what our emulator and our client would agree on by mistake shows
 * here. Its own ways (docs of the emulator) are no reason to crash.
 */

const hasMoto = await found('moto_server');
const itMoto = itWhen(hasMoto, 'needs the command moto_server');
const PATIENCE_MS = 120_000;
const REGION = 'eu-west-1';
const SHOP = '222222222222';
const NETWORK = '333333333333';

let moto: Awaited<ReturnType<typeof startMoto>> | undefined;
let cloud: AwsCloud;

beforeAll(async () => {
  if (!hasMoto) return;
  moto = await startMoto();
  cloud = new AwsCloud({
    endpoint: moto.url,
    identity: OWN_KEY,
    pauseMilliseconds: 10,
    callsPerSecond: 1000,
  });
}, PATIENCE_MS);
afterAll(async () => {
  await cloud?.close();
  moto?.stop();
});

function scopeOf(account: string): Scope {
  return {
    id: 1,
    account,
    region: REGION,
    roleArn: `arn:aws:iam::${account}:role/Cadastre`,
    externalId: 'x',
  };
}

const clientOf = (account: string) => moto!.client(account, REGION);

async function read(account: string, kind: ObservedKind) {
  const pages: ObservedPage[] = [];
  const { signal } = new AbortController();
  for await (const page of cloud.list(scopeOf(account), kind, signal, () => {})) pages.push(page);
  const objects = pages.flatMap((page): readonly ObservedObject[] => page.objects);
  return { objects, available: pages.flatMap((page) => page.available) };
}

async function bodyOf<K extends ObservedKind>(
  account: string,
  kind: K,
  id: string,
): Promise<ObservedBodies[K]> {
  const { objects } = await read(account, kind);
  return JSON.parse(objects.find((one) => one.id === id)!.body) as ObservedBodies[K];
}

itMoto(
  'reads every kind from moto',
  async () => {
    const shop = await clientOf(SHOP);
    const network = await clientOf(NETWORK);
    const tagged = (type: ec2.ResourceType, name: string) => [
      { ResourceType: type, Tags: [{ Key: 'Name', Value: name }] },
    ];

    const { Vpc } = await shop.send(
      // host bits that AWS would clear, and moto does not
      new ec2.CreateVpcCommand({
        CidrBlock: '10.20.5.5/16',
        AmazonProvidedIpv6CidrBlock: true,
        TagSpecifications: tagged('vpc', 'shop <prod> & "friends" Zoë'),
      }),
    );
    const vpcId = Vpc!.VpcId!;
    await shop.send(new ec2.AssociateVpcCidrBlockCommand({ VpcId: vpcId, CidrBlock: '10.21.0.0/16' }));
    const added = await shop.send(
      new ec2.AssociateVpcCidrBlockCommand({ VpcId: vpcId, CidrBlock: '10.22.0.0/16' }),
    );
    await shop.send(
      new ec2.DisassociateVpcCidrBlockCommand({ AssociationId: added.CidrBlockAssociation!.AssociationId }),
    );
    const vpcs = await read(SHOP, 'vpc');
    const vpc = vpcs.objects.find(({ id }) => id === vpcId)!;
    expect(vpc.name).toBe('shop <prod> & "friends" Zoë');
    expect(vpc.prefixes.slice(0, 2)).toEqual(['10.20.0.0/16', '10.21.0.0/16']);
    expect(vpc.prefixes[2]).toMatch(/::\/56$/);
    expect(vpc.prefixes).toHaveLength(3);
    // the default VPC is as real as any
    expect(vpcs.objects.flatMap(({ prefixes }) => prefixes)).toContain('172.31.0.0/16');

    const ipv6 = vpc.prefixes[2]!.replace('/56', '/64');
    const { Subnet } = await shop.send(
      new ec2.CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.20.1.0/28', Ipv6CidrBlock: ipv6 }),
    );
    const subnetId = Subnet!.SubnetId!;
    await shop.send(
      new ec2.CreateSubnetCidrReservationCommand({
        SubnetId: subnetId,
        Cidr: '10.20.1.8/29',
        ReservationType: 'prefix',
      }),
    );
    const { NetworkInterface } = await shop.send(
      new ec2.CreateNetworkInterfaceCommand({
        SubnetId: subnetId,
        PrivateIpAddresses: [
          { PrivateIpAddress: '10.20.1.5', Primary: true },
          { PrivateIpAddress: '10.20.1.6', Primary: false },
        ],
        Description: 'one & only',
      }),
    );
    // more than fit: moto counts below zero
    await shop.send(
      new ec2.CreateNetworkInterfaceCommand({ SubnetId: subnetId, SecondaryPrivateIpAddressCount: 20 }),
    );
    expect(await bodyOf(SHOP, 'network_interface', NetworkInterface!.NetworkInterfaceId!)).toMatchObject({
      vpcId,
      subnetId,
      ownerId: SHOP,
      description: 'one & only',
      addresses: ['10.20.1.5', '10.20.1.6'],
    });
    const subnets = await read(SHOP, 'subnet');
    expect(await bodyOf(SHOP, 'subnet', subnetId)).toMatchObject({
      cidr: '10.20.1.0/28',
      // moto writes its state as no state
      ipv6Cidrs: [ipv6],
      reservations: [{ cidr: '10.20.1.8/29', type: 'prefix' }],
    });
    expect(subnets.available.find((one) => one.subnetId === subnetId)!.addresses).toBe(0);

    const wide = await shop.send(new ec2.CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.20.2.0/24' }));
    const run = await shop.send(
      new ec2.RunInstancesCommand({
        ImageId: 'ami-12345678',
        MinCount: 1,
        MaxCount: 1,
        SubnetId: wide.Subnet!.SubnetId,
        TagSpecifications: [
          {
            ResourceType: 'instance',
            Tags: [
              { Key: 'Name', Value: 'web' },
              { Key: 'other', Value: 'x' },
            ],
          },
        ],
      }),
    );
    expect((await read(SHOP, 'instance')).objects).toMatchObject([
      { id: run.Instances![0]!.InstanceId, name: 'web', body: '{"tags":{"Name":"web"}}' },
    ]);

    const igw = (await shop.send(new ec2.CreateInternetGatewayCommand({}))).InternetGateway!
      .InternetGatewayId!;
    await shop.send(new ec2.AttachInternetGatewayCommand({ InternetGatewayId: igw, VpcId: vpcId }));
    expect((await read(SHOP, 'internet_gateway')).objects.find(({ id }) => id === igw)!.vpcId).toBe(vpcId);
    const table = (await shop.send(new ec2.CreateRouteTableCommand({ VpcId: vpcId }))).RouteTable!
      .RouteTableId!;
    const route = { RouteTableId: table };
    await shop.send(
      new ec2.CreateRouteCommand({ ...route, DestinationCidrBlock: '0.0.0.0/0', GatewayId: igw }),
    );
    await shop.send(
      new ec2.CreateRouteCommand({ ...route, DestinationCidrBlock: '9.9.9.9/8', GatewayId: igw }),
    );
    expect((await bodyOf(SHOP, 'route_table', table)).routes).toMatchObject(
      expect.arrayContaining([
        { destination: '0.0.0.0/0', target: igw, origin: 'static', state: 'active' },
        { destination: '10.20.0.0/16', target: 'local', origin: 'local', state: 'active' },
        { destination: '9.0.0.0/8', target: igw, origin: 'static', state: 'active' },
      ]) as object,
    );

    const kept = await shop.send(
      new ec2.CreateNatGatewayCommand({ SubnetId: subnetId, ConnectivityType: 'private' }),
    );
    const deleted = await shop.send(
      new ec2.CreateNatGatewayCommand({ SubnetId: subnetId, ConnectivityType: 'private' }),
    );
    await shop.send(new ec2.DeleteNatGatewayCommand({ NatGatewayId: deleted.NatGateway!.NatGatewayId }));
    expect((await read(SHOP, 'nat_gateway')).objects.map(({ id }) => id)).toEqual([
      kept.NatGateway!.NatGatewayId,
    ]);

    const endpointMade = await shop.send(
      new ec2.CreateVpcEndpointCommand({
        VpcId: vpcId,
        ServiceName: `com.amazonaws.${REGION}.s3`,
        RouteTableIds: [table],
      }),
    );
    expect(await bodyOf(SHOP, 'vpc_endpoint', endpointMade.VpcEndpoint!.VpcEndpointId!)).toMatchObject({
      vpcId,
      type: 'Gateway',
      routeTables: [table],
    });

    const list = await shop.send(
      new ec2.CreateManagedPrefixListCommand({
        PrefixListName: 'offices',
        MaxEntries: 5,
        AddressFamily: 'IPv4',
        Entries: [{ Cidr: '172.16.0.0/16', Description: 'hq' }, { Cidr: '172.17.0.0/16' }],
      }),
    );
    const listId = list.PrefixList!.PrefixListId!;
    const offices = await bodyOf(SHOP, 'prefix_list', listId);
    expect(offices.name).toBe('offices');
    expect(offices.entries).toEqual([
      { cidr: '172.16.0.0/16', description: 'hq' },
      { cidr: '172.17.0.0/16', description: '' },
    ]);
    const lists = (await read(SHOP, 'prefix_list')).objects;
    expect(lists.find(({ id }) => id === listId)!.name).toBe('offices');
    // those of AWS are there, without their entries
    expect(lists.length).toBeGreaterThan(1);

    const other = (await network.send(new ec2.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc!.VpcId!;
    const peer = { VpcId: vpcId, PeerVpcId: other, PeerOwnerId: NETWORK };
    const asked = await shop.send(new ec2.CreateVpcPeeringConnectionCommand(peer));
    const pcx = asked.VpcPeeringConnection!.VpcPeeringConnectionId!;
    await network.send(new ec2.AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: pcx }));
    const peering = await bodyOf(SHOP, 'vpc_peering', pcx);
    expect([peering.status, peering.requester.vpcId, peering.accepter.vpcId]).toEqual([
      'active',
      vpcId,
      other,
    ]);
    const theirs = (await read(NETWORK, 'vpc_peering')).objects.find(({ id }) => id === pcx);
    expect(theirs!.vpcId).toBe(other);
    await shop.send(new ec2.DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: pcx }));
    expect((await read(SHOP, 'vpc_peering')).objects).toEqual([]);

    const tgw = (await network.send(new ec2.CreateTransitGatewayCommand({}))).TransitGateway!
      .TransitGatewayId!;
    const attachment = await network.send(
      new ec2.CreateTransitGatewayVpcAttachmentCommand({
        TransitGatewayId: tgw,
        VpcId: other,
        SubnetIds: ['subnet-1'],
      }),
    );
    const attachmentId = attachment.TransitGatewayVpcAttachment!.TransitGatewayAttachmentId!;
    const routes = await network.send(
      new ec2.CreateTransitGatewayRouteTableCommand({ TransitGatewayId: tgw }),
    );
    const tableId = routes.TransitGatewayRouteTable!.TransitGatewayRouteTableId!;
    const inTable = { TransitGatewayRouteTableId: tableId };
    await network.send(
      new ec2.EnableTransitGatewayRouteTablePropagationCommand({
        ...inTable,
        TransitGatewayAttachmentId: attachmentId,
      }),
    );
    await network.send(
      new ec2.CreateTransitGatewayRouteCommand({
        ...inTable,
        DestinationCidrBlock: '192.168.0.0/16',
        Blackhole: true,
      }),
    );
    expect(await bodyOf(NETWORK, 'transit_gateway', tgw)).toMatchObject({
      state: 'available',
      ownerId: NETWORK,
    });
    expect(await bodyOf(NETWORK, 'transit_gateway_attachment', attachmentId)).toMatchObject({
      transitGatewayId: tgw,
      resourceType: 'vpc',
      resourceId: other,
    });
    expect(await bodyOf(NETWORK, 'transit_gateway_route_table', tableId)).toMatchObject({
      transitGatewayId: tgw,
      propagations: [attachmentId],
      routes: [{ destination: '192.168.0.0/16', type: 'static', state: 'blackhole', attachments: [] }],
    });

    const vgw = (await shop.send(new ec2.CreateVpnGatewayCommand({ Type: 'ipsec.1' }))).VpnGateway!
      .VpnGatewayId!;
    await shop.send(new ec2.AttachVpnGatewayCommand({ VpnGatewayId: vgw, VpcId: vpcId }));
    const site = { Type: 'ipsec.1' as const, PublicIp: '198.51.100.7', BgpAsn: 65000 };
    const cgw = (await shop.send(new ec2.CreateCustomerGatewayCommand(site))).CustomerGateway!
      .CustomerGatewayId!;
    const vpn = await shop.send(
      new ec2.CreateVpnConnectionCommand({ Type: 'ipsec.1', CustomerGatewayId: cgw, VpnGatewayId: vgw }),
    );
    expect((await read(SHOP, 'vpn_gateway')).objects).toMatchObject([{ id: vgw, vpcId }]);
    expect(await bodyOf(SHOP, 'customer_gateway', cgw)).toMatchObject({
      ipAddress: '198.51.100.7',
      asn: 65000,
    });
    expect(await bodyOf(SHOP, 'vpn_connection', vpn.VpnConnection!.VpnConnectionId!)).toMatchObject({
      vpnGatewayId: vgw,
      customerGatewayId: cgw,
    });
    shop.destroy();
    network.destroy();
  },
  PATIENCE_MS,
);

itMoto('lists the accounts of an organization of moto', async () => {
  const organizations = new OrganizationsClient({
    region: 'us-east-1',
    endpoint: moto!.url,
    credentials: OWN_KEY,
  });
  await organizations.send(new CreateOrganizationCommand({}));
  organizations.destroy();
  const accounts = [];
  for await (const one of cloud.accounts(new AbortController().signal)) accounts.push(one);
  expect(accounts).toMatchObject([{ account: expect.stringMatching(/^\d{12}$/) as string }]);
});
