export type * from './domain/observed.js';
export type { Network } from './domain/network.js';
