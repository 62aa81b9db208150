import type { RouteTable, Subnet, Vpc } from '@aws-sdk/client-ec2';
import { runCli } from '../support/cli-run.js';
import { bootDiscovery, type DiscoveringService, fsckFindings } from '../support/discovered.js';
import { Ec2Emulator } from '../support/ec2-emulator/emulator.js';
import { vpnGateway } from '../support/ec2-emulator/gateways.js';
import { Place } from '../support/ec2-emulator/place.js';
import { restoreRole, revokeRole, type World } from '../support/ec2-emulator/world.js';
import type { Data } from '../support/service.js';
import { until, within } from '../support/until.js';

/*
 * What happens to a network of a company in a day, seen from outside: the cloud is an emulated one that changes, the
 * service reads it through the real SDK and is asked through its API. Each story has an account and a pool of its own.
 */

const MANAGEMENT = '111111111111';
const REGION = 'eu-west-1';
const HOUR = 3600;
const MISSES = 3;

const world: World = {
  organization: { id: 'o-company', managementAccountId: MANAGEMENT },
  accounts: [{ id: MANAGEMENT, name: 'management', regions: {} }],
};
let emulator: Ec2Emulator;
let service: DiscoveringService;
let stories = 0;

beforeAll(async () => {
  // keys so short-lived that a role is assumed anew for every list: a revoked one is noticed at once
  emulator = await Ec2Emulator.start(world, { sessionSeconds: 300 });
  service = await bootDiscovery(emulator.url);
}, 60_000);
afterAll(async () => {
  await service.stop();
  await emulator.close();
});
afterEach(async () => {
  emulator.faults.clear();
  // what has no position yet gets it in a moment
  let found: string[] = [];
  await until('a sound register', async () => {
    found = await fsckFindings(service.database);
    return found.length === 0;
  }).catch(() => expect(found).toEqual([]));
});

/** An account that is discovered and was swept once, and a pool `10.n.0.0/16` for it. */
async function story(name: string) {
  const account = String(200_000_000_000 + ++stories);
  const net = `10.${stories}`;
  const place = new Place(world, account, REGION);
  await service.discover(account);
  await service.sweep(account);
  const pool = await service.pool({ name, cidrs: [`${net}.0.0/16`], uniqueness: 'GLOBAL' });
  const holder = { provider: 'aws', account, region: REGION, resourceType: 'vpc' };
  return { account, net, place, pool, holder };
}

type Story = Awaited<ReturnType<typeof story>>;

const reserve = (input: object): Promise<Data> => service.call('reserve', { input });
const allocate = (input: object): Promise<Data> => service.call('allocate', { input });
const confirm = (input: object): Promise<Data> => service.call('confirm', { input });
const read = (id: string): Promise<Data> => service.call('allocation', { id });
const findings = async (account: string): Promise<string[]> =>
  (await service.call('findings', { filter: { account } })).nodes.map(
    ({ kind, subject }: Data) => `${kind} ${subject}`,
  );
const changesOf = async (filter: object): Promise<Data[]> =>
  (await service.call('configurationChanges', { filter })).nodes;
/** Everything of a VPC at an instant: `vpc PRESENT 10.0.0.0/16`. */
const snapshot = async (vpc: string, at: string): Promise<string[] | null> =>
  (await service.call('snapshotAt', { vpc, at }))?.objects
    .filter(({ version }: Data) => version.kind === 'VPC' || version.kind === 'SUBNET')
    .map(({ presence, version }: Data) => `${version.kind} ${presence} ${version.cidrs}`) ?? null;
const reasons = ({ conflicts }: Data) => conflicts.map(({ reason }: Data) => reason);

/** A VPC that was reserved, appeared and settled. */
async function settled({ account, place, pool, holder }: Story, key: string) {
  const reserved = await reserve({ pool: pool.id, prefixLength: 20, key, holder });
  const vpc = place.vpc({ cidrs: [reserved.cidr], tags: { Name: key } });
  await service.sweep(account);
  expect(await read(reserved.id)).toMatchObject({ status: 'ALLOCATED' });
  return { vpc, allocation: reserved };
}

