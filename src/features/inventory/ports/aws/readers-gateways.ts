import type {
  PrefixListBody,
  TransitGatewayRoute,
  TransitGatewayRouteTableBody,
} from '../../domain/observed.js';
import { compact, nameTag, need, orNull, part, TAGS, tagMap, whole, wholeNumber } from './reader.js';
import type { Read } from './scanner.js';

const gone = (state: string | undefined, ...words: string[]) => words.includes(state ?? '');

export const transitGateway = whole(
  'transit_gateway',
  'transitGatewaySet',
  {
    transitGatewayId: 'text',
    state: 'text',
    ownerId: 'text',
    options: { amazonSideAsn: 'text', transitGatewayCidrBlocks: ['text'] },
    tagSet: TAGS,
  },
  (item) => {
    if (gone(item.state, 'deleted')) return null;
    const tags = tagMap(item.tagSet);
    return {
      id: need(item.transitGatewayId, 'transitGatewayId'),
      vpcId: null,
      name: nameTag(tags),
      body: {
        state: item.state ?? '',
        ownerId: item.ownerId ?? '',
        asn: wholeNumber(item.options?.amazonSideAsn),
        cidrs: compact(item.options?.transitGatewayCidrBlocks),
        tags,
      },
    };
  },
);

export const transitGatewayAttachment = whole(
  'transit_gateway_attachment',
  'transitGatewayAttachments',
  {
    transitGatewayAttachmentId: 'text',
    transitGatewayId: 'text',
    transitGatewayOwnerId: 'text',
    resourceType: 'text',
    resourceId: 'text',
    resourceOwnerId: 'text',
    state: 'text',
    association: { transitGatewayRouteTableId: 'text', state: 'text' },
    tagSet: TAGS,
  },
  (item) => {
    if (gone(item.state, 'deleted', 'rejected')) return null;
    const tags = tagMap(item.tagSet);
    const leaving = gone(item.association?.state, 'disassociating', 'disassociated');
    return {
      id: need(item.transitGatewayAttachmentId, 'transitGatewayAttachmentId'),
      vpcId: item.resourceType === 'vpc' ? orNull(item.resourceId) : null,
      name: nameTag(tags),
      body: {
        transitGatewayId: item.transitGatewayId ?? '',
        transitGatewayOwnerId: item.transitGatewayOwnerId ?? '',
        resourceType: item.resourceType ?? '',
        resourceId: item.resourceId ?? '',
        resourceOwnerId: item.resourceOwnerId ?? '',
        state: item.state ?? '',
        associatedRouteTable: leaving ? null : orNull(item.association?.transitGatewayRouteTableId),
        tags,
      },
    };
  },
);

export interface TransitRouteTableHead {
  readonly id: string;
  readonly body: Pick<TransitGatewayRouteTableBody, 'transitGatewayId' | 'state' | 'tags'>;
}

export const transitGatewayRouteTable = part(
  'transitGatewayRouteTables',
  { transitGatewayRouteTableId: 'text', transitGatewayId: 'text', state: 'text', tagSet: TAGS },
  (item): TransitRouteTableHead | null =>
    gone(item.state, 'deleted')
      ? null
      : {
          id: need(item.transitGatewayRouteTableId, 'transitGatewayRouteTableId'),
          body: {
            transitGatewayId: item.transitGatewayId ?? '',
            state: item.state ?? '',
            tags: tagMap(item.tagSet),
          },
        },
);

export const transitAssociation = part(
  'associations',
  { transitGatewayAttachmentId: 'text', state: 'text' },
  (item): string | null =>
    gone(item.state, 'disassociating', 'disassociated')
      ? null
      : need(item.transitGatewayAttachmentId, 'transitGatewayAttachmentId'),
);

export const transitPropagation = part(
  'transitGatewayRouteTablePropagations',
  { transitGatewayAttachmentId: 'text', state: 'text' },
  (item): string | null =>
    gone(item.state, 'disabling', 'disabled')
      ? null
      : // of a route table announcement, which is of a peering, there may be no attachment
        orNull(item.transitGatewayAttachmentId),
);

