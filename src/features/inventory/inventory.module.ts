import { Module } from '@nestjs/common';
import { ConfigurationChangeRepository } from './data/configuration-change.repository.js';
import { CurrentObjects } from './current-objects.js';
import { CurrentRepository } from './data/current.repository.js';
import { ListRepository } from './data/list.repository.js';
import { ReadRepository } from './data/read.repository.js';
import { ScopeRepository } from './data/scope.repository.js';
import { VersionRepository } from './data/version.repository.js';
import { InventoryReads } from './inventory-reads.js';
import { InventoryStore } from './inventory-store.js';
import { NetworksService } from './networks.service.js';
import { Swept } from './swept.js';

@Module({
  providers: [
    ScopeRepository,
    ListRepository,
    VersionRepository,
    ConfigurationChangeRepository,
    ReadRepository,
    InventoryStore,
    InventoryReads,
    CurrentRepository,
    CurrentObjects,
    NetworksService,
    Swept,
  ],
  exports: [InventoryStore, InventoryReads, CurrentObjects, NetworksService, Swept],
})
export class InventoryModule {}
