import { AfterSweeps } from '../../src/features/overlap/index.js';
import { plusSeconds } from '../../src/platform/context/instant.js';
import { formatInstant } from '../../src/platform/context/instant.js';
import { systemContext } from '../../src/platform/context/request-context.js';
import { sweepAt } from '../support/inventory.js';
import {
  attachment,
  networkInterface,
  peering,
  routeTable,
  sweep,
  transitTable,
  vpc,
} from '../support/observed-cloud.js';
import { bootService, type Data, type TestService } from '../support/service.js';

let service: TestService;
let adopted: string;
const WORLD = [
  vpc('vpc-a', ['10.0.0.0/16'], { Name: 'orders', team: 'checkout' }),
  vpc('vpc-b', ['10.0.0.0/16']),
  vpc('vpc-c', ['10.0.4.0/24', '10.9.0.0/16']),
  vpc('vpc-d', ['172.31.0.0/16']),
  vpc('vpc-e', ['172.31.0.0/16']),
  peering('pcx-1', 'vpc-a', 'vpc-c'),
  attachment('att-d', 'vpc-d', 'tgw-rtb-1'),
  attachment('att-c', 'vpc-c', 'tgw-rtb-1'),
  transitTable('tgw-rtb-1', ['att-c', 'att-d']),
  routeTable('rtb-d', 'vpc-d', { '172.31.0.0/16': 'local', '10.9.0.0/16': 'tgw-1', '10.9.7.0/24': 'eni-9' }),
  networkInterface('eni-1', 'vpc-a', '10.0.4.7/32', '10.0.4.16/28'),
  networkInterface('eni-2', 'vpc-a', '10.0.9.1/32'),
];

beforeAll(async () => {
  service = await bootService();
  const pool = await service.pool({ name: 'global', cidrs: ['172.16.0.0/12'], uniqueness: 'GLOBAL' });
  const input = { pool: pool.id, cidr: '172.31.0.0/16', key: 'd', holder: { resourceId: 'vpc-d' } };
  adopted = (await service.call('adopt', { input })).id;
  await sweep(service.app, sweepAt(1), WORLD);
});
afterAll(() => service.stop());

const overlaps = (filter: object = {}, page: object = {}) =>
  service.call('overlaps', { filter, first: 10, ...page });
const subjects = async (filter: object) =>
  (await overlaps(filter)).nodes.map((one: Data) => `${one.class} ${one.subject}`);
const would = (a: string[], b: string[], via = 'PEERING') =>
  service.call('wouldOverlap', { connect: { a, b, via } });
const idOf = async (name: string) => (await service.call('routingDomain', { name })).id;

