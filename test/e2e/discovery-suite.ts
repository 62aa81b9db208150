import { bootDiscovery, type DiscoveringService } from '../support/discovered.js';
import type { Data } from '../support/service.js';

export const SHOP = '222222222222';
export const NETWORK = '333333333333';
export const REGION = 'eu-west-1';

/** Ids of what `build` makes; what each is, `expected` says. */
export interface Built {
  readonly vpc: string;
  readonly subnet: string;
  readonly networkInterface: string;
  readonly routeTable: string;
  readonly internetGateway: string;
  readonly natGateway: string;
  readonly endpoint: string;
  readonly prefixList: string;
  readonly vpnGateway: string;
  readonly customerGateway: string;
  readonly vpnConnection: string;
  readonly peering: string;
  /** Of the other account. */
  readonly services: string;
  readonly transitGateway: string;
  readonly attachment: string;
  readonly transitRouteTable: string;
}

/** A cloud that a test changes, and the service reads through the real SDK. */
export interface TestCloud {
  readonly url: string;
  build(): Promise<Built>;
  /** What `changesExpected` lists. Returns the id of the new subnet. */
  change(built: Built): Promise<string>;
  /** Shows the same in another order, tags at least. */
  reorder(built: Built): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 180_000;

/** What discovery makes of a cloud; the same whoever wrote it. */
export function discoverySuite(test: typeof it | typeof it.skip, start: () => Promise<TestCloud>): void {
  let cloud: TestCloud | undefined;
  let service: DiscoveringService | undefined;
  afterAll(async () => {
    await service?.stop();
    await cloud?.close();
  });

  test(
    'discovers every kind, settles, and tells what changed and nothing else',
    async () => {
      cloud = await start();
      service = await bootDiscovery(cloud.url, { env: { CADASTRE_DISCOVERY_TIMEOUT_SECONDS: '30' } });
      const { call, discover, sweep, pool } = service;
      const objects = async (): Promise<Map<string, Data>> => {
        const { nodes } = await call('observedObjects', { first: 1000 });
        return new Map(nodes.map((node: Data) => [node.id, node]));
      };
      const changes = async (since: string): Promise<Data[]> =>
        (await call('configurationChanges', { filter: { since }, first: 200 })).nodes;
      for (const account of [SHOP, NETWORK]) await discover(account);
      expect(await sweep()).toMatchObject({ scopesFailed: 0, problem: null });
      const holder = { provider: 'aws', account: SHOP, region: REGION, resourceType: 'vpc' };
      const { id: of } = await pool({ cidrs: ['10.20.0.0/15'], uniqueness: 'GLOBAL' });
      const reserved = await call('reserve', { input: { pool: of, cidr: '10.20.0.0/16', holder } });

      const built = await cloud.build();
      expect(await sweep()).toMatchObject({ scopesFailed: 0, problem: null });
      const seen = await objects();
      for (const [id, object] of Object.entries(expected(built)))
        expect({ id, ...seen.get(id) }).toMatchObject({ id, ...object });
      expect(await call('allocation', { id: reserved.id })).toMatchObject({
        status: 'ALLOCATED',
        holder: { resourceId: built.vpc },
      });
      const { nodes: rogue } = await call('findings', { filter: { account: SHOP, kinds: ['ROGUE'] } });
      expect(rogue.map(({ subject }: Data) => subject)).toContain(`${built.vpc} 10.21.0.0/16`);

      await cloud.reorder(built);
      expect(await sweep()).toMatchObject({ scopesFailed: 0, changed: '0', missing: '0', problem: null });
      expect(await changes(await service.now())).toEqual([]);

      const subnet = await cloud.change(built);
      expect(await sweep()).toMatchObject({ scopesFailed: 0, problem: null });
      const told = await changes(await service.now());
      const others = told.filter(
        // the route to a new block of the VPC, and the version of a list, which not everybody counts
        (change) => change.new?.origin !== 'local' && change.action !== 'prefix_list.changed',
      );
      // both ends tell of the peering
      const keys = new Set(others.map(({ action, resourceId }: Data) => `${action} ${resourceId}`));
      expect([...keys].sort()).toEqual(Object.keys(changesExpected(built, subnet)).sort());
      for (const [key, change] of Object.entries(changesExpected(built, subnet)))
        expect(
          others.find(({ action, resourceId }: Data) => `${action} ${resourceId}` === key),
        ).toMatchObject(change);
      const { objects: at } = await call('snapshotAt', { vpc: built.vpc });
      expect(at.find(({ version }: Data) => version.id === built.vpc)).toMatchObject({
        presence: 'PRESENT',
        version: { cidrs: ['10.20.0.0/16', '10.21.0.0/16', '10.22.0.0/16'] },
      });
    },
    PATIENCE_MS,
  );
}

/** By id: kind and configuration, as far as every cloud says them alike. */
function expected(built: Built): Record<string, object> {
  const { vpc, services, subnet, routeTable, internetGateway, transitGateway, attachment } = built;
  const containing = (...items: object[]): unknown =>
    expect.arrayContaining(items.map((item) => expect.objectContaining(item) as unknown));
  return {
    [vpc]: {
      kind: 'VPC',
      account: SHOP,
      region: REGION,
      name: 'shop <prod> & "friends" Zoë',
      cidrs: ['10.20.0.0/16', '10.21.0.0/16'],
      configuration: {
        state: 'available',
        ownerId: SHOP,
        isDefault: false,
        primary: '10.20.0.0/16',
        tags: { team: 'checkout' },
      },
    },
    [services]: { kind: 'VPC', account: NETWORK, cidrs: ['10.0.0.0/16'] },
    [subnet]: {
      kind: 'SUBNET',
      vpcId: vpc,
      cidrs: ['10.20.1.0/24'],
      configuration: { cidr: '10.20.1.0/24' },
    },
    [built.networkInterface]: {
      kind: 'NETWORK_INTERFACE',
      vpcId: vpc,
      configuration: { subnetId: subnet, addresses: ['10.20.1.10', '10.20.1.11'] },
    },
    [routeTable]: {
      kind: 'ROUTE_TABLE',
      vpcId: vpc,
      configuration: {
        main: false,
        subnets: [subnet],
        routes: containing(
          { destination: '10.20.0.0/16', target: 'local', origin: 'local' },
          { destination: '0.0.0.0/0', target: internetGateway, origin: 'static', state: 'active' },
        ),
      },
    },
    [internetGateway]: { kind: 'INTERNET_GATEWAY', configuration: { attachments: [{ vpcId: vpc }] } },
    [built.natGateway]: {
      kind: 'NAT_GATEWAY',
      vpcId: vpc,
      configuration: { subnetId: subnet, connectivity: 'private' },
    },
    [built.endpoint]: {
      kind: 'VPC_ENDPOINT',
      vpcId: vpc,
      configuration: {
        type: 'Gateway',
        service: `com.amazonaws.${REGION}.s3`,
        routeTables: [routeTable],
      },
    },
    [built.prefixList]: {
      kind: 'PREFIX_LIST',
      name: 'offices',
      configuration: {
        ownerId: SHOP,
        family: 4,
        entries: [{ cidr: '172.16.0.0/16' }, { cidr: '172.17.0.0/16' }],
      },
    },
    [built.vpnGateway]: { kind: 'VPN_GATEWAY', configuration: { attachments: [{ vpcId: vpc }] } },
    [built.customerGateway]: {
      kind: 'CUSTOMER_GATEWAY',
      configuration: { ipAddress: '198.51.100.7', asn: 65000 },
    },
    [built.vpnConnection]: {
      kind: 'VPN_CONNECTION',
      configuration: { vpnGatewayId: built.vpnGateway, customerGatewayId: built.customerGateway },
    },
    [built.peering]: {
      kind: 'VPC_PEERING',
      configuration: { status: 'active', requester: { vpcId: vpc }, accepter: { vpcId: services } },
    },
    [transitGateway]: { kind: 'TRANSIT_GATEWAY', configuration: { ownerId: NETWORK } },
    [attachment]: {
      kind: 'TRANSIT_GATEWAY_ATTACHMENT',
      configuration: { transitGatewayId: transitGateway, resourceType: 'vpc', resourceId: services },
    },
    [built.transitRouteTable]: {
      kind: 'TRANSIT_GATEWAY_ROUTE_TABLE',
      configuration: {
        transitGatewayId: transitGateway,
        propagations: [attachment],
        routes: containing({ destination: '192.168.0.0/16', type: 'static', state: 'blackhole' }),
      },
    },
  };
}

/** By action and id: what a change says. */
function changesExpected(built: Built, subnet: string): Record<string, object> {
  return {
    [`vpc.cidr_associated ${built.vpc}`]: { old: null, new: { cidr: '10.22.0.0/16', state: 'associated' } },
    [`tags.changed ${built.vpc}`]: { old: { team: 'checkout' }, new: { team: 'payments' } },
    [`subnet.created ${subnet}`]: { old: null, vpcId: built.vpc },
    [`route.added ${built.routeTable}`]: {
      old: null,
      new: { destination: '10.99.0.0/16', target: built.internetGateway, origin: 'static' },
    },
    [`peering.missing ${built.peering}`]: { kind: 'VPC_PEERING' },
    [`prefix_list.entry_added ${built.prefixList}`]: { old: null, new: { cidr: '172.18.0.0/16' } },
    [`route.added ${built.transitRouteTable}`]: {
      old: null,
      new: { destination: '192.169.0.0/16', type: 'static', state: 'blackhole', attachments: [] },
    },
  };
}
