import {
  customerGateway,
  internetGateway,
  natGateway,
  prefixList,
  vpcEndpoint,
  vpnConnection,
  vpnGateway,
} from './gateways.js';
import { Place } from './place.js';
import {
  associate,
  attachVpc,
  attachVpn,
  peerGateways,
  propagateTo,
  share,
  staticRoute,
  transitGateway,
  transitGatewayRouteTable,
} from './transit.js';
import type { World } from './world.js';

export const NETWORK = '111111111111';
export const SHOP = '222222222222';

/** Two accounts with at least one object of every kind, some with text that XML has to escape. */
export function smallWorld(): { world: World; hub: Place; shop: Place; abroad: Place } {
  const world: World = {
    organization: { id: 'o-a1b2c3d4e5', managementAccountId: NETWORK },
    accounts: [
      { id: NETWORK, name: 'network & transit', regions: {} },
      { id: SHOP, name: 'shop', regions: {} },
    ],
  };
  const hub = new Place(world, NETWORK, 'eu-west-1');
  const abroad = new Place(world, NETWORK, 'us-east-1');
  const shop = new Place(world, SHOP, 'eu-west-1');

  const vpc = shop.vpc({
    cidrs: ['10.20.0.0/16', '100.64.0.0/16'],
    ipv6: '2001:db8:1200::/56',
    tags: { Name: 'shop <prod> & "friends"', owner: "it's Zoë's" },
  });
  shop.associateCidr(vpc, '10.21.0.0/16');
  shop.disassociateCidr(vpc, '10.21.0.0/16');
  const subnets = (['a', 'b'] as const).map((zone, index) =>
    shop.subnet(vpc, { cidr: `10.20.${index}.0/24`, zone, tags: { Name: `private-${zone}`, empty: '' } }),
  );
  shop.reservation(subnets[0]!, '10.20.0.128/28');
  shop.reservation(subnets[0]!, '2001:db8:1200::/80', 'explicit');
  const instance = shop.instance({ Name: 'web-1', owner: 'shop' });
  for (let index = 0; index < 12; index++)
    shop.networkInterface(subnets[index % 2]!, {
      addresses: [`10.20.${index % 2}.${10 + index}`, `10.20.${index % 2}.${60 + index}`],
      tags: { index: String(index), Name: `eni ${index} <&>` },
      ...(index === 0 && { instance, publicAddress: '203.0.113.9', ipv6: ['2001:db8:1200::5'] }),
      ...(index === 1 && { prefixes: ['10.20.1.192/28'], type: 'lambda', requesterManaged: true }),
    });

  const table = shop.routeTable(vpc, { subnets, tags: { Name: 'private' } });
  const igw = internetGateway(shop, vpc, { Name: 'way out' });
  shop.route(shop.mainRouteTable(vpc), '0.0.0.0/0', { GatewayId: igw.InternetGatewayId });
  const nat = natGateway(shop, subnets[0]!, { privateAddress: '10.20.0.5', publicAddress: '203.0.113.5' });
  shop.route(table, '0.0.0.0/0', { NatGatewayId: nat.NatGatewayId });
  shop.route(table, '10.77.0.0/16', { NetworkInterfaceId: 'eni-0deadbeef' }, 'blackhole');
  const vgw = vpnGateway(shop, vpc);
  shop.propagate(table, '172.16.0.0/12', vgw.VpnGatewayId!);
  const office = customerGateway(shop, { address: '198.51.100.7', tags: { site: 'Los Gatos' } });
  vpnConnection(shop, vgw, office, { routes: ['172.16.0.0/12'] });
  const list = prefixList(shop, {
    name: 'offices',
    cidrs: ['172.16.0.0/16', '172.17.0.0/16', '172.18.0.0/16'],
  });
  shop.route(table, list.list.PrefixListId!, { GatewayId: vgw.VpnGatewayId });
  vpcEndpoint(shop, vpc, { service: 's3', routeTables: [table.RouteTableId!] });
  vpcEndpoint(shop, vpc, { service: 'sqs', subnets, interfaces: ['eni-0a', 'eni-0b'] });

  const services = hub.vpc({ cidrs: ['10.0.0.0/20'], tags: { Name: 'services' } });
  hub.acceptPeering(shop.requestPeering(vpc, hub, services, { Name: 'shop to services' }), services);
  const gateway = transitGateway(hub, { asn: 64600, tags: { Name: 'hub' } });
  share(gateway, shop);
  const hubTable = transitGatewayRouteTable(hub, gateway, { Name: 'all' });
  const attachment = attachVpc(shop, hub, gateway, vpc, subnets, { Name: 'shop' });
  associate(hubTable, attachment);
  propagateTo(hubTable, attachment, ['10.20.0.0/16', '100.64.0.0/16']);
  staticRoute(hubTable, '192.168.0.0/16');
  const far = transitGateway(abroad);
  staticRoute(hubTable, '10.128.0.0/9', peerGateways(hub, gateway, abroad, far));
  const site = customerGateway(hub, { address: '198.51.100.8' });
  attachVpn(hub, gateway, vpnConnection(hub, gateway, site));
  return { world, hub, shop, abroad };
}
