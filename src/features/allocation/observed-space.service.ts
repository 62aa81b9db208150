import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../platform/context/request-context.js';
import type { Tx } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher } from '../../platform/events/index.js';
import { BlockRepository } from './data/block.repository.js';
import { ObservedRepository } from './data/observed.repository.js';
import { type PoolTrail, lockPools, shareObserved, trailsOf } from './data/pool-trail.js';
import { LookupRepository } from './data/lookup.repository.js';
import type {
  AllocatedResource,
  AskedCidr,
  KnownReservation,
  ObservedCidr,
  PlaceOfCidr,
  SweptScope,
  TaggedValue,
  WithdrawnCidr,
} from './domain/observed.js';

/** CIDRs of one transaction: it holds the locks of all pools that they concern. */
const AT_ONCE = 500;

/** What is reported of one CIDR: seen (with what it is part of), or withdrawn. */
interface Step {
  readonly resource: string;
  readonly seen: ObservedCidr | null;
  readonly withdrawn: WithdrawnCidr | null;
}

/**
 * Keeps space that is in use from being handed out, as discovery and declarations report it. State is in the database
 * only, and every call may be repeated: a report that ended in the middle is completed by the same report again.
 */
@Injectable()
export class ObservedSpaceService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly observed: ObservedRepository,
    private readonly blocks: BlockRepository,
    private readonly lookups: LookupRepository,
    private readonly publisher: Publisher,
  ) {}

  /** All that a source has reported and not withdrawn, by resource and CIDR. */
  async reported(source: string): Promise<ObservedCidr[]> {
    return (await this.observed.reported([source])).get(source)!;
  }

  /** As `reported`, of many sources in one statement. */
  reportedBy(sources: readonly string[]): Promise<ReadonlyMap<string, readonly ObservedCidr[]>> {
    return this.observed.reported(sources);
  }

  /**
   * Blocks what is seen in all pools in which it is in use, also below live allocations, and unblocks what is withdrawn as
   * far as nothing else blocks it. In steps of at most 500 CIDRs, each whole or not at all. What is both seen and
   * withdrawn is seen. Cost: O(CIDRs), each a search of an index per pool CIDR that it lies in.
   * Report before telling `swept` of the same sweep: what is unswept becomes free with that.
   */
  async report(
    ctx: RequestContext,
    source: string,
    change: { readonly seen: readonly ObservedCidr[]; readonly withdrawn: readonly WithdrawnCidr[] },
  ): Promise<void> {
    if (source === '' || source.includes(':'))
      throw new RangeError(`not the name of a source: ${JSON.stringify(source)}`);
    const steps = stepsOf(change.seen, change.withdrawn);
    for (let from = 0; from < steps.length; from += AT_ONCE)
      await this.reportChunk(ctx, source, steps.slice(from, from + AT_ONCE));
  }

  /**
   * Good sweeps of these scopes began then: discovery covers them, and what became unswept before is free again, except
   * where something is observed. Per pool in steps of at most 500 blocks; what a batch leaves unswept meanwhile waits for
   * the next call.
   */
  async swept(ctx: RequestContext, scopes: readonly SweptScope[]): Promise<void> {
    if (scopes.length > 0) await this.unitOfWork.run(ctx, (tx) => this.observed.raise(tx, scopes));
    for (const poolId of await this.observed.poolsToFree()) {
      for (;;) {
        const freed = await this.unitOfWork.run(
          ctx,
          async (tx, opened) => {
            const trails = trailsOf(await opened);
            const removed = trails.has(poolId) ? await this.observed.toFree(tx, poolId, AT_ONCE) : [];
            await this.blocks.change(tx, ctx, trails, { added: [], removed });
            return removed.length;
          },
          lockPools([poolId]),
        );
        if (freed > 0) this.publisher.wake();
        if (freed < AT_ONCE) break;
      }
    }
  }

  /**
   * For each CIDR, in their order, the innermost pool CIDR that it lies in where observed space counts (a part only in pools
   * made of what it is part of; a child pool CIDR only where it is larger), with the live allocations that cover it
   * there; null where there is none. One statement, some index searches per CIDR: ask for a few thousand at once.
   */
  places(asked: readonly AskedCidr[]): Promise<(PlaceOfCidr | null)[]> {
    return this.lookups.places(asked);
  }

  /**
   * ALLOCATED allocations whose holder names a resource in one of these accounts and regions; without a provider AWS is
   * meant. Reads the register once whatever is asked, as no index pays for it: ask for all scopes at once.
   */
  allocatedIn(
    scopes: readonly { readonly provider: string; readonly account: string; readonly region: string }[],
  ): Promise<AllocatedResource[]> {
    return this.lookups.allocatedIn(scopes);
  }

  /** Reservations, not expired, that values of the tag `cadastre:allocation` name, by the index of the value. */
  reservations(tags: readonly TaggedValue[]): Promise<Map<number, KnownReservation>> {
    return this.lookups.reservations(tags);
  }

  private async reportChunk(ctx: RequestContext, source: string, steps: readonly Step[]): Promise<void> {
    const seen = steps.flatMap((step) => step.seen ?? []);
    const withdrawn = steps.flatMap((step) => step.withdrawn ?? []);
    const changed = [...seen, ...withdrawn];
    const blocked = await this.unitOfWork.run(
      ctx,
      async (tx) => {
        const pools = await this.observed.poolsConcerned(tx, source, changed);
        const trails = await lock(tx, pools);
        await this.observed.write(tx, source, seen, withdrawn);
        const blocks = await this.observed.compare(tx, source, changed, pools);
        await this.blocks.change(tx, ctx, trails, blocks);
        return blocks.added.length + blocks.removed.length;
      },
      [shareObserved()],
    );
    if (blocked > 0) this.publisher.wake();
  }
}

/** Locks pools in a transaction that had to find them first. */
async function lock(tx: Tx, poolIds: readonly number[]): Promise<Map<number, PoolTrail>> {
  if (poolIds.length === 0) return new Map();
  const opened: Record<string, unknown>[][] = [];
  for (const statement of lockPools(poolIds)) opened.push(await tx.query(statement));
  return trailsOf(opened);
}

/** One step per CIDR, those of one resource together, so that no resource is blocked by halves for long. */
function stepsOf(seen: readonly ObservedCidr[], withdrawn: readonly WithdrawnCidr[]): Step[] {
  const steps = new Map<string, Step>();
  const keyOf = ({ resource, cidr, routingDomainId }: WithdrawnCidr): string =>
    JSON.stringify([resource, cidr.toString(), routingDomainId]);
  for (const one of withdrawn) steps.set(keyOf(one), { resource: one.resource, seen: null, withdrawn: one });
  for (const one of seen) steps.set(keyOf(one), { resource: one.resource, seen: one, withdrawn: null });
  return [...steps.values()].sort((a, b) => (a.resource < b.resource ? -1 : a.resource > b.resource ? 1 : 0));
}
