import { Module } from '@nestjs/common';
import { ConfigurationChangeRepository } from './data/configuration-change.repository.js';
import { ListRepository } from './data/list.repository.js';
import { ReadRepository } from './data/read.repository.js';
import { ScopeRepository } from './data/scope.repository.js';
import { VersionRepository } from './data/version.repository.js';
import { InventoryReads } from './inventory-reads.js';
import { InventoryStore } from './inventory-store.js';

@Module({
  providers: [
    ScopeRepository,
    ListRepository,
    VersionRepository,
    ConfigurationChangeRepository,
    ReadRepository,
    InventoryStore,
    InventoryReads,
  ],
  exports: [InventoryStore, InventoryReads],
})
export class InventoryModule {}
