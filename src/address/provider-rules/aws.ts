import { Prefix } from '../prefix.js';
import { AWS_QUOTAS } from './aws-quotas.js';
import { AWS_SOURCES as S } from './aws-sources.js';
import { type AddressConsumer, type NamedRange, type PeeringEffect, type ProviderRules } from './rule-set.js';

const p = (text: string) => Prefix.must(text);

const TEN = p('10.0.0.0/8');
const TWELVE = p('172.16.0.0/12');
const SIXTEEN = p('192.168.0.0/16');
const BENCHMARK = p('198.19.0.0/16');
const SHARED = p('100.64.0.0/10');

const range = (cidr: string, why: string): NamedRange => ({ cidr: p(cidr), why, source: S.CIDR });

const NOTHING: PeeringEffect = { apart: 'NONE', overlapping: 'NONE', why: '' };
const UNSETTLED: PeeringEffect = {
  apart: 'NONE',
  overlapping: 'AWS_DECIDES',
  why: 'the peering is between two states, and AWS says nothing of blocks that overlap then',
};
const both = (effect: PeeringEffect) => ({ requester: effect, accepter: effect });

const consumer = (
  name: string,
  addresses: number,
  note: string,
  source: string,
  more: Partial<AddressConsumer> = {},
): AddressConsumer => ({
  name,
  addresses,
  required: addresses,
  recommended: addresses,
  longest: null,
  note,
  source,
  ...more,
});

