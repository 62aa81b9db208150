import { Logger } from '@nestjs/common';
import { stopClock } from '../../../test/support/clock.js';
import { type Discovery, startDiscovery } from '../../../test/support/discovery.js';
import { FakeCloud, forbidden } from '../../../test/support/fake-cloud.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/postgres.js';
import { until } from '../../../test/support/until.js';
import { parseInstant, plusSeconds } from '../../platform/context/instant.js';
import { ListFailedError } from './domain/cloud.js';
import { OBSERVED_KINDS, type ObservedObject } from './domain/observed.js';
import type { Sweep } from './domain/sweep.js';
import { EVERYTHING, sweepId } from './sweeps.service.js';
import type { SweptScope } from './swept.js';

const A = '111111111111';
const B = '222222222222';
const REGIONS = ['eu-west-1', 'us-east-1'];
const START = parseInstant('2026-11-28T12:00:00Z');

const vpc = (id: string): ObservedObject => ({
  id,
  vpcId: id,
  name: null,
  prefixes: ['10.0.0.0/16'],
  body: JSON.stringify({ state: 'available', id }),
  hash: id.padEnd(22, '0'),
});

let created: TestDatabase;
let cloud: FakeCloud;
let one: Discovery;
let all: Discovery[];
/** What was announced, in all processes. */
let announced: SweptScope[][];

beforeAll(() => Logger.overrideLogger(false));
beforeEach(async () => {
  created = await createTestDatabase();
  cloud = new FakeCloud();
  all = [];
  announced = [];
  one = await start();
  const declared = [A, B].map((account) => ({
    account,
    name: '',
    roleArn: `arn:aws:iam::${account}:role/discovery`,
    externalId: null,
    regions: REGIONS,
    enabled: true,
  }));
  expect(await one.accounts.add(one.ctx, declared)).toMatchObject({ ok: true, value: { added: 2 } });
  for (const account of [A, B])
    for (const region of REGIONS) cloud.has(account, region, 'vpc', [vpc(`vpc-${account}-${region}`)]);
});
afterEach(async () => {
  for (const process of all) await process.stop();
  await created.drop();
});

async function start(env: Record<string, string> = {}): Promise<Discovery> {
  const process = await startDiscovery({ url: created.url, cloud, env });
  process.swept.listen('test', async (_, { scopes }) => void announced.push([...scopes]));
  all.push(process);
  return process;
}

async function startSweep(request: Partial<typeof EVERYTHING> = {}): Promise<Sweep> {
  const outcome = await one.sweeps.start(one.ctx, { ...EVERYTHING, ...request });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}
const look = async ({ id }: Sweep): Promise<Sweep> => (await one.sweeps.find(sweepId(id)))!;
const ended = (sweep: Sweep): Promise<Sweep> =>
  until('the end of the sweep', async () => {
    const now = await look(sweep);
    return now.status !== 'RUNNING' && now.scopesRunning === 0 && now;
  });
const versions = async (): Promise<number> => {
  const [row] = await one.database.query<{ n: number }>('SELECT count(*) AS n FROM observed_version');
  return row!.n;
};
const stale = (): Promise<{ account: string; region: string; kind: string; reason: string }[]> =>
  one.database.query(
    `SELECT s.account, s.region, l.kind, l.stale_reason AS reason FROM discovery_list l JOIN discovery_scope s ON s.id = l.scope_id
     WHERE l.stale_since IS NOT NULL ORDER BY 1, 2, 3`,
  );
const lastOf = (scopes: SweptScope[][]) =>
  scopes.at(-1)!.map(({ account, region }) => `${account} ${region}`);

it('reads every kind of every scope once, in order, and is done when all of it is settled', async () => {
  const sweep = await ended(await startSweep());
  expect(sweep).toMatchObject({
    status: 'DONE',
    accountsDone: 2,
    accountsTotal: 2,
    scopesDone: 4,
    scopesFailed: 0,
    scopesTotal: 4,
    calls: 4 * OBSERVED_KINDS.length,
    objects: 4,
    changed: 4,
    missing: 0,
    problem: null,
    startedBy: 'system:test',
  });
  const place = `${A}/eu-west-1`;
  expect(cloud.begun.filter((begun) => begun.startsWith(place))).toEqual(
    OBSERVED_KINDS.map((kind) => `${place} ${kind}`),
  );
  expect(lastOf(announced)).toHaveLength(4);
  expect(announced.at(-1)![0]).toMatchObject({ provider: 'aws', good: OBSERVED_KINDS });
  const again = await ended(
    await startSweep({ accounts: [A], regions: ['eu-west-1'], kinds: ['subnet', 'vpc'] }),
  );
  expect(again).toMatchObject({ scopesTotal: 1, changed: 0, objects: 1, kinds: ['vpc', 'subnet'] });
  expect(await versions()).toBe(4);
});

