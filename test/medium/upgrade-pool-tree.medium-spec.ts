import type { DataSource } from 'typeorm';
import { completeDataSource, undoFrom } from '../support/migration-history.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

let created: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  created = await createTestDatabase();
  dataSource = await completeDataSource(created.url);
  await undoFrom(dataSource, 'PoolTree1763719200000');
});
afterAll(async () => {
  await dataSource.destroy();
  await created.drop();
});

/** An allocation of the first CIDR of a pool, and a child pool whose next CIDR it is. */
const ADD = `
WITH child AS (INSERT INTO pool (name, family, scope, created_at, created_by) VALUES ($1, 4, 'empty', now(), 't')
  ON CONFLICT (name) DO UPDATE SET description = '' RETURNING id),
up AS (SELECT c.* FROM pool_cidr c JOIN pool p ON p.id = c.pool_id WHERE p.name = $2 ORDER BY c.id LIMIT 1),
source AS (INSERT INTO allocation (pool_id, pool_cidr_id, pool_cidr, cidr, status, allocated, live_in, created_at, created_by, updated_at, updated_by)
  SELECT up.pool_id, up.id, up.cidr, $3, 'ALLOCATED', true, up.id, now(), 't', now(), 't' FROM up RETURNING id, cidr)
INSERT INTO pool_cidr (pool_id, family, scope, cidr, source_id, source_cidr, source_allocated)
SELECT child.id, 4, 'empty', source.cidr, source.id, source.cidr, true FROM child, source`;

it('pools and their CIDRs get the places that their sources say', async () => {
  await dataSource.query(`
    WITH root AS (INSERT INTO pool (name, family, scope, created_at, created_by)
      SELECT n, 4, '(,)', now(), 't' FROM unnest('{ten,hundred}'::text[]) n RETURNING id, name)
    INSERT INTO pool_cidr (pool_id, family, scope, cidr)
    SELECT id, 4, '(,)', CASE name WHEN 'ten' THEN '10.0.0.0/8' ELSE '100.64.0.0/10' END::cidr FROM root`);
  for (const [child, parent, cidr] of [
    ['region', 'ten', '10.1.0.0/16'],
    ['vpc', 'region', '10.1.1.0/24'],
    ['vpc', 'hundred', '100.64.0.0/16'],
    ['region', 'hundred', '100.65.0.0/16'],
  ])
    await dataSource.query(ADD, [child, parent, cidr]);

  await dataSource.runMigrations();

  expect(
    await dataSource.query(
      `SELECT p.name, up.name AS parent, p.depth FROM pool p LEFT JOIN pool up ON up.id = p.parent_id ORDER BY p.name`,
    ),
  ).toEqual([
    { name: 'hundred', parent: null, depth: 0 },
    { name: 'region', parent: 'ten', depth: 1 },
    { name: 'ten', parent: null, depth: 0 },
    { name: 'vpc', parent: 'region', depth: 2 },
  ]);
  expect(
    await dataSource.query(
      `SELECT c.cidr, up.cidr AS below FROM pool_cidr c JOIN pool_cidr up ON up.id = c.parent_id ORDER BY c.cidr`,
    ),
  ).toEqual([
    { cidr: '10.1.0.0/16', below: '10.0.0.0/8' },
    { cidr: '10.1.1.0/24', below: '10.1.0.0/16' },
    { cidr: '100.64.0.0/16', below: '100.64.0.0/10' },
    { cidr: '100.65.0.0/16', below: '100.64.0.0/10' },
  ]);
});
