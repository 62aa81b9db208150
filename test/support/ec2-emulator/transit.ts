import type {
  Subnet,
  TransitGateway,
  TransitGatewayAttachment,
  TransitGatewayRoute,
  Vpc,
  VpnConnection,
} from '@aws-sdk/client-ec2';
import { tagList } from './ids.js';
import { MADE_AT, type Place, type Tags } from './place.js';
import type { TransitGatewayRouteTableWorld } from './world.js';

/** Of the place; `share` shows it to others. */
export function transitGateway(place: Place, of: { asn?: number; tags?: Tags } = {}): TransitGateway {
  const id = place.ids.next('tgw');
  const gateway: TransitGateway = {
    TransitGatewayId: id,
    TransitGatewayArn: `arn:aws:ec2:${place.region}:${place.account}:transit-gateway/${id}`,
    State: 'available',
    OwnerId: place.account,
    Description: '',
    CreationTime: MADE_AT,
    Options: {
      AmazonSideAsn: of.asn ?? 64512,
      AutoAcceptSharedAttachments: 'enable',
      DefaultRouteTableAssociation: 'disable',
      DefaultRouteTablePropagation: 'disable',
      DnsSupport: 'enable',
      MulticastSupport: 'disable',
      VpnEcmpSupport: 'enable',
      TransitGatewayCidrBlocks: [],
    },
    Tags: tagList(of.tags ?? {}),
  };
  place.world.transitGateways.push(gateway);
  return gateway;
}

/** The other account sees the gateway too, without its tags, as RAM shares it. */
export function share(gateway: TransitGateway, other: Place): void {
  other.world.transitGateways.push({ ...gateway, Tags: [] });
}

export function transitGatewayRouteTable(
  place: Place,
  gateway: TransitGateway,
  tags: Tags = {},
): TransitGatewayRouteTableWorld {
  const table: TransitGatewayRouteTableWorld = {
    table: {
      TransitGatewayRouteTableId: place.ids.next('tgw-rtb'),
      TransitGatewayId: gateway.TransitGatewayId,
      State: 'available',
      DefaultAssociationRouteTable: false,
      DefaultPropagationRouteTable: false,
      CreationTime: MADE_AT,
      Tags: tagList(tags),
    },
    associations: [],
    propagations: [],
    routes: [],
  };
  place.world.transitGatewayRouteTables.push(table);
  return table;
}

/** An attachment of a VPC in `place`, seen there and where the gateway is. */
export function attachVpc(
  place: Place,
  hub: Place,
  gateway: TransitGateway,
  vpc: Vpc,
  subnets: readonly Subnet[],
  tags: Tags = {},
): TransitGatewayAttachment {
  const attachment = attachmentOf(place, gateway, 'vpc', vpc.VpcId!, tags);
  const detail = {
    TransitGatewayAttachmentId: attachment.TransitGatewayAttachmentId,
    TransitGatewayId: gateway.TransitGatewayId,
    VpcId: vpc.VpcId,
    VpcOwnerId: place.account,
    State: 'available' as const,
    SubnetIds: subnets.map(({ SubnetId }) => SubnetId!),
    CreationTime: MADE_AT,
    Options: {
      DnsSupport: 'enable' as const,
      Ipv6Support: 'disable' as const,
      ApplianceModeSupport: 'disable' as const,
    },
    Tags: tagList(tags),
  };
  for (const { world } of both(place, hub)) {
    world.transitGatewayAttachments.push(attachment);
    world.transitGatewayVpcAttachments.push(detail);
  }
  return attachment;
}

