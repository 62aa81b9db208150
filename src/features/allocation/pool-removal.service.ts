import { Injectable } from '@nestjs/common';
import type { Prefix } from '../../address/index.js';
import { formatInstant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import type { Tx } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher } from '../../platform/events/index.js';
import { publicId } from '../../platform/graphql/public-id.js';
import { BatchRepository } from './data/batch.repository.js';
import { lockTree, type PoolTrail, recordPoolChanges, trailsOf } from './data/pool-trail.js';
import { PoolRepository } from './data/pool.repository.js';
import { RegisterRepository } from './data/register.repository.js';
import { RemovalRepository } from './data/removal.repository.js';
import { notFound } from './domain/decide.js';
import { endEverything, stillUsed } from './domain/deprovision.js';
import type { Failure } from './domain/failure.js';
import { Ledger } from './domain/ledger.js';
import type { Pool, PoolCidr } from './domain/pool.js';
import { splitForKey } from './domain/pool-rules.js';
import { outdated, type PoolOutcome } from './pool.service.js';
import { PoolTurn } from './pool-turn.js';

/** A pool that is about to lose CIDRs, with its trail and those of the pools that its sources lie in. */
interface Locked {
  readonly tx: Tx;
  readonly pool: Pool;
  readonly cidrs: readonly PoolCidr[];
  readonly trails: Map<number, PoolTrail>;
}

/** The sources moved to other pools between the look and the lock: look again. */
class SourcesMovedError extends Error {}

/**
 * Takes CIDRs out of pools, and pools away. What is reserved or allocated in them blocks it; what rests in quarantine
 * becomes RELEASED, and the source rests as long instead. Cost: O(allocations that ever were in the CIDR).
 */
