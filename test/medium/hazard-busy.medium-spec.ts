import { lockPool } from '../../src/features/allocation/data/pool-trail.js';
import { isBusy, SQLSTATE } from '../../src/platform/database/sqlstate.js';
import { type Core, startCore } from '../support/core.js';

let core: Core;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.stop());

it('the reason for a failure is told, not what was sent along and failed because of it', async () => {
  const pool = await core.pool({ cidrs: ['10.0.0.0/24'] });
  const holder = await core.database.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM pool FOR UPDATE');
  const refused = core.unitOfWork.run(core.ctx, (tx) => tx.query('SELECT 1'), [
    `SET LOCAL lock_timeout = '50ms'`,
    ...lockPool(pool),
  ]);
  const error: unknown = await refused.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: SQLSTATE.lockNotAvailable });
  expect(isBusy(error)).toBe(true);
  await holder.query('ROLLBACK');
  holder.release();
});
