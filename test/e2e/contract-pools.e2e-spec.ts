import { bootService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => (service = await bootService()));
afterAll(() => service.stop());

let made = 0;
const create = (input: object) => service.call('createPool', { input: { name: `made ${++made}`, ...input } });
const provision = (pool: string, cidr: string) => service.call('provisionCidr', { input: { pool, cidr } });
const update = (input: object) => service.call('updatePool', { input });
const read = (id: string) => service.call('pool', { id });

describe('createPool', () => {
  it('makes a root pool with what was said and the defaults', async () => {
    const tags = [{ key: 'owner', value: 'net' }];
    const pool = await create({
      name: 'corp',
      cidrs: ['100.101.0.0/16', '100.100.0.0/16'],
      description: 'all',
      tags,
    });
    expect(pool).toMatchObject({
      __typename: 'Pool',
      id: expect.stringMatching(/^pool_[1-9]\d*$/),
      name: 'corp',
      description: 'all',
      family: 'IPV4',
      uniqueness: 'GLOBAL',
      routingDomain: null,
      cidrs: ['100.100.0.0/16', '100.101.0.0/16'],
      tags,
      version: 1,
      createdBy: 'token:CADASTRE_ADMIN_TOKEN',
      rules: {
        minPrefixLength: null,
        maxPrefixLength: null,
        defaultPrefixLength: null,
        requiredTags: [],
        placement: 'BEST_FIT',
        quarantineSeconds: 86_400,
        excluded: [],
        autoAdopt: false,
      },
    });
    expect(await read(pool.id)).toEqual(pool);
    expect(await service.call('pool', { name: 'corp' })).toEqual(pool);
    expect(await create({ name: 'corp', cidrs: ['10.2.0.0/16'] })).toMatchObject({
      __typename: 'NameTaken',
      code: 'NAME_TAKEN',
      name: 'corp',
      takenBy: pool.id,
    });
  });

  it('splits a short IPv6 CIDR into its /32s', async () => {
    const pool = await create({ cidrs: ['2a00::/30'] });
    expect(pool).toMatchObject({
      family: 'IPV6',
      cidrs: ['2a00::/32', '2a00:1::/32', '2a00:2::/32', '2a00:3::/32'],
    });
    expect(await create({ cidrs: ['3000::/23'] })).toMatchObject({ code: 'RULE_VIOLATION' });
  });

  it('refuses rules that make no sense, and CIDRs of another family', async () => {
    const cidrs = ['172.16.0.0/12'];
    const ruleOf = async (input: object) => (await create({ cidrs, ...input })).rule;
    expect(await ruleOf({ rules: { minPrefixLength: 28, maxPrefixLength: 20 } })).toBe('minPrefixLength');
    expect(await ruleOf({ rules: { maxPrefixLength: 33 } })).toBe('maxPrefixLength');
    expect(await ruleOf({ rules: { minPrefixLength: 20, defaultPrefixLength: 16 } })).toBe(
      'defaultPrefixLength',
    );
    expect(await ruleOf({ rules: { quarantineSeconds: -1 } })).toBe('quarantineSeconds');
    expect(await ruleOf({ rules: { excluded: ['2001:db8::/32'] } })).toBe('excluded');
    expect(await ruleOf({ cidrs: ['172.16.0.0/12', '2001:db8::/32'] })).toBe('family');
  });

  it.each(['pool_1', 'alloc_x', 'dom_1', 'link_', ' ', '', 'x'.repeat(256)])(
    'refuses the name %j',
    async (name) => {
      await expect(create({ name, cidrs: ['172.16.0.0/12'] })).rejects.toThrow('BAD_USER_INPUT');
    },
  );

  it('refuses CIDRs of one pool that overlap', async () => {
    expect(await create({ cidrs: ['172.16.0.0/12', '172.16.1.0/24'] })).toMatchObject({
      code: 'CIDR_CONFLICT',
    });
  });
});

describe('the scope of a root pool', () => {
  it('GLOBAL overlaps no other root pool at all, whichever was there first', async () => {
    const { name: routingDomain } = await service.routingDomain();
    await create({ name: 'global', cidrs: ['100.64.0.0/16'] });
    const inDomain = { cidrs: ['100.64.128.0/17'], routingDomain };
    expect(await create(inDomain)).toMatchObject({
      __typename: 'CidrConflict',
      cidr: '100.64.128.0/17',
      conflicts: [{ cidr: '100.64.0.0/16', reason: 'pool', holder: { resourceId: 'global' } }],
    });
    await create({ cidrs: ['100.65.0.0/16'], routingDomain });
    expect(await create({ cidrs: ['100.65.0.0/24'] })).toMatchObject({ code: 'CIDR_CONFLICT' });
    expect(await create({ cidrs: ['100.65.0.0/24'], uniqueness: 'GLOBAL' })).toMatchObject({
      code: 'CIDR_CONFLICT',
    });
  });

  it('two routing domains may have the same addresses, one may not', async () => {
    const [one, other] = [await service.routingDomain(), await service.routingDomain()];
    const cidrs = ['192.168.0.0/16'];
    const pool = await create({ cidrs, routingDomain: one.id });
    expect(pool).toMatchObject({
      uniqueness: 'ROUTING_DOMAIN',
      routingDomain: { id: one.id, name: one.name },
    });
    expect(await create({ cidrs, routingDomain: other.name })).toMatchObject({ __typename: 'Pool' });
    expect(await create({ cidrs: ['192.168.7.0/24'], routingDomain: one.name })).toMatchObject({
      code: 'CIDR_CONFLICT',
    });
  });

  it('has to be there, and to go with the uniqueness', async () => {
    const cidrs = ['198.18.0.0/15'];
    for (const routingDomain of ['nowhere', 'dom_2000000000', 'dom_999999999999999']) {
      expect(await create({ cidrs, routingDomain })).toMatchObject({ code: 'NOT_FOUND', id: routingDomain });
    }
    const { id } = await service.routingDomain();
    await expect(create({ cidrs, routingDomain: id, uniqueness: 'GLOBAL' })).rejects.toThrow(
      'BAD_USER_INPUT',
    );
    await expect(create({ cidrs, uniqueness: 'ROUTING_DOMAIN' })).rejects.toThrow('BAD_USER_INPUT');
  });

  it('of many at once only one gets the space', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create({ cidrs: ['203.0.113.0/24'] })));
    const names = answers.map(({ __typename }) => __typename).sort();
    expect(names).toEqual([...Array<string>(7).fill('CidrConflict'), 'Pool']);
  });
});

