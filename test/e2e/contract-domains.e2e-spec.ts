import type { PoolClient } from 'pg';
import { bootService, type Data, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

let service: TestService;
beforeAll(async () => (service = await bootService()));
afterAll(() => service.stop());

const create = (input: object) => service.call('createRoutingDomain', { input });
const read = (id: string) => service.call('routingDomain', { id });
const update = (input: object) => service.call('updateRoutingDomain', { input });
const remove = (routingDomain: string) => service.call('deleteRoutingDomain', { input: { routingDomain } });
const connect = (a: string, b: string, via = 'peering') =>
  service.call('connectRoutingDomains', { input: { a, b, via } });
const disconnect = (a: string, b: string, via = 'peering') =>
  service.call('disconnectRoutingDomains', { input: { a, b, via } });
const trail = async (id: string) =>
  (await service.call('changesOf', { id })).nodes.map(({ action, detail }: Data) => [action, detail]);

async function several(count: number): Promise<Data[]> {
  const made = [];
  for (let i = 0; i < count; i++) made.push(await service.routingDomain());
  return made;
}

describe('createRoutingDomain', () => {
  it('declares one, which is found by id and by name', async () => {
    const input = { name: 'on-premises', description: 'racks', tags: [{ key: 'site', value: 'a' }] };
    const domain = await create(input);
    expect(domain).toMatchObject({
      __typename: 'RoutingDomain',
      id: expect.stringMatching(/^dom_[1-9]\d*$/),
      ...input,
      version: 1,
      links: [],
      createdBy: 'token:CADASTRE_ADMIN_TOKEN',
    });
    expect(await read(domain.id)).toEqual(domain);
    expect(await service.call('routingDomain', { name: 'on-premises' })).toEqual(domain);
    expect(await create(input)).toMatchObject({ code: 'NAME_TAKEN', takenBy: domain.id });
  });

  it.each(['pool_1', 'alloc_x', 'dom_1', 'link_', ' ', '', 'x'.repeat(256)])(
    'refuses the name %j',
    async (name) => {
      await expect(create({ name })).rejects.toThrow('BAD_USER_INPUT');
    },
  );
});

describe('routingDomain', () => {
  it('is null for what is not there, and wants an id or a name', async () => {
    for (const id of ['dom_2000000000', 'dom_99999999999', 'nobody']) expect(await read(id)).toBeNull();
    for (const variables of [{}, { id: 'dom_1', name: 'x' }])
      await expect(service.call('routingDomain', variables)).rejects.toThrow('BAD_USER_INPUT');
  });
});

describe('updateRoutingDomain', () => {
  it('changes what is given, at the version that was read', async () => {
    const { id, name } = await service.routingDomain();
    const updated = await update({
      routingDomain: name,
      version: 1,
      name: `renamed ${name}`,
      description: 'd',
    });
    expect(updated).toMatchObject({ id, name: `renamed ${name}`, description: 'd', version: 2 });
    expect(await update({ routingDomain: id, version: 1, description: 'late' })).toMatchObject({
      __typename: 'VersionConflict',
      version: 2,
      changedBy: 'token:CADASTRE_ADMIN_TOKEN',
    });
    expect(await read(id)).toEqual(updated);
    expect(await trail(id)).toEqual([
      ['routing_domain.updated', { name: [name, `renamed ${name}`], description: ['', 'd'] }],
      ['routing_domain.created', { name, description: '', tags: {} }],
    ]);
  });

  it('writes nothing where nothing differs', async () => {
    const tags = [
      { key: 'site', value: 'a' },
      { key: 'owner', value: 'net' },
    ];
    const { id } = await create({ name: 'the same', tags });
    expect(await update({ routingDomain: id, name: 'the same', tags: tags.reverse() })).toMatchObject({
      version: 1,
    });
    expect(await trail(id)).toHaveLength(1);
  });

  it('refuses a name that is taken or reads as an id, and what is not there', async () => {
    const [one, other] = await several(2);
    expect(await update({ routingDomain: one.id, name: other.name })).toMatchObject({
      code: 'NAME_TAKEN',
      takenBy: other.id,
    });
    await expect(update({ routingDomain: one.id, name: 'link_1' })).rejects.toThrow('BAD_USER_INPUT');
    expect(await update({ routingDomain: 'nobody', name: 'x' })).toMatchObject({
      code: 'NOT_FOUND',
      id: 'nobody',
    });
    expect(await read(one.id)).toEqual(one);
  });

  it('of several at once at one version changes it once', async () => {
    const { id } = await service.routingDomain();
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => update({ routingDomain: id, version: 1, description: `by ${i}` })),
    );
    const names = answers.map(({ __typename }) => __typename).sort();
    expect(names).toEqual(['RoutingDomain', ...Array<string>(5).fill('VersionConflict')]);
  });
});

