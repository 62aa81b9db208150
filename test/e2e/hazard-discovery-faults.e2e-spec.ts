import { KIND_OF_ACTION, type ReadAction } from '../support/read-actions.js';
import { AwsCloud } from '../../src/features/inventory/ports/aws/aws-cloud.js';
import { OBSERVED_KINDS } from '../../src/features/inventory/index.js';
import { bootDiscovery, type DiscoveringService, fsckFindings } from '../support/discovered.js';
import { OWN_KEY } from '../support/ec2-emulator/client.js';
import { Ec2Emulator } from '../support/ec2-emulator/emulator.js';
import { everything, type Everything } from '../support/ec2-emulator/everything.js';
import { type Fault, FAULT_CODES, type FaultCode } from '../support/ec2-emulator/faults.js';
import { Place } from '../support/ec2-emulator/place.js';
import type { World } from '../support/ec2-emulator/world.js';
import type { Data } from '../support/service.js';

/*
 * Whatever goes wrong with a call, in whichever action: nothing is concluded from what was not read, and everybody else
 * is as well off as ever. The clients are the real SDK; only the pauses between attempts are shorter.
 */

const REGION = 'eu-west-1';
const HEALTHY = '900000000000';
const HOUR = 3600;
const PATIENCE_MS = 120_000;

/**
 * By account: actions that fail there at the same time, of one kind only one, so that each fails by itself. Never those of
 * the first two lists: an account that refuses both is asked for nothing more.
 */
const FAILING: Readonly<Record<string, readonly ReadAction[]>> = {
  '910000000001': [
    'DescribeVpcs',
    'DescribeTransitGatewayRouteTables',
    'DescribeTransitGateways',
    'DescribeManagedPrefixLists',
    'DescribeNatGateways',
    'DescribeVpnGateways',
    'DescribeTags',
  ],
  '910000000002': [
    'DescribeSubnets',
    'GetTransitGatewayRouteTableAssociations',
    'GetManagedPrefixListEntries',
    'DescribeVpcEndpoints',
    'DescribeVpnConnections',
    'DescribeNetworkInterfaces',
    'DescribeVpcPeeringConnections',
  ],
  '910000000003': [
    'GetSubnetCidrReservations',
    'GetTransitGatewayRouteTablePropagations',
    'DescribeRouteTables',
    'DescribeCustomerGateways',
    'DescribeTransitGatewayAttachments',
    'DescribeInternetGateways',
  ],
  '910000000004': ['DescribeVpcs', 'DescribeRouteTables', 'SearchTransitGatewayRoutes'],
};
const SEVERAL_PAGES = new Set<ReadAction>([
  'DescribeVpcs',
  'DescribeSubnets',
  'DescribeRouteTables',
  'DescribeNetworkInterfaces',
  'GetManagedPrefixListEntries',
]);
const WITHOUT_VPCS = '910000000001';
const faulty = Object.keys(FAILING);

const world: World = {
  organization: { id: 'o-company', managementAccountId: HEALTHY },
  accounts: [{ id: HEALTHY, name: 'healthy', regions: {} }],
};
const places = new Map<string, Place>();
const contents = new Map<string, Everything>();
const pools = new Map<string, Data>();
let emulator: Ec2Emulator;
let cloud: AwsCloud;
let service: DiscoveringService;
let rounds = 0;

beforeAll(async () => {
  [HEALTHY, ...faulty].forEach((account, index) => {
    const place = new Place(world, account, REGION);
    places.set(account, place);
    contents.set(account, everything(place, `10.${index}`));
  });
  // lists of several pages: a fault may befall the first one or a later one
  emulator = await Ec2Emulator.start(world, { paging: { most: 3 } });
  cloud = new AwsCloud({
    endpoint: emulator.url,
    identity: OWN_KEY,
    pauseMilliseconds: 5,
    timeoutMilliseconds: 800,
    callsPerSecond: 10_000,
    // in every sweep
    reservationHours: 1e-9,
  });
  service = await bootDiscovery(emulator.url, { cloud });
  for (const account of places.keys()) {
    const net = contents.get(account)!.vpcs[0].CidrBlock!.split('.').slice(0, 2).join('.');
    const cidrs = [`${net}.0.0/17`];
    pools.set(account, await service.pool({ name: `pool ${account}`, cidrs, uniqueness: 'GLOBAL' }));
    await service.discover(account);
  }
  expect(await service.sweep()).toMatchObject({ scopesFailed: 0, problem: null });
  for (const { vpcs } of contents.values())
    await service.call('adoptObserved', { input: { resource: vpcs[0].VpcId } });
  expect(await service.sweep()).toMatchObject({ scopesFailed: 0, problem: null });
}, PATIENCE_MS);
afterAll(async () => {
  await service.stop();
  await cloud.close();
  await emulator.close();
});
afterEach(() => emulator.faults.clear());

