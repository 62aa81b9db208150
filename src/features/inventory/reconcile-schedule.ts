import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/settings.js';
import { systemContext } from '../../platform/context/request-context.js';
import { Leases } from '../../platform/jobs/leases.js';
import { Scheduler } from '../../platform/jobs/scheduler.js';
import { Reconciler } from './reconciler.js';
import { Swept } from './swept.js';

const LEASE = 'reconcile';

/** Reconciliation after every sweep, and of what a process that died has left undone. */
@Injectable()
export class ReconcileSchedule implements OnApplicationBootstrap {
  constructor(
    swept: Swept,
    private readonly reconciler: Reconciler,
    private readonly leases: Leases,
    private readonly scheduler: Scheduler,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    // first of all: those that listen later look at networks in their routing domains
    swept.listen('reconciliation', async (ctx, { scopes }) => void (await reconciler.reconcile(ctx, scopes)));
  }

  onApplicationBootstrap(): void {
    this.scheduler.every({
      name: 'reconciliation',
      seconds: this.settings.discovery.reconcileSeconds,
      run: async () => {
        await this.leases.hold(LEASE, () => this.reconciler.catchUp(systemContext('reconciliation')));
      },
    });
  }
}
