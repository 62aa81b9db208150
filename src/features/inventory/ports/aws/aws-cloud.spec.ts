import { KIND_OF_ACTION } from '../../../../../test/support/read-actions.js';
import { OWN_KEY } from '../../../../../test/support/ec2-emulator/client.js';
import { Ec2Emulator } from '../../../../../test/support/ec2-emulator/emulator.js';
import type { Fault } from '../../../../../test/support/ec2-emulator/faults.js';
import { NETWORK, SHOP, smallWorld } from '../../../../../test/support/ec2-emulator/small-world.js';
import { ListFailedError, type ObservedPage, type ReadingCost, type Scope } from '../../domain/cloud.js';
import {
  type ObservedBodies,
  OBSERVED_KINDS,
  type ObservedKind,
  type ObservedObject,
} from '../../domain/observed.js';
import { AwsCloud, type AwsOptions } from './aws-cloud.js';

const { world, hub, shop } = smallWorld();
const emulator = await Ec2Emulator.start(world, { paging: { most: 5 } });
const cloud = cloudOf();
afterAll(async () => {
  await cloud.close();
  await emulator.close();
});
afterEach(() => {
  emulator.faults.clear();
  emulator.calls.clear();
});

function cloudOf(options: Partial<AwsOptions> = {}): AwsCloud {
  return new AwsCloud({
    endpoint: emulator.url,
    identity: OWN_KEY,
    callsPerSecond: 1000,
    pauseMilliseconds: 1,
    timeoutMilliseconds: 2_000,
    ...options,
  });
}

function scopeOf(account: string, region = 'eu-west-1'): Scope {
  return { id: 1, account, region, roleArn: `arn:aws:iam::${account}:role/Cadastre`, externalId: null };
}

async function read(scope: Scope, kind: ObservedKind, from = cloud, signal = new AbortController().signal) {
  const pages: ObservedPage[] = [];
  const cost = { calls: 0, throttles: 0, retries: 0, bytes: 0 };
  const count = (delta: ReadingCost) => {
    for (const key of Object.keys(cost) as (keyof ReadingCost)[]) cost[key] += delta[key];
  };
  for await (const page of from.list(scope, kind, signal, count)) pages.push(page);
  const objects = pages.flatMap((page): readonly ObservedObject[] => page.objects);
  return { pages, objects, cost, available: pages.flatMap((page) => page.available) };
}

function bodyOf<K extends ObservedKind>(_kind: K, object: ObservedObject | undefined): ObservedBodies[K] {
  return JSON.parse(object!.body) as ObservedBodies[K];
}

/** What the emulator serves of a kind, by its ids. */
const SERVED: Record<ObservedKind, (place: typeof shop) => readonly (string | undefined)[]> = {
  vpc: ({ world }) => world.vpcs.map((one) => one.VpcId),
  subnet: ({ world }) => world.subnets.map((one) => one.SubnetId),
  route_table: ({ world }) => world.routeTables.map((one) => one.RouteTableId),
  vpc_peering: ({ world }) => world.vpcPeerings.map((one) => one.VpcPeeringConnectionId),
  transit_gateway: ({ world }) => world.transitGateways.map((one) => one.TransitGatewayId),
  transit_gateway_attachment: ({ world }) =>
    world.transitGatewayAttachments.map((one) => one.TransitGatewayAttachmentId),
  transit_gateway_route_table: ({ world }) =>
    world.transitGatewayRouteTables.map(({ table }) => table.TransitGatewayRouteTableId),
  vpn_gateway: ({ world }) => world.vpnGateways.map((one) => one.VpnGatewayId),
  vpn_connection: ({ world }) => world.vpnConnections.map((one) => one.VpnConnectionId),
  customer_gateway: ({ world }) => world.customerGateways.map((one) => one.CustomerGatewayId),
  prefix_list: ({ world }) => world.prefixLists.map(({ list }) => list.PrefixListId),
  nat_gateway: ({ world }) => world.natGateways.map((one) => one.NatGatewayId),
  vpc_endpoint: ({ world }) => world.vpcEndpoints.map((one) => one.VpcEndpointId),
  internet_gateway: ({ world }) => world.internetGateways.map((one) => one.InternetGatewayId),
  network_interface: ({ world }) => world.networkInterfaces.map((one) => one.NetworkInterfaceId),
  instance: ({ world }) => world.instances.map((one) => one.InstanceId),
};

