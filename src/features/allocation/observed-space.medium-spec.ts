import { Prefix } from '../../address/index.js';
import { parseInstant, plusSeconds } from '../../platform/context/instant.js';
import { type Core, startCore } from '../../../test/support/core.js';
import { stopClock } from '../../../test/support/clock.js';
import { expectSound } from '../../../test/support/sound.js';
import type { AllocateCommand, Command, Outcome } from './domain/command.js';
import type { Holder } from './domain/allocation.js';
import type { PoolOutcome } from './pool.service.js';

const p = (text: string): Prefix => Prefix.must(text);
const START = parseInstant('2026-11-20T00:00:00Z');
const PLAIN = { holder: {}, tags: {}, description: '' };
const AWS: Holder = { provider: 'aws', account: '111122223333', region: 'eu-west-1' };
const SCOPE = { provider: 'aws', account: '111122223333', region: 'eu-west-1' };

const allocate = (what: Partial<AllocateCommand>): Command => ({ kind: 'allocate', ...PLAIN, ...what });

describe('observed space', () => {
  let core: Core;
  let clock: Awaited<ReturnType<typeof stopClock>>;
  let now = START;

  beforeAll(async () => {
    core = await startCore();
    clock = await stopClock(core.database, START);
  });
  afterAll(() => core.stop());
  beforeEach(async () => {
    await core.database.query(
      'TRUNCATE allocation, free_block, block, pool_cidr, pool, change, outbox, observed_space, swept_scope, routing_domain, routing_domain_link CASCADE',
    );
    now = START;
    await clock.set(now);
  });
  afterEach(() => expectSound(core.database));

  const later = async (seconds: number): Promise<void> => clock.set((now = plusSeconds(now, seconds)));
  const submit = (poolId: number, command: Command): Promise<Outcome> =>
    core.engine.submit(poolId, { command, actor: 'tester', correlation: 'c' });
  const seen = (resource: string, cidr: string, within: string | null = null) => ({
    source: 'aws',
    resource,
    routingDomainId: null as number | null,
    cidr: p(cidr),
    within: within === null ? null : p(within),
  });
  const report = (...all: ReturnType<typeof seen>[]): Promise<void> =>
    core.observed.report(core.ctx, 'aws', { seen: all, withdrawn: [] });
  const withdraw = (...all: ReturnType<typeof seen>[]): Promise<void> =>
    core.observed.report(core.ctx, 'aws', { seen: [], withdrawn: all });
  const free = async (poolId: number): Promise<string[]> =>
    (
      await core.database.query<{ cidr: string }>(
        'SELECT cidr::text FROM free_block WHERE pool_id = $1 ORDER BY free_block.cidr',
        [poolId],
      )
    ).map(({ cidr }) => cidr);
  const blocks = async (poolId: number): Promise<string[]> =>
    (
      await core.database.query<{ text: string }>(
        `SELECT cidr || ' ' || reason || ' ' || subject AS text FROM block WHERE pool_id = $1 ORDER BY block.cidr, subject`,
        [poolId],
      )
    ).map(({ text }) => text);

  it('is not handed out, until every source has withdrawn it', async () => {
    const pool = await core.pool({ cidrs: ['10.0.0.0/22'] });
    await report(seen('vpc-1', '10.0.0.0/24'));
    await report(seen('vpc-1', '10.0.0.0/24'));
    await core.observed.report(core.ctx, 'declared', {
      seen: [{ ...seen('site', '10.0.0.0/25'), source: 'declared' }],
      withdrawn: [],
    });
    expect(await free(pool)).toEqual(['10.0.1.0/24', '10.0.2.0/23']);
    const given = await submit(pool, allocate({ prefixLength: 24 }));
    expect(given.ok && given.allocation.cidr.toString()).toBe('10.0.1.0/24');
    expect(await submit(pool, allocate({ cidr: p('10.0.0.0/24') }))).toMatchObject({
      failure: {
        code: 'CIDR_CONFLICT',
        conflicts: [
          { reason: 'observed', resource: 'vpc-1' },
          { reason: 'observed', resource: 'site' },
        ],
      },
    });
    await withdraw(seen('vpc-1', '10.0.0.0/24'));
    expect(await free(pool)).toEqual(['10.0.0.128/25', '10.0.2.0/23']);
    await core.observed.report(core.ctx, 'declared', {
      seen: [],
      withdrawn: [seen('site', '10.0.0.0/25')],
    });
    expect(await free(pool)).toEqual(['10.0.0.0/24', '10.0.2.0/23']);
    const trail = await core.database.query<{ action: string; cidr: string }>(
      `SELECT action, detail->>'cidr' AS cidr FROM change WHERE pool_id = $1 AND action LIKE 'pool.space%' ORDER BY sequence`,
      [pool],
    );
    expect(trail.map(({ action, cidr }) => `${action} ${cidr}`)).toEqual([
      'pool.space_blocked 10.0.0.0/24',
      'pool.space_blocked 10.0.0.0/25',
      'pool.space_unblocked 10.0.0.0/24',
      'pool.space_unblocked 10.0.0.0/25',
    ]);
  });

  it('lies below what is adopted and stays when that is released', async () => {
    const pool = await core.pool({ cidrs: ['10.0.0.0/22'], rules: { quarantineSeconds: 0 } });
    await report(seen('vpc-1', '10.0.0.0/24'));
    const adopted = await submit(pool, { kind: 'adopt', ...PLAIN, cidr: p('10.0.0.0/24') });
    const id = adopted.ok ? adopted.allocation.id : 0;
    expect(await submit(pool, { kind: 'release', id, force: false })).toMatchObject({
      failure: { code: 'HAS_DEPENDENTS', dependents: ['vpc-1 10.0.0.0/24 (observed)'] },
    });
    expect(await submit(pool, { kind: 'release', id, force: true })).toMatchObject({ ok: true });
    expect(await free(pool)).toEqual(['10.0.1.0/24', '10.0.2.0/23']);
  });

  it('that expired where discovery looks is unswept, and its key alone revives it', async () => {
    const pool = await core.pool({ cidrs: ['10.0.0.0/23'] });
    await core.observed.swept(core.ctx, [{ ...SCOPE, beganAt: now }]);
    const reserve: Command = {
      kind: 'reserve',
      ...PLAIN,
      holder: AWS,
      key: 'a',
      prefixLength: 24,
      ttlSeconds: 60,
    };
    const first = await submit(pool, reserve);
    await later(61);
    expect(await submit(pool, allocate({ prefixLength: 23 }))).toMatchObject({
      failure: { code: 'NO_SPACE', freeBlocksByLength: [{ prefixLength: 24, count: 1 }] },
    });
    expect(await submit(pool, allocate({ cidr: p('10.0.0.0/24') }))).toMatchObject({
      failure: { code: 'CIDR_CONFLICT', conflicts: [{ reason: 'unswept' }] },
    });
    await core.engine.sweep(pool);
    expect(await blocks(pool)).toEqual([`10.0.0.0/24 unswept alloc_${first.ok && first.allocation.id}`]);
    expect(await submit(pool, reserve)).toMatchObject({ ok: true, replayed: true });
    expect(await blocks(pool)).toEqual([]);
    await later(61);
    await core.engine.sweep(pool);
    await core.observed.swept(core.ctx, [{ ...SCOPE, beganAt: plusSeconds(now, -1) }]);
    expect(await free(pool)).toEqual(['10.0.1.0/24']);
    await core.observed.swept(core.ctx, [{ ...SCOPE, beganAt: plusSeconds(now, 1) }]);
    expect(await free(pool)).toEqual(['10.0.0.0/23']);
  });

  it('outside every pool is observed for whoever asks, and free where nothing is', async () => {
    await report(seen('vpc-1', '172.31.0.0/16'), seen('subnet-1', '172.31.1.0/24', '172.31.0.0/16'));
    const check = async (cidr: string) => (await core.service.check([p(cidr)], null))[0]!;
    expect(await check('172.31.1.0/24')).toMatchObject({
      status: 'OBSERVED',
      conflicts: [{ reason: 'observed', resource: 'vpc-1', allocationId: null }],
    });
    expect(await check('172.30.0.0/16')).toMatchObject({ status: 'FREE', conflicts: [] });
  });

  it('whose VPC was made and seen after it expired is revived by its key, and by nobody else', async () => {
    const pool = await core.pool({ cidrs: ['10.0.0.0/23'] });
    await core.observed.swept(core.ctx, [{ ...SCOPE, beganAt: now }]);
    const reserve: Command = {
      kind: 'reserve',
      ...PLAIN,
      holder: AWS,
      key: 'a',
      prefixLength: 24,
      ttlSeconds: 60,
    };
    await submit(pool, reserve);
    await submit(pool, { ...reserve, key: 'b' });
    await later(61);
    const { provider, account, region } = SCOPE;
    const own = `${provider}/${account}/${region}`;
    const report = (source: string, resource: string, cidr: string) =>
      core.observed.report(core.ctx, source, {
        seen: [{ ...seen(resource, cidr, null), source }],
        withdrawn: [],
      });
    await report(own, 'vpc-made', '10.0.0.0/24');
    // a shared VPC is seen in another account too
    await report(`${provider}/999999999999/${region}`, 'vpc-made', '10.0.0.0/24');
    await report(`${provider}/999999999999/${region}`, 'vpc-foreign', '10.0.1.0/24');
    await core.observed.swept(core.ctx, [{ ...SCOPE, beganAt: plusSeconds(now, 1) }]);
    expect(await submit(pool, allocate({ cidr: p('10.0.0.0/24') }))).toMatchObject({ ok: false });
    expect(await submit(pool, reserve)).toMatchObject({ ok: true, replayed: true });
    expect(await submit(pool, { ...reserve, key: 'b' })).toMatchObject({
      failure: { code: 'EXPIRED', message: expect.stringContaining('vpc-foreign uses 10.0.1.0/24') },
    });
  });

  it('finds the place of what is observed, and who holds it', async () => {
    const pool = await core.pool({ cidrs: ['10.0.0.0/16'], rules: { autoAdopt: true } });
    const vpc = await submit(
      pool,
      allocate({ cidr: p('10.0.1.0/24'), holder: { ...AWS, resourceId: 'vpc-1' } }),
    );
    const id = vpc.ok ? vpc.allocation.id : 0;
    const ask = (cidr: string, within: string | null) => ({ ...seen('x', cidr, within) });
    const places = await core.observed.places([
      ask('10.0.1.0/24', null),
      ask('10.0.1.0/25', null),
      ask('10.0.0.0/23', null),
      ask('10.0.1.0/28', '10.0.1.0/24'),
      ask('192.0.2.0/24', null),
    ]);
    expect(places.map((place) => place && place.allocations.map((there) => there.id))).toEqual([
      [id],
      [id],
      [],
      null,
      null,
    ]);
    expect(places[0]).toMatchObject({ poolId: pool, autoAdopt: true, routingDomainId: null });
    expect(await core.observed.allocatedIn([SCOPE])).toMatchObject([{ id, feeds: false }]);
    const reserved = await submit(pool, {
      kind: 'reserve',
      ...PLAIN,
      key: 'k',
      prefixLength: 24,
      ttlSeconds: 60,
    });
    const tags = ['k', `alloc_${reserved.ok && reserved.allocation.id}`, 'other', `alloc_${id}`];
    const named = await core.observed.reservations(tags.map((value) => ({ value, poolId: pool })));
    expect([...named.keys()].sort()).toEqual([0, 1]);
  });

  it('settles a reservation; the first confirm after it succeeds', async () => {
    const pool = await core.pool({ cidrs: ['10.0.0.0/23'] });
    const reserve: Command = {
      kind: 'reserve',
      ...PLAIN,
      holder: { account: '1' },
      prefixLength: 24,
      ttlSeconds: 60,
    };
    const reserved = await submit(pool, reserve);
    const id = reserved.ok ? reserved.allocation.id : 0;
    const resource = { ...SCOPE, resourceType: 'vpc', resourceId: 'vpc-1' };
    const settled = await core.service.settle(core.ctx, `alloc_${id}`, resource);
    expect(settled).toMatchObject({
      ok: true,
      allocation: {
        status: 'ALLOCATED',
        nonce: null,
        updatedBy: 'system:discovery',
        holder: { ...resource, account: '1' },
      },
    });
    expect(await core.service.settle(core.ctx, `alloc_${id}`, resource)).toEqual(settled);
    const confirm = (nonce: string): Promise<Outcome> => submit(pool, { kind: 'confirm', id, nonce });
    expect(await confirm('n')).toMatchObject({ ok: true, allocation: { nonce: 'n' } });
    expect(await confirm('n')).toMatchObject({ ok: true });
    expect(await confirm('m')).toMatchObject({ failure: { code: 'ALREADY_CONFIRMED' } });
  });

  describe('in trees of pools', () => {
    const pool = async (outcome: Promise<PoolOutcome>): Promise<number> => {
      const done = await outcome;
      if (!done.ok) throw new Error(done.failure.message);
      return done.pool.id;
    };
    const root = (cidr: string, name = 'root', routingDomain: string | null = null): Promise<number> =>
      pool(
        core.poolService.create(core.ctx, {
          name,
          description: '',
          family: null,
          from: { cidrs: [p(cidr)] },
          routingDomain,
          rules: { quarantineSeconds: 0 },
          tags: {},
        }),
      );
    const child = (source: number, name = 'vpc'): Promise<number> =>
      pool(
        core.poolService.create(core.ctx, {
          name,
          description: '',
          family: null,
          from: { allocations: [`alloc_${source}`] },
          routingDomain: null,
          rules: { quarantineSeconds: 0 },
          tags: {},
        }),
      );
    const taken = async (from: number, cidr: string, holder: Holder = {}): Promise<number> => {
      const outcome = await submit(from, allocate({ cidr: p(cidr), holder }));
      if (!outcome.ok) throw new Error(outcome.failure.message);
      return outcome.allocation.id;
    };

    it('a VPC blocks in the root, its subnet in the pool of the VPC only, new pools included', async () => {
      await report(seen('vpc-1', '10.1.0.0/16'), seen('subnet-1', '10.1.0.0/24', '10.1.0.0/16'));
      const global = await root('10.0.0.0/8');
      expect(await blocks(global)).toEqual(['10.1.0.0/16 observed aws:vpc-1']);
      const adopted = await submit(global, { kind: 'adopt', ...PLAIN, cidr: p('10.1.0.0/16') });
      const vpc = await child(adopted.ok ? adopted.allocation.id : 0);
      expect(await blocks(vpc)).toEqual(['10.1.0.0/24 observed aws:subnet-1']);
      await report(seen('subnet-2', '10.1.1.0/24', '10.1.0.0/16'));
      expect(await blocks(vpc)).toEqual([
        '10.1.0.0/24 observed aws:subnet-1',
        '10.1.1.0/24 observed aws:subnet-2',
      ]);
      expect(await blocks(global)).toEqual(['10.1.0.0/16 observed aws:vpc-1']);
      await withdraw(seen('subnet-1', '10.1.0.0/24'), seen('subnet-2', '10.1.1.0/24'));
      expect(await free(vpc)).toEqual(['10.1.0.0/16']);
    });

    it('what is wider than a pool CIDR blocks all of it; another routing domain blocks nothing', async () => {
      const domain = await core.routingDomains.create(core.ctx, { name: 'site', description: '', tags: {} });
      const id = domain.ok ? domain.value.id : 0;
      const own = await root('10.1.0.0/24', 'own', 'site');
      await report(seen('vpc-1', '10.0.0.0/8'));
      expect(await blocks(own)).toEqual([]);
      await report({ ...seen('tgw', '10.0.0.0/8'), routingDomainId: id });
      expect(await blocks(own)).toEqual(['10.1.0.0/24 observed aws:tgw']);
      expect(await free(own)).toEqual([]);
      await withdraw({ ...seen('tgw', '10.0.0.0/8'), routingDomainId: id });
      expect(await free(own)).toEqual(['10.1.0.0/24']);
    });

    it('what is unswept in a child pool that goes waits on in its parent, and in the next child', async () => {
      const global = await root('10.0.0.0/8');
      const source = await taken(global, '10.1.0.0/16');
      const vpc = await child(source);
      await core.observed.swept(core.ctx, [{ ...SCOPE, beganAt: now }]);
      const subnet = await taken(vpc, '10.1.0.0/24', AWS);
      await submit(vpc, { kind: 'release', id: subnet, force: false });
      expect(await blocks(vpc)).toEqual([`10.1.0.0/24 unswept alloc_${subnet}`]);
      await core.removal.delete(core.ctx, vpc);
      expect(await blocks(global)).toEqual([`10.1.0.0/24 unswept alloc_${subnet}`]);
      const next = await child(source, 'next');
      expect(await blocks(next)).toEqual([`10.1.0.0/24 unswept alloc_${subnet}`]);
      await core.removal.delete(core.ctx, next);
      await submit(global, { kind: 'release', id: source, force: false });
      expect(await submit(global, allocate({ cidr: p('10.1.0.0/25') }))).toMatchObject({ ok: false });
      await core.observed.swept(core.ctx, [{ ...SCOPE, beganAt: plusSeconds(now, 1) }]);
      expect(await free(global)).toEqual(['10.0.0.0/8']);
    });

    it('reads see as unswept what is due and was not turned yet', async () => {
      const global = await root('10.0.0.0/22');
      await report(seen('vpc-1', '10.0.1.0/24'));
      await core.observed.swept(core.ctx, [{ ...SCOPE, beganAt: now }]);
      await submit(global, { kind: 'reserve', ...PLAIN, holder: AWS, cidr: p('10.0.0.0/24'), ttlSeconds: 5 });
      await submit(global, { kind: 'reserve', ...PLAIN, cidr: p('10.0.2.0/24'), ttlSeconds: 5 });
      await later(6);
      const look = async (): Promise<unknown> => {
        const [read] = await core.poolService.byIds([global]);
        const capacity = await core.space.capacity(read!, false);
        const contents = await core.space.blocks(read!, null, 10);
        const [check] = await core.service.check([p('10.0.0.0/24')], null);
        const preview = await core.service.preview(core.ctx, `pool_${global}`, {
          kind: 'allocate',
          ...PLAIN,
          cidr: p('10.0.0.0/24'),
        });
        return {
          blocked: capacity.blocked,
          allocated: capacity.allocated,
          free: (await core.space.freeBlocks(read!, null, 10)).map(String),
          contents: contents.map(({ cidr, state, reasons }) =>
            [cidr.toString(), state, ...reasons].join(' '),
          ),
          check: [check!.status, ...check!.conflicts.map(({ reason }) => reason)],
          preview: preview.ok ? null : preview.failure.code,
        };
      };
      const before = await look();
      expect(before).toEqual({
        blocked: 512n,
        allocated: 0n,
        free: ['10.0.2.0/23'],
        contents: ['10.0.0.0/23 BLOCKED observed unswept', '10.0.2.0/23 FREE'],
        check: ['BLOCKED', 'unswept'],
        preview: 'CIDR_CONFLICT',
      });
      await core.engine.sweep(global);
      expect(await look()).toEqual(before);
    });
  });
});
