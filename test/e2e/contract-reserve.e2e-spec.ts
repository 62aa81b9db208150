import { bootService, type TestService } from '../support/service.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

let service: TestService;
beforeAll(async () => {
  service = await bootService();
  await service.travel(0);
});
afterAll(() => service.stop());

const reserve = (input: object) => service.call('reserve', { input });
const allocate = (input: object) => service.call('allocate', { input });
const confirm = (id: string, more: object = {}) => service.call('confirm', { input: { id, ...more } });
const read = (id: string) => service.call('allocation', { id });
const secondsBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;

describe('a reservation', () => {
  it('is held for its time, an hour unless told otherwise', async () => {
    const made = await service.reservation();
    expect(made).toMatchObject({ __typename: 'Allocation', status: 'RESERVED', version: 1 });
    expect(secondsBetween(made.createdAt, made.expiresAt)).toBe(HOUR);
    const long = await service.reservation({ pool: made.pool.id, ttlSeconds: 90 * DAY });
    expect(secondsBetween(long.createdAt, long.expiresAt)).toBe(90 * DAY);
    for (const ttlSeconds of [0, -1, 90 * DAY + 1]) {
      await expect(service.reservation({ pool: made.pool.id, ttlSeconds })).rejects.toThrow('BAD_USER_INPUT');
    }
  });

  it('again under its key moves its end to the later one', async () => {
    const { id: pool } = await service.pool();
    const request = { pool, prefixLength: 24, key: 'k' };
    const first = await reserve({ ...request, ttlSeconds: 100 });
    expect(await reserve({ ...request, ttlSeconds: 50 })).toEqual(first);
    const longer = await reserve({ ...request, ttlSeconds: 200 });
    expect(longer).toMatchObject({ id: first.id, cidr: first.cidr, version: 2 });
    expect(secondsBetween(first.createdAt, longer.expiresAt)).toBe(200);
  });

  it('is renewed to the later end', async () => {
    const made = await service.reservation({ ttlSeconds: 100 });
    const renew = (ttlSeconds: number) => service.call('renew', { input: { id: made.id, ttlSeconds } });
    expect(await renew(50)).toEqual(made);
    expect(secondsBetween(made.createdAt, (await renew(150)).expiresAt)).toBe(150);
    await service.travel(151);
    expect(await renew(50)).toMatchObject({ code: 'EXPIRED', allocation: made.id, cidr: made.cidr });
  });

  it('is released at once', async () => {
    const made = await service.reservation({ key: 'k' });
    const released = await service.call('release', { input: { id: made.id } });
    expect(released).toMatchObject({ status: 'RELEASED', availableAt: null, releasedAt: expect.any(String) });
    expect(
      await service.allocation({ pool: made.pool.id, cidr: made.cidr, prefixLength: null }),
    ).toMatchObject({
      cidr: made.cidr,
    });
  });

  it('is confirmed by confirm, not by allocate', async () => {
    const made = await service.reservation({ key: 'k' });
    const refused = await allocate({ pool: made.pool.id, prefixLength: 24, key: 'k' });
    expect(refused).toMatchObject({ code: 'INVALID_TRANSITION', status: 'RESERVED' });
    expect(refused.message).toContain('confirm');
    expect(refused.possible).toContain('confirm');
  });
});

describe('confirm', () => {
  it('makes it permanent, adds to the holder, and replays under its nonce', async () => {
    const made = await service.reservation({ key: 'k', holder: { account: '1', region: 'a' } });
    const confirmed = await confirm(made.id, { nonce: 'n1', holder: { resourceId: 'vpc-1', region: 'b' } });
    expect(confirmed).toMatchObject({
      id: made.id,
      cidr: made.cidr,
      status: 'ALLOCATED',
      expiresAt: null,
      key: 'k',
      version: 2,
      holder: { account: '1', region: 'b', resourceId: 'vpc-1' },
    });
    expect(await confirm(made.id, { nonce: 'n1' })).toEqual(confirmed);
    for (const other of [{ nonce: 'n2' }, {}]) {
      expect(await confirm(made.id, other)).toMatchObject({
        __typename: 'AlreadyConfirmed',
        code: 'ALREADY_CONFIRMED',
        status: 'ALLOCATED',
        possible: expect.arrayContaining(['release']),
      });
    }
    expect(await reserve({ pool: made.pool.id, prefixLength: 24, key: 'k' })).toEqual(confirmed);
  });

  it('is not for what was allocated or released', async () => {
    const made = await service.allocation();
    expect(await confirm(made.id, { nonce: 'n' })).toMatchObject({ code: 'ALREADY_CONFIRMED' });
    await service.call('release', { input: { id: made.id } });
    expect(await confirm(made.id)).toMatchObject({ code: 'INVALID_TRANSITION', status: 'QUARANTINED' });
    expect(await confirm('alloc_999999999')).toMatchObject({ code: 'NOT_FOUND', id: 'alloc_999999999' });
  });
});

