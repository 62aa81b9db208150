import { Module } from '@nestjs/common';
import { AllocationModule } from '../allocation/index.js';
import { FindingsModule } from '../findings/index.js';
import { RoutingDomainsModule } from '../routing-domains/index.js';
import { Adopter } from './adopter.js';
import { AdoptionService } from './adoption.service.js';
import { AdoptionResolver } from './api/adoption.resolver.js';
import { NetworksResolver } from './api/networks.resolver.js';
import { NetworkDomainRepository } from './data/network-domain.repository.js';
import { ReconcileRepository } from './data/reconcile.repository.js';
import { NetworkPlacing } from './network-placing.js';
import { ReconcileSchedule } from './reconcile-schedule.js';
import { Reconciler } from './reconciler.js';
import { ConfigurationChangesResolver } from './api/configuration-changes.resolver.js';
import { ExternalNetworksResolver } from './api/external-networks.resolver.js';
import { ListsResolver } from './api/lists.resolver.js';
import { ObservedResolver } from './api/observed.resolver.js';
import { ConfigurationChangeRepository } from './data/configuration-change.repository.js';
import { CurrentObjects } from './current-objects.js';
import { CurrentRepository } from './data/current.repository.js';
import { ExternalNetworkRepository } from './data/external-network.repository.js';
import { ListRepository } from './data/list.repository.js';
import { ReadRepository } from './data/read.repository.js';
import { ScopeRepository } from './data/scope.repository.js';
import { VersionRepository } from './data/version.repository.js';
import { ExternalNetworksService } from './external-networks.service.js';
import { InventoryReads } from './inventory-reads.js';
import { InventoryStore } from './inventory-store.js';
import { ListsService } from './lists.service.js';
import { NetworksService } from './networks.service.js';
import { Swept } from './swept.js';

@Module({
  imports: [RoutingDomainsModule, FindingsModule, AllocationModule],
  providers: [
    ScopeRepository,
    ListRepository,
    VersionRepository,
    ConfigurationChangeRepository,
    ReadRepository,
    ExternalNetworkRepository,
    InventoryStore,
    Swept,
    InventoryReads,
    CurrentRepository,
    CurrentObjects,
    ExternalNetworksService,
    NetworkDomainRepository,
    ReconcileRepository,
    NetworksService,
    NetworkPlacing,
    Adopter,
    Reconciler,
    ReconcileSchedule,
    AdoptionService,
    NetworksResolver,
    AdoptionResolver,
    ObservedResolver,
    ConfigurationChangesResolver,
    ExternalNetworksResolver,
    ListsService,
    ListsResolver,
  ],
  exports: [
    InventoryStore,
    InventoryReads,
    CurrentObjects,
    NetworksService,
    Reconciler,
    ScopeRepository,
    ReadRepository,
    Swept,
  ],
})
export class InventoryModule {}