it('counts for Prometheus', async () => {
  cloud.failAt(A, 'eu-west-1', 'subnet', forbidden());
  await ended(await startSweep());
  const text = await until('the metric', async () => {
    const printed = await one.metrics.metrics();
    return printed.includes('cadastre_sweeps_total{cause="asked"} 1') && printed;
  });
  expect(text).toContain('cadastre_swept_scopes_total{status="DONE"} 3');
  expect(text).toContain('cadastre_stale_scopes 1');
  expect(text).toContain(`cadastre_discovery_calls_total ${4 * OBSERVED_KINDS.length}`);
});

describe('what fails', () => {
  it('hides neither the other lists of the scope nor the other scopes', async () => {
    cloud.failAt(A, 'eu-west-1', 'subnet', new ListFailedError('THROTTLED', 'too many calls'));
    cloud.failAt(B, 'us-east-1', 'vpc', forbidden());
    const sweep = await ended(await startSweep());
    expect(sweep).toMatchObject({ status: 'DONE', scopesDone: 4, scopesFailed: 2, objects: 3 });
    expect((await one.sweeps.failedScopes([sweep.id]))[0]).toEqual([
      {
        account: A,
        region: 'eu-west-1',
        failures: [{ kind: 'subnet', reason: 'THROTTLED', message: 'too many calls' }],
      },
      {
        account: B,
        region: 'us-east-1',
        failures: [{ kind: 'vpc', reason: 'FORBIDDEN', message: 'not authorized to assume the role' }],
      },
    ]);
    expect((await stale()).map(({ account, kind, reason }) => [account, kind, reason])).toEqual([
      [A, 'subnet', 'THROTTLED: too many calls'],
      [B, 'vpc', 'FORBIDDEN: not authorized to assume the role'],
    ]);
  });

  it('makes all lists of a scope stale, without a try for each, where the role cannot be assumed', async () => {
    await ended(await startSweep());
    const before = await versions();
    cloud.begun.length = 0;
    cloud.failAt(A, 'eu-west-1', null, forbidden());
    const sweep = await ended(await startSweep());
    expect(sweep).toMatchObject({ scopesFailed: 1, missing: 0 });
    expect(cloud.begun.filter((begun) => begun.startsWith(`${A}/eu-west-1`))).toHaveLength(2);
    const lists = await stale();
    expect(lists).toHaveLength(OBSERVED_KINDS.length);
    expect(new Set(lists.map(({ reason }) => reason))).toEqual(
      new Set(['FORBIDDEN: not authorized to assume the role']),
    );
    expect(await versions()).toBe(before);

    cloud.failAt(A, 'eu-west-1', null, null);
    const resumed = await one.sweeps.resume(one.ctx, sweepId(sweep.id));
    expect(resumed).toMatchObject({ ok: true, value: { status: 'RUNNING', scopesDone: 3 } });
    expect(await ended(sweep)).toMatchObject({ status: 'DONE', scopesFailed: 0 });
    expect(await stale()).toEqual([]);
    expect(await one.sweeps.resume(one.ctx, sweepId(sweep.id))).toMatchObject({
      failure: { code: 'RULE_VIOLATION' },
    });
  });

  it('is also a list that is held back, whatever was read', async () => {
    const many = Array.from({ length: 15 }, (_, n) => vpc(`vpc-${n}`));
    cloud.has(A, 'eu-west-1', 'vpc', many);
    await ended(await startSweep());
    cloud.has(A, 'eu-west-1', 'vpc', []);
    const sweep = await ended(await startSweep());
    expect(sweep).toMatchObject({ status: 'DONE', scopesFailed: 1, missing: 0 });
    const message = '15 of 15 gone at once: held back; `cadastre observed accept-drop` accepts it';
    expect((await one.sweeps.failedScopes([sweep.id]))[0]).toEqual([
      { account: A, region: 'eu-west-1', failures: [{ kind: 'vpc', reason: 'SUSPICIOUS', message }] },
    ]);
    expect((await stale()).map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^SUSPICIOUS: 15 of 15 /),
    ]);
    expect(announced.at(-1)!.find(({ account }) => account === A)!.good).not.toContain('vpc');
  });

  it('ends the sweep with the problem where what follows it keeps failing', async () => {
    let calls = 0;
    one.swept.listen('broken', async () => {
      calls++;
      throw new Error('no way');
    });
    expect(await ended(await startSweep())).toMatchObject({ status: 'DONE', problem: 'broken: no way' });
    expect(calls).toBeGreaterThanOrEqual(3);
  });
});