/** Between gateways of two regions; seen at both. */
export function peerGateways(
  place: Place,
  gateway: TransitGateway,
  other: Place,
  accepter: TransitGateway,
): TransitGatewayAttachment {
  const attachment = attachmentOf(place, gateway, 'peering', accepter.TransitGatewayId!, {});
  attachment.ResourceOwnerId = other.account;
  place.world.transitGatewayAttachments.push(attachment);
  other.world.transitGatewayAttachments.push({
    ...attachment,
    TransitGatewayId: accepter.TransitGatewayId,
    TransitGatewayOwnerId: other.account,
    ResourceId: gateway.TransitGatewayId,
    ResourceOwnerId: place.account,
  });
  const detail = {
    TransitGatewayAttachmentId: attachment.TransitGatewayAttachmentId,
    RequesterTgwInfo: {
      TransitGatewayId: gateway.TransitGatewayId,
      OwnerId: place.account,
      Region: place.region,
    },
    AccepterTgwInfo: {
      TransitGatewayId: accepter.TransitGatewayId,
      OwnerId: other.account,
      Region: other.region,
    },
    Status: { Code: 'available', Message: 'Available' },
    State: 'available' as const,
    CreationTime: MADE_AT,
    Tags: [],
  };
  for (const { world } of both(place, other)) world.transitGatewayPeeringAttachments.push(detail);
  return attachment;
}

export function attachVpn(
  place: Place,
  gateway: TransitGateway,
  connection: VpnConnection,
): TransitGatewayAttachment {
  const attachment = attachmentOf(place, gateway, 'vpn', connection.VpnConnectionId!, {});
  place.world.transitGatewayAttachments.push(attachment);
  return attachment;
}

/** The attachment's traffic is looked up in the table. */
export function associate(table: TransitGatewayRouteTableWorld, attachment: TransitGatewayAttachment): void {
  table.associations.push({
    TransitGatewayAttachmentId: attachment.TransitGatewayAttachmentId,
    ResourceId: attachment.ResourceId,
    ResourceType: attachment.ResourceType,
    State: 'associated',
  });
  attachment.Association = {
    TransitGatewayRouteTableId: table.table.TransitGatewayRouteTableId,
    State: 'associated',
  };
}

/** The attachment announces these blocks to the table; of two that announce the same block the first has the route. */
export function propagateTo(
  table: TransitGatewayRouteTableWorld,
  attachment: TransitGatewayAttachment,
  cidrs: readonly string[],
): void {
  table.propagations.push({
    TransitGatewayAttachmentId: attachment.TransitGatewayAttachmentId,
    ResourceId: attachment.ResourceId,
    ResourceType: attachment.ResourceType,
    State: 'enabled',
  });
  for (const cidr of cidrs)
    if (!table.routes.some(({ DestinationCidrBlock }) => DestinationCidrBlock === cidr))
      table.routes.push(transitRoute(cidr, 'propagated', attachment));
}

/** A static route; without an attachment a blackhole. */
export function staticRoute(
  table: TransitGatewayRouteTableWorld,
  cidr: string,
  attachment?: TransitGatewayAttachment,
): void {
  table.routes.push(transitRoute(cidr, 'static', attachment));
}

function transitRoute(
  DestinationCidrBlock: string,
  Type: 'static' | 'propagated',
  attachment: TransitGatewayAttachment | undefined,
): TransitGatewayRoute {
  if (!attachment) return { DestinationCidrBlock, Type, State: 'blackhole' };
  const { TransitGatewayAttachmentId, ResourceId, ResourceType } = attachment;
  return {
    DestinationCidrBlock,
    TransitGatewayAttachments: [{ TransitGatewayAttachmentId, ResourceId, ResourceType }],
    Type,
    State: 'active',
  };
}

function attachmentOf(
  place: Place,
  gateway: TransitGateway,
  ResourceType: TransitGatewayAttachment['ResourceType'],
  ResourceId: string,
  tags: Tags,
): TransitGatewayAttachment {
  return {
    TransitGatewayAttachmentId: place.ids.next('tgw-attach'),
    TransitGatewayId: gateway.TransitGatewayId,
    TransitGatewayOwnerId: gateway.OwnerId,
    ResourceOwnerId: place.account,
    ResourceType,
    ResourceId,
    State: 'available',
    CreationTime: MADE_AT,
    Tags: tagList(tags),
  };
}

function both(one: Place, other: Place): readonly Place[] {
  return one.world === other.world ? [one] : [one, other];
}
