import { createDataSource } from '../../src/platform/database/data-source.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Publisher } from '../../src/platform/events/index.js';
import { AllocationEngine } from '../../src/features/allocation/allocation.engine.js';
import { AllocationMany } from '../../src/features/allocation/allocation.many.js';
import { PoolRemovalService } from '../../src/features/allocation/pool-removal.service.js';
import { PoolService } from '../../src/features/allocation/pool.service.js';
import { PoolSpaceService } from '../../src/features/allocation/pool-space.service.js';
import { PoolTurn } from '../../src/features/allocation/pool-turn.js';
import { ContentsRepository } from '../../src/features/allocation/data/contents.repository.js';
import { PoolListRepository } from '../../src/features/allocation/data/pool-list.repository.js';
import { RemovalRepository } from '../../src/features/allocation/data/removal.repository.js';
import { DomainLinkRepository } from '../../src/features/routing-domains/data/domain-link.repository.js';
import { RoutingDomainRepository } from '../../src/features/routing-domains/data/routing-domain.repository.js';
import { RoutingDomainsService } from '../../src/features/routing-domains/routing-domains.service.js';
import { AllocationService } from '../../src/features/allocation/allocation.service.js';
import { ObservedSpaceService } from '../../src/features/allocation/observed-space.service.js';
import { BlockRepository } from '../../src/features/allocation/data/block.repository.js';
import { LookupRepository } from '../../src/features/allocation/data/lookup.repository.js';
import { ObservedRepository } from '../../src/features/allocation/data/observed.repository.js';
import { BatchRepository } from '../../src/features/allocation/data/batch.repository.js';
import { PoolRepository } from '../../src/features/allocation/data/pool.repository.js';
import { RegisterRepository } from '../../src/features/allocation/data/register.repository.js';
import { SpaceRepository } from '../../src/features/allocation/data/space.repository.js';
import { DEFAULT_RULES, type NewPool, type PoolRules } from '../../src/features/allocation/domain/pool.js';
import { Prefix } from '../../src/address/index.js';
import { parseInstant } from '../../src/platform/context/instant.js';
import { systemContext } from '../../src/platform/context/request-context.js';
import { createTestDatabase } from './postgres.js';

export interface PoolSpec {
  readonly name?: string;
  readonly cidrs: readonly string[];
  readonly rules?: Partial<PoolRules>;
}

/** The allocation core on a database of its own, wired by hand: no Nest, no HTTP. */
export async function startCore({ url, poolSize = 8 }: { url?: string; poolSize?: number } = {}) {
  const created = url ? null : await createTestDatabase();
  const dataSource = await createDataSource({ url: url ?? created!.url, poolSize }).initialize();
  const database = new Database(dataSource);
  const unitOfWork = new UnitOfWork(database);
  const publisher = new Publisher(database);
  const pools = new PoolRepository(database);
  const batches = new BatchRepository();
  const engine = new AllocationEngine(unitOfWork, batches, publisher);
  const [register, spaces] = [new RegisterRepository(database), new SpaceRepository(database)];
  const service = new AllocationService(engine, unitOfWork, pools, register, spaces, batches);
  const many = new AllocationMany(service, unitOfWork, batches, publisher);
  const observed = new ObservedSpaceService(
    unitOfWork,
    new ObservedRepository(database),
    new BlockRepository(),
    new LookupRepository(database),
    publisher,
  );
  const turn = new PoolTurn();
  const routingDomains = new RoutingDomainsService(
    unitOfWork,
    new RoutingDomainRepository(database),
    new DomainLinkRepository(database),
    publisher,
  );
  const poolService = new PoolService(
    unitOfWork,
    pools,
    new PoolListRepository(database),
    register,
    spaces,
    routingDomains,
    publisher,
    turn,
  );
  const removal = new PoolRemovalService(
    unitOfWork,
    pools,
    register,
    new RemovalRepository(),
    batches,
    publisher,
    turn,
  );
  const space = new PoolSpaceService(unitOfWork, pools, spaces, new ContentsRepository(), batches);
  const ctx = systemContext('test');
  let made = 0;
  return {
    url: url ?? created!.url,
    database,
    unitOfWork,
    publisher,
    pools,
    engine,
    many,
    service,
    observed,
    poolService,
    removal,
    space,
    routingDomains,
    ctx,
    /** A root pool; returns its id. */
    async pool({ name = `pool ${++made}`, cidrs, rules = {} }: PoolSpec): Promise<number> {
      const parsed = cidrs.map((cidr) => Prefix.must(cidr));
      const full: PoolRules = { ...DEFAULT_RULES, ...rules };
      const pool: NewPool = {
        name,
        description: '',
        family: parsed[0]!.family,
        isChild: false,
        routingDomainId: null,
        rules: full,
        tags: {},
      };
      return unitOfWork.run(ctx, async (tx) => {
        const id = await pools.insert(tx, pool, parseInstant('2026-01-01T00:00:00Z'), ctx.actor);
        await pools.provision(tx, id, pool.family, null, parsed, full.excluded);
        return id;
      });
    },
    async stop(): Promise<void> {
      await publisher.onApplicationShutdown();
      await dataSource.destroy();
      await created?.drop();
    },
  };
}

export type Core = Awaited<ReturnType<typeof startCore>>;
