import { bootService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => (service = await bootService()));
afterAll(() => service.stop());

const allocate = (input: object, token?: string) => service.call('allocate', { input }, token);

describe('which space', () => {
  it('is a CIDR of the length asked for, the CIDR asked for, or one of the default length', async () => {
    const pool = (await service.pool({ rules: { defaultPrefixLength: 26 } })).id;
    const byLength = await allocate({ pool, prefixLength: 24 });
    expect(byLength).toMatchObject({
      __typename: 'Allocation',
      id: expect.stringMatching(/^alloc_[1-9]\d*$/),
      cidr: '10.0.0.0/24',
      status: 'ALLOCATED',
      key: null,
      createdBy: 'token:CADASTRE_ADMIN_TOKEN',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      expiresAt: null,
      availableAt: null,
      releasedAt: null,
      version: 1,
      noncompliant: [],
      pool: { id: pool },
    });
    expect(await allocate({ pool, cidr: '10.200.0.0/16' })).toMatchObject({ cidr: '10.200.0.0/16' });
    expect(await allocate({ pool })).toMatchObject({ cidr: '10.0.1.0/26' });
  });

  it('keeps holder, tags and description as given', async () => {
    const holder = {
      provider: 'aws',
      account: '123456789012',
      region: 'eu-west-1',
      resourceType: 'vpc',
      resourceId: 'vpc-1',
      routingDomain: 'prod',
      contact: 'net@example.com',
    };
    const tags = [
      { key: '__proto__', value: 'x' },
      { key: 'constructor', value: '' },
      { key: 'team', value: 'ünï 🛰' },
    ];
    const made = await service.allocation({ holder, tags, description: 'it\'s 100% \\ "quoted"' });
    const read = await service.call('allocation', { id: made.id });
    expect(read).toEqual({ ...made });
    expect(read).toMatchObject({ holder, tags, description: 'it\'s 100% \\ "quoted"' });
  });

  it('never overlaps, also for many at once', async () => {
    const { id: pool } = await service.pool({ cidrs: ['10.0.0.0/24', '10.0.2.0/24'] });
    const lengths = Array.from({ length: 60 }, (_, i) => 27 + (i % 4));
    const answers = await Promise.all(lengths.map((prefixLength) => allocate({ pool, prefixLength })));
    const taken = answers
      .filter(({ __typename }) => __typename === 'Allocation')
      .map(({ cidr }) => cidr as string);
    expect(taken.length).toBeGreaterThan(20);
    const addresses = taken.flatMap(addressesOf);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(new Set(answers.map(({ __typename }) => __typename))).toEqual(new Set(['Allocation', 'NoSpace']));
  });

  it('follows the placement', async () => {
    const { id: pool } = await service.pool({ cidrs: ['10.0.0.0/24'] });
    const place = async (more: object) => (await allocate({ pool, prefixLength: 28, ...more })).cidr;
    expect(await place({})).toBe('10.0.0.0/28');
    expect(await place({ placement: 'SPARSE' })).toBe('10.0.0.128/28');
    expect(await place({ placement: 'BEST_FIT' })).toBe('10.0.0.16/28');
    expect(await place({ placement: 'LAST' })).toBe('10.0.0.144/28');
    expect(await place({ placement: 'NEAR', near: '10.0.0.16/28' })).toBe('10.0.0.32/28');
    const lone = await allocate({ pool, prefixLength: 28, placement: 'NEAR' });
    expect(lone).toMatchObject({ code: 'RULE_VIOLATION', rule: 'near' });
  });
});

