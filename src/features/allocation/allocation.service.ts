import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { Prefix } from '../../address/index.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { numberOfId } from '../../platform/graphql/public-id.js';
import { AllocationEngine } from './allocation.engine.js';
import { BatchRepository } from './data/batch.repository.js';
import { PoolRepository } from './data/pool.repository.js';
import { RegisterRepository } from './data/register.repository.js';
import { SpaceRepository } from './data/space.repository.js';
import type { Allocation, Holder } from './domain/allocation.js';
import type { AllocationFilter, AllocationOrder, AllocationPlace } from './domain/allocation-list.js';
import { type CheckedCidr, checkedCidr, type Occupant } from './domain/occupant.js';
import type {
  AdoptCommand,
  AllocateCommand,
  Command,
  CommandById,
  Outcome,
  ReserveCommand,
} from './domain/command.js';
import { decideBatch, notFound } from './domain/decide.js';
import { loadUntilEnough } from './load-until-enough.js';

export type TakeCommand = AllocateCommand | ReserveCommand | AdoptCommand;

/** Commands by id before it is known which pool the id belongs to. */
type Given<C extends Command> = C extends CommandById ? Omit<C, 'id'> & { readonly id: string } : never;

/** Use cases over allocations. Expected failures are outcomes; what is thrown is a fault and changed nothing, or says that nobody knows. */
@Injectable()
export class AllocationService {
  /** All names and ids that are asked for at once are looked up at once; nothing is remembered. */
  private readonly poolByName: DataLoader<string, number | null>;
  private readonly poolOfAllocation: DataLoader<number, number | null>;

  constructor(
    private readonly engine: AllocationEngine,
    private readonly unitOfWork: UnitOfWork,
    private readonly pools: PoolRepository,
    private readonly register: RegisterRepository,
    private readonly spaces: SpaceRepository,
    private readonly batches: BatchRepository,
  ) {
    const options = { cache: false, maxBatchSize: 500 };
    this.poolByName = new DataLoader(async (names) => {
      const ids = await pools.idsByName(names);
      return names.map((name) => ids.get(name) ?? null);
    }, options);
    this.poolOfAllocation = new DataLoader(async (ids) => {
      const found = await register.poolsOf(ids);
      return ids.map((id) => found.get(id) ?? null);
    }, options);
  }

  /** allocate, reserve, adopt. `pool` is an id or a name. Served in a batch with all that arrive meanwhile. */
  async take(ctx: RequestContext, pool: string, command: TakeCommand): Promise<Outcome> {
    const poolId = await this.resolvePool(pool);
    if (poolId === null) return { ok: false, failure: notFound(pool) };
    return this.engine.submit(poolId, { command, actor: ctx.actor, correlation: ctx.correlation });
  }

  /** confirm, renew, release, restore, update. */
  async change(ctx: RequestContext, given: Given<CommandById>): Promise<Outcome> {
    const found = await this.locate(given.id);
    if (!found) return { ok: false, failure: notFound(given.id) };
    const command = { ...given, id: found.id } as CommandById;
    return this.engine.submit(found.poolId, { command, actor: ctx.actor, correlation: ctx.correlation });
  }

  /**
   * Discovery saw the resource of a reservation: it becomes ALLOCATED, its holder is completed where it says nothing, and
   * a pending claim takes the key over. The first confirm after it succeeds. An ALLOCATED one is returned as it is;
   * anything else is INVALID_TRANSITION.
   */
  settle(
    ctx: RequestContext,
    id: string,
    resource: Required<Pick<Holder, 'provider' | 'account' | 'region' | 'resourceType' | 'resourceId'>>,
  ): Promise<Outcome> {
    return this.change({ ...ctx, actor: 'system:discovery' }, { kind: 'settle', id, resource });
  }

  /** What `take` would answer now. Holds nothing: the next caller may get the same CIDR. */
  async preview(ctx: RequestContext, pool: string, command: AllocateCommand): Promise<Outcome> {
    const poolId = await this.resolvePool(pool);
    if (poolId === null) return { ok: false, failure: notFound(pool) };
    const item = { command, actor: ctx.actor, correlation: ctx.correlation };
    return this.unitOfWork.snapshot(async (reader, now) => {
      const decision = await loadUntilEnough(
        { window: 1, due: MOST_DUE_SEEN, counts: false, preview: true },
        (limits) => this.batches.load(reader, poolId, now, [item], limits),
        (state) => decideBatch({ ...state, moreDue: false }, [item]),
        () => Promise.resolve(),
      );
      return decision?.outcomes[0] ?? { ok: false, failure: notFound(pool) };
    });
  }

  /** By id, or by pool and key; null where there is none. */
  async find(place: { id: string } | { pool: string; key: string }): Promise<Allocation | null> {
    if ('id' in place) {
      const id = numberOfId('allocation', place.id);
      return id === null ? null : ((await this.register.byIds([id]))[0] ?? null);
    }
    const poolId = await this.resolvePool(place.pool);
    return poolId === null ? null : this.register.byKey(poolId, place.key);
  }

  /** In no order. */
  byIds(ids: readonly number[]): Promise<Allocation[]> {
    return this.register.byIds(ids);
  }

  list(
    filter: AllocationFilter,
    order: AllocationOrder,
    limit: number,
    after: AllocationPlace | null,
  ): Promise<Allocation[]> {
    return this.register.list(filter, order, limit, after);
  }

  count(filter: AllocationFilter): Promise<number> {
    return this.register.count(filter);
  }

  /** What is known of each CIDR, in their order, where GLOBAL pools and those of the routing domain count. */
  async check(cidrs: readonly Prefix[], routingDomainId: number | null): Promise<CheckedCidr[]> {
    const occupants = await this.spaces.occupants(cidrs, routingDomainId);
    const byCidr = new Map<string, Occupant[]>();
    for (const occupant of occupants) {
      const key = occupant.asked.toString();
      byCidr.set(key, [...(byCidr.get(key) ?? []), occupant]);
    }
    const checked = cidrs.map((cidr) => checkedCidr(cidr, byCidr.get(cidr.toString()) ?? []));
    // where no pool says anything, what is in use is not free either
    const outside = cidrs.filter((_, index) => isOutside(checked[index]!));
    if (outside.length === 0) return checked;
    const observed = await this.spaces.observedOn(outside, routingDomainId);
    return checked.map((one, index) => {
      const conflicts = isOutside(one) ? observed.get(cidrs[index]!.toString()) : undefined;
      return conflicts ? { ...one, status: 'OBSERVED', conflicts } : one;
    });
  }

  /** The number of an allocation and of its pool; null where there is none with this id. */
  async locate(id: string): Promise<{ id: number; poolId: number } | null> {
    const number = numberOfId('allocation', id);
    const poolId = number === null ? null : await this.poolOfAllocation.load(number);
    return number === null || poolId === null ? null : { id: number, poolId };
  }

  /** The number of a pool that is given by id or name; null for neither. An id is not looked up. */
  async resolvePool(idOrName: string): Promise<number | null> {
    return numberOfId('pool', idOrName) ?? this.poolByName.load(idOrName);
  }
}

/** No pool touches it. */
function isOutside({ poolId, conflicts }: CheckedCidr): boolean {
  return poolId === null && conflicts.length === 0;
}

/** A preview turns this many due rows in memory; what is due beyond them may let it say NO_SPACE too early. */

const MOST_DUE_SEEN = 100_000;
