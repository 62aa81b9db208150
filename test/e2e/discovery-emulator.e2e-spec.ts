import type { RouteTable, Vpc } from '@aws-sdk/client-ec2';
import { Ec2Emulator } from '../support/ec2-emulator/emulator.js';
import {
  customerGateway,
  internetGateway,
  natGateway,
  prefixList,
  vpcEndpoint,
  vpnConnection,
  vpnGateway,
} from '../support/ec2-emulator/gateways.js';
import { Place } from '../support/ec2-emulator/place.js';
import {
  attachVpc,
  propagateTo,
  staticRoute,
  transitGateway,
  transitGatewayRouteTable,
} from '../support/ec2-emulator/transit.js';
import type { PrefixListWorld, TransitGatewayRouteTableWorld, World } from '../support/ec2-emulator/world.js';
import { type Built, discoverySuite, NETWORK, REGION, SHOP, type TestCloud } from './discovery-suite.js';

/* Our own cloud; discovery-moto.e2e-spec.ts is the same with one that somebody else wrote. */
discoverySuite(it, async (): Promise<TestCloud> => {
  const world: World = { organization: { id: 'o-1', managementAccountId: NETWORK }, accounts: [] };
  const shop = new Place(world, SHOP, REGION);
  const network = new Place(world, NETWORK, REGION);
  const emulator = await Ec2Emulator.start(world);
  let vpc: Vpc;
  let table: RouteTable;
  let list: PrefixListWorld;
  let hub: TransitGatewayRouteTableWorld;
  return {
    url: emulator.url,

    async build(): Promise<Built> {
      vpc = shop.vpc({
        cidrs: ['10.20.0.0/16', '10.21.0.0/16'],
        tags: { Name: 'shop <prod> & "friends" Zoë', team: 'checkout' },
      });
      const subnet = shop.subnet(vpc, { cidr: '10.20.1.0/24' });
      const eni = shop.networkInterface(subnet, { addresses: ['10.20.1.10', '10.20.1.11'] });
      table = shop.routeTable(vpc, { subnets: [subnet] });
      const igw = internetGateway(shop, vpc);
      shop.route(table, '0.0.0.0/0', { GatewayId: igw.InternetGatewayId });
      list = prefixList(shop, { name: 'offices', cidrs: ['172.16.0.0/16', '172.17.0.0/16'] });
      const vgw = vpnGateway(shop, vpc);
      const office = customerGateway(shop, { address: '198.51.100.7', asn: 65000 });
      const services = network.vpc({ cidrs: ['10.0.0.0/16'] });
      const peering = shop.requestPeering(vpc, network, services);
      network.acceptPeering(peering, services);
      const gateway = transitGateway(network);
      hub = transitGatewayRouteTable(network, gateway);
      const attachment = attachVpc(network, network, gateway, services, []);
      propagateTo(hub, attachment, ['10.0.0.0/16']);
      staticRoute(hub, '192.168.0.0/16');
      const endpoint = { service: 's3', routeTables: [table.RouteTableId!] };
      return {
        vpc: vpc.VpcId!,
        subnet: subnet.SubnetId!,
        networkInterface: eni.NetworkInterfaceId!,
        routeTable: table.RouteTableId!,
        internetGateway: igw.InternetGatewayId!,
        natGateway: natGateway(shop, subnet, { privateAddress: '10.20.1.5' }).NatGatewayId!,
        endpoint: vpcEndpoint(shop, vpc, endpoint).VpcEndpointId!,
        prefixList: list.list.PrefixListId!,
        vpnGateway: vgw.VpnGatewayId!,
        customerGateway: office.CustomerGatewayId!,
        vpnConnection: vpnConnection(shop, vgw, office).VpnConnectionId!,
        peering: peering.VpcPeeringConnectionId!,
        services: services.VpcId!,
        transitGateway: gateway.TransitGatewayId!,
        attachment: attachment.TransitGatewayAttachmentId!,
        transitRouteTable: hub.table.TransitGatewayRouteTableId!,
      };
    },

    async reorder(): Promise<void> {
      for (const place of [shop, network])
        for (const list of Object.values(place.world) as object[][]) reverseAll(list);
    },

    async change(built): Promise<string> {
      shop.associateCidr(vpc, '10.22.0.0/16');
      for (const tag of vpc.Tags ?? []) if (tag.Key === 'team') tag.Value = 'payments';
      shop.route(table, '10.99.0.0/16', { GatewayId: built.internetGateway });
      list.entries.push({ Cidr: '172.18.0.0/16' });
      staticRoute(hub, '192.169.0.0/16');
      for (const place of [shop, network]) place.remove(place.world.vpcPeerings[0]!);
      return shop.subnet(vpc, { cidr: '10.20.2.0/24' }).SubnetId!;
    },

    close: () => emulator.close(),
  };
});

/** Every list in what is served, however deep. */
function reverseAll(value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) value.reverse();
  Object.values(value).forEach(reverseAll);
}