it('a CIDR is reserved, its VPC appears, and the reservation settles', async () => {
  const { account, place, pool, holder } = await story('settles');
  const reserved = await reserve({ pool: pool.id, prefixLength: 20, key: 'shop', holder });
  await service.sweep(account);
  expect(await read(reserved.id)).toMatchObject({ status: 'RESERVED' });

  const vpc = place.vpc({ cidrs: [reserved.cidr], tags: { Name: 'shop' } });
  await service.sweep(account);
  expect(await read(reserved.id)).toMatchObject({
    status: 'ALLOCATED',
    cidr: reserved.cidr,
    holder: { ...holder, resourceId: vpc.VpcId },
  });
  expect(await findings(account)).toEqual([]);

  // whoever made it confirms late: the first one is as good as ever, and is remembered
  const confirmed = await confirm({ id: reserved.id, nonce: 'apply 1' });
  expect(confirmed).toMatchObject({ __typename: 'Allocation', status: 'ALLOCATED' });
  expect(await confirm({ id: reserved.id, nonce: 'apply 1' })).toEqual(confirmed);
  expect(await confirm({ id: reserved.id, nonce: 'apply 2' })).toMatchObject({ code: 'ALREADY_CONFIRMED' });
  const { nodes } = await service.call('changesOf', { id: reserved.id });
  expect(nodes.map(({ action }: Data) => action)).toEqual([
    'allocation.confirmed',
    'allocation.settled',
    'allocation.reserved',
  ]);
});

it('a secondary CIDR that somebody adds by hand is rogue and never handed out, until it is adopted', async () => {
  const there = await story('rogue');
  const { account, net, place, pool } = there;
  const { vpc, allocation } = await settled(there, 'orders');
  const before = await service.now();
  const rogue = `${net}.64.0/20`;
  place.associateCidr(vpc, rogue);
  await service.sweep(account);
  const after = await service.now();
  expect(await findings(account)).toEqual([`ROGUE ${vpc.VpcId} ${rogue}`]);
  expect(await changesOf({ vpc: vpc.VpcId, kind: 'VPC' })).toMatchObject([
    { action: 'vpc.cidr_associated', old: null, new: { cidr: rogue, state: 'associated' } },
    { action: 'vpc.created' },
  ]);
  expect(await snapshot(vpc.VpcId!, before)).toEqual([`VPC PRESENT ${allocation.cidr}`]);
  expect(await snapshot(vpc.VpcId!, after)).toEqual([`VPC PRESENT ${allocation.cidr},${rogue}`]);

  expect(await allocate({ pool: pool.id, cidr: `${net}.65.0/24` })).toMatchObject({
    code: 'CIDR_CONFLICT',
    conflicts: [{ cidr: rogue, reason: 'observed', resource: vpc.VpcId }],
  });
  const handedOut = [];
  for (;;) {
    const next = await allocate({ pool: pool.id, prefixLength: 20 });
    if (next.code === 'NO_SPACE') break;
    expect(next).toMatchObject({ status: 'ALLOCATED' });
    handedOut.push(next.cidr);
  }
  expect(handedOut).toHaveLength(14);
  expect(handedOut).not.toContain(rogue);

  const adoption = await service.call('adoptObserved', { input: { resource: vpc.VpcId } });
  expect(adoption).toMatchObject({ __typename: 'Adoption', failures: [] });
  expect(adoption.allocations.map(({ cidr }: Data) => cidr)).toContain(rogue);
  await service.sweep(account);
  expect((await findings(account)).filter((finding) => finding.startsWith('ROGUE'))).toEqual([]);
});

describe('a VPC that runs though nobody confirmed it', () => {
  async function expiredWithVpc(name: string) {
    const there = await story(name);
    const { place, pool, holder } = there;
    const request = { pool: pool.id, prefixLength: 20, key: 'pay', holder, ttlSeconds: HOUR };
    const reserved = await reserve(request);
    const vpc = place.vpc({ cidrs: [reserved.cidr] });
    await service.travel(2 * HOUR);
    expect(await read(reserved.id)).toMatchObject({ status: 'EXPIRED' });
    return { ...there, request, reserved, vpc };
  }
  const taken = async ({ pool, reserved }: { pool: Data; reserved: Data }) =>
    reasons(await allocate({ pool: pool.id, cidr: reserved.cidr }));

  it('keeps its space before anybody has looked, and its key revives it', async () => {
    const there = await expiredWithVpc('unconfirmed');
    expect(await taken(there)).toEqual(['unswept']);
    expect(await reserve(there.request)).toMatchObject({ id: there.reserved.id, status: 'RESERVED' });
    await service.sweep(there.account);
    expect(await read(there.reserved.id)).toMatchObject({
      status: 'ALLOCATED',
      holder: { resourceId: there.vpc.VpcId },
    });
    expect(await findings(there.account)).toEqual([]);
  });

  it('keeps it after a sweep has seen it, and a late confirm that names it has it', async () => {
    const there = await expiredWithVpc('unconfirmed and seen');
    await service.sweep(there.account);
    expect(await taken(there)).toEqual(['observed']);
    expect(await findings(there.account)).toEqual([`ROGUE ${there.vpc.VpcId} ${there.reserved.cidr}`]);
    const holder = { ...there.holder, resourceId: there.vpc.VpcId };
    expect(await confirm({ id: there.reserved.id, nonce: 'late', holder })).toMatchObject({
      id: there.reserved.id,
      status: 'ALLOCATED',
    });
    await service.sweep(there.account);
    expect(await findings(there.account)).toEqual([]);
  });
});