describe('connectRoutingDomains', () => {
  it('declares a link without direction, by ids or names', async () => {
    const [a, b] = await several(2);
    const link = await connect(b.name, a.id, 'transit gateway');
    expect(link).toMatchObject({
      __typename: 'DomainLink',
      id: expect.stringMatching(/^link_[1-9]\d*$/),
      a: { id: a.id },
      b: { id: b.id },
      via: 'transit gateway',
      createdBy: 'token:CADASTRE_ADMIN_TOKEN',
    });
    expect(await connect(a.id, b.id, 'transit gateway')).toEqual(link);
    expect(await trail(link.id)).toEqual([
      ['domain_link.connected', { a: a.id, b: b.id, via: 'transit gateway' }],
    ]);
  });

  it('gives several at once the same link', async () => {
    const [a, b] = await several(2);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => (i % 2 ? connect(a.id, b.name) : connect(b.id, a.name))),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect((await read(a.id)).links).toHaveLength(1);
    expect(await trail(answers[0].id)).toHaveLength(1);
  });

  it('refuses one end twice, an end that is not there, and a blank via', async () => {
    const [{ id, name }] = await several(1);
    expect(await connect(id, name)).toMatchObject({
      __typename: 'RuleViolation',
      rule: 'b',
      value: name,
      allowed: `a routing domain other than ${name}`,
    });
    expect(await connect(id, 'nobody')).toMatchObject({ code: 'NOT_FOUND', id: 'nobody' });
    expect(await connect('dom_2000000000', 'nobody')).toMatchObject({
      code: 'NOT_FOUND',
      id: 'dom_2000000000',
    });
    for (const via of ['', ' \t', 'x'.repeat(256)])
      await expect(connect(id, 'nobody', via)).rejects.toThrow('BAD_USER_INPUT');
  });

  it("shows the links of either end, by the other's name, then via", async () => {
    const [hub, one, other] = [
      await create({ name: 'hub' }),
      await create({ name: 'spoke 1' }),
      await create({ name: 'spoke 0' }),
    ];
    for (const [a, b, via] of [
      [hub, one, 'vpn'],
      [one, hub, 'peering'],
      [other, hub, 'vpn'],
    ])
      await connect(a.id, b.id, via);
    const seenFrom = async (id: string) =>
      (await read(id)).links.map(({ a, b, via }: Data) => [a.id === id ? b.name : a.name, via]);
    expect(await seenFrom(hub.id)).toEqual([
      ['spoke 0', 'vpn'],
      ['spoke 1', 'peering'],
      ['spoke 1', 'vpn'],
    ]);
    expect(await seenFrom(other.id)).toEqual([['hub', 'vpn']]);
  });
});

it('links of links of links are too much to ask for', async () => {
  const links = (below: string) => `links { a { name ${below} } b { name ${below} } }`;
  const ask = (below: string) => service.ask(`{ routingDomains(first: 10) { nodes { ${links(below)} } } }`);
  expect((await ask('')).body.errors).toBeUndefined();
  expect((await ask(links(links('')))).body.errors[0].extensions.code).toBe('TOO_COMPLEX');
});

