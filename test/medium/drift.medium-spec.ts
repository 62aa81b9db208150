import type { DataSource } from 'typeorm';
import { Database } from '../../src/platform/database/database.js';
import { expectCommitted } from '../support/committed.js';
import { databaseText } from '../support/database-text.js';
import { completeDataSource } from '../support/migration-history.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const COMMITTED = 'test/architecture/database.txt';

let created: TestDatabase;
let dataSource: DataSource;
let database: Database;

beforeAll(async () => {
  created = await createTestDatabase();
  dataSource = await completeDataSource(created.url);
  database = new Database(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await created.drop();
});

it('the entities say what the migrations made, as far as TypeORM compares', async () => {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});

it('the database is the committed one, to the letter', async () => {
  expectCommitted(COMMITTED, await databaseText(database));
});

it('all migrations go down to nothing and up again to the same', async () => {
  const before = await databaseText(database);
  for (let left = dataSource.migrations.length; left > 0; left--) await dataSource.undoLastMigration();
  expect(await databaseText(database)).toBe('');
  await dataSource.runMigrations();
  expect(await databaseText(database)).toBe(before);
});
