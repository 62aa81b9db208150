export type { Body, ConfigurationChange, Json } from './domain/change.js';
export type { Cloud, ObservedPage, ReadingCost, Scope } from './domain/cloud.js';
export { ListFailedError } from './domain/cloud.js';
export type {
  ChangeFilter,
  CurrentObject,
  ListStatus,
  ObservedFilter,
  ObservedVersion,
  RecordedChange,
} from './domain/inventory-list.js';
export type { Network } from './domain/network.js';
export * from './domain/observed.js';
export { NetworksService } from './networks.service.js';
export { Reconciler } from './reconciler.js';
export { InventoryModule } from './inventory.module.js';
export { InventoryReads, type VpcSnapshot } from './inventory-reads.js';
export { InventoryStore, type StoredScope } from './inventory-store.js';
export type { ListRecorder } from './list-recorder.js';
export type { Fence } from './scope-writes.js';
export { DiscoveryModule } from './discovery.module.js';
export { Swept, type SweptListener, type SweptScope } from './swept.js';
export type { FoundObject, NetworkCidr } from './domain/current.js';
export { CurrentObjects } from './current-objects.js';
export { INVENTORY_CHECKS } from './fsck/checks.js';