describe('cancel', () => {
  it('stops what runs, in other processes too, and resume reads the rest', async () => {
    const other = await start({ CADASTRE_DISCOVERY_SCOPES_AT_ONCE: '2' });
    const releases = [A, B].flatMap((account) => REGIONS.map((region) => cloud.holdAt(account, region)));
    const sweep = await startSweep();
    await until('all are being read', async () => (await look(sweep)).scopesRunning === 4);
    const cancelled = await other.sweeps.cancel(other.ctx, sweepId(sweep.id));
    expect(cancelled).toMatchObject({ ok: true, value: { status: 'CANCELLED' } });
    expect(await ended(sweep)).toMatchObject({
      accountsDone: 0,
      scopesDone: 0,
      scopesFailed: 0,
      objects: 0,
      remainingSeconds: null,
    });
    expect(await stale()).toEqual([]);
    expect(await other.sweeps.cancel(other.ctx, sweepId(sweep.id))).toMatchObject({
      failure: { code: 'RULE_VIOLATION', value: 'CANCELLED' },
    });
    for (const release of releases) release();
    expect(await other.sweeps.resume(other.ctx, sweepId(sweep.id))).toMatchObject({ ok: true });
    expect(await ended(sweep)).toMatchObject({ status: 'DONE', objects: 4, scopesDone: 4 });
  });

  it('may be taken back while the reading has not stopped yet', async () => {
    const release = cloud.holdAt(A, 'eu-west-1');
    const sweep = await startSweep();
    await until('the others are read', async () => (await look(sweep)).scopesDone === 3);
    await one.sweeps.cancel(one.ctx, sweepId(sweep.id));
    await one.sweeps.resume(one.ctx, sweepId(sweep.id));
    release();
    expect(await ended(sweep)).toMatchObject({ status: 'DONE', scopesDone: 4, objects: 4 });
  });
});

