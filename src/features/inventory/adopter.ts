import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { Prefix, widthOf } from '../../address/index.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { looksLikeId, publicId } from '../../platform/graphql/public-id.js';
import {
  type Allocation,
  AllocationService,
  type Failure,
  ObservedSpaceService,
  type Outcome,
  type Pool,
  type PoolOutcome,
  PoolService,
  type Tags,
} from '../allocation/index.js';
import { RoutingDomainsService } from '../routing-domains/index.js';
import { ALLOCATION_TAG, type Seen } from './domain/seen.js';

/** What whoever adopts says beside what is observed. */
export interface AdoptionWords {
  readonly key?: string;
  readonly contact?: string;
  /** In place of the tags of the resource. */
  readonly tags?: Tags;
}

const LONGEST_NAME = 255;
const PROVIDER = 'aws';

/** Registers what is observed. Every step is repeatable. */
@Injectable()
export class Adopter {
  /** Of all that are adopted at once, at once; nothing is remembered. */
  private readonly domainNames: DataLoader<number, string>;

  constructor(
    private readonly allocations: AllocationService,
    private readonly pools: PoolService,
    private readonly observed: ObservedSpaceService,
    routingDomains: RoutingDomainsService,
  ) {
    this.domainNames = new DataLoader(
      async (ids) => {
        const names = new Map(
          (await routingDomains.byIds([...new Set(ids)])).map(({ id, name }) => [id, name]),
        );
        return ids.map((id) => names.get(id) ?? '');
      },
      { cache: false },
    );
  }

  /** An allocation whose holder is the resource. Against the pool's rules it is noncompliant; its tags are the resource's. */
  async adopt(ctx: RequestContext, poolId: number, seen: Seen, words: AdoptionWords = {}): Promise<Outcome> {
    const { account, region, kind: resourceType, resource: resourceId, cidr } = seen;
    const routingDomain = await this.domainNames.load(seen.routingDomainId);
    const holder = { provider: PROVIDER, account, region, resourceType, resourceId, routingDomain };
    return this.allocations.take(ctx, publicId('pool', poolId), {
      kind: 'adopt',
      cidr,
      ...(words.key !== undefined && { key: words.key }),
      holder: { ...holder, ...(words.contact !== undefined && { contact: words.contact }) },
      tags: words.tags ?? ownTags(seen),
      description: seen.name ?? '',
    });
  }

  /** Discovery saw the resource of a reservation. */
  settle(ctx: RequestContext, allocationId: number, seen: Seen): Promise<Outcome> {
    const { account, region, kind: resourceType, resource: resourceId } = seen;
    const resource = { provider: PROVIDER, account, region, resourceType, resourceId };
    return this.allocations.settle(ctx, publicId('allocation', allocationId), resource);
  }

  /**
   * The pool of a VPC for its allocations of one family, so that its subnets can be adopted: made where there is none,
   * with autoAdopt, and given those that it lacks. Null where it has all of them.
   */
  async vpcPool(ctx: RequestContext, vpc: Seen, adopted: readonly Allocation[]): Promise<PoolOutcome | null> {
    const sources = adopted.filter(
      ({ cidr, status }) => cidr.family === vpc.cidr.family && status === 'ALLOCATED',
    );
    const within = sources.map(({ cidr }) => ({
      cidr: Prefix.of(cidr.first, widthOf(cidr.family)),
      routingDomainId: vpc.routingDomainId,
      within: cidr,
    }));
    // where a single address of it lies in a pool inside it, it has a pool
    const places = await this.observed.places(within);
    const lacking = sources.filter((_, index) => places[index] === null);
    if (lacking.length === 0) return null;
    const ids = lacking.map(({ id }) => publicId('allocation', id));
    const known = places.find((place, index) => place?.poolCidr.equals(sources[index]!.cidr));
    if (known) return this.pools.provision(ctx, known.poolId, { allocations: ids });
    return this.createPool(ctx, vpc, ids);
  }

  private async createPool(ctx: RequestContext, vpc: Seen, allocations: string[]): Promise<PoolOutcome> {
    const { resource, name, cidr } = vpc;
    const suffix = cidr.family === 6 ? ' IPv6' : '';
    const named = name !== null && name.trim() !== '' && !looksLikeId(name) ? name : resource;
    const names = [named, `${named} (${resource})`, resource].map((one) => `${one}${suffix}`);
    let last: PoolOutcome | null = null;
    for (const one of new Set(names.filter((given) => given.length <= LONGEST_NAME))) {
      last = await this.pools.create(ctx, {
        name: one,
        description: `${resource} in ${vpc.account} ${vpc.region}`,
        family: cidr.family,
        from: { allocations },
        routingDomain: null,
        rules: { autoAdopt: true },
        tags: {},
      });
      if (last.ok || last.failure.code !== 'NAME_TAKEN') return last;
    }
    return last!;
  }
}

/** What was adopted, and what was not. */
export interface Adoption {
  readonly allocations: readonly Allocation[];
  readonly pools: readonly Pool[];
  readonly failures: readonly AdoptionFailure[];
}

export interface AdoptionFailure {
  readonly resource: string;
  readonly cidr: Prefix;
  readonly failure: Failure;
}

/** The provider's own tags and the one that names an allocation say nothing about what it is for. */
function ownTags({ tags }: Seen): Tags {
  const own = Object.entries(tags).filter(([key]) => !key.startsWith('aws:') && key !== ALLOCATION_TAG);
  return Object.fromEntries(own);
}