describe('refusals carry the facts to act on', () => {
  it('NO_SPACE', async () => {
    const { id: pool } = await service.pool({ cidrs: ['10.0.0.0/24'] });
    await allocate({ pool, cidr: '10.0.0.0/26' });
    expect(await allocate({ pool, prefixLength: 24 })).toEqual({
      __typename: 'NoSpace',
      code: 'NO_SPACE',
      message: expect.stringContaining('/24'),
      prefixLength: 24,
      largestFreeBlock: '10.0.0.128/25',
      freeBlocksByLength: [
        { __typename: 'FreeBlockCount', prefixLength: 25, count: 1 },
        { __typename: 'FreeBlockCount', prefixLength: 26, count: 1 },
      ],
    });
  });

  it('CIDR_CONFLICT with who is there', async () => {
    const { id: pool } = await service.pool({ rules: { excluded: ['10.1.0.0/24'] } });
    const held = await allocate({ pool, cidr: '10.1.1.0/24', key: 'k', holder: { account: '1' } });
    const refused = await allocate({ pool, cidr: '10.1.0.0/16' });
    expect(refused).toMatchObject({ __typename: 'CidrConflict', code: 'CIDR_CONFLICT', cidr: '10.1.0.0/16' });
    expect(refused.conflicts).toEqual([
      expect.objectContaining({ cidr: '10.1.0.0/24', reason: 'excluded', allocation: null, holder: null }),
      expect.objectContaining({
        cidr: '10.1.1.0/24',
        reason: 'allocated',
        allocation: held.id,
        key: 'k',
        holder: expect.objectContaining({ account: '1' }),
      }),
    ]);
  });

  it('OUTSIDE_POOL with the CIDRs of the pool, also for one that spans two of them', async () => {
    const { id: pool } = await service.pool({ cidrs: ['10.0.1.0/24', '10.0.0.0/24'] });
    for (const cidr of ['192.0.2.0/24', '10.0.0.0/23', '0.0.0.0/0']) {
      const poolCidrs = ['10.0.0.0/24', '10.0.1.0/24'];
      expect(await allocate({ pool, cidr })).toMatchObject({ code: 'OUTSIDE_POOL', cidr, poolCidrs });
    }
  });

  it('RULE_VIOLATION with the rule, the value and what is allowed', async () => {
    const rules = { minPrefixLength: 20, maxPrefixLength: 28, requiredTags: ['team'] };
    const { id: pool } = await service.pool({ rules });
    const tags = [{ key: 'team', value: 'net' }];
    const ruleOf = async (input: object) => {
      const { code, rule, value, allowed } = await allocate({ pool, ...input });
      expect([code, typeof value, typeof allowed]).toEqual(['RULE_VIOLATION', 'string', 'string']);
      return rule;
    };
    expect(await ruleOf({ prefixLength: 19, tags })).toBe('minPrefixLength');
    expect(await ruleOf({ cidr: '10.0.0.0/29', tags })).toBe('maxPrefixLength');
    expect(await ruleOf({ prefixLength: 24 })).toBe('requiredTags');
    expect(await ruleOf({ tags })).toBe('defaultPrefixLength');
    expect(await ruleOf({ prefixLength: 33, tags })).toBe('family');
    expect(await ruleOf({ cidr: '2001:db8::/32', tags })).toBe('family');
    expect(await allocate({ pool, prefixLength: 24, tags })).toMatchObject({ cidr: '10.0.0.0/24' });
  });

  it('NOT_FOUND for a pool that is not there', async () => {
    for (const pool of ['pool_2000000000', 'no such pool', 'pool_999999999999999', 'alloc_1']) {
      expect(await allocate({ pool, prefixLength: 24 })).toMatchObject({ code: 'NOT_FOUND', id: pool });
    }
  });

  it('BAD_USER_INPUT for both a length and a CIDR', async () => {
    const { id: pool } = await service.pool();
    const both = { pool, prefixLength: 24, cidr: '10.0.0.0/24' };
    await expect(allocate(both)).rejects.toThrow('BAD_USER_INPUT');
  });
});

