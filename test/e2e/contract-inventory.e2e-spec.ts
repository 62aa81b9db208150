import { InventoryStore } from '../../src/features/inventory/index.js';
import type { ObservedKind, ObservedObject } from '../../src/features/inventory/index.js';
import { formatInstant, plusSeconds } from '../../src/platform/context/instant.js';
import { systemContext } from '../../src/platform/context/request-context.js';
import { observed, sweepAt } from '../support/inventory.js';
import { suspiciousList, sweepable } from '../support/sweeping.js';
import { bootService, type Data, type TestService } from '../support/service.js';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

let service: TestService;
beforeAll(async () => (service = await bootService()));
afterAll(() => service.stop());

async function sweep(n: number, kind: ObservedKind, objects: readonly ObservedObject[], failed?: string) {
  const store = service.app.get(InventoryStore);
  const ctx = systemContext('discovery');
  const [scope] = await store.ensureScopes(ctx, [{ account: ACCOUNT, region: REGION }]);
  const recorder = await store.openList(ctx, scope!, kind, sweepAt(n), async () => undefined);
  await recorder.page({ objects, available: [] });
  return failed === undefined ? recorder.complete() : recorder.fail(failed);
}

const vpc = (cidrs: readonly string[]) =>
  observed(
    'vpc',
    'vpc-a',
    {
      state: 'available',
      cidrs: cidrs.map((cidr) => ({ cidr, state: 'associated' })),
      tags: { Name: 'shop' },
    },
    { vpcId: 'vpc-a', prefixes: cidrs, name: 'shop' },
  );
const peering = observed('vpc_peering', 'pcx-1', {
  status: 'active',
  requester: { vpcId: 'vpc-a' },
  accepter: { vpcId: 'vpc-b' },
});
const subnet = (id: string, cidr: string) =>
  observed('subnet', id, { vpcId: 'vpc-a', cidr }, { vpcId: 'vpc-a', prefixes: [cidr] });