describe('disconnectRoutingDomains', () => {
  it('takes one link away and answers with it as it was', async () => {
    const link = await service.link();
    const { id: stays } = await connect(link.a.id, link.b.id, 'vpn');
    expect(await disconnect(link.b.name, link.a.id)).toEqual(link);
    expect(await disconnect(link.a.id, link.b.id)).toMatchObject({ code: 'NOT_FOUND', id: 'peering' });
    expect((await read(link.a.id)).links.map(({ id }: Data) => id)).toEqual([stays]);
    expect((await trail(link.id)).map(([action]: [string]) => action)).toEqual([
      'domain_link.disconnected',
      'domain_link.connected',
    ]);
    expect((await connect(link.a.id, link.b.id)).id).not.toBe(link.id);
  });

  it('finds nothing between things that are not there, or are one', async () => {
    const [{ id, name }] = await several(1);
    expect(await disconnect(id, 'nobody')).toMatchObject({ code: 'NOT_FOUND', id: 'nobody' });
    expect(await disconnect(id, name)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('deleteRoutingDomain', () => {
  it('answers with it as it was; its name is free again, its trail stays', async () => {
    const domain = await service.routingDomain();
    expect(await remove(domain.name)).toEqual(domain);
    expect(await read(domain.id)).toBeNull();
    expect(await remove(domain.id)).toMatchObject({ code: 'NOT_FOUND', id: domain.id });
    expect(await create({ name: domain.name })).toMatchObject({ __typename: 'RoutingDomain' });
    expect(await trail(domain.id)).toEqual([
      ['routing_domain.deleted', { name: domain.name, description: '', tags: {} }],
      ['routing_domain.created', { name: domain.name, description: '', tags: {} }],
    ]);
  });

  it('lists the links and pools that keep it, and changes nothing', async () => {
    const link = await service.link();
    const before = await read(link.a.id);
    const pool = await service.pool({ routingDomain: link.a.id });
    expect(await remove(link.a.id)).toMatchObject({
      __typename: 'HasDependents',
      dependents: [`link via "peering" (${link.id})`, `pool "${pool.name}" (${pool.id})`],
    });
    expect(await remove(link.b.id)).toMatchObject({ dependents: [`link via "peering" (${link.id})`] });
    expect(await read(link.a.id)).toEqual(before);
    await disconnect(link.a.id, link.b.id);
    expect(await remove(link.b.id)).toMatchObject({ __typename: 'RoutingDomain' });
  });

  it('beside connects and new pools leaves either them or nothing to bind to', async () => {
    for (let round = 0; round < 6; round++) {
      const [a, b] = await several(2);
      const pool = { name: `contest ${round}`, cidrs: ['10.0.0.0/8'], routingDomain: a.id };
      const [gone, link, made] = await Promise.all([
        remove(a.id),
        connect(a.id, b.id),
        service.call('createPool', { input: pool }),
      ]);
      const bound = [link.__typename === 'DomainLink', made.__typename === 'Pool'];
      if (gone.__typename === 'RoutingDomain') {
        expect(bound).toEqual([false, false]);
        for (const answer of [link, made]) expect(answer).toMatchObject({ code: 'NOT_FOUND', id: a.id });
      } else {
        expect(gone.code).toBe('HAS_DEPENDENTS');
        expect(bound).toEqual([true, true]);
      }
    }
  });

  /** What `call` answers when it has waited for the transaction of somebody who did `first`. */
  async function answerAfter(first: (other: PoolClient) => Promise<unknown>, call: () => Promise<Data>) {
    const other = await service.database.connect();
    try {
      await other.query('BEGIN');
      await first(other);
      const answer = call();
      const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await until('the call waits', async () => (await service.database.query(waiting)).length > 0);
      await other.query('COMMIT');
      return await answer;
    } finally {
      other.release();
    }
  }

  it('waits for a pool that is being bound to it, and lists that', async () => {
    const { id } = await service.routingDomain();
    const bind = `INSERT INTO pool (name, family, scope, routing_domain_id, created_at, created_by)
                  SELECT 'bound meanwhile', 4, int4range(id, id, '[]'), id, now(), 't' FROM routing_domain WHERE id = $1`;
    const answer = await answerAfter(
      (other) => other.query(bind, [id.slice('dom_'.length)]),
      () => remove(id),
    );
    expect(answer).toMatchObject({
      dependents: [expect.stringMatching(/^pool "bound meanwhile" \(pool_\d+\)$/)],
    });
  });

  it('leaves nothing to bind to for those that had found it already', async () => {
    const pool = { name: 'too late', cidrs: ['10.0.0.0/8'] };
    const stays = await service.routingDomain();
    for (const call of [
      (id: string) => service.call('createPool', { input: { ...pool, routingDomain: id } }),
      (id: string) => connect(id, stays.id),
      (id: string) => update({ routingDomain: id, description: 'd' }),
    ]) {
      const { id } = await service.routingDomain();
      const answer = await answerAfter(
        (other) => other.query('DELETE FROM routing_domain WHERE id = $1', [id.slice('dom_'.length)]),
        () => call(id),
      );
      expect(answer).toMatchObject({ code: 'NOT_FOUND', id });
    }
  });
});
