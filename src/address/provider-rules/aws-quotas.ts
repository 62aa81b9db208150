import { AWS_SOURCES as S } from './aws-sources.js';

type Adjustable = 'YES' | 'BY_SUPPORT' | 'NO' | 'UNKNOWN';

const quota = (
  counts: string,
  usual: number,
  adjustable: Adjustable,
  source: string,
  more: { max?: number; code?: string } = {},
) => ({ default: usual, max: more.max ?? null, adjustable, code: more.code ?? null, counts, source });

/** Defaults of one account and region. What is in effect there is read from Service Quotas and handed in as overrides. */
export const AWS_QUOTAS = {
  vpcs: quota('VPCs per region', 5, 'YES', S.LIM, { code: 'L-F678F1CE' }),
  subnets: quota('subnets per VPC', 200, 'YES', S.LIM, { code: 'L-407747CB' }),
  ipv4Blocks: quota('IPv4 blocks per VPC', 5, 'YES', S.LIM, { max: 50, code: 'L-83CA0A9D' }),
  ipv6Blocks: quota('IPv6 blocks per VPC', 5, 'YES', S.LIM, { max: 50, code: 'L-085A6257' }),

  routeTables: quota('route tables per VPC', 200, 'YES', S.LIM, { code: 'L-589F43AA' }),
  routes: quota('routes per route table and family, propagated ones apart', 500, 'YES', S.LIM, {
    max: 1_000,
    code: 'L-93826ACB',
  }),
  propagatedRoutes: quota('propagated routes per route table', 100, 'NO', S.LIM),
  prefixLists: quota('prefix lists per region', 100, 'BY_SUPPORT', S.LIM),
  prefixListEntries: quota('entries per prefix list', 1_000, 'BY_SUPPORT', S.LIM),
  prefixListVersions: quota('versions per prefix list', 1_000, 'BY_SUPPORT', S.LIM),
  prefixListReferences: quota(
    'references to a prefix list per type of resource',
    10_000,
    'BY_SUPPORT',
    S.LIM,
  ),

  securityGroupRules: quota('rules per security group, direction and family', 60, 'YES', S.LIM, {
    code: 'L-0EA8095F',
  }),
  securityGroupsPerInterface: quota('security groups per network interface', 5, 'YES', S.LIM, { max: 16 }),
  securityGroups: quota('security groups per region', 2_500, 'UNKNOWN', S.LIM),
  securityGroupRulesPerInterface: quota('rules times security groups per interface', 1_000, 'UNKNOWN', S.LIM),
  networkAclRules: quota('rules per network ACL and direction', 20, 'YES', S.LIM, { max: 40 }),
  networkInterfaces: quota('network interfaces per region, counted in each zone', 5_000, 'YES', S.LIM, {
    code: 'L-DF5E4CA3',
  }),
  elasticAddresses: quota('Elastic IP addresses per region', 5, 'YES', S.LIM),
  elasticAddressesPerNatGateway: quota('Elastic IP addresses per public NAT gateway', 2, 'YES', S.LIM, {
    max: 8,
  }),
  natGateways: quota('NAT gateways per zone', 5, 'YES', S.LIM),
  regionalNatGateways: quota('regional NAT gateways per VPC', 5, 'YES', S.LIM),
  natGatewayAddresses: quota('private addresses per NAT gateway', 8, 'UNKNOWN', S.NAT, {
    code: 'L-DFA99DE7',
  }),
  natConnections: quota('connections per NAT address and destination', 55_000, 'UNKNOWN', S.NAT),
  natAddressesPerZone: quota('addresses of a regional NAT gateway per zone', 32, 'UNKNOWN', S.NAT),

  activePeerings: quota('active peerings per VPC', 50, 'YES', S.PEERQ, { max: 125 }),
  pendingPeerings: quota('peerings that wait for acceptance', 25, 'YES', S.PEERQ),
  peeringExpiryDays: quota('days until a peering request expires', 7, 'NO', S.PEERQ),

  interfaceEndpoints: quota('interface and Gateway Load Balancer endpoints per VPC', 50, 'YES', S.EPQ),
  gatewayEndpoints: quota('gateway endpoints per region', 20, 'YES', S.EPQ),
  gatewayEndpointsPerVpc: quota('gateway endpoints per VPC', 255, 'NO', S.EPQ),
  participants: quota('accounts that a VPC is shared with', 100, 'YES', S.LIM),
  sharedSubnets: quota('subnets shared with one account', 100, 'YES', S.LIM),
  routeServers: quota('route servers per VPC', 5, 'YES', S.LIM),
  routeServerRoutes: quota('routes per route server and peer', 100, 'NO', S.LIM),

  transitGateways: quota('transit gateways per account', 5, 'YES', S.TGWQ),
  transitGatewayRouteTables: quota('route tables per transit gateway', 20, 'YES', S.TGWQ),
  transitGatewayBlocks: quota('CIDR blocks per transit gateway', 5, 'NO', S.TGWQ),
  transitGatewayPolicyTables: quota('policy tables per transit gateway', 20, 'NO', S.TGWQ),
  transitGatewayPolicyEntries: quota('entries per policy table', 200, 'YES', S.TGWQ),
  transitGatewayRoutes: quota(
    'routes per transit gateway, all tables together',
    10_000,
    'BY_SUPPORT',
    S.TGWQ,
  ),
  transitGatewayAttachments: quota('attachments per transit gateway', 5_000, 'YES', S.TGWQ, {
    code: 'L-E0233F82',
  }),
  transitGatewaysPerVpc: quota('transit gateways per VPC', 5, 'NO', S.TGWQ),
  transitGatewayPeerings: quota('peerings per transit gateway', 50, 'YES', S.TGWQ),
  staticRoutesPerAttachment: quota('static routes for a prefix to one attachment', 1, 'NO', S.TGWQ),
  connectRoutesIn: quota('routes from a Connect peer', 1_000, 'BY_SUPPORT', S.TGWQ),
  connectRoutesOut: quota('routes to a Connect peer', 5_000, 'NO', S.TGWQ),
  connectPeers: quota('GRE peers per Connect attachment', 4, 'NO', S.TGWQ),

  vpnGatewayRoutesIn: quota('routes from a customer gateway to a virtual private gateway', 100, 'NO', S.VPN),
  vpnGatewayRoutesOut: quota(
    'routes from a virtual private gateway to a customer gateway',
    1_000,
    'NO',
    S.VPN,
  ),
  vpnStaticRoutes: quota('static routes per VPN connection of a virtual private gateway', 100, 'NO', S.VPN),
  transitVpnRoutesIn: quota('routes from a customer gateway to a transit gateway', 1_000, 'NO', S.VPN),
  transitVpnRoutesOut: quota('routes from a transit gateway to a customer gateway', 5_000, 'NO', S.VPN),

  directConnectRoutesIn: quota(
    'routes per family from on premises on a private or transit virtual interface',
    100,
    'BY_SUPPORT',
    S.DX,
    { max: 1_000 },
  ),
  directConnectPublicRoutes: quota('routes on a public virtual interface', 1_000, 'NO', S.DX),
  directConnectPrefixesOut: quota(
    'prefixes per transit gateway to on premises on a transit virtual interface, both families',
    200,
    'BY_SUPPORT',
    S.DX,
  ),
  cloudWanPrefixesOut: quota(
    'prefixes of a Cloud WAN attachment to a Direct Connect gateway',
    5_000,
    'BY_SUPPORT',
    S.DX,
  ),
  directConnectVpnGateways: quota('virtual private gateways per Direct Connect gateway', 20, 'NO', S.DX),
  directConnectTransitGateways: quota('transit gateways per Direct Connect gateway', 6, 'NO', S.DX),
  directConnectInterfaces: quota('virtual interfaces per Direct Connect gateway', 30, 'NO', S.DX),
  directConnectGatewaysPerTransitGateway: quota(
    'Direct Connect gateways per transit gateway',
    20,
    'NO',
    S.DX,
  ),
  directConnectGateways: quota('Direct Connect gateways per account', 200, 'NO', S.DX),

  networkAddressUsage: quota('network address units per VPC', 64_000, 'YES', S.NAU, {
    max: 256_000,
    code: 'L-BB24F6E5',
  }),
  peeredNetworkAddressUsage: quota(
    'network address units of a VPC and its peers in the region',
    128_000,
    'YES',
    S.NAU,
    { max: 512_000, code: 'L-CD17FD4B' },
  ),

  ipams: quota('IPAMs per region', 1, 'UNKNOWN', S.IPAM),
  ipamScopes: quota('scopes per IPAM', 5, 'UNKNOWN', S.IPAM),
  ipamPools: quota('pools per scope', 50, 'UNKNOWN', S.IPAM),
  ipamPoolDepth: quota('depth of pools in pools', 10, 'UNKNOWN', S.IPAM),
  ipamPoolBlocks: quota('CIDRs per pool', 50, 'UNKNOWN', S.IPAM),
  ipamAllocations: quota('allocations per pool', 550_000, 'UNKNOWN', S.IPAM),
  ipamResourceDiscoveries: quota('resource discoveries per IPAM', 5, 'UNKNOWN', S.IPAM),
} as const;

export type AwsQuotaName = keyof typeof AWS_QUOTAS;
