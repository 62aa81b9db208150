import { Injectable } from '@nestjs/common';
import { Address, parsePrefixAtEdge, Prefix, widthOf } from '../../address/index.js';
import { publicId } from '../../platform/graphql/public-id.js';
import { type Allocation, AllocationService, type Pool, PoolService } from '../allocation/index.js';
import { CurrentObjects, type FoundObject } from '../inventory/index.js';
import { type RoutingDomain, RoutingDomainsService } from '../routing-domains/index.js';
import { type Hit, type MatchedBy, rankHits } from './domain/search.js';

export interface Found {
  readonly hits: readonly Hit[];
  /** There is more than was asked for; each source is asked for so many. */
  readonly more: boolean;
}

/** Looks into everything that is allocated and observed: one bounded statement per source and rank. */
@Injectable()
export class SearchService {
  constructor(
    private readonly allocations: AllocationService,
    private readonly pools: PoolService,
    private readonly objects: CurrentObjects,
    private readonly domains: RoutingDomainsService,
  ) {}

  /** Exact id or address, then name, then tag, then what else is said. */
  async search(text: string, limit: number): Promise<Found> {
    const most = limit + 1;
    const prefix = prefixOf(text);
    const lists = prefix ? await this.byAddress(prefix, most) : await this.byText(text, most);
    const hits = rankHits(lists.flat());
    return {
      hits: hits.slice(0, limit),
      more: hits.length > limit || lists.some((list) => list.length >= most),
    };
  }

  private byAddress(prefix: Prefix, most: number): Promise<Hit[][]> {
    return Promise.all([
      this.objects.containing(prefix, most).then((found) => found.map((one) => observedHit(one, 'ADDRESS'))),
      this.allocations
        .list(
          { cidrContaining: prefix, statuses: ['RESERVED', 'ALLOCATED', 'QUARANTINED'] },
          'CIDR',
          most,
          null,
        )
        .then((found) => this.allocationHits(found, 'ADDRESS')),
      this.pools
        .list({ cidrContaining: prefix }, 'DEPTH', most, null)
        .then((found) => found.map((pool) => poolHit(pool, 'ADDRESS', prefix))),
    ]);
  }

  private byText(text: string, most: number): Promise<Hit[][]> {
    const lower = text.toLowerCase();
    return Promise.all([
      this.objects.byId(text, most).then((found) => found.map((one) => observedHit(one, 'ID'))),
      this.objects.saying(text, most).then((found) => found.map((one) => observedHit(one, one.by))),
      this.allocations.find({ id: text }).then((found) => this.allocationHits(found ? [found] : [], 'ID')),
      this.allocations
        .list({ holder: { resourceId: text } }, 'CREATED', most, null)
        .then((found) => this.allocationHits(found, 'ID')),
      this.allocations.list({ text }, 'CREATED', most, null).then((found) =>
        this.allocationHits(found, (one) => {
          if (one.key?.toLowerCase().includes(lower)) return 'NAME';
          return Object.entries(one.tags)
            .flat()
            .some((part) => part.toLowerCase().includes(lower))
            ? 'TAG'
            : 'TEXT';
        }),
      ),
      this.pools
        .list({ text }, 'DEPTH', most, null)
        .then((found) =>
          found.map((pool) => poolHit(pool, pool.name.toLowerCase().includes(lower) ? 'NAME' : 'TEXT', null)),
        ),
      this.domains.find(text).then((found) => (found ? [domainHit(found, text)] : [])),
    ]);
  }

  private async allocationHits(
    found: readonly Allocation[],
    by: MatchedBy | ((allocation: Allocation) => MatchedBy),
  ): Promise<Hit[]> {
    const ids = [...new Set(found.map(({ poolId }) => poolId))];
    const pools = new Map(
      (ids.length === 0 ? [] : await this.pools.byIds(ids)).map((pool) => [pool.id, pool.name]),
    );
    return found.map((allocation) => {
      const { id, key, cidr, poolId, holder, status, description } = allocation;
      const held = [holder.resourceType, holder.resourceId, holder.contact].filter(Boolean).join(' ');
      return {
        by: typeof by === 'string' ? by : by(allocation),
        kind: 'allocation',
        id: publicId('allocation', id),
        name: key,
        cidr: cidr.toString(),
        chain: [pools.get(poolId) ?? publicId('pool', poolId), holder.account, holder.region].filter(
          (part) => !!part,
        ) as string[],
        note: [status, held, description].filter(Boolean).join(' · '),
      };
    });
  }
}

/** Of an address the CIDR with it alone. */
function prefixOf(text: string): Prefix | null {
  const prefix = parsePrefixAtEdge(text);
  if (prefix.ok) return prefix.value;
  const address = Address.parse(text);
  return address.ok ? Prefix.of(address.value, widthOf(address.value.family)) : null;
}

function observedHit(
  { kind, id, name, vpcId, account, region, cidr, missing }: FoundObject,
  by: MatchedBy,
): Hit {
  const chain = [account, region, vpcId === id ? null : vpcId].filter((part) => part !== null);
  return { by, kind, id, name, cidr, chain, note: missing ? 'missing from the last list' : '' };
}

function poolHit({ id, name, cidrs, description }: Pool, by: MatchedBy, around: Prefix | null): Hit {
  const cidr = around ? cidrs.find((one) => one.contains(around)) : cidrs[0];
  return {
    by,
    kind: 'pool',
    id: publicId('pool', id),
    name,
    cidr: cidr?.toString() ?? null,
    chain: [],
    note: description,
  };
}

function domainHit({ id, name, description }: RoutingDomain, text: string): Hit {
  const publicName = publicId('routingDomain', id);
  const by = text === publicName ? 'ID' : 'NAME';
  return { by, kind: 'routing_domain', id: publicName, name, cidr: null, chain: [], note: description };
}
