import { Prefix } from '../../src/address/index.js';
import { ObservedRepository } from '../../src/features/allocation/data/observed.repository.js';
import { keepObserved, shareObserved } from '../../src/features/allocation/data/pool-trail.js';
import type { ObservedCidr } from '../../src/features/allocation/domain/observed.js';
import type { Command, Outcome } from '../../src/features/allocation/domain/command.js';
import { parseInstant, plusSeconds } from '../../src/platform/context/instant.js';
import { type Core, startCore } from '../support/core.js';
import { query } from '../support/postgres-scratch.js';
import { Random } from '../support/random.js';
import { expectSound } from '../support/sound.js';
import { until } from '../support/until.js';

const PLAIN = { holder: {}, tags: {}, description: '' };
const SCOPE = { provider: 'aws', account: '1', region: 'r' };

let core: Core;
let other: Core;
beforeEach(async () => {
  core = await startCore();
  other = await startCore({ url: core.url });
});
afterEach(async () => {
  await other.stop();
  await core.stop();
});

const seen = (resource: string, cidr: string, within: string | null = null): ObservedCidr => ({
  source: 'aws',
  resource,
  routingDomainId: null,
  cidr: Prefix.must(cidr),
  within: within === null ? null : Prefix.must(within),
});

const root = (at: Core, name: string, cidr: string) =>
  at.poolService.create(at.ctx, {
    name,
    description: '',
    family: null,
    from: { cidrs: [Prefix.must(cidr)] },
    routingDomain: null,
    rules: { quarantineSeconds: 0 },
    tags: {},
  });

/** Somebody waits for the lock of observed space. */
const waits = async (): Promise<boolean> =>
  (await query(core.url, `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).length > 0;

const blocked = (): Promise<{ cidr: string }[]> =>
  query<{ cidr: string }>(core.url, `SELECT cidr::text FROM block WHERE reason = 'observed'`);

describe('a report and a new pool CIDR that do not see each other', () => {
  it('the report waits for what is provisioning, and finds its pool', async () => {
    let report: Promise<void> | undefined;
    const id = await core.pool({ name: 'empty', cidrs: ['192.0.2.0/24'] });
    await core.unitOfWork.run(
      core.ctx,
      async (tx) => {
        await core.pools.provision(tx, id, 4, null, [Prefix.must('10.0.0.0/16')], []);
        report = other.observed.report(other.ctx, 'aws', {
          seen: [seen('vpc-1', '10.0.0.0/24')],
          withdrawn: [],
        });
        await until('somebody waits', waits);
      },
      [keepObserved()],
    );
    await report;
    expect(await blocked()).toEqual([{ cidr: '10.0.0.0/24' }]);
    await expectSound(core.database);
  });

  it('what provisions waits for the report, and finds what it wrote', async () => {
    let made: Promise<unknown> | undefined;
    const observed = new ObservedRepository(core.database);
    await core.unitOfWork.run(
      core.ctx,
      async (tx) => {
        const one = seen('vpc-1', '10.0.0.0/24');
        expect(await observed.poolsConcerned(tx, 'aws', [one])).toEqual([]);
        await observed.write(tx, 'aws', [one], []);
        made = root(other, 'new', '10.0.0.0/16');
        await until('somebody waits', waits);
      },
      [shareObserved()],
    );
    await made;
    expect(await blocked()).toEqual([{ cidr: '10.0.0.0/24' }]);
    await expectSound(core.database);
  });
});

const ROUNDS = 40;

it('reports, allocations, new pools, removals and sweeps at once: nothing observed is handed out, all stays sound', async () => {
  const random = new Random(20261128);
  const pick = (n: number): number => Math.floor(random.next() * n);
  const always = Array.from({ length: 8 }, (_, n) => seen(`always-${n}`, `10.${n}.64.0/20`));
  await core.observed.report(core.ctx, 'aws', { seen: always, withdrawn: [] });
  const begin = parseInstant('2026-01-01T00:00:00Z');
  await core.observed.swept(core.ctx, [{ ...SCOPE, beganAt: begin }]);
  const pools: number[] = [];
  const given: string[] = [];
  const live: { pool: number; id: number }[] = [];
  const submit = async (at: Core, pool: number, command: Command): Promise<Outcome> => {
    const outcome = await at.engine.submit(pool, { command, actor: 'tester', correlation: 'c' });
    if (outcome.ok && command.kind === 'allocate') {
      given.push(outcome.allocation.cidr.toString());
      live.push({ pool, id: outcome.allocation.id });
    }
    return outcome;
  };
  const somewhere = (): string => `10.${pick(8)}.${pick(16) * 16}.0/${20 + pick(9)}`;
  const work = async (at: Core, round: number, n: number): Promise<void> => {
    const pool = pools[pick(pools.length)];
    switch (pick(8)) {
      case 0: {
        const name = `pool ${round} ${n}`;
        const made = await root(at, name, `10.${pick(8)}.0.0/16`);
        if (made.ok) pools.push(made.pool.id);
        return;
      }
      case 1: {
        const source = live[pick(live.length)];
        if (!source) return;
        await at.poolService.create(at.ctx, {
          name: `child ${round} ${n}`,
          description: '',
          family: null,
          from: { allocations: [`alloc_${source.id}`] },
          routingDomain: null,
          rules: { quarantineSeconds: 0 },
          tags: {},
        });
        return;
      }
      case 2: {
        const resource = `vpc-${pick(6)}`;
        const [add, gone] = [somewhere(), somewhere()];
        const known = await at.observed.reported('aws');
        const old = known.filter((one) => one.resource === resource).slice(0, 3);
        await at.observed.report(at.ctx, 'aws', {
          seen: [seen(resource, add), seen(`subnet-${n}`, gone, gone)],
          withdrawn: old,
        });
        return;
      }
      case 3:
        await at.observed.swept(at.ctx, [{ ...SCOPE, beganAt: plusSeconds(begin, round) }]);
        return;
      case 4: {
        const one = live.splice(pick(live.length), 1)[0];
        if (one) await submit(at, one.pool, { kind: 'release', id: one.id, force: true });
        return;
      }
      case 5:
        if (round % 4 === 0 && pool !== undefined) await at.removal.delete(at.ctx, pool);
        return;
      default:
        if (pool === undefined) return;
        await submit(at, pool, {
          kind: 'allocate',
          ...PLAIN,
          holder: SCOPE,
          ...(pick(2) === 0 ? { prefixLength: 22 + pick(6) } : { cidr: Prefix.must(somewhere()) }),
        });
    }
  };
  for (let round = 0; round < ROUNDS; round++)
    await Promise.all(Array.from({ length: 12 }, (_, n) => work(n % 2 ? core : other, round, n)));
  await expectSound(core.database);
  expect(given.length).toBeGreaterThan(20);
  const wrong = given.filter((cidr) => always.some((one) => one.cidr.overlaps(Prefix.must(cidr))));
  expect(wrong).toEqual([]);
  await Promise.all([core, other].map(({ database }) => database.query('SELECT pg_stat_force_next_flush()')));
  const [row] = await query<{ deadlocks: number }>(
    core.url,
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  );
  expect(row!.deadlocks).toBe(0);
}, 120_000);
