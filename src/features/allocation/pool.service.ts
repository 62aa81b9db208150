import { Injectable } from '@nestjs/common';
import type { Family, Prefix } from '../../address/index.js';
import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { violates } from '../../platform/database/sqlstate.js';
import type { Tx } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { type ChangeNote, Publisher } from '../../platform/events/index.js';
import { numberOfId, publicId, requireName } from '../../platform/graphql/public-id.js';
import { RoutingDomainsService } from '../routing-domains/index.js';
import {
  keepObserved,
  lockPools,
  lockTree,
  type PoolTrail,
  recordPoolChanges,
  trailsOf,
} from './data/pool-trail.js';
import { PoolListRepository } from './data/pool-list.repository.js';
import { PoolRepository, type Scope } from './data/pool.repository.js';
import { RegisterRepository } from './data/register.repository.js';
import { SpaceRepository } from './data/space.repository.js';
import type { Allocation, Tags } from './domain/allocation.js';
import { notFound } from './domain/decide.js';
import type { Failure, FailureOf } from './domain/failure.js';
import { DEFAULT_RULES, type NewPool, type Pool, type PoolRules, type PoolSource } from './domain/pool.js';
import type { PoolFilter, PoolOrder, PoolPlace } from './domain/pool-list.js';
import { differences, plainRules } from './domain/pool-differences.js';
import { brokenPoolCidr, brokenRules, overlapAmong, splitForKey } from './domain/pool-rules.js';
import { brokenSource } from './domain/sources.js';
import { PoolTurn } from './pool-turn.js';

/** What a pool gets: CIDRs of its own, which make it a root, or allocations of other pools by their ids. */
export type Provision = { readonly cidrs: readonly Prefix[] } | { readonly allocations: readonly string[] };

export interface CreatePool {
  readonly name: string;
  readonly description: string;
  /** Null: that of the first CIDR. */
  readonly family: Family | null;
  readonly from: Provision;
  /** Id or name; null for GLOBAL. Of a root only. */
  readonly routingDomain: string | null;
  readonly rules: Partial<PoolRules>;
  readonly tags: Tags;
}

export interface UpdatePool {
  readonly name?: string;
  readonly description?: string;
  readonly rules?: Partial<PoolRules>;
  readonly tags?: Tags;
  /** The version the caller saw; left out: whatever it is. */
  readonly version?: number;
}

export type PoolOutcome =
  { readonly ok: true; readonly pool: Pool } | { readonly ok: false; readonly failure: Failure };