describe('what sweeps saw', () => {
  beforeAll(async () => {
    await sweep(0, 'vpc', [vpc(['10.0.0.0/16'])]);
    await sweep(0, 'subnet', [subnet('subnet-1', '10.0.1.0/24'), subnet('subnet-2', '10.0.2.0/24')]);
    await sweep(1, 'vpc', [vpc(['10.0.0.0/16', '10.1.0.0/16'])]);
    await sweep(1, 'vpc_peering', []);
    await sweep(1, 'subnet', [subnet('subnet-1', '10.0.1.0/24')]);
    await sweep(2, 'vpc_peering', [peering]);
    await sweep(2, 'vpc', [], 'FORBIDDEN: the role may not describe VPCs');
  });

  const objects = async (filter: object) =>
    (await service.call('observedObjects', { filter })).nodes.map(({ id }: Data) => id);

  it('is listed by account, kind, VPC, id, text, state and what it holds', async () => {
    expect(await objects({})).toEqual(['subnet-1', 'subnet-2', 'vpc-a', 'pcx-1']);
    expect(await objects({ account: ACCOUNT, region: REGION, kinds: ['SUBNET'] })).toEqual([
      'subnet-1',
      'subnet-2',
    ]);
    expect(await objects({ account: '4' })).toEqual([]);
    expect(await objects({ vpc: 'vpc-a' })).toEqual(['subnet-1', 'subnet-2', 'vpc-a', 'pcx-1']);
    expect(await objects({ vpc: 'vpc-b' })).toEqual(['pcx-1']);
    expect(await objects({ ids: ['pcx-1', 'none'] })).toEqual(['pcx-1']);
    expect(await objects({ text: 'SHO' })).toEqual(['vpc-a']);
    expect(await objects({ text: '%' })).toEqual([]);
    expect(await objects({ missing: true })).toEqual(['subnet-2']);
    expect(await objects({ holding: '10.0.1.7/32' })).toEqual(['subnet-1', 'vpc-a']);
    expect(await objects({ holding: '10.0.0.0/8' })).toEqual([]);
  });

  it('comes in pages', async () => {
    const first = await service.call('observedObjects', { first: 3 });
    const after = first.pageInfo.endCursor;
    const { nodes, totalCount } = await service.call('observedObjects', { first: 3, after });
    expect([totalCount, nodes.map(({ id }: Data) => id)]).toEqual([4, ['pcx-1']]);
  });

  it('says what it looks like, since when, and when it was seen', async () => {
    const [found] = (await service.call('observedObjects', { filter: { kinds: ['VPC'] } })).nodes;
    expect(found).toMatchObject({
      kind: 'VPC',
      account: ACCOUNT,
      region: REGION,
      vpcId: 'vpc-a',
      name: 'shop',
      cidrs: ['10.0.0.0/16', '10.1.0.0/16'],
      tags: [{ key: 'Name', value: 'shop' }],
      firstSeen: formatInstant(sweepAt(0)),
      changedAt: formatInstant(sweepAt(1)),
      lastSeen: formatInstant(sweepAt(1)),
      missingSince: null,
    });
    const versions = await service.call('observedVersions', { id: 'vpc-a' });
    expect(versions.map(({ from, to }: Data) => [from, to])).toEqual([
      [formatInstant(sweepAt(1)), null],
      [formatInstant(sweepAt(0)), formatInstant(sweepAt(1))],
    ]);
  });

  it('changes, the latest first, each with old and new; a peering concerns both its VPCs', async () => {
    const actions = async (filter: object) =>
      (await service.call('configurationChanges', { filter })).nodes.map(({ action }: Data) => action);
    const all = [
      'peering.created',
      'subnet.missing',
      'vpc.cidr_associated',
      'inventory.baseline',
      'inventory.baseline',
    ];
    expect(await actions({})).toEqual(all);
    expect(await actions({ vpc: 'vpc-b' })).toEqual(['peering.created']);
    expect(await actions({ vpc: 'vpc-a', kind: 'VPC' })).toEqual(['vpc.cidr_associated']);
    expect(await actions({ since: formatInstant(sweepAt(2)) })).toEqual(['peering.created']);
    expect(await actions({ until: formatInstant(sweepAt(1)) })).toEqual([
      'inventory.baseline',
      'inventory.baseline',
    ]);
    expect(await actions({ account: '4' })).toEqual([]);
    const page = await service.call('configurationChanges', { first: 2 });
    const next = await service.call('configurationChanges', { first: 2, after: page.pageInfo.endCursor });
    expect([...page.nodes, ...next.nodes].map(({ action }: Data) => action)).toEqual(all.slice(0, 4));
    expect(next).toMatchObject({ totalCount: 5 });
    expect(next.nodes[0]).toMatchObject({
      resourceId: 'vpc-a',
      name: 'shop',
      path: 'cidrs',
      old: null,
      new: { cidr: '10.1.0.0/16', state: 'associated' },
      at: formatInstant(sweepAt(1)),
      actor: 'system:discovery',
    });
  });

  it('is in the feed too', async () => {
    const { nodes } = await service.call('changesOf', { id: 'vpc-a' });
    expect(nodes.map(({ action }: Data) => action)).toEqual(['vpc.cidr_associated']);
  });

  it('is known at an instant, or said to be unknown', async () => {
    const snapshot = (at?: number) =>
      service.call('snapshotAt', { vpc: 'vpc-a', at: at && formatInstant(at) });
    const told = ({ objects: found }: Data) =>
      found.map(({ presence, version }: Data) => `${version.id} ${presence} ${version.cidrs}`);
    expect(told(await snapshot(sweepAt(0)))).toEqual([
      'subnet-1 PRESENT 10.0.1.0/24',
      'subnet-2 PRESENT 10.0.2.0/24',
      'vpc-a PRESENT 10.0.0.0/16',
    ]);
    expect(told(await snapshot(plusSeconds(sweepAt(1), 1)))).toEqual([
      'subnet-1 PRESENT 10.0.1.0/24',
      'subnet-2 UNKNOWN 10.0.2.0/24',
      'vpc-a PRESENT 10.0.0.0/16,10.1.0.0/16',
    ]);
    const now = await snapshot();
    expect(told(now)).toEqual([
      'subnet-1 PRESENT 10.0.1.0/24',
      'subnet-2 UNKNOWN 10.0.2.0/24',
      'vpc-a UNKNOWN 10.0.0.0/16,10.1.0.0/16',
      'pcx-1 PRESENT ',
    ]);
    const reasonOf = (kind: string) => now.uncovered.find((list: Data) => list.kind === kind)?.reason;
    expect(reasonOf('VPC')).toContain('FORBIDDEN');
    expect(reasonOf('ROUTE_TABLE')).toContain('not covered');
    expect(reasonOf('SUBNET')).toBeUndefined();
    expect(await service.call('snapshotAt', { vpc: 'vpc-none' })).toBeNull();
    await expect(snapshot(Date.parse('2200-01-01') * 1000)).rejects.toThrow('BAD_USER_INPUT');
  });

  it('is as fresh as its lists', async () => {
    const lists = await service.call('observedLists');
    expect(lists.find(({ kind }: Data) => kind === 'VPC')).toMatchObject({
      objects: 1,
      lastGoodAt: formatInstant(sweepAt(1)),
      staleSince: formatInstant(sweepAt(2)),
      staleReason: 'FORBIDDEN: the role may not describe VPCs',
    });
    expect(lists.find(({ kind }: Data) => kind === 'SUBNET')).toMatchObject({ missing: 1, staleSince: null });
  });
});

