import { ConfigurationChangeRepository } from '../../src/features/inventory/data/configuration-change.repository.js';
import { DiscoveryAccountRepository } from '../../src/features/inventory/data/discovery-account.repository.js';
import { ListRepository } from '../../src/features/inventory/data/list.repository.js';
import { ReadRepository } from '../../src/features/inventory/data/read.repository.js';
import { ScopeRepository } from '../../src/features/inventory/data/scope.repository.js';
import { SweepQueue } from '../../src/features/inventory/data/sweep-queue.js';
import { SweepRepository } from '../../src/features/inventory/data/sweep.repository.js';
import { VersionRepository } from '../../src/features/inventory/data/version.repository.js';
import { DiscoveryAccountsService } from '../../src/features/inventory/discovery-accounts.service.js';
import type { Cloud } from '../../src/features/inventory/index.js';
import { InventoryStore } from '../../src/features/inventory/inventory-store.js';
import { ScopeSweep } from '../../src/features/inventory/scope-sweep.js';
import { SweepMetrics } from '../../src/features/inventory/sweep-metrics.js';
import { SweepRunner } from '../../src/features/inventory/sweep-runner.js';
import { SweepSchedule } from '../../src/features/inventory/sweep-schedule.js';
import { SweepSettler } from '../../src/features/inventory/sweep-settler.js';
import { Swept } from '../../src/features/inventory/swept.js';
import { SweepsService } from '../../src/features/inventory/sweeps.service.js';
import { loadSettings } from '../../src/platform/config/settings.js';
import { systemContext } from '../../src/platform/context/request-context.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Publisher } from '../../src/platform/events/index.js';
import { type Lease, Leases } from '../../src/platform/jobs/leases.js';
import { Scheduler } from '../../src/platform/jobs/scheduler.js';
import { Metrics } from '../../src/platform/ops/metrics.js';

/** Of a process that hangs: it neither renews nor gives up. */
class FreezingLeases extends Leases {
  frozen = false;

  override async renew(lease: Lease, seconds?: number): Promise<boolean> {
    return this.frozen || super.renew(lease, seconds);
  }

  override async giveUp(lease: Lease): Promise<void> {
    if (!this.frozen) await super.giveUp(lease);
  }
}

/** One process that discovers, wired by hand: no Nest, no HTTP. Several on one database are several processes. */
export async function startDiscovery({
  url,
  cloud,
  env = {},
}: {
  url: string;
  cloud: Cloud;
  env?: Record<string, string>;
}) {
  const settings = loadSettings({ DATABASE_URL: url, ...env });
  const dataSource = await createDataSource({ url, poolSize: 8 }).initialize();
  const database = new Database(dataSource);
  const unitOfWork = new UnitOfWork(database);
  const publisher = new Publisher(database);
  const scheduler = new Scheduler();
  const leases = new FreezingLeases(database);
  const accountRows = new DiscoveryAccountRepository(database);
  const [scopes, sweepRows, queue] = [
    new ScopeRepository(database),
    new SweepRepository(database),
    new SweepQueue(database),
  ];
  const store = new InventoryStore(
    unitOfWork,
    publisher,
    scopes,
    new ListRepository(database),
    new VersionRepository(database),
    new ConfigurationChangeRepository(),
    settings,
  );
  const swept = new Swept();
  const registry = new Metrics();
  const metrics = new SweepMetrics(registry, accountRows);
  const settler = new SweepSettler(swept, leases, queue, sweepRows, unitOfWork, metrics);
  const sweep = new ScopeSweep(cloud, store);
  const runner = new SweepRunner(queue, leases, unitOfWork, scheduler, sweep, settler, metrics, settings);
  const sweeps = new SweepsService(unitOfWork, sweepRows, accountRows, scopes, runner, publisher);
  const accounts = new DiscoveryAccountsService(
    unitOfWork,
    accountRows,
    new ReadRepository(database),
    publisher,
    cloud,
  );
  const schedule = new SweepSchedule(scheduler, leases, sweepRows, sweeps, settings);
  runner.onApplicationBootstrap();
  let stopped = false;
  return {
    database,
    swept,
    runner,
    sweeps,
    accounts,
    schedule,
    metrics: registry.registry,
    ctx: systemContext('test'),
    /** From now on it does nothing by itself, and what it is at it does without renewing its leases. */
    async freeze(): Promise<void> {
      leases.frozen = true;
      await scheduler.onApplicationShutdown();
    },
    async stop(): Promise<void> {
      if (stopped) return;
      stopped = true;
      await scheduler.onApplicationShutdown();
      await runner.onApplicationShutdown();
      await publisher.onApplicationShutdown();
      await dataSource.destroy();
    },
  };
}

export type Discovery = Awaited<ReturnType<typeof startDiscovery>>;