it('space of a VPC that never was is free again when a good sweep has not seen it', async () => {
  const { account, pool, holder } = await story('never made');
  const { cidr } = await reserve({ pool: pool.id, prefixLength: 20, holder, ttlSeconds: HOUR });
  await service.travel(2 * HOUR);
  const again = () => allocate({ pool: pool.id, cidr, key: 'next' });
  expect(reasons(await again())).toEqual(['unswept']);
  emulator.faults.add({ account, action: 'DescribeVpcs', fault: { kind: 'status', code: 'AccessDenied' } });
  expect(await service.sweep(account)).toMatchObject({ scopesFailed: 1 });
  expect(reasons(await again())).toEqual(['unswept']);
  emulator.faults.clear();
  await service.sweep(account);
  expect(await again()).toMatchObject({ status: 'ALLOCATED', cidr });
});

it('a route that a VPN gateway propagates is a change, an event and a line of the log', async () => {
  const { account, net, place } = await story('propagated');
  const vpc = place.vpc({ cidrs: [`${net}.0.0/20`], tags: { Name: 'hybrid' } });
  const gateway = vpnGateway(place, vpc);
  const table: RouteTable = place.routeTable(vpc, { tags: { Name: 'private' } });
  await service.sweep(account);

  const position = (await service.query('{ configurationChanges(first: 1) { nodes { position } } }'))
    .configurationChanges.nodes[0].position;
  const events = service.subscribe(
    'subscription ($since: BigInt) { changes(sincePosition: $since) { action subject detail } }',
    { since: position },
  );
  const arrived = (async () => {
    for await (const { data } of events) if (data.changes.action === 'route.added') return data.changes;
  })();
  place.propagate(table, '172.16.0.0/12', gateway.VpnGatewayId!);
  await service.sweep(account);

  const route = {
    destination: '172.16.0.0/12',
    target: gateway.VpnGatewayId,
    origin: 'propagated',
    state: 'active',
  };
  const told = await changesOf({ vpc: vpc.VpcId, kind: 'ROUTE_TABLE' });
  expect(told.filter(({ action }) => action === 'route.added')).toMatchObject([
    { resourceId: table.RouteTableId, account, region: REGION, old: null, new: route },
  ]);
  expect(await within('the event', arrived)).toMatchObject({
    subject: table.RouteTableId,
    detail: { new: route },
  });
  const { stdout } = await runCli(service.url, 'log', '--vpc', vpc.VpcId!);
  expect(stdout).toContain(
    `route to 172.16.0.0/12 via ${gateway.VpnGatewayId} added (propagated) in ${table.RouteTableId}`,
  );
});

it('a peering between overlapping VPCs: what is asked before says no and why', async () => {
  const { account, net, place } = await story('peering');
  const [shop, twin, apart] = [`${net}.0.0/20`, `${net}.8.0/21`, `${net}.64.0/20`].map((cidr) =>
    place.vpc({ cidrs: [cidr] }),
  ) as [Vpc, Vpc, Vpc];
  place.associateCidr(twin, `${net}.32.0/20`);
  place.requestPeering(shop, place, twin);
  await service.sweep(account);
  const would = (b: Vpc, via: string) =>
    service.call('wouldOverlap', { connect: { a: [shop.VpcId], b: [b.VpcId], via } });

  const no = await would(twin, 'PEERING');
  expect(no).toMatchObject({
    overlaps: true,
    verdict: 'REFUSED',
    reasons: [{ rule: 'peering.overlap', message: expect.stringContaining(`${net}.0.0/20`) }],
    collisions: [{ a: `${net}.0.0/20`, b: `${net}.8.0/21`, aNetwork: shop.VpcId, bNetwork: twin.VpcId }],
  });
  expect(no.alternatives).toEqual(
    expect.arrayContaining([expect.objectContaining({ kind: 'privatelink', serves: true })]),
  );
  const attached = await would(twin, 'TRANSIT_GATEWAY');
  expect(attached.unreachable).toEqual(
    expect.arrayContaining([expect.objectContaining({ cidr: `${net}.8.0/21` })]),
  );
  expect(await would(apart, 'PEERING')).toMatchObject({ overlaps: false, verdict: 'ALLOWED' });
  // only asked for, so nothing reaches anything yet
  const { nodes } = await service.call('overlaps', { filter: { account } });
  expect(nodes).toMatchObject([{ class: 'DUPLICATE_GLOBAL', cidr: `${net}.0.0/20`, inner: `${net}.8.0/21` }]);
});