export const transitRoute = part(
  'routeSet',
  {
    destinationCidrBlock: 'text',
    prefixListId: 'text',
    type: 'text',
    state: 'text',
    transitGatewayAttachments: [{ transitGatewayAttachmentId: 'text' }],
  },
  (item): TransitGatewayRoute | null =>
    gone(item.state, 'deleted', 'deleting')
      ? null
      : {
          destination: need(item.destinationCidrBlock || item.prefixListId, 'destination'),
          type: item.type === 'propagated' ? 'propagated' : 'static',
          state: item.state ?? '',
          attachments: compact(item.transitGatewayAttachments?.map((one) => one.transitGatewayAttachmentId)),
        },
);

const ATTACHMENTS = [{ vpcId: 'text', state: 'text' }] as const;

function attachments(items: Read<typeof ATTACHMENTS> | undefined) {
  return (items ?? [])
    .filter((item) => item.vpcId && !gone(item.state, 'detached'))
    .map((item) => ({ vpcId: item.vpcId!, state: item.state ?? '' }));
}

export const vpnGateway = whole(
  'vpn_gateway',
  'vpnGatewaySet',
  { vpnGatewayId: 'text', state: 'text', amazonSideAsn: 'text', attachments: ATTACHMENTS, tagSet: TAGS },
  (item) => {
    if (gone(item.state, 'deleted')) return null;
    const tags = tagMap(item.tagSet);
    const attached = attachments(item.attachments);
    return {
      id: need(item.vpnGatewayId, 'vpnGatewayId'),
      vpcId: attached[0]?.vpcId ?? null,
      name: nameTag(tags),
      body: {
        state: item.state ?? '',
        asn: wholeNumber(item.amazonSideAsn),
        attachments: attached,
        tags,
      },
    };
  },
);

export const vpnConnection = whole(
  'vpn_connection',
  'vpnConnectionSet',
  {
    vpnConnectionId: 'text',
    state: 'text',
    vpnGatewayId: 'text',
    transitGatewayId: 'text',
    customerGatewayId: 'text',
    routes: [{ destinationCidrBlock: 'text', state: 'text' }],
    tagSet: TAGS,
  },
  (item) => {
    if (gone(item.state, 'deleted')) return null;
    const tags = tagMap(item.tagSet);
    return {
      id: need(item.vpnConnectionId, 'vpnConnectionId'),
      vpcId: null,
      name: nameTag(tags),
      body: {
        state: item.state ?? '',
        vpnGatewayId: orNull(item.vpnGatewayId),
        transitGatewayId: orNull(item.transitGatewayId),
        customerGatewayId: item.customerGatewayId ?? '',
        routes: (item.routes ?? [])
          .filter((one) => one.destinationCidrBlock && !gone(one.state, 'deleted'))
          .map((one) => ({ destination: one.destinationCidrBlock!, state: one.state ?? '' })),
        tags,
      },
    };
  },
);

export const customerGateway = whole(
  'customer_gateway',
  'customerGatewaySet',
  {
    customerGatewayId: 'text',
    state: 'text',
    ipAddress: 'text',
    bgpAsn: 'text',
    bgpAsnExtended: 'text',
    tagSet: TAGS,
  },
  (item) => {
    if (gone(item.state, 'deleted')) return null;
    const tags = tagMap(item.tagSet);
    return {
      id: need(item.customerGatewayId, 'customerGatewayId'),
      vpcId: null,
      name: nameTag(tags),
      body: {
        state: item.state ?? '',
        ipAddress: orNull(item.ipAddress),
        asn: wholeNumber(item.bgpAsnExtended) ?? wholeNumber(item.bgpAsn),
        tags,
      },
    };
  },
);

export interface PrefixListHead {
  readonly id: string;
  readonly name: string | null;
  readonly body: Omit<PrefixListBody, 'entries'>;
}

