import { formatInstant, type Instant } from '../../src/platform/context/instant.js';
import type { Database } from '../../src/platform/database/database.js';

/** Makes `cadastre_now()` of a test database answer what a test says, the same in all its sessions. */
export async function stopClock(
  database: Database,
  at: Instant,
): Promise<{ set(at: Instant): Promise<void> }> {
  await database.query(`CREATE TABLE IF NOT EXISTS test_clock (at timestamptz NOT NULL)`);
  await database.query('INSERT INTO test_clock VALUES ($1)', [formatInstant(at)]);
  await database.query(
    `CREATE OR REPLACE FUNCTION cadastre_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT at FROM test_clock'`,
  );
  return {
    set: async (now) => void (await database.query('UPDATE test_clock SET at = $1', [formatInstant(now)])),
  };
}
