import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../platform/context/request-context.js';
import { Swept, type SweptScope } from '../inventory/index.js';
import { AvoidanceService } from './avoidance.service.js';
import { OverlapsService } from './overlaps.service.js';
import { ReachService } from './reach.service.js';

/** After sweeps: the history of reach, what pools avoid because of it, and findings. */
@Injectable()
export class AfterSweeps {
  constructor(
    swept: Swept,
    private readonly reach: ReachService,
    private readonly avoidance: AvoidanceService,
    private readonly overlaps: OverlapsService,
  ) {
    swept.listen('overlap', (ctx, { scopes }) => this.record(ctx, scopes));
  }

  /** Repeatable; all of it is of the state as it is, and what has changed since is of the latest of these sweeps. */
  async record(ctx: RequestContext, scopes: readonly Pick<SweptScope, 'beganAt'>[]): Promise<void> {
    const at = Math.max(...scopes.map(({ beganAt }) => beganAt));
    // nothing was swept where somebody declared or placed a network: that holds from now on
    const world = await this.reach.record(ctx, at > -Infinity ? at : null);
    await this.avoidance.record(ctx, world);
    await this.overlaps.record(ctx);
  }
}
