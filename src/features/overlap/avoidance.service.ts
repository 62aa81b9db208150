import { Injectable } from '@nestjs/common';
import type { Prefix } from '../../address/index.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { publicId } from '../../platform/graphql/public-id.js';
import {
  AllocationService,
  type ObservedCidr,
  ObservedSpaceService,
  type Pool,
  PoolService,
} from '../allocation/index.js';
import { avoidedBy } from './domain/avoidance.js';
import type { World } from './observed-world.js';

const SOURCE = 'reach';
const PAGE = 1000;
/** Allocations of one pool that are looked at: it is best effort, and a larger pool hands out from its children. */
const MOST_ALLOCATIONS = 20_000;

/** Keeps pools of a routing domain from handing out what a domain that it reaches has. Best effort. */
@Injectable()
export class AvoidanceService {
  constructor(
    private readonly pools: PoolService,
    private readonly allocations: AllocationService,
    private readonly observedSpace: ObservedSpaceService,
  ) {}

  /** Reports how it differs from what was reported before. Repeatable. */
  async record(ctx: RequestContext, { networks, reach }: World): Promise<void> {
    const byDomain = await this.poolsByDomain();
    const own = [...byDomain].map(([domainId, pools]) => ({
      domainId,
      cidrs: pools.flatMap(({ cidrs }) => cidrs),
    }));
    const asked = new Set(own.flatMap(({ domainId }) => reach.neighbours(domainId)));
    const spaces = new Map<number, Prefix[]>([...asked].map((domain) => [domain, []]));
    for (const { routingDomainId, cidrs } of networks) spaces.get(routingDomainId)?.push(...cidrs);
    for (const domain of asked)
      for (const pool of byDomain.get(domain) ?? []) spaces.get(domain)!.push(...(await this.taken(pool.id)));
    const wanted = avoidedBy(own, spaces, (domain) => reach.neighbours(domain)).map(
      ({ domainId, because, cidr }): ObservedCidr => ({
        source: SOURCE,
        resource: publicId('routingDomain', because),
        routingDomainId: domainId,
        cidr,
        within: null,
      }),
    );
    const before = new Map((await this.observedSpace.reported(SOURCE)).map((one) => [keyOf(one), one]));
    const after = new Set(wanted.map(keyOf));
    const seen = wanted.filter((one) => !before.has(keyOf(one)));
    const withdrawn = [...before].filter(([key]) => !after.has(key)).map(([, one]) => one);
    if (seen.length + withdrawn.length > 0) await this.observedSpace.report(ctx, SOURCE, { seen, withdrawn });
  }

  /** Root pools that are bound to a routing domain. */
  private async poolsByDomain(): Promise<Map<number, Pool[]>> {
    const found = new Map<number, Pool[]>();
    for (let after: { depth: number; name: string } | null = null; ;) {
      const page = await this.pools.list({ parentId: null }, 'DEPTH', PAGE, after);
      for (const pool of page)
        if (pool.routingDomainId !== null)
          found.set(pool.routingDomainId, [...(found.get(pool.routingDomainId) ?? []), pool]);
      const last = page.at(-1);
      if (page.length < PAGE || !last) return found;
      after = { depth: last.depth, name: last.name };
    }
  }

  private async taken(poolId: number): Promise<Prefix[]> {
    const cidrs: Prefix[] = [];
    for (let after: { cidr: string; id: number } | null = null; cidrs.length < MOST_ALLOCATIONS;) {
      const page = await this.allocations.list(
        { poolId, statuses: ['RESERVED', 'ALLOCATED', 'QUARANTINED'] },
        'CIDR',
        PAGE,
        after,
      );
      cidrs.push(...page.map(({ cidr }) => cidr));
      const last = page.at(-1);
      if (page.length < PAGE || !last) break;
      after = { cidr: last.cidr.toString(), id: last.id };
    }
    return cidrs;
  }
}

function keyOf({ resource, routingDomainId, cidr }: ObservedCidr): string {
  return `${resource} ${routingDomainId} ${cidr}`;
}