describe('an expired reservation', () => {
  it('is expired and its space free the moment its time is over, by the clock of the database', async () => {
    const { id: pool } = await service.pool({ cidrs: ['10.0.0.0/24'] });
    const made = await service.reservation({ pool, prefixLength: 24, ttlSeconds: 60 });
    expect(await allocate({ pool, prefixLength: 24 })).toMatchObject({ code: 'NO_SPACE' });
    await service.travel(60);
    expect(await read(made.id)).toMatchObject({ status: 'EXPIRED', expiresAt: made.expiresAt });
    expect(await service.call('pool', { id: pool })).toMatchObject({
      capacity: { free: '256', reserved: '0' },
    });
    expect(await allocate({ pool, prefixLength: 24 })).toMatchObject({ cidr: '10.0.0.0/24' });
  });

  it('is revived by the same request: reserved again, or allocated', async () => {
    const made = await service.reservation({ key: 'k', ttlSeconds: 60 });
    const request = { pool: made.pool.id, prefixLength: 24, key: 'k' };
    await service.travel(61);
    const revived = await reserve({ ...request, ttlSeconds: 60 });
    expect(revived).toMatchObject({ id: made.id, cidr: made.cidr, status: 'RESERVED' });
    await service.travel(61);
    expect(await allocate(request)).toMatchObject({
      id: made.id,
      cidr: made.cidr,
      status: 'ALLOCATED',
      expiresAt: null,
    });
  });

  it('is revived and confirmed in one step', async () => {
    const made = await service.reservation({ ttlSeconds: 60 });
    await service.travel(61);
    const confirmed = await confirm(made.id, { nonce: 'n' });
    expect(confirmed).toMatchObject({ id: made.id, status: 'ALLOCATED' });
    expect(await confirm(made.id, { nonce: 'n' })).toEqual(confirmed);
  });

  it('is EXPIRED once somebody took any of it, with who', async () => {
    const { id: pool } = await service.pool();
    const made = await reserve({ pool, cidr: '10.5.0.0/16', key: 'k', ttlSeconds: 60 });
    await service.travel(61);
    const thief = await allocate({ pool, cidr: '10.5.7.0/24', key: 'thief' });
    const answers = [
      await reserve({ pool, cidr: '10.5.0.0/16', key: 'k' }),
      await allocate({ pool, cidr: '10.5.0.0/16', key: 'k' }),
      await confirm(made.id),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        __typename: 'Expired',
        code: 'EXPIRED',
        allocation: made.id,
        cidr: '10.5.0.0/16',
        expiredAt: made.expiresAt,
        takenBy: [{ cidr: '10.5.7.0/24', allocation: thief.id, key: 'thief', reason: 'allocated' }],
      });
    }
    const other = await reserve({ pool, prefixLength: 16, key: 'k', replaces: made.id });
    expect(other).toMatchObject({ __typename: 'Allocation', status: 'RESERVED', key: 'k' });
    expect(other.id).not.toBe(made.id);
    expect(await service.call('allocation', { pool, key: 'k' })).toMatchObject({ id: other.id });
    // it lost its key, and does not come back by itself when its CIDR is free again
    await service.call('release', { input: { id: thief.id } });
    await service.travel(2 * DAY);
    expect(await confirm(made.id)).toMatchObject({ code: 'EXPIRED', takenBy: [] });
  });

  it('keeps its key for thirty days', async () => {
    const made = await service.reservation({ key: 'k', ttlSeconds: 60 });
    const request = { pool: made.pool.id, prefixLength: 20, key: 'k' };
    await service.travel(60 + 30 * DAY - 1);
    expect(await allocate(request)).toMatchObject({ code: 'KEY_CONFLICT', allocation: made.id });
    expect(await service.call('allocation', { pool: made.pool.id, key: 'k' })).toMatchObject({ id: made.id });
    await service.travel(1);
    expect(await service.call('allocation', { pool: made.pool.id, key: 'k' })).toBeNull();
    const next = await allocate(request);
    expect(next).toMatchObject({ __typename: 'Allocation', key: 'k', cidr: expect.stringMatching(/\/20$/) });
  });
});