@Injectable()
export class PoolRemovalService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly pools: PoolRepository,
    private readonly register: RegisterRepository,
    private readonly removals: RemovalRepository,
    private readonly batches: BatchRepository,
    private readonly publisher: Publisher,
    private readonly turn: PoolTurn,
  ) {}

  /** The pool without the CIDR. HAS_DEPENDENTS, OUTSIDE_POOL, NOT_FOUND. */
  async deprovision(ctx: RequestContext, poolId: number, cidr: Prefix): Promise<PoolOutcome> {
    const failure = await this.locking(ctx, poolId, async (locked) => {
      const going = splitForKey(cidr).map((part) => locked.cidrs.find((own) => own.cidr.equals(part)));
      if (!going.every((own) => own !== undefined)) return notProvisioned(locked.pool, cidr);
      return this.take(ctx, locked, going, `${cidr}`);
    });
    if (failure) return { ok: false, failure };
    const [pool] = await this.pools.byIds([poolId]);
    return pool ? { ok: true, pool } : { ok: false, failure: notFound(publicId('pool', poolId)) };
  }

  /** The pool as it was. Its allocations that are over stay in the register. HAS_DEPENDENTS, VERSION_CONFLICT, NOT_FOUND. */
  async delete(ctx: RequestContext, poolId: number, version?: number): Promise<PoolOutcome> {
    let deleted: Pool | undefined;
    const failure = await this.locking(ctx, poolId, async (locked) => {
      const { tx, pool, trails } = locked;
      const stale = outdated(pool, version, () => this.pools.changedBy(tx, publicId('pool', poolId)));
      const refused = (await stale) ?? (await this.take(ctx, locked, locked.cidrs, pool.name));
      if (refused) return refused;
      await recordPoolChanges(tx, ctx, trails.get(poolId)!, [
        { action: 'pool.deleted', subject: publicId('pool', poolId), detail: { name: pool.name } },
      ]);
      await this.removals.removePool(tx, poolId);
      deleted = pool;
      return null;
    });
    return failure ? { ok: false, failure } : { ok: true, pool: deleted! };
  }

  /** Runs `work` with the pool and the pools of its sources locked, in turn with other changes of pools. */
  private async locking(
    ctx: RequestContext,
    poolId: number,
    work: (locked: Locked) => Promise<Failure | null>,
  ): Promise<Failure | null> {
    for (;;) {
      const ids = [...(await this.poolsOfSources(poolId)).values(), poolId];
      try {
        const failure = await this.turn.run(() =>
          this.unitOfWork.run(
            ctx,
            async (tx, opened) => {
              const trails = trailsOf(await opened);
              const [pool] = await this.pools.byIds([poolId], tx);
              if (!pool || !trails.has(poolId)) return notFound(publicId('pool', poolId));
              const needed = (await this.poolsOfSources(poolId, tx)).values();
              if (![...needed].every((id) => trails.has(id))) throw new SourcesMovedError();
              return work({ tx, pool, trails, cidrs: await this.pools.cidrsOf(tx, poolId) });
            },
            lockTree(ids, poolId),
          ),
        );
        if (!failure) this.publisher.wake();
        return failure;
      } catch (error) {
        if (!(error instanceof SourcesMovedError)) throw error;
      }
    }
  }

  /** Pool of each source of a pool. */
  private async poolsOfSources(poolId: number, tx?: Tx): Promise<Map<number, number>> {
    const sources = await this.pools.sourcesOf([poolId], tx);
    return sources.length === 0
      ? new Map()
      : this.register.poolsOf(
          sources.map(({ allocationId }) => allocationId),
          tx,
        );
  }

  private async take(
    ctx: RequestContext,
    { tx, pool, trails }: Locked,
    going: readonly PoolCidr[],
    what: string,
  ): Promise<Failure | null> {
    const ids = going.map(({ id }) => id);
    const trail = trails.get(pool.id)!;
    const blockers = await this.removals.blockers(tx, pool.id, ids, trail.now);
    const used = stillUsed(what, blockers);
    if (used) return used;
    const facts = { id: pool.id, family: pool.family, rules: pool.rules, cidrs: going };
    const ledger = new Ledger(await this.removals.load(tx, facts, ids, trail.now));
    const restsUntil = endEverything(ledger, new Set(ids), {
      actor: ctx.actor,
      correlation: ctx.correlation,
    });
    const { changes } = ledger;
    const nothing = { removed: [], added: [] };
    this.batches.write(tx, trail, {
      outcomes: [],
      written: ledger.written(),
      freeBlocks: nothing,
      blocks: ledger.blockDelta(),
      changes,
    });
    advance(trails, trail, changes.length);
    const sources = new Map(
      (await this.pools.sourcesOf([pool.id], tx)).map((source) => [source.cidr.toString(), source]),
    );
    await this.removals.remove(tx, ids);
    await this.pools.derivePlace(tx, pool.id);
    const notes = going.map(({ cidr }) => ({
      action: 'pool.cidr_deprovisioned',
      subject: publicId('pool', pool.id),
      detail: { cidr: cidr.toString() },
    }));
    await recordPoolChanges(tx, ctx, trails.get(pool.id)!, notes);
    advance(trails, trails.get(pool.id)!, notes.length);
    await this.holdSources(ctx, tx, trails, going, restsUntil, sources);
    return null;
  }

  private async holdSources(
    ctx: RequestContext,
    tx: Tx,
    trails: Map<number, PoolTrail>,
    going: readonly PoolCidr[],
    restsUntil: ReadonlyMap<number, number>,
    sources: ReadonlyMap<string, { readonly allocationId: number }>,
  ): Promise<void> {
    const held = going.flatMap(({ id, cidr }) => {
      const [until, source] = [restsUntil.get(id), sources.get(cidr.toString())];
      return until === undefined || !source ? [] : [{ until, id: source.allocationId }];
    });
    if (held.length === 0) return;
    const poolOf = await this.register.poolsOf(
      held.map(({ id }) => id),
      tx,
    );
    for (const { id, until } of held) {
      await this.removals.hold(tx, id, until);
      const trail = trails.get(poolOf.get(id)!)!;
      const detail = { heldUntil: formatInstant(until) };
      await recordPoolChanges(tx, ctx, trail, [
        { action: 'allocation.held', subject: publicId('allocation', id), detail },
      ]);
      advance(trails, trail, 1);
    }
  }
}

function advance(trails: Map<number, PoolTrail>, trail: PoolTrail, by: number): void {
  trails.set(trail.poolId, { ...trail, sequence: trail.sequence + by });
}

function notProvisioned(pool: Pool, cidr: Prefix): Failure {
  const { name, cidrs: poolCidrs } = pool;
  const message = `${cidr} is no CIDR of ${name} (${poolCidrs.join(', ') || 'it has none'}); a CIDR goes as a whole.`;
  return { code: 'OUTSIDE_POOL', message, cidr, poolCidrs };
}
