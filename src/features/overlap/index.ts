export { AfterSweeps } from './after-sweeps.js';
export { OverlapModule } from './overlap.module.js';
export { OverlapsService } from './overlaps.service.js';
export { ReachService } from './reach.service.js';
export { WouldOverlapService } from './would-overlap.service.js';
export type { Reach, ReachEdge, Via, Way } from './domain/reach.js';
export type { Overlap, OverlapClass } from './domain/overlaps.js';
