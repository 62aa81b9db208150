import type { FsckCheck } from '../../../platform/ops/fsck.js';
import { freeBlocks } from './free-blocks.js';
import { liveOverlaps, poolCidrOverlaps } from './overlaps.js';
import {
  blocks,
  claims,
  insidePoolCidr,
  observedBlocks,
  places,
  pools,
  sources,
  unsweptBlocks,
} from './register.js';
import { positions, publications, sequences } from './trail.js';

/** The invariants of the register, for `cadastre fsck`. What must hold first comes first; what is derived from it comes after. */
export const ALLOCATION_CHECKS: readonly FsckCheck[] = [
  pools,
  poolCidrOverlaps,
  sources,
  places,
  insidePoolCidr,
  liveOverlaps,
  claims,
  blocks,
  observedBlocks,
  unsweptBlocks,
  freeBlocks,
  sequences,
  positions,
  publications,
];
