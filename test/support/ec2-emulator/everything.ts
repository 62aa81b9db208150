import type { Subnet, Vpc } from '@aws-sdk/client-ec2';
import {
  customerGateway,
  internetGateway,
  natGateway,
  prefixList,
  vpcEndpoint,
  vpnConnection,
  vpnGateway,
} from './gateways.js';
import type { Place } from './place.js';
import {
  associate,
  attachVpc,
  propagateTo,
  staticRoute,
  transitGateway,
  transitGatewayRouteTable,
} from './transit.js';

export interface Everything {
  /** The first has what follows; the others are empty. */
  readonly vpcs: readonly [Vpc, Vpc, Vpc, Vpc];
  readonly subnets: readonly Subnet[];
}

/** Something of every kind that discovery reads in one account and region; four VPCs in `<net>.0.0/16`, of /20 each. */
export function everything(place: Place, net: string): Everything {
  const made = [0, 32, 64, 96].map((third) =>
    place.vpc({ cidrs: [`${net}.${third}.0/20`], tags: { Name: `vpc ${third}` } }),
  );
  const vpcs = made as [Vpc, Vpc, Vpc, Vpc];
  const [vpc, peer] = vpcs;
  const subnets = [0, 1, 2, 3].map((third) => place.subnet(vpc, { cidr: `${net}.${third}.0/24` }));
  const [subnet] = subnets as [Subnet];
  place.reservation(subnet, `${net}.0.128/28`);
  const instance = place.instance({ Name: 'web', owner: 'shop' });
  for (let host = 10; host < 15; host++)
    place.networkInterface(subnet, { addresses: [`${net}.0.${host}`], ...(host === 10 && { instance }) });

  const table = place.routeTable(vpc, { subnets });
  const igw = internetGateway(place, vpc);
  place.route(table, '0.0.0.0/0', { GatewayId: igw.InternetGatewayId });
  natGateway(place, subnet, { privateAddress: `${net}.0.5` });
  const vgw = vpnGateway(place, vpc);
  place.propagate(table, '172.16.0.0/12', vgw.VpnGatewayId!);
  vpnConnection(place, vgw, customerGateway(place, { address: '198.51.100.7' }), {
    routes: ['172.16.0.0/12'],
  });
  prefixList(place, { name: 'offices', cidrs: [16, 17, 18, 19].map((second) => `172.${second}.0.0/16`) });
  vpcEndpoint(place, vpc, { service: 's3', routeTables: [table.RouteTableId!] });
  place.acceptPeering(place.requestPeering(vpc, place, peer), peer);

  const gateway = transitGateway(place);
  const hub = transitGatewayRouteTable(place, gateway);
  const attachment = attachVpc(place, place, gateway, vpc, subnets);
  associate(hub, attachment);
  propagateTo(hub, attachment, [`${net}.0.0/20`]);
  staticRoute(hub, '192.168.0.0/16');
  return { vpcs, subnets };
}