describe('several processes', () => {
  it('sweep a scope in exactly one of them at a time, also for several sweeps at once', async () => {
    await start();
    await start();
    const sweeps = [await startSweep(), await startSweep(), await startSweep({ accounts: [A] })];
    for (const sweep of sweeps) expect(await ended(sweep)).toMatchObject({ status: 'DONE', scopesFailed: 0 });
    expect(cloud.mostAtOnce).toBe(1);
    expect(cloud.begun).toHaveLength((4 + 4 + 2) * OBSERVED_KINDS.length);
  });

  it('go on where one is lost, and the lost one writes nothing when it wakes up', async () => {
    const clock = await stopClock(one.database, START);
    const release = cloud.holdAt(A, 'eu-west-1');
    const sweep = await startSweep();
    await until('the others are read', async () => (await look(sweep)).scopesDone === 3);
    await one.freeze();
    const other = await start();
    // its first look finds the lease of the one that is lost still good
    await until('it has looked', async () => {
      other.runner.wake();
      return (await look(sweep)).scopesRunning === 1;
    });
    cloud.has(A, 'eu-west-1', 'vpc', [vpc('vpc-new')]);
    await clock.set(plusSeconds(START, 60));
    await until(
      'the other reads it',
      () => cloud.begun.filter((begun) => begun === `${A}/eu-west-1 vpc`).length === 2,
    );
    const before = await versions();
    release();
    expect(await ended(sweep)).toMatchObject({ status: 'DONE', scopesDone: 4, scopesFailed: 0 });
    expect(await versions()).toBe(before + 1);
    const rows = await other.database.query<{ resource_id: string; seen_from: string }>(
      `SELECT v.resource_id, v.seen_from FROM observed_version v JOIN discovery_scope s ON s.id = v.scope_id
       WHERE s.account = $1 AND s.region = 'eu-west-1'`,
      [A],
    );
    expect(rows.map(({ resource_id, seen_from }) => [resource_id, parseInstant(seen_from)])).toEqual([
      ['vpc-new', plusSeconds(START, 60)],
    ]);
  });

  it('hand over at once when one stops', async () => {
    const release = cloud.holdAt(A, 'eu-west-1');
    const sweep = await startSweep();
    await until('the others are read', async () => (await look(sweep)).scopesDone === 3);
    const other = await start();
    const stopping = one.runner.onApplicationShutdown();
    await stopping;
    release();
    await until('the end', async () => (await other.sweeps.find(sweepId(sweep.id)))!.status === 'DONE');
    expect((await other.sweeps.find(sweepId(sweep.id)))!).toMatchObject({ scopesDone: 4, scopesFailed: 0 });
  });

  it('begin one sweep by schedule, none while one runs, and the next when it is time', async () => {
    const clock = await stopClock(one.database, START);
    const processes = [one, await start(), await start()];
    const rounds = () => Promise.all(processes.map(({ schedule }) => schedule.round()));
    const release = cloud.holdAt(A, 'eu-west-1');
    await rounds();
    await rounds();
    await clock.set(plusSeconds(START, 601));
    await rounds();
    expect(await one.sweeps.count()).toBe(1);
    const [first] = await one.sweeps.list(10, null);
    expect(first).toMatchObject({ cause: 'schedule', startedBy: 'system:schedule', scopesTotal: 4 });
    release();
    await ended(first!);
    await rounds();
    expect(await one.sweeps.count()).toBe(2);
    await ended((await one.sweeps.list(1, null))[0]!);
    await clock.set(plusSeconds(START, 31 * 24 * 3600));
    await rounds();
    // the old ones are forgotten
    expect(await one.sweeps.count()).toBe(1);
  });

  it('sweep nothing with 0 at once, and by schedule nothing with 0 minutes', async () => {
    await one.stop();
    const idle = await start({ CADASTRE_DISCOVERY_SCOPES_AT_ONCE: '0', CADASTRE_DISCOVERY_MINUTES: '0' });
    await idle.schedule.round();
    expect(await idle.sweeps.count()).toBe(0);
    expect(await idle.sweeps.start(idle.ctx, EVERYTHING)).toMatchObject({ value: { status: 'RUNNING' } });
    idle.runner.wake();
    const busy = await start();
    await until('another does it', async () => (await busy.sweeps.list(1, null))[0]!.status === 'DONE');
  });
});

describe('an account that is taken out', () => {
  it('keeps what was observed, which is stale, and is left out of the sweep under way', async () => {
    await ended(await startSweep());
    const before = await versions();
    const release = cloud.holdAt(A, 'eu-west-1');
    const two = await start({ CADASTRE_DISCOVERY_SCOPES_AT_ONCE: '1' });
    await one.runner.onApplicationShutdown();
    const outcome = await two.sweeps.start(two.ctx, EVERYTHING);
    const sweep = outcome.ok ? outcome.value : null;
    await until('the first is being read', async () => (await look(sweep!)).scopesRunning === 1);
    expect(await two.accounts.remove(two.ctx, [B])).toMatchObject({ ok: true });
    release();
    expect(await ended(sweep!)).toMatchObject({ status: 'DONE', accountsDone: 1, scopesDone: 2, objects: 2 });
    expect(await versions()).toBe(before);
    const lists = await stale();
    expect(lists).toHaveLength(2 * OBSERVED_KINDS.length);
    expect(new Set(lists.map(({ account, reason }) => `${account} ${reason}`))).toEqual(
      new Set([`${B} no longer discovered`]),
    );
    const gaps = await one.database.query('SELECT FROM discovery_gap WHERE ended_at IS NULL');
    expect(gaps).toHaveLength(2 * OBSERVED_KINDS.length);
  });
});