describe('overlaps', () => {
  it('lists the worst first, each network once per side with what stands beside it', async () => {
    const { nodes, totalCount } = await overlaps();
    expect(nodes.map((one: Data) => `${one.class} ${one.subject}`)).toEqual([
      'CONFLICT 10.0.0.0/16>10.0.4.0/24',
      'DUPLICATE_GLOBAL 172.31.0.0/16',
      'LATENT 10.0.0.0/16',
    ]);
    expect(totalCount).toBe(3);
    const [row] = nodes;
    expect(row).toMatchObject({
      cidr: '10.0.0.0/16',
      inner: '10.0.4.0/24',
      networkCount: 2,
      innerNetworkCount: 1,
    });
    expect(row.networks[0]).toMatchObject({
      id: 'vpc-a',
      name: 'orders',
      account: '111122223333',
      addressesInUse: '18',
      routingDomain: { name: 'vpc-a' },
      allocation: null,
    });
    expect(row.innerNetworks.map(({ id }: Data) => id)).toEqual(['vpc-c']);
    const { overlaps: deep } = await service.query(
      '{ overlaps(first: 1) { nodes { conflicts { nodes { a { id cidr } b { id cidr } via { how resource } } } } } }',
    );
    expect(deep.nodes[0].conflicts.nodes).toEqual([
      {
        a: { id: 'vpc-a', cidr: '10.0.0.0/16' },
        b: { id: 'vpc-c', cidr: '10.0.4.0/24' },
        via: [{ how: 'PEERING', resource: 'pcx-1' }],
      },
    ]);
    expect(row.conflicts.totalCount).toBe(1);
    expect(row.finding).toMatchObject({ kind: 'CONFLICT', severity: 'CRITICAL', subject: row.subject });
  });

  it('comes in pages, and narrowed by what was asked', async () => {
    const first = await overlaps({}, { first: 1 });
    const next = await overlaps({}, { first: 1, after: first.pageInfo.endCursor });
    expect([first, next].map(({ nodes }) => nodes[0].subject)).toEqual([
      '10.0.0.0/16>10.0.4.0/24',
      '172.31.0.0/16',
    ]);
    expect(await subjects({ class: ['LATENT'] })).toEqual(['LATENT 10.0.0.0/16']);
    expect(await subjects({ network: 'vpc-e' })).toEqual(['DUPLICATE_GLOBAL 172.31.0.0/16']);
    expect(await subjects({ routingDomain: 'vpc-c' })).toEqual(['CONFLICT 10.0.0.0/16>10.0.4.0/24']);
    expect(await subjects({ cidr: '172.16.0.0/12' })).toEqual(['DUPLICATE_GLOBAL 172.31.0.0/16']);
    expect(await subjects({ account: '999999999999' })).toEqual([]);
    await expect(overlaps({ routingDomain: 'nobody' })).rejects.toThrow('BAD_USER_INPUT');
    await expect(overlaps({}, { after: 'x' })).rejects.toThrow('BAD_USER_INPUT');
  });

  it('shows the waiver of its finding', async () => {
    const [row] = (await overlaps({ network: 'vpc-e' })).nodes;
    await service.call('waiveFinding', {
      input: { id: row.finding.id, reason: 'default VPCs', contact: 'net', until: '2200-01-01T00:00:00Z' },
    });
    const [waived] = (await overlaps({ waived: true })).nodes;
    expect(waived.finding.waiver).toMatchObject({ reason: 'default VPCs', contact: 'net' });
    expect(await subjects({ waived: false })).not.toContain('DUPLICATE_GLOBAL 172.31.0.0/16');
  });

  it('knows the allocation of a block, and that a GLOBAL pool has it', async () => {
    const [row] = (await overlaps({ network: 'vpc-d' })).nodes;
    expect(row.class).toBe('DUPLICATE_GLOBAL');
    expect(row.networks.map(({ id, allocation }: Data) => [id, allocation?.id ?? null])).toEqual([
      ['vpc-d', adopted],
      ['vpc-e', null],
    ]);
    expect(row.networks[0].allocation.key).toBe('d');
    const { overlaps: deep } = await service.query(
      '{ overlaps(filter: { network: "vpc-d" }) { nodes { networks { allocation { holder { resourceId } } } } } }',
    );
    expect(deep.nodes[0].networks[0].allocation.holder.resourceId).toBe('vpc-d');
  });

  it('makes a finding of a route that leaves the way', async () => {
    const { nodes } = await service.call('findings', { filter: { kinds: ['ROUTE_SHADOW'] } });
    expect(nodes).toMatchObject([{ subject: 'rtb-d 10.9.7.0/24', severity: 'WARNING' }]);
  });
});

describe('wouldOverlap', () => {
  it('says no to a peering that AWS refuses, with why and what would serve', async () => {
    expect(await would(['vpc-b'], ['vpc-c'])).toMatchObject({
      overlaps: true,
      verdict: 'REFUSED',
      reasons: [{ rule: 'peering.overlap' }],
      collisionCount: 1,
      collisions: [{ a: '10.0.0.0/16', b: '10.0.4.0/24', aNetwork: 'vpc-b', bNetwork: 'vpc-c' }],
      alternatives: expect.arrayContaining([expect.objectContaining({ kind: 'privatelink', serves: true })]),
    });
    expect(await would(['vpc-d'], ['10.200.0.0/16'])).toMatchObject({ overlaps: false, verdict: 'ALLOWED' });
  });

  it('looks beyond the other end over the tables of a transit gateway', async () => {
    const answer = await would(['10.9.0.0/20'], ['vpc-d'], 'TRANSIT_GATEWAY');
    expect(answer).toMatchObject({ overlaps: true, collisionCount: 0, beyondCount: 1 });
    expect(answer.beyond[0]).toMatchObject({ a: '10.9.0.0/20', b: '10.9.0.0/16', bNetwork: 'vpc-c' });
  });

  it('refuses what is no end, and one network at both', async () => {
    for (const [a, b] of [
      [['nobody'], ['vpc-a']],
      [[], ['vpc-a']],
      [['vpc-a'], ['vpc-a']],
    ] as const)
      await expect(would([...a], [...b])).rejects.toThrow('BAD_USER_INPUT');
  });
});