it('every action that a sweep calls is among those that fail', () => {
  const called = new Set(emulator.calls.all().map(({ action }) => action));
  called.delete('AssumeRole');
  called.delete('GetCallerIdentity');
  expect([...called].sort()).toEqual(Object.keys(KIND_OF_ACTION).sort());
  expect([...new Set(Object.values(FAILING).flat())].sort()).toEqual(Object.keys(KIND_OF_ACTION).sort());
});

const rows = (text: string, ...values: unknown[]): Promise<Data[]> => service.database.query(text, values);

/** Everything that was concluded from what was observed in the accounts that fail. */
async function conclusions() {
  return {
    versions: await rows(
      `SELECT account, kind, resource_id, seen_from, seen_to, missing_since, misses, hash
       FROM observed_version JOIN discovery_scope s ON s.id = scope_id WHERE account = ANY ($1)
       ORDER BY account, kind, resource_id, seen_from`,
      faulty,
    ),
    findings: await rows('SELECT kind, subject, severity FROM finding WHERE ended_at IS NULL ORDER BY 1, 2'),
    blocks: await rows(
      'SELECT pool_id, cidr, reason, subject FROM block WHERE subject NOT LIKE $1 ORDER BY 1, 2, 3, 4',
      `aws/${HEALTHY}/%`,
    ),
    allocations: await rows(
      'SELECT id, cidr, status FROM allocation a WHERE a::text NOT LIKE $1 ORDER BY id',
      `%${HEALTHY}%`,
    ),
  };
}

const staleLists = async (): Promise<string[]> =>
  (await service.call('observedLists', { stale: true }))
    .map(({ account, kind }: Data) => `${account} ${kind.toLowerCase()}`)
    .sort();

/** In the healthy account something changes: it is seen in the same sweep. */
function changeHealthy(): () => Promise<void> {
  const place = places.get(HEALTHY)!;
  const [vpc] = contents.get(HEALTHY)!.vpcs;
  const subnet = place.subnet(vpc, { cidr: `10.0.${4 + (rounds >> 2)}.${(rounds % 4) * 64}/26` });
  place.route(place.mainRouteTable(vpc), `10.200.${rounds}.0/24`, { GatewayId: 'igw-1' });
  return async () => {
    const lists: Data[] = await service.call('observedLists', { account: HEALTHY });
    expect(lists).toHaveLength(OBSERVED_KINDS.length);
    const now = await service.now();
    for (const list of lists)
      expect(list).toMatchObject({ staleSince: null, missing: 0, lastGoodAt: expect.any(String) });
    expect(new Set(lists.map(({ lastGoodAt }) => Date.parse(lastGoodAt)))).toEqual(
      new Set([Date.parse(now)]),
    );
    const filter = { account: HEALTHY, since: now };
    const { nodes } = await service.call('configurationChanges', { filter });
    expect(nodes.map(({ action, resourceId }: Data) => `${action} ${resourceId}`).sort()).toEqual([
      `route.added ${place.mainRouteTable(vpc).RouteTableId}`,
      `subnet.created ${subnet.SubnetId}`,
    ]);
  };
}

/** From the end where negative; the last ends in the middle of a closing tag. */
const CUTS = [0, 90, -25];
const CODES = (Object.keys(FAULT_CODES) as FaultCode[]).filter((code) => code !== 'AccessDenied');

