import * as ec2 from '@aws-sdk/client-ec2';
import { startMoto } from '../support/moto.js';
import { itWhen } from '../support/postgres-scratch.js';
import { found } from '../support/program.js';
import { type Built, discoverySuite, NETWORK, REGION, SHOP, type TestCloud } from './discovery-suite.js';

/* What our emulator and our client would agree on by mistake shows here. */
const testMoto = itWhen(await found('moto_server'), 'needs the command moto_server');

discoverySuite(testMoto, async (): Promise<TestCloud> => {
  const moto = await startMoto();
  const shop = await moto.client(SHOP, REGION);
  const network = await moto.client(NETWORK, REGION);
  const name = { Key: 'Name', Value: 'shop <prod> & "friends" Zoë' };
  return {
    url: moto.url,
    build: () => build(shop, network, [name, { Key: 'team', Value: 'checkout' }]),

    async reorder({ vpc }): Promise<void> {
      const of = { Resources: [vpc], Tags: [name] };
      await shop.send(new ec2.DeleteTagsCommand(of));
      await shop.send(new ec2.CreateTagsCommand(of));
    },

    async change(built): Promise<string> {
      const { vpc, routeTable, internetGateway, prefixList, transitRouteTable } = built;
      await shop.send(new ec2.AssociateVpcCidrBlockCommand({ VpcId: vpc, CidrBlock: '10.22.0.0/16' }));
      const team = [{ Key: 'team', Value: 'payments' }];
      await shop.send(new ec2.CreateTagsCommand({ Resources: [vpc], Tags: team }));
      await shop.send(
        new ec2.CreateRouteCommand({
          RouteTableId: routeTable,
          DestinationCidrBlock: '10.99.0.0/16',
          GatewayId: internetGateway,
        }),
      );
      await shop.send(
        new ec2.ModifyManagedPrefixListCommand({
          PrefixListId: prefixList,
          CurrentVersion: 1,
          // moto forgets a name that a change does not say again
          PrefixListName: 'offices',
          AddEntries: [{ Cidr: '172.18.0.0/16' }],
        }),
      );
      await network.send(blackhole(transitRouteTable, '192.169.0.0/16'));
      const peering = { VpcPeeringConnectionId: built.peering };
      await shop.send(new ec2.DeleteVpcPeeringConnectionCommand(peering));
      const made = await shop.send(new ec2.CreateSubnetCommand({ VpcId: vpc, CidrBlock: '10.20.2.0/24' }));
      return made.Subnet!.SubnetId!;
    },

    async close(): Promise<void> {
      shop.destroy();
      network.destroy();
      moto.stop();
      await Promise.resolve();
    },
  };
});

