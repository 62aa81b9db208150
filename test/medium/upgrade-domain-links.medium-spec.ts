import type { DataSource } from 'typeorm';
import { violates } from '../../src/platform/database/sqlstate.js';
import { completeDataSource, undoFrom } from '../support/migration-history.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

let created: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  created = await createTestDatabase();
  dataSource = await completeDataSource(created.url);
  await undoFrom(dataSource, 'DomainLinks1763719300000');
});
afterAll(async () => {
  await dataSource.destroy();
  await created.drop();
});

it('rows stay as they were, with names that nobody can give any more', async () => {
  const names = ['link_old', "link_it's", String.raw`link_\ OR true`, 'on-premises'];
  await dataSource.query(
    `INSERT INTO routing_domain (name, created_at, created_by) SELECT n, now(), 't' FROM unnest($1::text[]) n`,
    [names],
  );
  await dataSource.query(
    `INSERT INTO pool (name, family, scope, created_at, created_by) VALUES ('link_pool', 4, '(,)', now(), 't')`,
  );
  const before = await dataSource.query<object[]>('SELECT * FROM routing_domain ORDER BY id');

  await dataSource.runMigrations();

  expect(await dataSource.query('SELECT * FROM routing_domain ORDER BY id')).toEqual(
    before.map((row) => ({ ...row, version: 1 })),
  );
  await dataSource.query(`UPDATE pool SET sequence = sequence + 1`);
  await dataSource.query(`UPDATE routing_domain SET description = 'as before'`);
  for (const [table, name] of [
    ['pool', 'link_new'],
    ['pool', 'link_old'],
    ['routing_domain', 'link_pool'],
    ['routing_domain', 'dom_1'],
  ]) {
    const rename = dataSource.query(
      `UPDATE ${table} SET name = $1 WHERE id = (SELECT min(id) FROM ${table})`,
      [name],
    );
    const refused = await rename.then(
      () => null,
      (error: unknown) => error,
    );
    expect([table, name, violates(refused, `${table}_name_is_no_id`)]).toEqual([table, name, true]);
  }
});