describe('replaces: create before destroy', () => {
  it('reserves beside what the key holds; confirming hands the key over', async () => {
    const old = await service.allocation({ key: 'k' });
    const pool = old.pool.id;
    const pending = await reserve({ pool, prefixLength: 20, key: 'k', replaces: old.id });
    expect(pending).toMatchObject({ __typename: 'Allocation', status: 'RESERVED', key: 'k' });
    // the pending claim answers every request under the key
    expect(await service.call('allocation', { pool, key: 'k' })).toMatchObject({ id: pending.id });
    expect(await reserve({ pool, prefixLength: 20, key: 'k' })).toMatchObject({ id: pending.id });
    expect(await reserve({ pool, prefixLength: 20, key: 'k', replaces: old.id })).toMatchObject({
      id: pending.id,
    });
    expect(await allocate({ pool, prefixLength: 24, key: 'k' })).toMatchObject({ code: 'KEY_CONFLICT' });
    expect(await confirm(pending.id)).toMatchObject({ status: 'ALLOCATED' });
    expect(await read(old.id)).toMatchObject({ status: 'ALLOCATED', cidr: old.cidr });
    expect(await allocate({ pool, prefixLength: 20, key: 'k' })).toMatchObject({ id: pending.id });
    expect(await service.call('release', { input: { id: old.id } })).toMatchObject({ status: 'QUARANTINED' });
    expect(await service.call('allocation', { pool, key: 'k' })).toMatchObject({ id: pending.id });
  });

  it('allocates and hands the key over at once', async () => {
    const old = await service.allocation({ key: 'k' });
    const next = await allocate({ pool: old.pool.id, prefixLength: 24, key: 'k', replaces: old.id });
    expect(next).toMatchObject({ __typename: 'Allocation', status: 'ALLOCATED' });
    expect(next.id).not.toBe(old.id);
    // named again it has lost the key: as if not given
    expect(await allocate({ pool: old.pool.id, prefixLength: 24, key: 'k', replaces: old.id })).toEqual(next);
  });

  it('release of what has the key makes the pending claim the open one', async () => {
    const old = await service.allocation({ key: 'k' });
    const pending = await reserve({ pool: old.pool.id, prefixLength: 20, key: 'k', replaces: old.id });
    await service.call('release', { input: { id: old.id } });
    expect(await service.call('allocation', { pool: old.pool.id, key: 'k' })).toMatchObject({
      id: pending.id,
    });
    expect(await confirm(pending.id)).toMatchObject({ status: 'ALLOCATED' });
  });

  it('of the very CIDR is CIDR_CONFLICT and says so', async () => {
    const { id: pool } = await service.pool();
    const old = await allocate({ pool, cidr: '10.0.0.0/24', key: 'k' });
    const refused = await reserve({ pool, cidr: '10.0.0.0/24', key: 'k', replaces: old.id });
    expect(refused).toMatchObject({ code: 'CIDR_CONFLICT', message: expect.stringContaining('same key') });
  });

  it('of anything else is as if not given', async () => {
    const { id: pool } = await service.pool();
    const stranger = await allocate({ pool, prefixLength: 24, key: 'stranger' });
    for (const replaces of [stranger.id, 'alloc_999999999999', 'no id']) {
      const made = await allocate({ pool, prefixLength: 24, key: 'k', replaces });
      expect(made).toMatchObject({ __typename: 'Allocation', key: 'k' });
    }
    expect(await service.call('allocation', { pool, key: 'stranger' })).toMatchObject({ id: stranger.id });
  });
});
