import { Module } from '@nestjs/common';
import { AllocationModule } from '../allocation/index.js';
import { FindingsModule } from '../findings/index.js';
import { InventoryModule } from '../inventory/index.js';
import { RoutingDomainsModule } from '../routing-domains/index.js';
import { AfterSweeps } from './after-sweeps.js';
import { OverlapLoaders } from './api/loaders.js';
import { OverlapNetworkResolver, OverlapsResolver } from './api/overlaps.resolver.js';
import { QuestionsResolver } from './api/questions.resolver.js';
import { ReachedDomainResolver, ReachResolver } from './api/reach.resolver.js';
import { AvoidanceService } from './avoidance.service.js';
import { ReachRepository } from './data/reach.repository.js';
import { ObservedWorld } from './observed-world.js';
import { OverlapsService } from './overlaps.service.js';
import { ReachService } from './reach.service.js';
import { SearchService } from './search.service.js';
import { WouldOverlapService } from './would-overlap.service.js';

@Module({
  imports: [RoutingDomainsModule, FindingsModule, AllocationModule, InventoryModule],
  providers: [
    ReachRepository,
    ObservedWorld,
    ReachService,
    OverlapsService,
    AvoidanceService,
    WouldOverlapService,
    SearchService,
    AfterSweeps,
    OverlapLoaders,
    OverlapsResolver,
    OverlapNetworkResolver,
    ReachResolver,
    ReachedDomainResolver,
    QuestionsResolver,
  ],
  exports: [AfterSweeps, OverlapsService, ReachService],
})
export class OverlapModule {}
