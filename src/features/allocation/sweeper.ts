import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/settings.js';
import { Scheduler } from '../../platform/jobs/scheduler.js';
import { AllocationEngine } from './allocation.engine.js';
import { PoolRepository } from './data/pool.repository.js';
import { SpaceRepository } from './data/space.repository.js';

/**
 * Writes down from time to time what has fallen due, so that its events leave. Nothing waits for it: what is due is
 * free at once for every batch. Runs in every process; a pool's lock makes the work of two the work of one.
 */
@Injectable()
export class Sweeper implements OnApplicationBootstrap {
  constructor(
    private readonly engine: AllocationEngine,
    private readonly pools: PoolRepository,
    private readonly spaces: SpaceRepository,
    private readonly scheduler: Scheduler,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    this.scheduler.every({
      name: 'writing down what has fallen due',
      seconds: this.settings.allocation.sweepSeconds,
      run: (signal) => this.sweep(signal),
    });
  }

  private async sweep(signal: AbortSignal): Promise<void> {
    const due = await this.pools.withDue(await this.spaces.now());
    for (const poolId of due) {
      if (signal.aborted) return;
      await this.engine.sweep(poolId);
    }
  }
}
