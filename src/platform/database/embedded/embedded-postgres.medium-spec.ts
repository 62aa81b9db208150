import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from './embedded-postgres.js';

it('starts', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'cadastre-embedded-'));
  let t = Date.now();
  const server = await startEmbeddedPostgres({ dataFolder: join(scratch, 'pg') });
  console.log('cold', Date.now() - t, server.url, server.pid);
  const c = new pg.Client({ connectionString: server.url });
  await c.connect();
  console.log(
    (
      await c.query(
        'select version(), current_database(), pg_encoding_to_char(encoding), datcollate, datlocale from pg_database',
      )
    ).rows[0],
  );
  await c.end();
  await server.stop();
  t = Date.now();
  const again = await startEmbeddedPostgres({ dataFolder: join(scratch, 'pg') });
  console.log('warm', Date.now() - t);
  await again.stop();
  console.log('exit', await again.exited);
  rmSync(scratch, { recursive: true });
});