describe('provisionCidr', () => {
  it('adds space that is handed out at once', async () => {
    const pool = await service.pool({ cidrs: ['10.0.0.0/24'] });
    await service.allocation({ pool: pool.id, prefixLength: 24 });
    expect(await service.call('allocate', { input: { pool: pool.id, prefixLength: 24 } })).toMatchObject({
      code: 'NO_SPACE',
    });
    expect(await provision(pool.name, '10.9.0.0/24')).toMatchObject({
      id: pool.id,
      cidrs: ['10.0.0.0/24', '10.9.0.0/24'],
    });
    expect(await service.allocation({ pool: pool.id, prefixLength: 24 })).toMatchObject({
      cidr: '10.9.0.0/24',
    });
  });

  it('refuses what overlaps, another family, and a pool that is not there', async () => {
    const { id } = await service.pool();
    expect(await provision(id, '10.1.0.0/16')).toMatchObject({ code: 'CIDR_CONFLICT' });
    expect(await provision(id, '2001:db8::/32')).toMatchObject({ code: 'RULE_VIOLATION', rule: 'family' });
    expect(await provision('pool_2000000000', '10.0.0.0/8')).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('updatePool', () => {
  it('changes what is given, at the version that was read', async () => {
    const pool = await service.pool({ description: 'old', rules: { maxPrefixLength: 28 } });
    const name = `renamed ${pool.name}`;
    const updated = await update({
      pool: pool.id,
      version: 1,
      name,
      rules: { maxPrefixLength: null, minPrefixLength: 9 },
    });
    expect(updated).toMatchObject({ id: pool.id, name, description: 'old', version: 2 });
    expect(updated.rules).toMatchObject({ maxPrefixLength: null, minPrefixLength: 9 });
    const late = await update({ pool: pool.id, version: 1, description: 'late' });
    expect(late).toMatchObject({
      __typename: 'VersionConflict',
      version: 2,
      changedBy: 'token:CADASTRE_ADMIN_TOKEN',
    });
    const other = await service.pool();
    expect(await update({ pool: pool.id, name: other.name })).toMatchObject({
      code: 'NAME_TAKEN',
      takenBy: other.id,
    });
    expect(await update({ pool: pool.id, rules: { minPrefixLength: 40 } })).toMatchObject({
      code: 'RULE_VIOLATION',
    });
    expect(await update({ pool: 'nobody', name: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await read(pool.id)).toEqual(updated);
  });

  it('excludes ranges and lets them go again; live allocations stay', async () => {
    const { id: pool } = await service.pool({ cidrs: ['10.0.0.0/24'] });
    const live = await service.allocation({ pool, prefixLength: 27 });
    await update({ pool, rules: { excluded: ['10.0.0.0/26', '10.0.0.128/25', '192.0.2.0/24'] } });
    expect((await read(pool)).capacity).toMatchObject({ allocated: '32', blocked: '160', free: '64' });
    expect((await read(pool)).freeBlocks).toEqual(['10.0.0.64/26']);
    expect(await service.call('allocate', { input: { pool, cidr: '10.0.0.128/28' } })).toMatchObject({
      code: 'CIDR_CONFLICT',
      conflicts: [{ cidr: '10.0.0.128/25', reason: 'excluded' }],
    });
    await update({ pool, rules: { excluded: [] } });
    expect((await read(pool)).capacity).toMatchObject({ allocated: '32', blocked: '0', free: '224' });
    expect(await service.call('allocation', { id: live.id })).toMatchObject({
      status: 'ALLOCATED',
      version: 1,
    });
  });

  it('leaves a trail', async () => {
    const { id, name } = await service.pool({ cidrs: ['10.0.0.0/24'], description: 'a' });
    await provision(id, '10.1.0.0/24');
    await update({ pool: id, description: 'b' });
    await update({ pool: id, description: 'b' });
    const { nodes } = await service.call('changesOf', { id });
    expect(nodes.map((node: { action: string; sequence: string }) => [node.action, node.sequence])).toEqual([
      ['pool.updated', '4'],
      ['pool.cidr_provisioned', '3'],
      ['pool.cidr_provisioned', '2'],
      ['pool.created', '1'],
    ]);
    expect(nodes[0]).toMatchObject({ pool: id, subject: id, detail: { description: ['a', 'b'] } });
    expect(nodes[1]).toMatchObject({ detail: { cidr: '10.1.0.0/24' } });
    expect(nodes[3]).toMatchObject({ detail: { name } });
  });
});