/** Use cases over pools: what can be handed out, and by which rules. */
@Injectable()
export class PoolService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly pools: PoolRepository,
    private readonly lists: PoolListRepository,
    private readonly register: RegisterRepository,
    private readonly spaces: SpaceRepository,
    private readonly routingDomains: RoutingDomainsService,
    private readonly publisher: Publisher,
    private readonly turn: PoolTurn,
  ) {}

  /** NAME_TAKEN, CIDR_CONFLICT, RULE_VIOLATION, NOT_FOUND (routing domain, allocation), INVALID_TRANSITION and HAS_DEPENDENTS (of an allocation). */
  async create(ctx: RequestContext, input: CreatePool): Promise<PoolOutcome> {
    requireName(input.name);
    return 'cidrs' in input.from
      ? this.createRoot(ctx, input, input.from.cidrs)
      : this.createChild(ctx, input, input.from.allocations);
  }

  /** CIDR_CONFLICT, RULE_VIOLATION, NOT_FOUND; of an allocation INVALID_TRANSITION and HAS_DEPENDENTS. */
  async provision(ctx: RequestContext, poolId: number, from: Provision): Promise<PoolOutcome> {
    const [pool] = await this.pools.byIds([poolId]);
    if (!pool) return refused(notFound(publicId('pool', poolId)));
    if ('cidrs' in from === pool.isChild) return refused(wrongKind(pool));
    return 'cidrs' in from
      ? this.provisionRoot(ctx, pool, from.cidrs)
      : this.provisionChild(ctx, pool, from.allocations);
  }

  /** A change of `excluded` derives the free blocks of the pool anew, O(its live allocations). NAME_TAKEN, RULE_VIOLATION, VERSION_CONFLICT, NOT_FOUND. */
  async update(ctx: RequestContext, poolId: number, changes: UpdatePool): Promise<PoolOutcome> {
    if (changes.name !== undefined) requireName(changes.name);
    return this.changing({ name: changes.name ?? '', cidrs: [], poolId, scope: null }, () =>
      this.unitOfWork.run(
        ctx,
        async (tx, opened) => {
          const trail = trailsOf(await opened).get(poolId);
          const [pool] = await this.pools.byIds([poolId], tx);
          if (!trail || !pool) return notFound(publicId('pool', poolId));
          return this.updateLocked(ctx, tx, trail, pool, changes);
        },
        lockPools([poolId]),
      ),
    );
  }

  byIds(ids: readonly number[]): Promise<Pool[]> {
    return this.pools.byIds(ids);
  }

  list(filter: PoolFilter, order: PoolOrder, limit: number, after: PoolPlace | null): Promise<Pool[]> {
    return this.lists.list(filter, order, limit, after);
  }

  count(filter: PoolFilter): Promise<number> {
    return this.lists.count(filter);
  }

  /** Oldest first. */
  sourcesOf(poolIds: readonly number[]): Promise<PoolSource[]> {
    return this.pools.sourcesOf(poolIds);
  }

  private async createRoot(
    ctx: RequestContext,
    input: CreatePool,
    cidrs: readonly Prefix[],
  ): Promise<PoolOutcome> {
    const family = input.family ?? cidrs[0]!.family;
    const rules = { ...DEFAULT_RULES, ...input.rules };
    const broken =
      brokenRules(family, rules) ??
      firstOf(cidrs, (cidr) => brokenPoolCidr(family, cidr)) ??
      overlapAmong(cidrs);
    if (broken) return refused(broken);
    const domain = input.routingDomain === null ? null : await this.routingDomains.find(input.routingDomain);
    if (input.routingDomain !== null && !domain) return refused(notFound(input.routingDomain));
    const routingDomainId = domain?.id ?? null;
    const pool: NewPool = { ...input, family, rules, isChild: false, routingDomainId };
    return this.changing({ name: input.name, cidrs, poolId: null, scope: { routingDomainId } }, () =>
      this.unitOfWork.run(
        ctx,
        async (tx) => {
          const now = await this.spaces.now(tx);
          const id = await this.pools.insert(tx, pool, now, ctx.actor);
          const parts = cidrs.flatMap(splitForKey);
          await this.pools.provision(tx, id, family, routingDomainId, parts, rules.excluded);
          await recordPoolChanges(tx, ctx, firstTrail(id, now), [
            created(id, pool, domain?.name ?? null),
            ...parts.map((cidr) => provisioned(id, cidr, null)),
          ]);
          return id;
        },
        [keepObserved()],
      ),
    );
  }

  private createChild(
    ctx: RequestContext,
    input: CreatePool,
    allocations: readonly string[],
  ): Promise<PoolOutcome> {
    return this.withSources(ctx, input.name, null, allocations, async (tx, sources, trails) => {
      const family = input.family ?? sources[0]!.cidr.family;
      const rules = { ...DEFAULT_RULES, ...input.rules };
      const broken = brokenRules(family, rules) ?? brokenSources(family, sources);
      if (broken) return broken;
      const pool: NewPool = { ...input, family, rules, isChild: true, routingDomainId: null };
      const { now } = [...trails.values()][0]!;
      const id = await this.pools.insert(tx, pool, now, ctx.actor);
      const notes = [
        created(id, pool, null),
        ...sources.map((source) => provisioned(id, source.cidr, source)),
      ];
      await Promise.all([
        this.pools.provisionFrom(tx, id, family, sources, rules.excluded),
        recordPoolChanges(tx, ctx, firstTrail(id, now), notes),
      ]);
      return id;
    });
  }

  private provisionRoot(ctx: RequestContext, pool: Pool, cidrs: readonly Prefix[]): Promise<PoolOutcome> {
    const { id: poolId, family, routingDomainId } = pool;
    const broken = firstOf(cidrs, (cidr) => brokenPoolCidr(family, cidr));
    if (broken) return Promise.resolve(refused(broken));
    return this.changing({ name: pool.name, cidrs, poolId, scope: { routingDomainId } }, () =>
      this.unitOfWork.run(
        ctx,
        async (tx, opened) => {
          const trail = trailsOf(await opened).get(poolId);
          const [locked] = await this.pools.byIds([poolId], tx);
          if (!trail || !locked) return notFound(publicId('pool', poolId));
          const parts = cidrs.flatMap(splitForKey);
          await this.pools.provision(tx, poolId, family, routingDomainId, parts, locked.rules.excluded);
          const notes = parts.map((cidr) => provisioned(poolId, cidr, null));
          await recordPoolChanges(tx, ctx, trail, notes);
          return poolId;
        },
        [keepObserved(), ...lockPools([poolId])],
      ),
    );
  }

  private provisionChild(
    ctx: RequestContext,
    pool: Pool,
    allocations: readonly string[],
  ): Promise<PoolOutcome> {
    return this.withSources(ctx, pool.name, pool.id, allocations, async (tx, sources, trails) => {
      const trail = trails.get(pool.id);
      const [locked] = await this.pools.byIds([pool.id], tx);
      if (!trail || !locked) return notFound(publicId('pool', pool.id));
      const broken = brokenSources(locked.family, sources);
      if (broken) return broken;
      await this.pools.provisionFrom(tx, pool.id, locked.family, sources, locked.rules.excluded);
      const notes = sources.map((source) => provisioned(pool.id, source.cidr, source));
      await recordPoolChanges(tx, ctx, trail, notes);
      return pool.id;
    });
  }

  /** Runs `work` with the allocations read under the locks of their pools and of `poolId`. */
  private async withSources(
    ctx: RequestContext,
    name: string,
    poolId: number | null,
    allocations: readonly string[],
    work: (
      tx: Tx,
      sources: readonly Allocation[],
      trails: ReadonlyMap<number, PoolTrail>,
    ) => Promise<number | Failure>,
  ): Promise<PoolOutcome> {
    const ids = allocations.map((id) => numberOfId('allocation', id));
    const poolOf = await this.register.poolsOf(ids.filter((id) => id !== null));
    const missing = allocations.find((_, index) => ids[index] === null || !poolOf.has(ids[index]!));
    if (missing !== undefined) return refused(notFound(missing));
    const locked = new Set([...poolOf.values(), ...(poolId === null ? [] : [poolId])]);
    const about = { name, cidrs: [] as Prefix[], poolId, scope: null };
    return this.changing(about, () =>
      this.unitOfWork.run(
        ctx,
        async (tx, opened) => {
          const trails = trailsOf(await opened);
          const [rows, fed, named] = await Promise.all([
            this.register.byIds(ids as number[], tx),
            this.pools.fedBy(tx, ids as number[]),
            this.pools.idsByName(poolId === null ? [name] : [], tx),
          ]);
          // said first, so that whoever makes the same pool again learns that it is there
          if (named.size > 0) return this.nameTaken(name);
          const byId = new Map(rows.map((row) => [row.id, row]));
          const sources = [...new Set(ids)].map((id) => byId.get(id!)!);
          const broken = firstOf(sources, (source) => brokenSource(source, fed.get(source.id) ?? null));
          about.cidrs = sources.map(({ cidr }) => cidr);
          return broken ?? work(tx, sources, trails);
        },
        lockTree([...locked], null),
      ),
    );
  }

  private async updateLocked(
    ctx: RequestContext,
    tx: Tx,
    trail: PoolTrail,
    pool: Pool,
    changes: UpdatePool,
  ): Promise<number | Failure> {
    const { name = pool.name, description = pool.description, tags = pool.tags } = changes;
    const next: NewPool = { ...pool, name, description, tags, rules: { ...pool.rules, ...changes.rules } };
    const subject = publicId('pool', pool.id);
    const refusal =
      (await outdated(pool, changes.version, () => this.pools.changedBy(tx, subject))) ??
      brokenRules(pool.family, next.rules);
    if (refusal) return refusal;
    const detail = differences(pool, next);
    if (Object.keys(detail).length === 0) return pool.id;
    await this.pools.update(tx, pool.id, next);
    if (String(pool.rules.excluded) !== String(next.rules.excluded)) {
      for (const poolCidr of await this.pools.cidrsOf(tx, pool.id))
        await this.pools.replaceExcluded(tx, pool.id, poolCidr, next.rules.excluded);
    }
    await recordPoolChanges(tx, ctx, trail, [{ action: 'pool.updated', subject, detail }]);
    return pool.id;
  }

  /** Runs a change in turn and words what the constraints refuse. `work` gives the pool's id, or why it is refused. */
  private async changing(
    about: {
      readonly name: string;
      readonly cidrs: readonly Prefix[];
      readonly poolId: number | null;
      /** Of a root; null for a child. */
      readonly scope: Scope | null;
    },
    work: () => Promise<number | Failure>,
  ): Promise<PoolOutcome> {
    try {
      const result = await this.turn.run(work);
      if (typeof result !== 'number') return refused(result);
      this.publisher.wake();
      const [pool] = await this.pools.byIds([result]);
      return pool ? { ok: true, pool } : refused(notFound(publicId('pool', result)));
    } catch (error) {
      if (violates(error, 'pool_name_taken')) return refused(await this.nameTaken(about.name));
      // deleted since it was found
      if (violates(error, 'pool_routing_domain'))
        return refused(notFound(publicId('routingDomain', about.scope!.routingDomainId!)));
      if (!violates(error, 'root_cidr_overlap') && !violates(error, 'pool_cidr_overlap')) throw error;
      const { cidrs } = about;
      const conflicts = await this.pools.conflictsWith(cidrs, about.scope, about.poolId);
      const cidr =
        cidrs.find((asked) => conflicts.some((conflict) => conflict.cidr.overlaps(asked))) ?? cidrs[0]!;
      const named = conflicts.map((conflict) => `${conflict.cidr} of pool ${conflict.holder?.resourceId}`);
      const message = `${cidr} overlaps ${named.slice(0, 3).join(', ') || 'another of the CIDRs'}.`;
      return refused({ code: 'CIDR_CONFLICT', message, cidr, conflicts });
    }
  }

  private async nameTaken(name: string): Promise<Failure> {
    const id = (await this.pools.idsByName([name])).get(name);
    const takenBy = id === undefined ? 'another pool' : publicId('pool', id);
    return {
      code: 'NAME_TAKEN',
      message: `The name ${JSON.stringify(name)} belongs to ${takenBy}.`,
      name,
      takenBy,
    };
  }
}

