import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/postgres.js';
import { systemContext } from '../context/request-context.js';
import { createDataSource } from './data-source.js';
import { Database } from './database.js';
import { SQLSTATE } from './sqlstate.js';
import { UnitOfWork } from './unit-of-work.js';

const ctx = systemContext('test');
let testDatabase: TestDatabase;
let dataSource: DataSource;
let unitOfWork: UnitOfWork;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  dataSource = await createDataSource({ url: testDatabase.url }).initialize();
  unitOfWork = new UnitOfWork(new Database(dataSource));
});
afterAll(async () => {
  await dataSource.destroy();
  await testDatabase.drop();
});

const raise = (code: string): string => `DO $$ BEGIN RAISE 'made' USING ERRCODE = '${code}'; END $$`;

it('fails with what failed first, not with what followed in the same transaction', async () => {
  const work = unitOfWork.run(ctx, async (tx) => tx.query('SELECT 1'), [raise(SQLSTATE.lockNotAvailable)]);
  await expect(work).rejects.toMatchObject({ code: SQLSTATE.lockNotAvailable });
});

it('tries again where the opening lost against another transaction', async () => {
  let attempts = 0;
  const work = unitOfWork.run(
    ctx,
    async (tx) => {
      attempts++;
      await tx.query('SELECT 1');
    },
    [raise(SQLSTATE.deadlockDetected)],
  );
  await expect(work).rejects.toMatchObject({ code: SQLSTATE.deadlockDetected });
  expect(attempts).toBe(5);
});
