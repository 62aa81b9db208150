import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/settings.js';
import { AllocationEngine } from './allocation.engine.js';
import { PoolRepository } from './data/pool.repository.js';
import { SpaceRepository } from './data/space.repository.js';

/**
 * Writes down from time to time what has fallen due, so that its events leave. Nothing waits for it: what is due is
 * free at once for every batch. Runs in every process; a pool's lock makes the work of two the work of one.
 */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('sweep');
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly engine: AllocationEngine,
    private readonly pools: PoolRepository,
    private readonly spaces: SpaceRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.sweep()
        .catch((error: unknown) =>
          this.log.warn(`the sweep failed and will be tried again: ${String(error)}`),
        )
        .then(() => this.schedule());
    }, this.settings.allocation.sweepSeconds * 1000);
    this.timer.unref();
  }

  private async sweep(): Promise<void> {
    const due = await this.pools.withDue(await this.spaces.now());
    for (const poolId of due) {
      if (this.stopped) return;
      await this.engine.sweep(poolId);
    }
  }
}
