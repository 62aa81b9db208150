import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../platform/context/request-context.js';
import {
  type Allocation,
  type AllocationThere,
  AllocationService,
  type Failure,
  ObservedSpaceService,
  type PlaceOfCidr,
  type Pool,
} from '../allocation/index.js';
import { type AdoptionWords, Adopter, type Adoption, type AdoptionFailure } from './adopter.js';
import { ScopeRepository } from './data/scope.repository.js';
import { differencesOf } from './domain/fit.js';
import { type Seen, seenIn } from './domain/seen.js';
import { InventoryReads } from './inventory-reads.js';
import { NetworksService } from './networks.service.js';
import { Reconciler } from './reconciler.js';

export interface AdoptObserved extends AdoptionWords {
  /** `vpc-…` or `subnet-…`. */
  readonly resource: string;
  /** Id or name; left out: the pool that it lies in. */
  readonly pool?: string;
}

export type AdoptionOutcome =
  | { readonly ok: true; readonly adoption: Adoption }
  | { readonly ok: false; readonly failure: Extract<Failure, { code: 'NOT_FOUND' }> };

/** Adoption in one call: a VPC with its pool and subnets, or a subnet. A sequence of steps, each repeatable. */
@Injectable()
export class AdoptionService {
  constructor(
    private readonly reads: InventoryReads,
    private readonly networks: NetworksService,
    private readonly observed: ObservedSpaceService,
    private readonly allocations: AllocationService,
    private readonly adopter: Adopter,
    private readonly reconciler: Reconciler,
    private readonly scopes: ScopeRepository,
  ) {}

  /** Repeated it adopts what is left. NOT_FOUND (what is observed, the pool); what was refused stands in the answer. */
  async adopt(ctx: RequestContext, asked: AdoptObserved): Promise<AdoptionOutcome> {
    const { resource, pool, ...words } = asked;
    const all = await this.seenOf(ctx, resource);
    if (all.length === 0) return refused('observed VPC or subnet', resource);
    const poolId = pool === undefined ? null : await this.allocations.resolvePool(pool);
    if (pool !== undefined && poolId === null) return refused('pool', pool);

    const allocations: Allocation[] = [];
    const failures: AdoptionFailure[] = [];
    const places = await this.observed.places(all);
    for (const [index, seen] of all.entries()) {
      // one key is one CIDR: the others of a VPC go without
      const said = index === 0 ? words : { ...words, key: undefined };
      const taken = await this.take(ctx, seen, places[index] ?? null, poolId, said);
      // an id that no pool has: nothing else can be said of it
      if ('code' in taken && taken.code === 'NOT_FOUND') return { ok: false, failure: taken };
      if ('code' in taken) failures.push({ resource, cidr: seen.cidr, failure: taken });
      else allocations.push(taken);
    }
    const pools = all[0]!.kind === 'vpc' ? await this.vpcPools(ctx, all, allocations, failures) : [];
    const { account, region } = all[0]!;
    const scopes = (await this.scopes.all()).filter(
      (scope) => scope.account === account && scope.region === region,
    );
    const followed = await this.reconciler.reconcile(ctx, scopes);
    const within = allocations.map(({ cidr }) => cidr);
    allocations.push(...followed.filter(({ cidr }) => within.some((block) => block.contains(cidr))));
    return { ok: true, adoption: { allocations, pools, failures } };
  }

  private async seenOf(ctx: RequestContext, resource: string): Promise<Seen[]> {
    const [one] = await this.reads.current({ kinds: ['vpc', 'subnet'], ids: [resource] }, 1);
    if (!one?.vpcId) return [];
    const objects = await this.reads.current({ kinds: ['vpc', 'subnet'], vpcId: one.vpcId });
    const seen = seenIn(objects, await this.networks.ensure(ctx, [one.vpcId]));
    const own = seen.filter((each) => each.resource === resource && each.usable);
    // a shared one is seen by several accounts
    return [...new Map(own.map((each) => [each.cidr.toString(), each])).values()];
  }

  private async take(
    ctx: RequestContext,
    seen: Seen,
    place: PlaceOfCidr | null,
    poolId: number | null,
    words: AdoptionWords,
  ): Promise<Allocation | Failure> {
    const there = place?.allocations.find(({ cidr }) => cidr.equals(seen.cidr));
    if (there && isFor(there, seen)) return this.claim(ctx, there, seen);
    const into = poolId ?? place?.poolId ?? null;
    if (into === null) return outside(seen);
    const outcome = await this.adopter.adopt(ctx, into, seen, words);
    return outcome.ok ? outcome.allocation : outcome.failure;
  }

  /** It has this allocation already, or is what a reservation is for. */
  private async claim(
    ctx: RequestContext,
    there: AllocationThere,
    seen: Seen,
  ): Promise<Allocation | Failure> {
    const outcome = await this.adopter.settle(ctx, there.id, seen);
    return outcome.ok ? outcome.allocation : outcome.failure;
  }

  private async vpcPools(
    ctx: RequestContext,
    vpc: readonly Seen[],
    allocations: readonly Allocation[],
    failures: AdoptionFailure[],
  ): Promise<Pool[]> {
    const pools: Pool[] = [];
    for (const family of [4, 6] as const) {
      const first = vpc.find(({ cidr }) => cidr.family === family);
      const made = first && (await this.adopter.vpcPool(ctx, first, allocations));
      if (made?.ok) pools.push(made.pool);
      else if (made) failures.push({ resource: first!.resource, cidr: first!.cidr, failure: made.failure });
    }
    return pools;
  }
}

function isFor({ status, holder }: AllocationThere, seen: Seen): boolean {
  const fits = Object.keys(differencesOf(holder, seen)).length === 0;
  return fits && (status === 'ALLOCATED' || status === 'RESERVED') && holder.account === seen.account;
}

function outside({ resource, cidr, kind }: Seen): Failure {
  const advice =
    kind === 'vpc' ? 'make a pool around it, or name one' : 'adopt its VPC first, which makes a pool for it';
  const message = `${cidr} of ${resource} lies in no pool: ${advice}.`;
  return { code: 'OUTSIDE_POOL', message, cidr, poolCidrs: [] };
}

function refused(what: string, id: string): AdoptionOutcome {
  return {
    ok: false,
    failure: { code: 'NOT_FOUND', message: `There is no ${what} ${JSON.stringify(id)}.`, id },
  };
}
