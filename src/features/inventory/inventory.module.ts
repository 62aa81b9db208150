import { Module } from '@nestjs/common';
import { ConfigurationChangeRepository } from './data/configuration-change.repository.js';
import { ListRepository } from './data/list.repository.js';
import { ScopeRepository } from './data/scope.repository.js';
import { VersionRepository } from './data/version.repository.js';
import { InventoryStore } from './inventory-store.js';
import { Swept } from './swept.js';

@Module({
  providers: [
    ScopeRepository,
    ListRepository,
    VersionRepository,
    ConfigurationChangeRepository,
    InventoryStore,
    Swept,
  ],
  exports: [InventoryStore, ScopeRepository, Swept],
})
export class InventoryModule {}