async function build(shop: ec2.EC2Client, network: ec2.EC2Client, tags: ec2.Tag[]): Promise<Built> {
  const { Vpc } = await shop.send(
    new ec2.CreateVpcCommand({
      CidrBlock: '10.20.0.0/16',
      TagSpecifications: [{ ResourceType: 'vpc', Tags: tags }],
    }),
  );
  const VpcId = Vpc!.VpcId!;
  await shop.send(new ec2.AssociateVpcCidrBlockCommand({ VpcId, CidrBlock: '10.21.0.0/16' }));
  const { Subnet } = await shop.send(new ec2.CreateSubnetCommand({ VpcId, CidrBlock: '10.20.1.0/24' }));
  const SubnetId = Subnet!.SubnetId!;
  const { NetworkInterface } = await shop.send(
    new ec2.CreateNetworkInterfaceCommand({
      SubnetId,
      PrivateIpAddresses: [
        { PrivateIpAddress: '10.20.1.10', Primary: true },
        { PrivateIpAddress: '10.20.1.11', Primary: false },
      ],
    }),
  );
  const { InternetGateway } = await shop.send(new ec2.CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway!.InternetGatewayId!;
  await shop.send(new ec2.AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  const { RouteTable } = await shop.send(new ec2.CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable!.RouteTableId!;
  await shop.send(new ec2.AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  const everywhere = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId };
  await shop.send(new ec2.CreateRouteCommand(everywhere));
  const { NatGateway } = await shop.send(
    new ec2.CreateNatGatewayCommand({ SubnetId, ConnectivityType: 'private' }),
  );
  const ServiceName = `com.amazonaws.${REGION}.s3`;
  const { VpcEndpoint } = await shop.send(
    new ec2.CreateVpcEndpointCommand({ VpcId, ServiceName, RouteTableIds: [RouteTableId] }),
  );
  const { PrefixList } = await shop.send(
    new ec2.CreateManagedPrefixListCommand({
      PrefixListName: 'offices',
      MaxEntries: 10,
      AddressFamily: 'IPv4',
      Entries: [{ Cidr: '172.16.0.0/16' }, { Cidr: '172.17.0.0/16' }],
    }),
  );
  const { VpnGateway } = await shop.send(new ec2.CreateVpnGatewayCommand({ Type: 'ipsec.1' }));
  const VpnGatewayId = VpnGateway!.VpnGatewayId!;
  await shop.send(new ec2.AttachVpnGatewayCommand({ VpnGatewayId, VpcId }));
  const { CustomerGateway } = await shop.send(
    new ec2.CreateCustomerGatewayCommand({ Type: 'ipsec.1', PublicIp: '198.51.100.7', BgpAsn: 65000 }),
  );
  const CustomerGatewayId = CustomerGateway!.CustomerGatewayId!;
  const { VpnConnection } = await shop.send(
    new ec2.CreateVpnConnectionCommand({ Type: 'ipsec.1', CustomerGatewayId, VpnGatewayId }),
  );

  const services = await network.send(new ec2.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const PeerVpcId = services.Vpc!.VpcId!;
  const { VpcPeeringConnection } = await shop.send(
    new ec2.CreateVpcPeeringConnectionCommand({ VpcId, PeerVpcId, PeerOwnerId: NETWORK }),
  );
  const VpcPeeringConnectionId = VpcPeeringConnection!.VpcPeeringConnectionId!;
  await network.send(new ec2.AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
  const { TransitGateway } = await network.send(new ec2.CreateTransitGatewayCommand({}));
  const TransitGatewayId = TransitGateway!.TransitGatewayId!;
  const { TransitGatewayVpcAttachment } = await network.send(
    new ec2.CreateTransitGatewayVpcAttachmentCommand({
      TransitGatewayId,
      VpcId: PeerVpcId,
      SubnetIds: ['subnet-1'],
    }),
  );
  const TransitGatewayAttachmentId = TransitGatewayVpcAttachment!.TransitGatewayAttachmentId!;
  const { TransitGatewayRouteTable } = await network.send(
    new ec2.CreateTransitGatewayRouteTableCommand({ TransitGatewayId }),
  );
  const TransitGatewayRouteTableId = TransitGatewayRouteTable!.TransitGatewayRouteTableId!;
  await network.send(
    new ec2.EnableTransitGatewayRouteTablePropagationCommand({
      TransitGatewayRouteTableId,
      TransitGatewayAttachmentId,
    }),
  );
  await network.send(blackhole(TransitGatewayRouteTableId, '192.168.0.0/16'));
  return {
    vpc: VpcId,
    subnet: SubnetId,
    networkInterface: NetworkInterface!.NetworkInterfaceId!,
    routeTable: RouteTableId,
    internetGateway: InternetGatewayId,
    natGateway: NatGateway!.NatGatewayId!,
    endpoint: VpcEndpoint!.VpcEndpointId!,
    prefixList: PrefixList!.PrefixListId!,
    vpnGateway: VpnGatewayId,
    customerGateway: CustomerGatewayId,
    vpnConnection: VpnConnection!.VpnConnectionId!,
    peering: VpcPeeringConnectionId,
    services: PeerVpcId,
    transitGateway: TransitGatewayId,
    attachment: TransitGatewayAttachmentId,
    transitRouteTable: TransitGatewayRouteTableId,
  };
}

function blackhole(TransitGatewayRouteTableId: string, DestinationCidrBlock: string) {
  return new ec2.CreateTransitGatewayRouteCommand({
    TransitGatewayRouteTableId,
    DestinationCidrBlock,
    Blackhole: true,
  });
}
