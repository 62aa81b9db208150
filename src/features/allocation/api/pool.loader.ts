import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { PoolService } from '../pool.service.js';
import { type PoolType, poolTypeOf } from './pool.types.js';

/** Pools of many allocations in one statement; null for one that is deleted. Remembers nothing, so it serves all requests. */
@Injectable()
export class PoolLoader {
  private readonly loader: DataLoader<number, PoolType | null>;

  constructor(pools: PoolService) {
    this.loader = new DataLoader(
      async (ids) => {
        const found = new Map(
          (await pools.byIds([...new Set(ids)])).map((pool) => [pool.id, poolTypeOf(pool)]),
        );
        return ids.map((id) => found.get(id) ?? null);
      },
      { cache: false },
    );
  }

  load(id: number): Promise<PoolType | null> {
    return this.loader.load(id);
  }
}