describe('what is there', () => {
  it("has a prefix list's own name, whatever its tag Name says", async () => {
    const { list } = shop.world.prefixLists.find(({ list: { OwnerId } }) => OwnerId === SHOP)!;
    const { objects } = await read(scopeOf(SHOP), 'prefix_list');
    const found = objects.find(({ id }) => id === list.PrefixListId);
    expect(bodyOf('prefix_list', found).name).toBe(list.PrefixListName);
  });

  it.each(OBSERVED_KINDS)('reads every %s of both accounts, each once, the same each time', async (kind) => {
    for (const place of [shop, hub]) {
      const { objects } = await read(scopeOf(place.account), kind);
      expect(objects.map(({ id }) => id).sort()).toEqual([...SERVED[kind](place)].sort());
      expect((await read(scopeOf(place.account), kind)).objects).toEqual(objects);
      for (const { hash } of objects) expect(hash).toMatch(/^[\w-]{22}$/);
    }
  });

  it('reads a VPC with its associations, those that ended left out', async () => {
    const [vpc] = (await read(scopeOf(SHOP), 'vpc')).objects;
    expect(vpc).toMatchObject({ vpcId: vpc!.id, name: 'shop <prod> & "friends"' });
    expect(vpc!.prefixes).toEqual(['10.20.0.0/16', '100.64.0.0/16', '2001:db8:1200::/56']);
    expect(bodyOf('vpc', vpc)).toEqual({
      state: 'available',
      ownerId: SHOP,
      isDefault: false,
      primary: '10.20.0.0/16',
      cidrs: vpc!.prefixes.map((cidr) => ({ cidr, state: 'associated' })),
      tags: { Name: 'shop <prod> & "friends"', owner: "it's Zoë's" },
    });
  });

  it('reads subnets with reservations and free addresses, the reservations once in a period', async () => {
    const { objects, available } = await read(scopeOf(SHOP), 'subnet', cloudOf());
    const subnet = objects.find(({ name }) => name === 'private-a');
    expect(bodyOf('subnet', subnet).reservations.map(({ cidr, type }) => `${cidr} ${type}`)).toEqual([
      '10.20.0.128/28 prefix',
      '2001:db8:1200::/80 explicit',
    ]);
    expect(available.map(({ subnetId }) => subnetId).sort()).toEqual(objects.map(({ id }) => id).sort());
    expect(available.every(({ addresses }) => addresses > 0 && addresses < 256)).toBe(true);

    const again = cloudOf();
    await read(scopeOf(SHOP), 'subnet', again);
    emulator.calls.clear();
    expect((await read(scopeOf(SHOP), 'subnet', again)).objects).toEqual(objects);
    expect(emulator.calls.count({ action: 'GetSubnetCidrReservations' }).calls).toBe(0);
    const never = await read(scopeOf(SHOP), 'subnet', cloudOf({ reservationHours: 0 }));
    expect(bodyOf('subnet', never.objects[0]).reservations).toEqual([]);
  });

  it('reads network interfaces with all that is theirs', async () => {
    const { objects } = await read(scopeOf(SHOP), 'network_interface');
    const first = objects.find(({ name }) => name === 'eni 0 <&>');
    expect(first!.prefixes).toEqual([
      '10.20.0.10/32',
      '10.20.0.60/32',
      '203.0.113.9/32',
      '2001:db8:1200::5/128',
    ]);
    expect(bodyOf('network_interface', first)).toMatchObject({
      primary: '10.20.0.10',
      addresses: ['10.20.0.10', '10.20.0.60'],
      publicAddresses: ['203.0.113.9'],
      instanceId: shop.world.instances[0]!.InstanceId,
    });
    const second = objects.find(({ name }) => name === 'eni 1 <&>');
    expect(bodyOf('network_interface', second)).toMatchObject({
      type: 'lambda',
      requesterManaged: true,
      prefixes: ['10.20.1.192/28'],
    });
  });

  it('reads routes with target, origin and state', async () => {
    const { objects } = await read(scopeOf(SHOP), 'route_table');
    const { routes, subnets, main, propagatingGateways } = bodyOf(
      'route_table',
      objects.find(({ name }) => name === 'private'),
    );
    const short = routes.map(
      (one) => `${one.destination} ${one.target.split('-')[0]} ${one.origin} ${one.state}`,
    );
    expect(short).toEqual(
      expect.arrayContaining([
        '0.0.0.0/0 nat static active',
        '10.20.0.0/16 local local active',
        '10.77.0.0/16 eni static blackhole',
        '172.16.0.0/12 vgw propagated active',
      ]),
    );
    expect([subnets.length, main, propagatingGateways.length]).toEqual([2, false, 1]);
  });

  it('reads the end of a peering that is ours', async () => {
    const [ours] = (await read(scopeOf(SHOP), 'vpc_peering')).objects;
    const [theirs] = (await read(scopeOf(NETWORK), 'vpc_peering')).objects;
    const { requester, accepter, status } = bodyOf('vpc_peering', ours);
    expect([requester.account, accepter.account, status]).toEqual([SHOP, NETWORK, 'active']);
    expect([ours!.vpcId, theirs!.vpcId]).toEqual([requester.vpcId, accepter.vpcId]);
    expect([ours!.id, ours!.body]).toEqual([theirs!.id, theirs!.body]);
  });

  it('puts transit gateway route tables together from all their parts', async () => {
    const { objects } = await read(scopeOf(NETWORK), 'transit_gateway_route_table');
    const table = bodyOf(
      'transit_gateway_route_table',
      objects.find(({ name }) => name === 'all'),
    );
    expect(table.routes.map(({ destination, type, state }) => `${destination} ${type} ${state}`)).toEqual([
      '10.128.0.0/9 static active',
      '10.20.0.0/16 propagated active',
      '100.64.0.0/16 propagated active',
      '192.168.0.0/16 static blackhole',
    ]);
    expect(table.associations).toHaveLength(1);
    expect(table.propagations).toEqual(table.associations);
    const attachments = (await read(scopeOf(NETWORK), 'transit_gateway_attachment')).objects;
    const of = attachments.map((one) => bodyOf('transit_gateway_attachment', one));
    expect(of.map(({ resourceType }) => resourceType).sort()).toEqual(['peering', 'vpc', 'vpn']);
    expect(of.find(({ resourceType }) => resourceType === 'vpc')!.associatedRouteTable).toBe(
      objects.find(({ name }) => name === 'all')!.id,
    );
  });

  it('reads instances by the tags that name them, over the ends of pages', async () => {
    const before = shop.world.instances.length;
    for (let i = 0; i < 7; i++) shop.instance({ Name: `n${i}`, owner: `o${i}`, secret: 'x' });
    const { objects } = await read(scopeOf(SHOP), 'instance');
    expect(objects).toHaveLength(before + 7);
    expect(
      bodyOf(
        'instance',
        objects.find(({ name }) => name === 'n3'),
      ),
    ).toEqual({
      tags: { Name: 'n3', owner: 'o3' },
    });
    shop.world.instances.splice(before);
  });

  it('lists the active accounts of the organization', async () => {
    const accounts = [];
    for await (const one of cloud.accounts(new AbortController().signal)) accounts.push(one);
    expect(accounts).toEqual([
      { account: NETWORK, name: 'network & transit' },
      { account: SHOP, name: 'shop' },
    ]);
  });
});

