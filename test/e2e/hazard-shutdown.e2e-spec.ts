import { join } from 'node:path';
import { treeOf } from '../../bench/harness/processes.js';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';
import { createTestDatabase } from '../support/postgres.js';
import { query, scratchFolder } from '../support/postgres-scratch.js';
import { ServiceProcess } from '../support/service-process.js';
import { until, within } from '../support/until.js';
import { createPools, type LoadReport, runLoad } from './hazard-load.js';
import { allPublished, violations } from './hazard-oracle.js';

const SEED = Number(process.env.HAZARD_SEED ?? 1);
const GRACE_SECONDS = 10;

/** Load on a service that is asked to stop in the middle of it. */
async function stopUnderLoad(service: ServiceProcess): Promise<LoadReport> {
  const pools = await createPools(service);
  const over = new AbortController();
  let isBusy!: () => void;
  const busy = new Promise<void>((resolve) => (isBusy = resolve));
  const report = runLoad({
    services: [service],
    pools,
    seed: SEED,
    clients: 32,
    operations: 100_000,
    outages: true,
    until: over.signal,
    progress: (begun) => void (begun === 400 && isBusy()),
  });
  await within('the service is busy', Promise.race([busy, report]), 60);
  service.signal('SIGTERM');
  const exit = await within('the service stops', service.exited, GRACE_SECONDS);
  over.abort();
  expect(exit).toEqual({ code: 0, signal: null });
  return within('the clients end', report, 30);
}

it('stops within its grace; what it answered is durable', async () => {
  const database = await createTestDatabase();
  const service = await ServiceProcess.start({ DATABASE_URL: database.url });
  try {
    const report = await stopUnderLoad(service);
    expect(report.surprises).toEqual([]);
    expect(report.acknowledged.length).toBeGreaterThan(100);
    const next = await ServiceProcess.start({ DATABASE_URL: database.url });
    await allPublished(database.url);
    await next.stop();
    expect(await violations(database.url, report.acknowledged)).toEqual([]);
  } finally {
    await service.kill();
    await database.drop();
  }
}, 120_000);

it('takes its embedded PostgreSQL along', async () => {
  const scratch = scratchFolder();
  const service = await ServiceProcess.start({ CADASTRE_DATA: scratch.path });
  try {
    const family = treeOf(service.pid);
    expect(family.length).toBeGreaterThan(2);
    const report = await stopUnderLoad(service);
    expect(report.surprises).toEqual([]);
    await until(
      'none of its processes is left',
      () => family.every((pid) => treeOf(pid).length === 1 && !exists(pid)),
      5,
    );

    const postgres = await startEmbeddedPostgres({ dataFolder: join(scratch.path, 'postgres') });
    try {
      await query(postgres.url, 'SELECT 1');
      const next = await ServiceProcess.start({ DATABASE_URL: postgres.url });
      await allPublished(postgres.url);
      await next.stop();
      expect(await violations(postgres.url, report.acknowledged)).toEqual([]);
    } finally {
      await postgres.stop('immediate');
    }
  } finally {
    await service.kill();
    scratch.remove();
  }
}, 120_000);

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
