import type { Tag, TagDescription } from '@aws-sdk/client-ec2';
import type { RegionWorld } from './world.js';

/** Every tag of every object in the region, as DescribeTags lists them. */
export function tagsOf(region: RegionWorld): TagDescription[] {
  const all: TagDescription[] = [];
  const add = (
    ResourceType: TagDescription['ResourceType'],
    id: string | undefined,
    tags: Tag[] | undefined,
  ) => {
    for (const { Key, Value } of tags ?? []) all.push({ Key, ResourceId: id, ResourceType, Value });
  };
  for (const one of region.vpcs) add('vpc', one.VpcId, one.Tags);
  for (const one of region.subnets) add('subnet', one.SubnetId, one.Tags);
  for (const one of region.networkInterfaces) add('network-interface', one.NetworkInterfaceId, one.TagSet);
  for (const one of region.routeTables) add('route-table', one.RouteTableId, one.Tags);
  for (const one of region.vpcPeerings) add('vpc-peering-connection', one.VpcPeeringConnectionId, one.Tags);
  for (const one of region.transitGateways) add('transit-gateway', one.TransitGatewayId, one.Tags);
  for (const one of region.vpnGateways) add('vpn-gateway', one.VpnGatewayId, one.Tags);
  for (const one of region.vpnConnections) add('vpn-connection', one.VpnConnectionId, one.Tags);
  for (const one of region.customerGateways) add('customer-gateway', one.CustomerGatewayId, one.Tags);
  for (const one of region.natGateways) add('natgateway', one.NatGatewayId, one.Tags);
  for (const one of region.vpcEndpoints) add('vpc-endpoint', one.VpcEndpointId, one.Tags);
  for (const one of region.internetGateways) add('internet-gateway', one.InternetGatewayId, one.Tags);
  for (const one of region.instances) add('instance', one.InstanceId, one.Tags);
  for (const { list } of region.prefixLists) add('prefix-list', list.PrefixListId, list.Tags);
  return all;
}