function scopeFor(kind: ObservedKind): Scope {
  return scopeOf(kind === 'transit_gateway_route_table' ? NETWORK : SHOP);
}

type Reason = ListFailedError['reason'];

/** The fault, what the list fails with when it stays, and whether it is overcome when it comes once. */
const FAULTS: readonly [Fault, Reason, 'overcome' | 'final'][] = [
  [{ kind: 'throttle' }, 'THROTTLED', 'overcome'],
  [{ kind: 'status', code: 'InternalError' }, 'UNAVAILABLE', 'overcome'],
  [{ kind: 'status', code: 'ServiceUnavailable' }, 'UNAVAILABLE', 'overcome'],
  [{ kind: 'html' }, 'UNAVAILABLE', 'overcome'],
  [{ kind: 'unavailable' }, 'UNAVAILABLE', 'overcome'],
  [{ kind: 'reset' }, 'UNAVAILABLE', 'overcome'],
  [{ kind: 'cut', at: 90, how: 'chunked' }, 'MALFORMED', 'overcome'],
  [{ kind: 'cut', at: 250, how: 'chunked' }, 'MALFORMED', 'overcome'],
  [{ kind: 'cut', at: 250, how: 'length' }, 'UNAVAILABLE', 'overcome'],
  [{ kind: 'empty' }, 'MALFORMED', 'overcome'],
  [{ kind: 'status', code: 'RequestExpired' }, 'FORBIDDEN', 'overcome'],
  [{ kind: 'status', code: 'UnauthorizedOperation' }, 'FORBIDDEN', 'final'],
  [{ kind: 'status', code: 'AuthFailure' }, 'FORBIDDEN', 'final'],
  [{ kind: 'status', code: 'OptInRequired' }, 'FORBIDDEN', 'final'],
  [{ kind: 'status', code: 'InvalidParameterValue' }, 'UNAVAILABLE', 'final'],
  [{ kind: 'hang' }, 'TIMEOUT', 'overcome'],
  [{ kind: 'stall' }, 'TIMEOUT', 'overcome'],
];

