export type { ConfigurationChange } from './domain/change.js';
export type { Cloud, ObservedPage, ReadingCost, Scope } from './domain/cloud.js';
export { ListFailedError } from './domain/cloud.js';
export type { Network } from './domain/network.js';
export * from './domain/observed.js';
export { InventoryModule } from './inventory.module.js';
export { InventoryStore, type StoredScope } from './inventory-store.js';
export type { Fence, ListRecorder } from './list-recorder.js';

export { DiscoveryModule } from './discovery.module.js';
export { ObservedKindEnum } from './api/observed-kind.enum.js';
export { Swept, type SweptListener, type SweptScope } from './swept.js';