describe('reach', () => {
  const reached = async (routingDomain: string, at?: string) => {
    const { status, domains } = await service.call('reach', { routingDomain, at });
    return [status, ...domains.nodes.map((one: Data) => `${one.routingDomain.name} ${one.via[0].how}`)];
  };

  it('says what a routing domain reaches, how, and how it was', async () => {
    expect(await reached('vpc-c')).toEqual(['RESOLVED', 'vpc-a PEERING', 'vpc-d TRANSIT_GATEWAY']);
    expect(await reached(await idOf('vpc-b'))).toEqual(['RESOLVED']);
    expect(await service.call('reach', { routingDomain: 'nobody' })).toBeNull();
    await sweep(
      service.app,
      sweepAt(5),
      WORLD.map((one) => (one.id === 'pcx-1' ? peering('pcx-1', 'vpc-a', 'vpc-c', 'deleted') : one)),
    );
    const at = (n: number) => formatInstant(plusSeconds(sweepAt(n), 1));
    expect(await reached('vpc-a')).toEqual(['RESOLVED']);
    expect(await reached('vpc-a', at(4))).toEqual(['RESOLVED', 'vpc-c PEERING']);
    expect(await reached('vpc-a', at(5))).toEqual(['RESOLVED']);
    expect(await reached('vpc-a', at(0))).toEqual(['UNKNOWN']);
    const trail = await service.call('changesOf', { id: await idOf('vpc-a') });
    expect(trail.nodes[0]).toMatchObject({
      action: 'reach.lost',
      detail: { how: 'PEERING', resource: 'pcx-1' },
    });
    expect((await overlaps({ class: ['CONFLICT'] })).nodes).toEqual([]);
    expect(
      (await service.call('findings', { filter: { kinds: ['CONFLICT'], open: false } })).nodes,
    ).toMatchObject([{ endedAt: expect.any(String) }]);
  });

  it('is as it is from the moment on that somebody places a network, without a sweep', async () => {
    const { id: routingDomain, name } = await service.routingDomain();
    await service.call('placeNetwork', { input: { network: 'vpc-d', routingDomain } });
    const trail = await service.call('changesOf', { id: routingDomain });
    expect(trail.nodes[0]).toMatchObject({ action: 'reach.gained', detail: { how: 'TRANSIT_GATEWAY' } });
    expect(await reached('vpc-c', trail.nodes[0].at)).toEqual(['RESOLVED', `${name} TRANSIT_GATEWAY`]);
    await service.call('placeNetwork', { input: { network: 'vpc-d', routingDomain: 'vpc-d' } });
  });

  it('makes a pool avoid what a domain has that its own reaches, until it does not', async () => {
    const pool = await service.pool({ name: 'b', cidrs: ['10.8.0.0/15'], routingDomain: 'vpc-b' });
    const connect = (mutation: string) =>
      service.call(mutation, { input: { a: 'vpc-b', b: 'vpc-c', via: 'planned' } });
    const record = () =>
      service.app.get(AfterSweeps).record(systemContext('test'), [{ beganAt: sweepAt(9) }]);
    const free = async () => (await service.call('pool', { id: pool.id })).freeBlocks;
    await connect('connectRoutingDomains');
    await record();
    expect(await free()).toEqual(['10.8.0.0/16']);
    await connect('disconnectRoutingDomains');
    await record();
    expect(await free()).toEqual(['10.8.0.0/15']);
  });
});

describe('search', () => {
  const found = async (text: string) => {
    const { hits } = await service.call('search', { text });
    return hits.map(({ by, kind, id }: Data) => `${by} ${kind} ${id}`);
  };

  it('finds by address, the innermost first, by id, name, tag and holder', async () => {
    expect((await found('10.0.4.7')).slice(0, 3)).toEqual([
      'ADDRESS network_interface eni-1',
      'ADDRESS vpc vpc-c',
      'ADDRESS vpc vpc-a',
    ]);
    expect((await found('vpc-d')).slice(0, 2)).toEqual([
      'ID vpc vpc-d',
      expect.stringMatching(/^ID allocation alloc_/),
    ]);
    expect(await found('ORDERS')).toEqual(['NAME vpc vpc-a']);
    expect(await found('checkout')).toEqual(['TAG vpc vpc-a']);
    expect(await found('172.31.0.0/16')).toEqual(
      expect.arrayContaining([
        'ADDRESS vpc vpc-d',
        'ADDRESS vpc vpc-e',
        expect.stringMatching(/^ADDRESS pool /),
      ]),
    );
    expect(await found('100% nobody_')).toEqual([]);
  });

  it('says that there is more', async () => {
    const { hits, more } = await service.call('search', { text: '10.0.4.7', first: 1 });
    expect([hits.length, more]).toEqual([1, true]);
    await expect(service.call('search', { text: ' ' })).rejects.toThrow('BAD_USER_INPUT');
  });
});