function refused(failure: Failure): PoolOutcome {
  return { ok: false, failure };
}

/** A root gets CIDRs, a child allocations; never the other way round. */
function wrongKind({ name, isChild }: Pool): Failure {
  const allowed = isChild ? 'an allocation of another pool' : 'a CIDR';
  const message = isChild
    ? `${name} is a child pool: its CIDRs are allocations of other pools. Give "allocation".`
    : `${name} is a root pool: it gets CIDRs of its own. Give "cidr".`;
  return { code: 'RULE_VIOLATION', message, rule: 'source', value: isChild ? 'cidr' : 'allocation', allowed };
}

function brokenSources(family: Family, sources: readonly Allocation[]): Failure | null {
  const cidrs = sources.map(({ cidr }) => cidr);
  return firstOf(cidrs, (cidr) => brokenPoolCidr(family, cidr)) ?? overlapAmong(cidrs);
}

function firstTrail(poolId: number, now: Instant): PoolTrail {
  return { poolId, sequence: 0, recordedAt: -Infinity, now };
}

function created(id: number, { name, family, rules }: NewPool, routingDomain: string | null): ChangeNote {
  const detail = { name, family, routingDomain, rules: plainRules(rules) };
  return { action: 'pool.created', subject: publicId('pool', id), detail };
}

function provisioned(id: number, cidr: Prefix, source: Allocation | null): ChangeNote {
  const detail = { cidr: cidr.toString(), ...(source && { source: publicId('allocation', source.id) }) };
  return { action: 'pool.cidr_provisioned', subject: publicId('pool', id), detail };
}

/** VERSION_CONFLICT where the caller saw another version; null where he did not say, or saw this one. */
export async function outdated(
  { name, version }: Pool,
  given: number | undefined,
  changedBy: () => Promise<string>,
): Promise<FailureOf<'VERSION_CONFLICT'> | null> {
  if (given === undefined || given === version) return null;
  const who = await changedBy();
  const message = `${name} is at version ${version} now (changed by ${who}), not ${given}: read it again.`;
  return { code: 'VERSION_CONFLICT', message, version, changedBy: who };
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}