describe('under a key', () => {
  it('the same request gives the same allocation, whatever else is said', async () => {
    const { id: pool, name } = await service.pool();
    const first = await allocate({ pool, prefixLength: 24, key: 'vpc', description: 'first' });
    const again = { pool: name, prefixLength: 24, key: 'vpc', description: 'second', placement: 'LAST' };
    expect(await allocate(again)).toEqual(first);
    expect(await service.call('reserve', { input: { pool, prefixLength: 24, key: 'vpc' } })).toEqual(first);
    expect(await service.call('allocation', { pool, key: 'vpc' })).toEqual(first);
  });

  it('another request is KEY_CONFLICT with what the key holds', async () => {
    const { id: pool } = await service.pool({ rules: { defaultPrefixLength: 24 } });
    const held = await allocate({ pool, prefixLength: 24, key: 'k', holder: { contact: 'me' } });
    for (const request of [{ prefixLength: 25 }, { cidr: held.cidr }, {}]) {
      expect(await allocate({ pool, key: 'k', ...request })).toMatchObject({
        __typename: 'KeyConflict',
        code: 'KEY_CONFLICT',
        key: 'k',
        allocation: held.id,
        cidr: held.cidr,
        request: '/24',
        holder: { contact: 'me' },
      });
    }
  });

  it('a request for the default length is the same when the default changes', async () => {
    const { id: pool } = await service.pool({ rules: { defaultPrefixLength: 24 } });
    const held = await allocate({ pool, key: 'k' });
    await service.call('updatePool', { input: { pool, rules: { defaultPrefixLength: 20 } } });
    expect(await allocate({ pool, key: 'k' })).toMatchObject({ id: held.id, cidr: held.cidr, version: 1 });
    expect(await allocate({ pool, key: 'l' })).toMatchObject({ cidr: expect.stringMatching(/\/20$/) });
  });

  it('belongs to its pool, and ends with release', async () => {
    const one = await service.allocation({ key: 'shared' });
    const other = await service.allocation({
      key: 'shared',
      pool: (await service.pool({ cidrs: ['11.0.0.0/8'] })).id,
    });
    expect(other.id).not.toBe(one.id);
    await service.call('release', { input: { id: one.id } });
    const next = await allocate({ pool: one.pool.id, prefixLength: 20, key: 'shared' });
    expect(next).toMatchObject({ __typename: 'Allocation', key: 'shared' });
    expect(next.id).not.toBe(one.id);
  });

  it('many at once get one allocation', async () => {
    const { id: pool } = await service.pool();
    const same = { pool, prefixLength: 24, key: 'once' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => allocate(same)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await service.call('allocations', { filter: { pool } })).toMatchObject({ totalCount: 1 });
  });
});

it('previews what allocate would give, and holds nothing', async () => {
  const { id: pool } = await service.pool({ cidrs: ['10.0.0.0/24'] });
  const preview = (input: object) => service.call('previewAllocation', { input: { pool, ...input } });
  const shown = { __typename: 'AllocationPreview', cidr: '10.0.0.0/25', binding: false, allocation: null };
  expect(await preview({ prefixLength: 25, key: 'k' })).toEqual(shown);
  expect(await preview({ prefixLength: 25, key: 'k' })).toEqual(shown);
  expect(await service.call('allocations', { filter: { pool } })).toMatchObject({ totalCount: 0 });
  const taken = await allocate({ pool, prefixLength: 25, key: 'k' });
  expect(await preview({ prefixLength: 25, key: 'k' })).toEqual({ ...shown, allocation: taken.id });
  expect(await preview({ prefixLength: 25 })).toMatchObject({ cidr: '10.0.0.128/25' });
  expect(await preview({ prefixLength: 24 })).toMatchObject({ code: 'NO_SPACE' });
  expect(await preview({ prefixLength: 26, key: 'k' })).toMatchObject({ code: 'KEY_CONFLICT' });
});

function addressesOf(cidr: string): string[] {
  const [address, length] = cidr.split('/');
  const octets = address!.split('.').map(Number);
  return Array.from({ length: 2 ** (32 - Number(length)) }, (_, i) => `${octets[2]}.${octets[3]! + i}`);
}