it.each<[string, (index: number) => Fault]>([
  ['throttling', () => ({ kind: 'throttle' })],
  ...[0, 3].map((from): [string, (index: number) => Fault] => [
    `errors of AWS (${CODES[from]} first)`,
    (index) => ({ kind: 'status', code: CODES[(index + from) % CODES.length]! }),
  ]),
  ['500 with HTML', () => ({ kind: 'html' })],
  ['503 with text', () => ({ kind: 'unavailable' })],
  ['an empty 200', () => ({ kind: 'empty' })],
  ['no answer', () => ({ kind: 'hang' })],
  ['half an answer', () => ({ kind: 'stall' })],
  ...[0, 1, 2].map((from): [string, (index: number) => Fault] => [
    `a cut that looks whole (from ${CUTS[from]})`,
    (index) => ({ kind: 'cut', how: 'chunked', at: CUTS[(index + from) % CUTS.length]! }),
  ]),
  [
    'a connection cut in the body',
    (index) => ({ kind: 'cut', how: 'length', at: CUTS[index % CUTS.length]! }),
  ],
  ['a reset', () => ({ kind: 'reset' })],
])(
  '%s, in every action: nothing is concluded, and the healthy are complete',
  async (_, faultOf) => {
    rounds++;
    const holder = { provider: 'aws', account: WITHOUT_VPCS, region: REGION, resourceType: 'vpc' };
    const place = places.get(WITHOUT_VPCS)!;
    const pool = pools.get(WITHOUT_VPCS)!.id;
    const reserve = (): Promise<Data> =>
      service.call('reserve', { input: { pool, prefixLength: 24, holder, ttlSeconds: HOUR } });
    const status = async ({ id }: Data) => (await service.call('allocation', { id })).status;
    const abandoned = await reserve();
    await service.travel(2 * HOUR);
    const waiting = await reserve();
    const again = () => service.call('allocate', { input: { pool, cidr: abandoned.cidr } });
    expect(await again()).toMatchObject({ conflicts: [{ reason: 'unswept' }] });
    const before = await conclusions();

    // its VPC is there, if anybody could see it
    place.vpc({ cidrs: [waiting.cidr] });
    const expectHealthy = changeHealthy();
    let index = 0;
    for (const [account, actions] of Object.entries(FAILING))
      for (const action of actions) {
        const rule = { account, action, region: REGION };
        // every other time the first page is good
        if (SEVERAL_PAGES.has(action) && (index + rounds) % 2 === 0)
          emulator.faults.add({ ...rule, times: 1, fault: { kind: 'slow', ms: 0 } });
        emulator.faults.add({ ...rule, fault: faultOf(index) });
        index++;
      }
    const swept = await service.sweep();
    expect(swept).toMatchObject({ missing: '0', problem: null });
    await expectHealthy();
    const after = await conclusions();
    const key = ({ account, kind, resource_id }: Data) => `${account} ${kind} ${resource_id}`;
    const known = new Set(before.versions.map(key));
    expect(after.versions.filter((row) => known.has(key(row)))).toEqual(before.versions);
    expect({ ...after, versions: [] }).toEqual({ ...before, versions: [] });
    expect(await status(waiting)).toBe('RESERVED');
    expect(await again()).toMatchObject({ conflicts: [{ reason: 'unswept' }] });
    expect(await staleLists()).toEqual(expectedStale());

    emulator.faults.clear();
    expect(await service.sweep()).toMatchObject({ scopesFailed: 0, missing: '0', problem: null });
    expect(await staleLists()).toEqual([]);
    const healed = await conclusions();
    expect(healed.versions.filter((row) => known.has(key(row)))).toEqual(before.versions);
    expect(healed.findings).toEqual(before.findings);
    expect(await status(waiting)).toBe('ALLOCATED');
    expect(await again()).toMatchObject({ status: 'ALLOCATED', cidr: abandoned.cidr });
  },
  PATIENCE_MS,
);

describe('a well-formed answer that leaves things out', () => {
  const missing = async (): Promise<number> =>
    (await rows('SELECT FROM observed_version WHERE missing_since IS NOT NULL AND seen_to IS NULL')).length;

  it('makes them missing, and nothing else; they come back as they were', async () => {
    rounds++;
    const before = await conclusions();
    const visible = ({ findings, blocks, allocations }: typeof before) => ({ findings, blocks, allocations });
    for (const [account, actions] of Object.entries(FAILING))
      // an instance without some of its tags is not one that is missing
      for (const action of actions.filter((one) => one.startsWith('Describe') && one !== 'DescribeTags'))
        emulator.faults.add({ account, action, fault: { kind: 'short' } });
    const expectHealthy = changeHealthy();
    expect(await service.sweep()).toMatchObject({ scopesFailed: 0, problem: null });
    await expectHealthy();
    expect(await missing()).toBeGreaterThan(0);
    expect(visible(await conclusions())).toEqual(visible(before));
    emulator.faults.clear();
    expect(await service.sweep()).toMatchObject({ scopesFailed: 0, missing: '0', problem: null });
    expect(await missing()).toBe(0);
    expect(await conclusions()).toEqual(before);
  });

  it('is held back where more than half is gone at once', async () => {
    rounds++;
    const before = await conclusions();
    const { world: region } = places.get(WITHOUT_VPCS)!;
    const whole = { ...region };
    Object.assign(region, { vpcs: [], networkInterfaces: [], routeTables: [] });
    const expectHealthy = changeHealthy();
    expect(await service.sweep()).toMatchObject({ scopesFailed: 1, missing: '0', problem: null });
    await expectHealthy();
    expect(await staleLists()).toEqual(
      ['network_interface', 'route_table', 'vpc'].map((kind) => `${WITHOUT_VPCS} ${kind}`),
    );
    const lists: Data[] = await service.call('observedLists', { account: WITHOUT_VPCS, stale: true });
    for (const { staleReason, suspicious } of lists)
      expect([staleReason, suspicious]).toEqual([expect.stringMatching(/^SUSPICIOUS: /), 1]);
    expect(await conclusions()).toEqual(before);
    Object.assign(region, whole);
    expect(await service.sweep()).toMatchObject({ scopesFailed: 0, missing: '0', problem: null });
    expect(await staleLists()).toEqual([]);
    expect(await conclusions()).toEqual(before);
  });
});

function expectedStale(): string[] {
  return Object.entries(FAILING)
    .flatMap(([account, actions]) => actions.map((action) => `${account} ${KIND_OF_ACTION[action]}`))
    .sort();
}

it('every invariant holds afterwards', async () => {
  expect(
    (await fsckFindings(service.database)).filter((line) => !/positions|publications/.test(line)),
  ).toEqual([]);
});
