import { bootService, type TestService } from '../support/service.js';

const DAY = 24 * 3600;

let service: TestService;
beforeAll(async () => {
  service = await bootService();
  await service.travel(0);
});
afterAll(() => service.stop());

const allocate = (input: object) => service.call('allocate', { input });
const release = (id: string) => service.call('release', { input: { id } });
const restore = (id: string) => service.call('restoreAllocation', { input: { id } });
const secondsBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;

describe('release', () => {
  it('rests a day unless the pool says otherwise; then the space is free', async () => {
    const { id: pool } = await service.pool({ cidrs: ['10.0.0.0/24'] });
    const made = await service.allocation({ pool, cidr: '10.0.0.0/24', prefixLength: null });
    const released = await release(made.id);
    expect(released).toMatchObject({ id: made.id, status: 'QUARANTINED', version: 2 });
    expect(secondsBetween(released.releasedAt, released.availableAt)).toBe(DAY);
    await service.travel(DAY - 1);
    expect(await allocate({ pool, prefixLength: 28 })).toMatchObject({ code: 'NO_SPACE' });
    expect(await allocate({ pool, cidr: '10.0.0.0/28' })).toMatchObject({ code: 'CIDR_CONFLICT' });
    await service.travel(1);
    expect(await service.call('allocation', { id: made.id })).toMatchObject({ status: 'RELEASED' });
    expect(await allocate({ pool, prefixLength: 28 })).toMatchObject({ cidr: '10.0.0.0/28' });
  });

  it('frees at once where the pool has no quarantine', async () => {
    const { id: pool } = await service.pool({ rules: { quarantineSeconds: 0 } });
    const made = await service.allocation({ pool });
    expect(await release(made.id)).toMatchObject({ status: 'RELEASED', availableAt: null });
    expect(await service.allocation({ pool })).toMatchObject({ cidr: made.cidr });
  });

  it('happens once', async () => {
    const made = await service.allocation();
    await release(made.id);
    const again = await release(made.id);
    expect(again).toMatchObject({ code: 'INVALID_TRANSITION', status: 'QUARANTINED' });
    expect(again.possible).toContain('restore');
    expect(await release('alloc_99999999')).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('restore', () => {
  it('takes it out of quarantine with its key', async () => {
    const made = await service.allocation({ key: 'k', description: 'kept' });
    await release(made.id);
    expect(await service.call('allocation', { pool: made.pool.id, key: 'k' })).toBeNull();
    const restored = await restore(made.id);
    expect(restored).toMatchObject({
      id: made.id,
      cidr: made.cidr,
      status: 'ALLOCATED',
      description: 'kept',
    });
    expect(restored).toMatchObject({ availableAt: null, releasedAt: null });
    expect(await service.call('allocation', { pool: made.pool.id, key: 'k' })).toMatchObject({ id: made.id });
  });

  it('leaves the key to whoever has it now', async () => {
    const made = await service.allocation({ key: 'k' });
    await release(made.id);
    const next = await allocate({ pool: made.pool.id, prefixLength: 20, key: 'k' });
    expect(await restore(made.id)).toMatchObject({ status: 'ALLOCATED' });
    expect(await service.call('allocation', { pool: made.pool.id, key: 'k' })).toMatchObject({ id: next.id });
  });

  it('is for quarantine only', async () => {
    const made = await service.allocation();
    expect(await restore(made.id)).toMatchObject({ code: 'INVALID_TRANSITION', status: 'ALLOCATED' });
    await release(made.id);
    await service.travel(DAY);
    expect(await restore(made.id)).toMatchObject({ code: 'INVALID_TRANSITION', status: 'RELEASED' });
  });

  it('happens by asking for the very CIDR under the key that released it last', async () => {
    const { id: pool } = await service.pool();
    const request = { pool, cidr: '10.9.0.0/24', key: 'k' };
    const made = await allocate({ ...request, description: 'first' });
    await release(made.id);
    expect(await allocate({ ...request, key: 'other' })).toMatchObject({ code: 'CIDR_CONFLICT' });
    const back = await allocate({ ...request, description: 'second', holder: { account: '2' } });
    expect(back).toMatchObject({
      id: made.id,
      status: 'ALLOCATED',
      description: 'second',
      holder: { account: '2' },
    });
  });
});

describe('adopt', () => {
  const adopt = (input: object) => service.call('adopt', { input });

  it('registers what is there, and marks the rules that it breaks', async () => {
    const rules = { minPrefixLength: 24, requiredTags: ['team'], excluded: ['10.0.0.0/30'] };
    const { id: pool } = await service.pool({ rules });
    const adopted = await adopt({ pool, cidr: '10.0.0.0/16', key: 'vpc' });
    expect(adopted).toMatchObject({ __typename: 'Allocation', status: 'ALLOCATED', cidr: '10.0.0.0/16' });
    expect([...adopted.noncompliant].sort()).toEqual(['excluded', 'minPrefixLength', 'requiredTags']);
    expect(await adopt({ pool, cidr: '10.0.0.0/16', key: 'vpc' })).toEqual(adopted);
    const tags = [{ key: 'team', value: 'a' }];
    expect(await adopt({ pool, cidr: '10.1.0.0/24', tags })).toMatchObject({ noncompliant: [] });
  });

  it('checks that nobody else has it', async () => {
    const { id: pool } = await service.pool();
    const held = await allocate({ pool, prefixLength: 24 });
    const refused = await adopt({ pool, cidr: '10.0.0.0/16' });
    expect(refused).toMatchObject({ code: 'CIDR_CONFLICT', conflicts: [{ allocation: held.id }] });
    expect(await adopt({ pool, cidr: '192.0.2.0/24' })).toMatchObject({ code: 'OUTSIDE_POOL' });
    expect(await adopt({ pool, cidr: '2001:db8::/48' })).toMatchObject({ code: 'OUTSIDE_POOL' });
  });
});

describe('update', () => {
  const update = (input: object) => service.call('updateAllocation', { input });

  it('changes what is given at the version that was read, never the CIDR', async () => {
    const made = await service.allocation({ holder: { account: '1', region: 'a' }, description: 'old' });
    const { id, version } = made;
    const tags = [{ key: 'env', value: 'prod' }];
    const updated = await update({ id, version, holder: { account: '2' }, tags });
    expect(updated).toMatchObject({ version: 2, cidr: made.cidr, description: 'old', tags });
    expect(updated.holder).toMatchObject({ account: '2', region: null });
    expect(await update({ id, version, description: 'late' })).toMatchObject({
      __typename: 'VersionConflict',
      code: 'VERSION_CONFLICT',
      version: 2,
      changedBy: 'token:CADASTRE_ADMIN_TOKEN',
    });
    expect(await update({ id, version: 2, tags })).toEqual(updated);
  });

  it('holds to the required tags, and is not for what is over', async () => {
    const { id: pool } = await service.pool({ rules: { requiredTags: ['team'], quarantineSeconds: 0 } });
    const { id } = await allocate({ pool, prefixLength: 24, tags: [{ key: 'team', value: 'a' }] });
    expect(await update({ id, version: 1, tags: [] })).toMatchObject({ code: 'RULE_VIOLATION' });
    await release(id);
    expect(await update({ id, version: 2, description: 'x' })).toMatchObject({ code: 'INVALID_TRANSITION' });
    expect(await update({ id: 'pool_1', version: 2 })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

it('leaves a trail of everything, the latest first', async () => {
  const made = await service.reservation({ key: 'k', ttlSeconds: 60, description: 'a' });
  const { id } = made;
  await service.travel(61);
  await service.call('confirm', { input: { id, nonce: 'n' } });
  await service.call('updateAllocation', { input: { id, version: 3, description: 'b' } });
  await release(id);
  await service.travel(DAY);
  await service.allocation({ pool: made.pool.id });
  const { nodes, totalCount } = await service.call('changesOf', { id });
  const actions = nodes.map(({ action }: { action: string }) => action);
  expect(actions).toEqual([
    'allocation.quarantine_ended',
    'allocation.released',
    'allocation.updated',
    'allocation.confirmed',
    'allocation.expired',
    'allocation.reserved',
  ]);
  expect(totalCount).toBe(actions.length);
  const expired = nodes[4];
  expect(expired).toMatchObject({
    actor: 'system:clock',
    pool: made.pool.id,
    subject: id,
    at: made.expiresAt,
  });
  expect(Date.parse(expired.recordedAt)).toBe(Date.parse(made.expiresAt) + 1000);
  expect(nodes[2].detail).toMatchObject({ description: ['a', 'b'], version: [3, 4] });
  expect(nodes.map(({ sequence }: { sequence: string }) => Number(sequence))).toEqual(
    nodes.map((_: unknown, i: number) => Number(nodes[0].sequence) - i),
  );
});