it('an account whose role is revoked is stale with the reason, and nothing of it is lost', async () => {
  const [revoked, healthy] = [await story('revoked'), await story('healthy')];
  const { vpc, allocation } = await settled(revoked, 'kept');
  const other = await settled(healthy, 'seen');
  const both = [revoked.account, healthy.account];
  const regionOf = async (account: string): Promise<Data> =>
    (
      await service.query(`{ discoveryAccounts { nodes { account
        scopes { objects missing lastGoodAt staleSince staleReason } } } }`)
    ).discoveryAccounts.nodes.find((one: Data) => one.account === account).scopes[0];
  const fresh = await regionOf(revoked.account);
  expect(fresh).toMatchObject({ staleSince: null, staleReason: null });

  revokeRole(world, revoked.account);
  revoked.place.associateCidr(vpc, '192.168.0.0/24');
  const added: Subnet = healthy.place.subnet(other.vpc, { cidr: `${healthy.net}.1.0/24` });
  for (let sweep = 1; sweep <= MISSES + 1; sweep++) {
    const swept = await service.sweep(...both);
    expect(swept).toMatchObject({ scopesFailed: 1, missing: '0', problem: null });
    expect(swept.failedScopes).toMatchObject([{ account: revoked.account, region: REGION }]);
  }
  const stale = await regionOf(revoked.account);
  expect(stale).toMatchObject({
    objects: fresh.objects,
    missing: 0,
    lastGoodAt: fresh.lastGoodAt,
    staleSince: expect.any(String),
    staleReason: expect.stringMatching(/FORBIDDEN: AssumeRole .*AccessDenied/),
  });
  expect(await read(allocation.id)).toMatchObject({ status: 'ALLOCATED' });
  expect(await findings(revoked.account)).toEqual([]);
  expect(await snapshot(vpc.VpcId!, await service.now())).toEqual([`VPC UNKNOWN ${allocation.cidr}`]);
  expect(await changesOf({ account: healthy.account, kind: 'SUBNET' })).toMatchObject([
    { action: 'subnet.created', resourceId: added.SubnetId },
  ]);

  restoreRole(world, revoked.account);
  expect(await service.sweep(...both)).toMatchObject({ scopesFailed: 0 });
  expect(await regionOf(revoked.account)).toMatchObject({ staleSince: null, staleReason: null });
  const now = `VPC PRESENT ${[allocation.cidr, '192.168.0.0/24'].join(',')}`;
  expect(await snapshot(vpc.VpcId!, await service.now())).toEqual([now]);
});

it('a VPC that is deleted is missing at once, and has ended after some good sweeps', async () => {
  const there = await story('deleted');
  const { account, net, place, pool } = there;
  const { vpc, allocation } = await settled(there, 'gone');
  const byHand = `${net}.128.0/20`;
  place.associateCidr(vpc, byHand);
  place.subnet(vpc, { cidr: `${net}.0.0/24` });
  await service.sweep(account);
  const before = await service.now();
  const free = () => allocate({ pool: pool.id, cidr: byHand, key: 'next' });
  const missing = async () =>
    (await service.call('observedObjects', { filter: { account, missing: true } })).nodes.map(
      ({ kind }: Data) => kind,
    );
  const whole = [`SUBNET PRESENT ${net}.0.0/24`, `VPC PRESENT ${allocation.cidr},${byHand}`];
  expect(await snapshot(vpc.VpcId!, before)).toEqual(whole);

  place.removeVpc(vpc);
  const instants = [];
  for (let sweep = 1; sweep < MISSES; sweep++) {
    await service.sweep(account);
    instants.push(await service.now());
    expect((await missing()).sort()).toEqual(['ROUTE_TABLE', 'SUBNET', 'VPC']);
    expect(reasons(await free())).toEqual(['observed']);
    expect(await findings(account)).toEqual([`ROGUE ${vpc.VpcId} ${byHand}`]);
  }
  expect((await changesOf({ account, kind: 'VPC' }))[0]).toMatchObject({ action: 'vpc.missing' });
  expect(await snapshot(vpc.VpcId!, instants[0]!)).toEqual(
    whole.map((line) => line.replace('PRESENT', 'UNKNOWN')),
  );
  await service.sweep(account);
  expect((await changesOf({ account, kind: 'VPC' }))[0]).toMatchObject({ action: 'vpc.deleted' });
  expect(await missing()).toEqual([]);
  // nobody had it here: free again; what was allocated stays so until somebody gives it back
  expect(await free()).toMatchObject({ status: 'ALLOCATED', cidr: byHand });
  expect(await read(allocation.id)).toMatchObject({ status: 'ALLOCATED' });
  expect(await findings(account)).toEqual([`ORPHAN ${allocation.id}`]);
  expect(await snapshot(vpc.VpcId!, before)).toEqual(whole);
  expect(await snapshot(vpc.VpcId!, instants[0]!)).toEqual([]);

  expect(await service.call('release', { input: { id: allocation.id } })).toMatchObject({
    __typename: 'Allocation',
  });
  await service.sweep(account);
  expect(await findings(account)).toEqual([]);
});
