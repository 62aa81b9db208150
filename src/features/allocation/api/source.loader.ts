import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { AllocationService } from '../allocation.service.js';
import { PoolService } from '../pool.service.js';
import { allocationTypeOf } from './allocation.types.js';
import { PoolSourceType } from './pool.types.js';

/** Sources of many pools in two statements. Remembers nothing, so it serves all requests. */
@Injectable()
export class SourceLoader {
  private readonly loader: DataLoader<number, PoolSourceType[]>;

  constructor(pools: PoolService, allocations: AllocationService) {
    this.loader = new DataLoader(
      async (poolIds) => {
        const sources = await pools.sourcesOf([...new Set(poolIds)]);
        const rows = await allocations.byIds(sources.map(({ allocationId }) => allocationId));
        const byId = new Map(rows.map((row) => [row.id, allocationTypeOf(row)]));
        const byPool = new Map<number, PoolSourceType[]>();
        for (const { poolId, cidr, allocationId } of sources) {
          const allocation = byId.get(allocationId);
          // it was deprovisioned and released between the two statements
          if (!allocation) continue;
          const source = Object.assign(new PoolSourceType(), { cidr, allocation });
          byPool.set(poolId, [...(byPool.get(poolId) ?? []), source]);
        }
        return poolIds.map((id) => byPool.get(id) ?? []);
      },
      { cache: false },
    );
  }

  load(poolId: number): Promise<PoolSourceType[]> {
    return this.loader.load(poolId);
  }
}
