import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type FsckCheck, FsckRegistry } from '../../../platform/ops/fsck.js';
import { freeBlocks } from './free-blocks.js';
import { liveOverlaps, poolCidrOverlaps } from './overlaps.js';
import { blocks, claims, insidePoolCidr, pools, sources } from './register.js';
import { positions, sequences } from './trail.js';

/** What must hold first comes first; what is derived from it comes after. */
export const ALLOCATION_CHECKS: readonly FsckCheck[] = [
  pools,
  poolCidrOverlaps,
  sources,
  insidePoolCidr,
  liveOverlaps,
  claims,
  blocks,
  freeBlocks,
  sequences,
  positions,
];

/** Brings the invariants of the register to `cadastre fsck`. */
@Injectable()
export class AllocationFsck implements OnModuleInit {
  constructor(private readonly registry: FsckRegistry) {}

  onModuleInit(): void {
    for (const check of ALLOCATION_CHECKS) this.registry.register(check);
  }
}
