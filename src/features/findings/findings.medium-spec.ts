import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/postgres.js';
import { parseInstant } from '../../platform/context/instant.js';
import { systemContext } from '../../platform/context/request-context.js';
import { createDataSource } from '../../platform/database/data-source.js';
import { Database } from '../../platform/database/database.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher } from '../../platform/events/index.js';
import { publicId } from '../../platform/graphql/public-id.js';
import { FindingRepository } from './data/finding.repository.js';
import type { Observation } from './domain/finding.js';
import { FindingsService } from './findings.service.js';

const ctx = systemContext('test');
const FAR = parseInstant('2200-01-01T00:00:00Z');
let testDatabase: TestDatabase;
let dataSource: DataSource;
let database: Database;
let publisher: Publisher;
let findings: FindingsService;
let areas = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  dataSource = await createDataSource({ url: testDatabase.url }).initialize();
  database = new Database(dataSource);
  publisher = new Publisher(database);
  findings = new FindingsService(new UnitOfWork(database), new FindingRepository(database), publisher);
});
afterAll(async () => {
  await publisher.onApplicationShutdown();
  await dataSource.destroy();
  await testDatabase.drop();
});

/** An area of its own, with subjects of its own. */
function areaOfItsOwn() {
  const area = `aws/${++areas}/eu-west-1`;
  const within = { kinds: ['ROGUE', 'UNMANAGED'] as const, area };
  return {
    rogue: (name: string, given: Partial<Observation> = {}): Observation => ({
      kind: 'ROGUE',
      subject: `${area} ${name}`,
      severity: 'WARNING',
      message: `${name} is not allocated`,
      detail: { account: String(areas), region: 'eu-west-1' },
      ...given,
    }),
    sync: (...found: Observation[]) => findings.sync(ctx, within, found),
    all: () => findings.list({ text: area }, 100, null),
    changes: async () =>
      (
        await database.query<{ action: string }>(
          `SELECT action FROM change WHERE detail->>'about' LIKE $1 ORDER BY id`,
          [`${area} %`],
        )
      ).map(({ action }) => action),
  };
}

it('opens, keeps and closes; what comes back is a new one', async () => {
  const { rogue, sync, all, changes } = areaOfItsOwn();
  expect(await sync(rogue('a'), rogue('b'))).toEqual({ opened: 2, closed: 0 });
  expect(await sync(rogue('b'))).toEqual({ opened: 0, closed: 1 });
  expect(await sync(rogue('a'), rogue('b'))).toEqual({ opened: 1, closed: 0 });
  expect((await all()).map(({ message, endedAt }) => [message, endedAt === null])).toEqual([
    ['a is not allocated', false],
    ['b is not allocated', true],
    ['a is not allocated', true],
  ]);
  expect(await changes()).toEqual(['finding.opened', 'finding.opened', 'finding.closed', 'finding.opened']);
});

it('writes nothing of what is as it was, and touches it after an hour', async () => {
  const { rogue, sync, all } = areaOfItsOwn();
  await sync(rogue('a'));
  const rows = () => database.query('SELECT xmin, last_seen FROM finding ORDER BY id');
  const before = await rows();
  await sync(rogue('a'));
  expect(await rows()).toEqual(before);
  await database.query(
    `UPDATE finding SET first_seen = first_seen - interval '1 hour', last_seen = last_seen - interval '1 hour'
    WHERE subject = $1`,
    [rogue('a').subject],
  );
  await sync(rogue('a'));
  const [one] = await all();
  expect(one!.lastSeen - one!.firstSeen).toBeGreaterThanOrEqual(3600e6);
});

it('tells when it gets worse, and writes what else differs', async () => {
  const { rogue, sync, all, changes } = areaOfItsOwn();
  await sync(rogue('a'));
  await sync(rogue('a', { message: 'still' }));
  await sync(rogue('a', { message: 'now', severity: 'CRITICAL' }));
  expect(await all()).toMatchObject([{ message: 'now', severity: 'CRITICAL', endedAt: null }]);
  expect(await changes()).toEqual(['finding.opened', 'finding.changed']);
});

it('says nothing of what is unmanaged', async () => {
  const { rogue, sync, all, changes } = areaOfItsOwn();
  await sync(rogue('a', { kind: 'UNMANAGED', severity: 'INFO' }));
  expect(await all()).toHaveLength(1);
  await sync();
  expect(await all()).toMatchObject([{ endedAt: expect.any(Number) }]);
  expect(await changes()).toEqual([]);
});

it('keeps a waiver that is not over for one that comes back', async () => {
  const { rogue, sync, all, changes } = areaOfItsOwn();
  await sync(rogue('kept'), rogue('over'));
  const waiver = { reason: 'known', contact: 'net', until: FAR };
  for (const { id } of await all())
    expect(await findings.waive(ctx, publicId('finding', id), waiver)).toMatchObject({
      ok: true,
      value: { waived: true, waiver: { ...waiver, by: 'system:test' } },
    });
  await database.query(`UPDATE finding SET waived_until = cadastre_now() WHERE subject = $1`, [
    rogue('over').subject,
  ]);
  await sync();
  await sync(rogue('kept'), rogue('over'));
  const back = await findings.list({ text: rogue('').subject.trim(), open: true }, 10, null);
  expect(back.map(({ waived, waiver }) => [waived, waiver?.reason])).toEqual([
    [true, 'known'],
    [false, undefined],
  ]);
  expect(await changes()).toEqual([
    ...['finding.opened', 'finding.opened', 'finding.waived', 'finding.waived'],
    ...['finding.closed', 'finding.closed', 'finding.opened', 'finding.opened'],
  ]);
});

it('the same waiver again and none again write nothing; one that is over at once is refused', async () => {
  const { rogue, sync, all, changes } = areaOfItsOwn();
  await sync(rogue('a'));
  const id = publicId('finding', (await all())[0]!.id);
  const waiver = { reason: 'known', contact: 'net', until: FAR };
  expect(
    await findings.waive(ctx, id, { ...waiver, until: parseInstant('2020-01-01T00:00:00Z') }),
  ).toMatchObject({ ok: false, failure: { code: 'RULE_VIOLATION', rule: 'until' } });
  await findings.unwaive(ctx, id);
  await findings.waive(ctx, id, waiver);
  await findings.waive(ctx, id, waiver);
  await findings.unwaive(ctx, id);
  expect(await all()).toMatchObject([{ waiver: null, waived: false }]);
  expect(await changes()).toEqual(['finding.opened', 'finding.waived', 'finding.unwaived']);
});

it('opens one finding where several look at once', async () => {
  const { rogue, sync, all } = areaOfItsOwn();
  const done = await Promise.all(Array.from({ length: 5 }, () => sync(rogue('a'))));
  expect(done.reduce((sum, { opened }) => sum + opened, 0)).toBe(1);
  expect(await all()).toHaveLength(1);
});

it('moves what another area sees now', async () => {
  const [first, second] = [areaOfItsOwn(), areaOfItsOwn()];
  const one = first.rogue('a');
  await first.sync(one);
  expect(await second.sync(one)).toEqual({ opened: 0, closed: 0 });
  expect(await first.sync()).toEqual({ opened: 0, closed: 0 });
  expect(await second.sync()).toEqual({ opened: 0, closed: 1 });
});
