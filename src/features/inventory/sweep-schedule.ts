import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/settings.js';
import { systemContext } from '../../platform/context/request-context.js';
import { Leases, requireLease } from '../../platform/jobs/leases.js';
import { Scheduler } from '../../platform/jobs/scheduler.js';
import { SweepRepository } from './data/sweep.repository.js';
import { sweepIsDue } from './domain/sweep.js';
import { EVERYTHING, SweepsService } from './sweeps.service.js';

const LOOK_EVERY_SECONDS = 15;
/** Of all processes the one that holds this makes the sweeps by schedule. */
const LEASE = 'sweep-schedule';

/** Begins a sweep of everything from time to time, in one process. */
@Injectable()
export class SweepSchedule implements OnApplicationBootstrap {
  private readonly log = new Logger('sweep');
  private readonly ctx = systemContext('schedule');

  constructor(
    private readonly scheduler: Scheduler,
    private readonly leases: Leases,
    private readonly repository: SweepRepository,
    private readonly sweeps: SweepsService,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'discovery'>,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.discovery.minutes === 0) return;
    this.scheduler.every({
      name: 'sweeping by schedule',
      seconds: LOOK_EVERY_SECONDS,
      run: () => this.round(),
    });
  }

  async round(): Promise<void> {
    if (!(await this.isDue())) return;
    await this.leases.hold(LEASE, async ({ name, token }) => {
      // another process may have been quicker
      if (!(await this.isDue())) return;
      const outcome = await this.sweeps.start(this.ctx, EVERYTHING, {
        cause: 'schedule',
        fence: (tx) => requireLease(tx, name, token),
      });
      if (!outcome.ok) return;
      this.log.log(`sweep_${outcome.value.id} of ${outcome.value.scopesTotal} accounts and regions began`);
    });
  }

  private async isDue(): Promise<boolean> {
    const { idle, lastBegan, now } = await this.repository.schedule();
    return idle && sweepIsDue(this.settings.discovery.minutes, lastBegan, now);
  }
}