/** What AWS allows, as its pages said on `asOf`. */
export const AWS_RULES: ProviderRules = {
  provider: 'aws',
  version: 1,
  asOf: '2026-11-20',
  sources: S,

  blocks: {
    sizes: {
      4: { shortest: 16, longest: 28, step: 1, source: S.CIDR },
      6: { shortest: 44, longest: 60, step: 4, source: S.CIDR },
    },
    neverAllowed: [
      range('0.0.0.0/8', '"this" network'),
      range('127.0.0.0/8', 'loopback'),
      range('169.254.0.0/16', 'link-local'),
      range('224.0.0.0/4', 'multicast'),
    ],
    advisedAgainst: [
      range('172.17.0.0/16', 'Docker bridges use it; Cloud9 and SageMaker AI do not work with it'),
    ],
    private: [TEN, TWELVE, SIXTEEN],
    unnamed: [
      range('192.0.0.0/24', 'IETF protocol assignments'),
      range('192.0.2.0/24', 'documentation (TEST-NET-1)'),
      range('198.18.0.0/16', 'benchmarking'),
      range('198.51.100.0/24', 'documentation (TEST-NET-2)'),
      range('203.0.113.0/24', 'documentation (TEST-NET-3)'),
      range('240.0.0.0/4', 'reserved'),
    ],
    rows: [
      {
        name: 'a block of 10.0.0.0/8',
        existing: [TEN],
        restricted: [
          { cidr: TWELVE },
          { cidr: SIXTEEN },
          { cidr: BENCHMARK },
          { cidr: p('10.0.0.0/16'), whileAnyIn: p('10.0.0.0/15') },
        ],
        permitted: [TEN, 'public', SHARED],
      },
      {
        name: 'a block of 172.16.0.0/12',
        existing: [TWELVE],
        restricted: [{ cidr: TEN }, { cidr: SIXTEEN }, { cidr: p('172.31.0.0/16') }, { cidr: BENCHMARK }],
        permitted: [TWELVE, 'public', SHARED],
      },
      {
        name: 'a block of 192.168.0.0/16',
        existing: [SIXTEEN],
        restricted: [{ cidr: TEN }, { cidr: TWELVE }, { cidr: BENCHMARK }],
        permitted: [SIXTEEN, 'public', SHARED],
      },
      {
        name: 'a block of 198.19.0.0/16',
        existing: [BENCHMARK],
        restricted: [{ cidr: TEN }, { cidr: TWELVE }, { cidr: SIXTEEN }],
        permitted: ['public', SHARED],
      },
      {
        name: 'a publicly routable block',
        existing: 'public',
        restricted: [{ cidr: TEN }, { cidr: TWELVE }, { cidr: SIXTEEN }, { cidr: BENCHMARK }],
        permitted: ['public', SHARED],
      },
      {
        name: 'a block of 100.64.0.0/10',
        existing: [SHARED],
        restricted: [{ cidr: TEN }, { cidr: TWELVE }, { cidr: SIXTEEN }, { cidr: BENCHMARK }],
        permitted: ['public', SHARED],
      },
    ],
    rowsSource: S.CIDR,
    occupying: ['associating', 'associated', 'disassociating', 'failing'],
    usable: ['associated'],
    statesSource: S.CIDR,
    spare: SHARED,
  },

  subnets: {
    sizes: {
      4: { shortest: 16, longest: 28, step: 1, source: S.SUB },
      6: { shortest: 44, longest: 64, step: 4, source: S.SUB },
    },
    reserved: {
      4: [
        { offset: 0, purpose: 'network address' },
        { offset: 1, purpose: 'VPC router' },
        { offset: 2, purpose: 'DNS' },
        { offset: 3, purpose: 'future use' },
        { offset: -1, purpose: 'broadcast, which a VPC does not support' },
      ],
      6: [
        { offset: 0, purpose: 'reserved' },
        { offset: 1, purpose: 'reserved' },
        { offset: 2, purpose: 'reserved' },
        { offset: 3, purpose: 'reserved' },
        { offset: -1, purpose: 'reserved' },
      ],
    },
    reservedSource: S.SUB,
    delegated: { 4: 28, 6: 80 },
    delegatedSource: S.PFX,
  },

  consumers: [
    consumer('network_interface', 1, 'and its secondary addresses; a stopped instance keeps them', S.SN),
    consumer('application_load_balancer', 1, 'in two zones at least; scales beyond 8 under load', S.ALB, {
      required: 8,
      recommended: 8,
      longest: 27,
    }),
    consumer('network_load_balancer', 1, 'per zone, and up to 7 secondary ones that never go away', S.NLB),
    consumer('nat_gateway', 1, 'and up to 7 secondary ones', S.NAT),
    consumer('interface_endpoint', 1, 'one subnet per zone; a gateway endpoint takes none', S.EP),
    consumer('transit_gateway_attachment', 1, 'one subnet per zone', S.TGWA),
    consumer(
      'lambda',
      1,
      'per pair of subnet and set of security groups, more from 65,000 connections',
      S.LAM,
    ),
    consumer('database_instance', 1, 'and one free per instance in each subnet of the group', S.RDS, {
      recommended: 2,
    }),
    consumer('kubernetes_control_plane', 2, '2 to 4 interfaces; an upgrade makes new ones', S.EKS, {
      required: 6,
      recommended: 16,
    }),
    consumer('container_task', 1, 'an interface each in mode awsvpc', S.ECS),
  ],

  peerings: {
    active: both({ apart: 'NONE', overlapping: 'REFUSED', why: 'the peering is active' }),
    'pending-acceptance': {
      requester: {
        apart: 'REFUSED',
        overlapping: 'REFUSED',
        why: 'while its request waits for acceptance, the VPC that asked gets no block at all',
      },
      accepter: {
        apart: 'NONE',
        overlapping: 'WARNED',
        why: 'the peering request will fail and cannot be accepted',
      },
    },
    'initiating-request': {
      requester: { ...UNSETTLED, apart: 'AWS_DECIDES' },
      accepter: UNSETTLED,
    },
    provisioning: both(UNSETTLED),
    deleting: both(UNSETTLED),
    deleted: both(NOTHING),
    expired: both(NOTHING),
    failed: both(NOTHING),
    rejected: both(NOTHING),
  },

  routes: {
    vpcPriority: ['local', 'static', 'prefix_list', 'direct_connect_bgp', 'vpn_static', 'vpn_bgp'],
    localWinsFrom: ['direct_connect_bgp', 'vpn_static', 'vpn_bgp'],
    prioritySource: S.PRI,
    localSource: S.VPNP,
    transitGatewayPriority: [
      'static',
      'prefix_list',
      'vpc',
      'direct_connect_gateway',
      'connect',
      'private_vpn',
      'vpn',
      'vpn_concentrator',
      'client_vpn',
      'peering',
    ],
    equalCost: ['vpn', 'connect', 'direct_connect_gateway'],
    defaultMed: { direct_connect_gateway: 0, private_vpn: 100, vpn: 100, connect: 100 },
    transitGatewaySource: S.TGW,
    unroutable: [p('169.254.168.0/22'), p('fd00:ec2::/32')],
    unroutableSource: S.RT,
    middleboxTargets: ['nat_gateway', 'network_interface', 'gateway_load_balancer_endpoint'],
    gatewayTableTargets: ['local', 'network_interface', 'gateway_load_balancer_endpoint'],
    gatewayTableSource: S.GRT,
    prefixListWeights: {
      s3: 1,
      dynamodb: 1,
      'cloudfront.origin-facing': 55,
      'route53-healthchecks': 25,
      s3express: 6,
      'vpc-lattice': 10,
      groundstation: 5,
      'ec2-instance-connect': 2,
      'secretsmanager-managed-external-secrets': 20,
    },
    prefixListSource: S.PL,
  },

  quotas: AWS_QUOTAS,

  addressUsage: {
    units: {
      address: 1,
      additionalInterface: 1,
      prefix: 1,
      pod: 1,
      elasticFabricAdapter: 1,
      networkLoadBalancerZone: 6,
      gatewayLoadBalancerZone: 6,
      endpointZone: 6,
      transitGatewayAttachment: 6,
      lambdaFunction: 6,
      natGateway: 6,
      fileSystemMountTarget: 6,
    },
    source: S.NAU,
  },
};