/** All actions, in rounds in which no two are of one kind: what befalls one is seen in the list of its kind alone. */
const ROUNDS: [action: string, kind: ObservedKind][][] = [];
for (const [action, kind] of Object.entries(KIND_OF_ACTION)) {
  const round = ROUNDS.find((one) => !one.some(([, other]) => other === kind));
  if (round) round.push([action, kind]);
  else ROUNDS.push([[action, kind]]);
}

describe.each(FAULTS)('%j', (fault, reason, outcome) => {
  const isSilence = fault.kind === 'hang' || fault.kind === 'stall';
  const options = { attempts: 3, timeoutMilliseconds: isSilence ? 250 : 5_000 };

  it(`fails the list as ${reason} when it stays, whichever call it befalls, and says where`, async () => {
    for (const round of ROUNDS) {
      const impatient = cloudOf(options);
      for (const [action] of round) emulator.faults.add({ action, fault });
      const failures = await Promise.all(
        round.map(([action, kind]) =>
          read(scopeFor(kind), kind, impatient).then(
            () => new Error(`${action} was read`),
            (error: Error) => error,
          ),
        ),
      );
      failures.forEach((failure, i) => {
        expect(failure).toMatchObject({ name: 'ListFailedError', reason });
        expect(failure.message).toMatch(
          new RegExp(
            `^${round[i]![0]} in account \\d{12} \\(eu-west-1\\) failed( after \\d attempts)?: .+\\. .+\\.$`,
          ),
        );
      });
      emulator.faults.clear();
      await impatient.close();
    }
  });

  if (outcome === 'final') return;
  it('loses nothing when it befalls one call', async () => {
    for (const round of ROUNDS) {
      const patient = cloudOf(options);
      const whole = await Promise.all(round.map(([, kind]) => read(scopeFor(kind), kind)));
      for (const [action] of round) emulator.faults.add({ action, nth: 1, fault });
      const lists = await Promise.all(round.map(([, kind]) => read(scopeFor(kind), kind, patient)));
      lists.forEach(({ objects, cost }, i) => {
        expect(objects).toEqual(whole[i]!.objects);
        expect(cost.retries).toBeGreaterThanOrEqual(1);
        if (fault.kind === 'throttle') expect(cost.throttles).toBe(1);
      });
      emulator.faults.clear();
      await patient.close();
    }
  });
});