export const prefixList = part(
  'prefixListSet',
  {
    prefixListId: 'text',
    prefixListName: 'text',
    ownerId: 'text',
    addressFamily: 'text',
    state: 'text',
    maxEntries: 'text',
    version: 'text',
    tagSet: TAGS,
  },
  (item): PrefixListHead | null => {
    if (gone(item.state, 'delete-complete')) return null;
    const tags = tagMap(item.tagSet);
    return {
      id: need(item.prefixListId, 'prefixListId'),
      name: nameTag(tags) ?? orNull(item.prefixListName),
      body: {
        name: item.prefixListName ?? '',
        ownerId: item.ownerId ?? '',
        family: item.addressFamily === 'IPv6' ? 6 : 4,
        state: item.state ?? '',
        maxEntries: wholeNumber(item.maxEntries),
        version: wholeNumber(item.version),
        tags,
      },
    };
  },
);

export const prefixListEntry = part(
  'entrySet',
  { cidr: 'text', description: 'text' },
  (item): PrefixListBody['entries'][number] => ({
    cidr: need(item.cidr, 'cidr'),
    description: item.description ?? '',
  }),
);

export const natGateway = whole(
  'nat_gateway',
  'natGatewaySet',
  {
    natGatewayId: 'text',
    vpcId: 'text',
    subnetId: 'text',
    state: 'text',
    connectivityType: 'text',
    natGatewayAddressSet: [
      { privateIp: 'text', publicIp: 'text', networkInterfaceId: 'text', status: 'text' },
    ],
    tagSet: TAGS,
  },
  (item) => {
    if (gone(item.state, 'deleted')) return null;
    const tags = tagMap(item.tagSet);
    return {
      id: need(item.natGatewayId, 'natGatewayId'),
      vpcId: orNull(item.vpcId),
      name: nameTag(tags),
      body: {
        vpcId: item.vpcId ?? '',
        subnetId: item.subnetId ?? '',
        state: item.state ?? '',
        connectivity: item.connectivityType || 'public',
        addresses: (item.natGatewayAddressSet ?? [])
          .filter((one) => one.status !== 'failed')
          .map((one) => ({
            privateAddress: orNull(one.privateIp),
            publicAddress: orNull(one.publicIp),
            interfaceId: orNull(one.networkInterfaceId),
          })),
        tags,
      },
    };
  },
);

export const vpcEndpoint = whole(
  'vpc_endpoint',
  'vpcEndpointSet',
  {
    vpcEndpointId: 'text',
    vpcEndpointType: 'text',
    vpcId: 'text',
    serviceName: 'text',
    serviceNetworkArn: 'text',
    resourceConfigurationArn: 'text',
    state: 'text',
    subnetIdSet: ['text'],
    routeTableIdSet: ['text'],
    networkInterfaceIdSet: ['text'],
    tagSet: TAGS,
  },
  (item) => {
    // some services write the first letter large
    const state = (item.state ?? '').toLowerCase();
    if (gone(state, 'deleted', 'rejected', 'expired')) return null;
    const tags = tagMap(item.tagSet);
    return {
      id: need(item.vpcEndpointId, 'vpcEndpointId'),
      vpcId: orNull(item.vpcId),
      name: nameTag(tags),
      body: {
        vpcId: item.vpcId ?? '',
        type: item.vpcEndpointType || 'Gateway',
        service: item.serviceName || item.serviceNetworkArn || item.resourceConfigurationArn || '',
        state,
        subnets: compact(item.subnetIdSet),
        routeTables: compact(item.routeTableIdSet),
        interfaces: compact(item.networkInterfaceIdSet),
        tags,
      },
    };
  },
);

export const internetGateway = whole(
  'internet_gateway',
  'internetGatewaySet',
  { internetGatewayId: 'text', attachmentSet: ATTACHMENTS, tagSet: TAGS },
  (item) => {
    const tags = tagMap(item.tagSet);
    const attached = attachments(item.attachmentSet);
    return {
      id: need(item.internetGatewayId, 'internetGatewayId'),
      vpcId: attached[0]?.vpcId ?? null,
      name: nameTag(tags),
      body: { attachments: attached, tags },
    };
  },
);
