import { Module } from '@nestjs/common';
import { publicId } from '../../platform/graphql/public-id.js';
import { RoutingDomainsModule, RoutingDomainsService } from '../routing-domains/index.js';
import { AllocationEngine } from './allocation.engine.js';
import { AllocationMany } from './allocation.many.js';
import { AllocationService } from './allocation.service.js';
import { AllocationPages } from './api/allocation-pages.js';
import { AllocationResolver } from './api/allocation.resolver.js';
import { ManyResolver } from './api/many.resolver.js';
import { ChangesResolver } from './api/changes.resolver.js';
import { CheckResolver } from './api/check.resolver.js';
import { PoolChangesResolver } from './api/pool-changes.resolver.js';
import { PoolFieldsResolver } from './api/pool-fields.resolver.js';
import { PoolLoader } from './api/pool.loader.js';
import { PoolResolver } from './api/pool.resolver.js';
import { RoutingDomainLoader } from './api/routing-domain.loader.js';
import { SourceLoader } from './api/source.loader.js';
import { BatchRepository } from './data/batch.repository.js';
import { BlockRepository } from './data/block.repository.js';
import { LookupRepository } from './data/lookup.repository.js';
import { ObservedRepository } from './data/observed.repository.js';
import { ContentsRepository } from './data/contents.repository.js';
import { PoolListRepository } from './data/pool-list.repository.js';
import { PoolRepository } from './data/pool.repository.js';
import { RegisterRepository } from './data/register.repository.js';
import { RemovalRepository } from './data/removal.repository.js';
import { SpaceRepository } from './data/space.repository.js';
import { ChangesService } from './changes.service.js';
import { ObservedSpaceService } from './observed-space.service.js';
import { PoolRemovalService } from './pool-removal.service.js';
import { PoolService } from './pool.service.js';
import { PoolSpaceService } from './pool-space.service.js';
import { PoolTurn } from './pool-turn.js';
import { Sweeper } from './sweeper.js';

@Module({
  imports: [RoutingDomainsModule],
  providers: [
    AllocationEngine,
    AllocationService,
    AllocationMany,
    PoolService,
    PoolSpaceService,
    PoolRemovalService,
    PoolTurn,
    ChangesService,
    Sweeper,
    BatchRepository,
    PoolRepository,
    PoolListRepository,
    RemovalRepository,
    ContentsRepository,
    RegisterRepository,
    SpaceRepository,
    BlockRepository,
    ObservedRepository,
    LookupRepository,
    ObservedSpaceService,
    AllocationResolver,
    ManyResolver,
    PoolResolver,
    PoolFieldsResolver,
    PoolChangesResolver,
    CheckResolver,
    ChangesResolver,
    AllocationPages,
    PoolLoader,
    SourceLoader,
    RoutingDomainLoader,
  ],
  exports: [AllocationService, PoolService, ObservedSpaceService],
})
export class AllocationModule {
  constructor(routingDomains: RoutingDomainsService, pools: PoolRepository) {
    routingDomains.keepFor(async (reader, routingDomainId) =>
      (await pools.inRoutingDomain(reader, routingDomainId)).map(
        ({ id, name }) => `pool ${JSON.stringify(name)} (${publicId('pool', id)})`,
      ),
    );
  }
}