describe('external networks', () => {
  const declare = (input: object) => service.call('declareExternalNetwork', { input });
  const remove = (input: object) => service.call('removeExternalNetwork', { input });

  it('are declared, replaced, told, removed and declared again', async () => {
    const input = {
      name: 'hq',
      cidrs: ['192.168.0.0/16', '172.16.0.0/12'],
      gateways: ['cgw-1'],
      contact: 'noc',
    };
    const made = await declare({ ...input, version: 0 });
    expect(made).toMatchObject({ name: 'hq', cidrs: ['172.16.0.0/12', '192.168.0.0/16'], version: 1 });
    expect(await declare(input)).toEqual(made);
    expect(await declare({ ...input, version: 0 })).toMatchObject({ code: 'VERSION_CONFLICT', version: 1 });
    const second = await declare({ ...input, cidrs: ['172.16.0.0/12'], version: 1 });
    expect(second).toMatchObject({ version: 2, declaredAt: made.declaredAt });
    expect((await service.call('externalNetworks')).nodes).toEqual([second]);
    const [found] = (await service.call('observedObjects', { filter: { holding: '172.16.5.0/24' } })).nodes;
    expect(found).toMatchObject({ kind: 'EXTERNAL_NETWORK', id: 'hq', account: null, region: null });
    expect(await remove({ name: 'hq', version: 1 })).toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(await remove({ name: 'hq' })).toEqual(second);
    expect(await remove({ name: 'hq' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await declare({ ...input, version: 0 })).toMatchObject({ version: 3 });
    const { nodes } = await service.call('configurationChanges', { filter: { kind: 'EXTERNAL_NETWORK' } });
    expect(nodes.map(({ action }: Data) => action)).toEqual([
      'external_network.created',
      'external_network.deleted',
      'external_network.cidr_removed',
      'external_network.created',
    ]);
  });

  it('lie in a routing domain that is there', async () => {
    const input = { name: 'site', cidrs: ['198.51.100.0/24'], routingDomain: 'none' };
    expect(await declare(input)).toMatchObject({ code: 'NOT_FOUND', id: 'none' });
  });

  it.each(['0.0.0.0/0', '::/0'])('have ranges, not all there is: %s', async (cidr) => {
    const refusal = { code: 'RULE_VIOLATION', rule: 'cidrs', value: cidr };
    expect(await declare({ name: 'all', cidrs: ['10.0.0.0/8', cidr] })).toMatchObject(refusal);
  });

  it.each([{ cidrs: [] }, { name: 'vpc-1' }, { name: 'pool_1' }, { gateways: [''] }])(
    'refuses %j',
    async (more) => {
      await expect(declare({ name: 'x', cidrs: ['10.0.0.0/8'], ...more })).rejects.toThrow('BAD_USER_INPUT');
    },
  );
});

describe('a drop that is held back', () => {
  const input = { account: 'dropped', region: REGION, kind: 'VPC' };

  it('is accepted by somebody, once, and the list says so', async () => {
    await suspiciousList(service, 'dropped');
    const [held] = await service.call('observedLists', { account: 'dropped', stale: true });
    expect(held).toMatchObject({ kind: 'VPC', suspicious: 1, dropAccepted: false });
    for (let time = 0; time < 2; time++)
      expect(await service.call('acceptDrop', { input })).toMatchObject({
        dropAccepted: true,
        suspicious: 1,
      });
    const changes = await service.call('changesOf', { id: 'aws/dropped/eu-west-1' });
    expect(changes.nodes.filter(({ action }: Data) => action === 'inventory.drop_accepted')).toMatchObject([
      { detail: { kind: 'vpc' } },
    ]);
  });

  it('believes the next list that shows it', async () => {
    const { readLists } = await sweepable(service, 'dropped');
    await readLists([]);
    const lists = await service.call('observedLists', { account: 'dropped' });
    expect(lists.find(({ kind }: Data) => kind === 'VPC')).toMatchObject({
      missing: 10,
      staleSince: null,
      dropAccepted: false,
    });
  });

  it('is NOT_FOUND where there is none', async () => {
    expect(await service.call('acceptDrop', { input })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await service.call('acceptDrop', { input: { ...input, account: 'nobody' } })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