describe('the way in', () => {
  it('says what to do when the role cannot be assumed', async () => {
    emulator.faults.add({ action: 'AssumeRole', fault: { kind: 'status', code: 'AccessDenied' } });
    const denied = cloudOf();
    await expect(read(scopeOf(SHOP), 'vpc', denied)).rejects.toMatchObject({
      reason: 'FORBIDDEN',
      message: expect.stringMatching(
        /AssumeRole in account 222222222222 .*AccessDenied.*trust policy/,
      ) as string,
    });
    emulator.faults.clear();
    expect((await read(scopeOf(SHOP), 'vpc', denied)).objects).toHaveLength(1);
    await denied.close();
  });

  it('assumes a role once for all lists, and again when its session has ended', async () => {
    const fresh = cloudOf();
    await Promise.all(OBSERVED_KINDS.map((kind) => read(scopeOf(SHOP), kind, fresh)));
    expect(emulator.calls.count({ action: 'AssumeRole' }).calls).toBe(1);
    emulator.faults.add({ nth: 1, fault: { kind: 'status', code: 'RequestExpired' } });
    await read(scopeOf(SHOP), 'vpc', fresh);
    expect(emulator.calls.count({ action: 'AssumeRole' }).calls).toBe(2);
    await fresh.close();
  });

  it("uses the service's own credentials where no role is said", async () => {
    const { objects } = await read({ ...scopeOf(NETWORK), roleArn: null }, 'vpc');
    expect(objects.map(({ id }) => id)).toEqual(SERVED.vpc(hub));
  });

  it('reads no account with the credentials of another one', async () => {
    const fresh = cloudOf();
    for (let i = 0; i < 2; i++)
      await expect(read({ ...scopeOf(SHOP), roleArn: null }, 'vpc', fresh)).rejects.toMatchObject({
        reason: 'FORBIDDEN',
        message: `these are credentials of account ${NETWORK}, not of ${SHOP}: give the account a role`,
      });
    expect(emulator.calls.count({ action: 'DescribeVpcs' }).calls).toBe(0);
    await expect(
      read({ ...scopeOf(SHOP), roleArn: scopeOf(NETWORK).roleArn }, 'vpc', fresh),
    ).rejects.toMatchObject({ reason: 'FORBIDDEN' });
    expect(emulator.calls.count({ action: 'DescribeVpcs' }).calls).toBe(0);
    // once for each of the two identities
    expect(emulator.calls.count({ action: 'GetCallerIdentity' }).calls).toBe(2);
    await fresh.close();
  });

  it('does not get stuck when more lists wait for credentials than may call at once', async () => {
    const narrow = cloudOf({ callsInFlight: 2, callsPerRegion: 2 });
    await Promise.all(OBSERVED_KINDS.map((kind) => read(scopeOf(SHOP), kind, narrow)));
    await narrow.close();
  });
});

it('ends when it is told to, with the reason it was told', async () => {
  emulator.faults.add({ action: 'DescribeVpcs', fault: { kind: 'hang' } });
  const controller = new AbortController();
  const reading = read(scopeOf(SHOP), 'vpc', cloud, controller.signal);
  setImmediate(() => controller.abort(new Error('cancelled')));
  await expect(reading).rejects.toThrow('cancelled');
});

it('gives what came before a fault, and then fails', async () => {
  emulator.faults.add({
    action: 'DescribeNetworkInterfaces',
    nth: 2,
    fault: { kind: 'status', code: 'UnauthorizedOperation' },
  });
  const pages: ObservedPage[] = [];
  const reading = async () => {
    for await (const page of cloud.list(
      scopeOf(SHOP),
      'network_interface',
      new AbortController().signal,
      () => {},
    )) {
      pages.push(page);
    }
  };
  await expect(reading()).rejects.toBeInstanceOf(ListFailedError);
  expect(pages.map(({ objects }) => objects.length)).toEqual([5]);
});
