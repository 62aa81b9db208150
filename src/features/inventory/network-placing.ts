import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../platform/context/request-context.js';
import { ScopeRepository } from './data/scope.repository.js';
import { InventoryReads } from './inventory-reads.js';
import { NetworksService, type Placed } from './networks.service.js';
import { Swept } from './swept.js';

/** Puts networks into routing domains, and lets everybody who depends on that know. */
@Injectable()
export class NetworkPlacing {
  constructor(
    private readonly networks: NetworksService,
    private readonly reads: InventoryReads,
    private readonly scopes: ScopeRepository,
    private readonly swept: Swept,
  ) {}

  /** Repeatable. What blocks where follows at once, or with the next sweep where that fails. NOT_FOUND. */
  async place(ctx: RequestContext, network: string, routingDomain: string): Promise<Placed> {
    const outcome = await this.networks.place(ctx, network, routingDomain);
    if (!outcome.ok) return outcome;
    const objects = await this.reads.current({ ids: [network] });
    const seenBy = new Set(objects.map(({ scopeId }) => scopeId));
    const scopes = (await this.scopes.all()).filter(({ id }) => seenBy.has(id));
    // nothing was swept: it is looked at again
    await this.swept.announce(
      ctx,
      scopes.map((scope) => ({ ...scope, beganAt: -Infinity, good: [] })),
    );
    return outcome;
  }
}
