import type { DataSource } from 'typeorm';
import { completeDataSource, undoFrom } from '../support/migration-history.js';
import { POSITIONS, WAITING } from '../support/positions.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { Random } from '../support/random.js';

let created: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  created = await createTestDatabase();
  dataSource = await completeDataSource(created.url);
  await undoFrom(dataSource, 'Publications1763805900000');
});
afterAll(async () => {
  await dataSource.destroy();
  await created.drop();
});

const ADD = `INSERT INTO change (pool_id, sequence, at, recorded_at, actor, correlation, action, subject, detail, position)
  VALUES ($1, $2, now(), now(), 'a', 'c', 'x', 's', '{}', $3)`;
const POSITION_BY_ID = 'SELECT id, position FROM change WHERE position IS NOT NULL ORDER BY id';

it('every change keeps its position, up and down again, and what waits waits in its order', async () => {
  const random = new Random(1);
  const sequences: Record<number, number> = {};
  let pool: number | null = null;
  for (let position = 1; position <= 320; position++) {
    if (random.chance(0.4)) pool = random.pick([null, 1, 2, 3]);
    const sequence = pool === null ? null : (sequences[pool] = (sequences[pool] ?? 0) + 1);
    await dataSource.query(ADD, [pool, sequence, position <= 300 ? position : null]);
  }
  await dataSource.query('UPDATE publisher SET position = 300');
  const before = await dataSource.query(POSITION_BY_ID);
  const waiting = await dataSource.query('SELECT id FROM change WHERE position IS NULL ORDER BY id');

  await dataSource.runMigrations();

  expect(await dataSource.query(`SELECT id, position FROM ${POSITIONS} p ORDER BY id`)).toEqual(before);
  expect(await dataSource.query(`SELECT id FROM ${WAITING} w ORDER BY id`)).toEqual(waiting);
  const [groups] = await dataSource.query('SELECT count(*) AS n FROM publication WHERE pool_id IS NOT NULL');
  expect(groups.n).toBeLessThan(150);
  expect(
    await dataSource.query(
      'SELECT FROM outbox o JOIN outbox n ON n.pool_id = o.pool_id AND n.id > o.id AND n.first_sequence <= o.last_sequence',
    ),
  ).toEqual([]);

  await undoFrom(dataSource, 'Publications1763805900000');
  expect(await dataSource.query(POSITION_BY_ID)).toEqual(before);
  await dataSource.runMigrations();
  expect(await dataSource.query(`SELECT id, position FROM ${POSITIONS} p ORDER BY id`)).toEqual(before);
});
