import { Module } from '@nestjs/common';
import { RoutingDomainsModule } from '../routing-domains/index.js';
import { ConfigurationChangesResolver } from './api/configuration-changes.resolver.js';
import { ExternalNetworksResolver } from './api/external-networks.resolver.js';
import { ObservedResolver } from './api/observed.resolver.js';
import { ConfigurationChangeRepository } from './data/configuration-change.repository.js';
import { ExternalNetworkRepository } from './data/external-network.repository.js';
import { ListRepository } from './data/list.repository.js';
import { ReadRepository } from './data/read.repository.js';
import { ScopeRepository } from './data/scope.repository.js';
import { VersionRepository } from './data/version.repository.js';
import { ExternalNetworksService } from './external-networks.service.js';
import { InventoryReads } from './inventory-reads.js';
import { InventoryStore } from './inventory-store.js';
import { Swept } from './swept.js';

@Module({
  imports: [RoutingDomainsModule],
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
    ExternalNetworksService,
    ObservedResolver,
    ConfigurationChangesResolver,
    ExternalNetworksResolver,
  ],
  exports: [InventoryStore, InventoryReads, ScopeRepository, ReadRepository, Swept],
})
export class InventoryModule {}
