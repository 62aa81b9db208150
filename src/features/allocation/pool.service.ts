import { Injectable } from '@nestjs/common';
import { type Family, Prefix, widthOf } from '../../address/index.js';
import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { violates } from '../../platform/database/sqlstate.js';
import type { Reader } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { type ChangeNote, Publisher } from '../../platform/events/index.js';
import { publicId, requireName } from '../../platform/graphql/public-id.js';
import { RoutingDomainsService } from '../routing-domains/index.js';
import { BatchRepository } from './data/batch.repository.js';
import { lockPool, recordPoolChanges, trailOf } from './data/pool-trail.js';
import { PoolRepository } from './data/pool.repository.js';
import { SpaceRepository } from './data/space.repository.js';
import { type Capacity, capacityOf } from './domain/capacity.js';
import type { Tags } from './domain/allocation.js';
import { notFound } from './domain/decide.js';
import { turnDue } from './domain/due.js';
import type { Failure } from './domain/failure.js';
import { Ledger } from './domain/ledger.js';
import { DEFAULT_RULES, type NewPool, type Pool, type PoolRules } from './domain/pool.js';
import { brokenPoolCidr, brokenRules, splitForKey } from './domain/pool-rules.js';
import { summary } from './domain/take.js';
import { loadUntilEnough } from './load-until-enough.js';

export interface CreatePool {
  readonly name: string;
  readonly description: string;
  readonly family: Family;
  readonly cidrs: readonly Prefix[];
  /** Id or name; null for GLOBAL. */
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

/** Due rows that a read turns in memory. */
const MOST_DUE_SEEN = 100_000;

/** Use cases over pools: what can be handed out, and by which rules. */
@Injectable()
export class PoolService {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly pools: PoolRepository,
    private readonly spaces: SpaceRepository,
    private readonly batches: BatchRepository,
    private readonly routingDomains: RoutingDomainsService,
    private readonly publisher: Publisher,
  ) {}

  /** NAME_TAKEN, CIDR_CONFLICT, RULE_VIOLATION, NOT_FOUND (routing domain). */
  async create(ctx: RequestContext, input: CreatePool): Promise<PoolOutcome> {
    requireName(input.name);
    const rules = { ...DEFAULT_RULES, ...input.rules };
    const broken =
      brokenRules(input.family, rules) ?? firstOf(input.cidrs, (cidr) => brokenPoolCidr(input.family, cidr));
    if (broken) return refused(broken);
    const domain = input.routingDomain === null ? null : await this.routingDomains.find(input.routingDomain);
    if (input.routingDomain !== null && !domain) return refused(notFound(input.routingDomain));
    const routingDomainId = domain?.id ?? null;
    const pool: NewPool = { ...input, rules, routingDomainId };
    return this.write(input.name, input.cidrs, { routingDomainId, poolId: null }, () =>
      this.unitOfWork.run(ctx, async (tx) => {
        const now = await this.spaces.now(tx);
        const id = await this.pools.insert(tx, pool, now, ctx.actor);
        const cidrs = input.cidrs.flatMap(splitForKey);
        await this.pools.provision(tx, id, pool.family, routingDomainId, cidrs, rules.excluded);
        const subject = publicId('pool', id);
        const notes: ChangeNote[] = [
          {
            action: 'pool.created',
            subject,
            detail: {
              name: pool.name,
              family: pool.family,
              routingDomain: domain?.name ?? null,
              rules: plainRules(rules),
            },
          },
          ...cidrs.map((cidr) => ({
            action: 'pool.cidr_provisioned',
            subject,
            detail: { cidr: cidr.toString() },
          })),
        ];
        await recordPoolChanges(tx, ctx, { poolId: id, sequence: 0, recordedAt: -Infinity, now }, notes);
        return id;
      }),
    );
  }

  /** CIDR_CONFLICT, RULE_VIOLATION, NOT_FOUND. */
  async provision(ctx: RequestContext, poolId: number, cidr: Prefix): Promise<PoolOutcome> {
    const [pool] = await this.pools.byIds([poolId]);
    if (!pool) return refused(notFound(publicId('pool', poolId)));
    const broken = brokenPoolCidr(pool.family, cidr);
    if (broken) return refused(broken);
    const { routingDomainId } = pool;
    return this.write(pool.name, [cidr], { routingDomainId, poolId }, () =>
      this.unitOfWork.run(
        ctx,
        async (tx, opened) => {
          const trail = trailOf(poolId, await opened);
          const [locked] = await this.pools.byIds([poolId], tx);
          if (!trail || !locked) return null;
          const cidrs = splitForKey(cidr);
          await this.pools.provision(
            tx,
            poolId,
            locked.family,
            routingDomainId,
            cidrs,
            locked.rules.excluded,
          );
          const subject = publicId('pool', poolId);
          const notes = cidrs.map((part) => ({
            action: 'pool.cidr_provisioned',
            subject,
            detail: { cidr: part.toString() },
          }));
          await recordPoolChanges(tx, ctx, trail, notes);
          return poolId;
        },
        lockPool(poolId),
      ),
    );
  }

  /** A change of `excluded` derives the free blocks of the pool anew, O(its live allocations). NAME_TAKEN, RULE_VIOLATION, VERSION_CONFLICT, NOT_FOUND. */
  async update(ctx: RequestContext, poolId: number, changes: UpdatePool): Promise<PoolOutcome> {
    if (changes.name !== undefined) requireName(changes.name);
    let failure: Failure | null = null;
    const outcome = await this.write(changes.name ?? '', [], { routingDomainId: null, poolId }, () =>
      this.unitOfWork.run(
        ctx,
        async (tx, opened) => {
          const trail = trailOf(poolId, await opened);
          const [pool] = await this.pools.byIds([poolId], tx);
          if (!trail || !pool) return null;
          const { name = pool.name, description = pool.description, tags = pool.tags } = changes;
          const next: NewPool = {
            ...pool,
            name,
            description,
            tags,
            rules: { ...pool.rules, ...changes.rules },
          };
          failure = isOutdated(pool, changes.version)
            ? versionConflict(pool, changes.version, await this.pools.changedBy(tx, publicId('pool', poolId)))
            : brokenRules(pool.family, next.rules);
          if (failure) return poolId;
          const detail = differences(pool, next);
          if (Object.keys(detail).length === 0) return poolId;
          await this.pools.update(tx, poolId, next);
          if (String(pool.rules.excluded) !== String(next.rules.excluded)) {
            for (const poolCidr of await this.pools.cidrsOf(tx, poolId)) {
              await this.pools.replaceExcluded(tx, poolId, poolCidr, next.rules.excluded);
            }
          }
          await recordPoolChanges(tx, ctx, trail, [
            { action: 'pool.updated', subject: publicId('pool', poolId), detail },
          ]);
          return poolId;
        },
        lockPool(poolId),
      ),
    );
    return failure ? refused(failure) : outcome;
  }

  byIds(ids: readonly number[]): Promise<Pool[]> {
    return this.pools.byIds(ids);
  }

  /** By name. */
  list(limit: number, after: string | null): Promise<Pool[]> {
    return this.pools.list(limit, after);
  }

  count(): Promise<number> {
    return this.pools.count();
  }

  /** As of the database's clock, also where what is due has not been written down yet. O(free blocks by length + reserved + quarantined + blocked). */
  capacity(pool: Pool): Promise<Capacity> {
    return this.unitOfWork.snapshot(async (reader) => {
      const now = await this.spaces.now(reader);
      const { largest, byLength } = await this.turned(reader, pool.id, now, (ledger) =>
        summary(ledger, ledger.state.freeCounts!),
      );
      const width = widthOf(pool.family);
      return capacityOf({
        total: pool.cidrs.reduce((sum, cidr) => sum + cidr.size, 0n),
        ...(await this.spaces.held(reader, pool.id, now)),
        free: byLength.reduce(
          (sum, { prefixLength, count }) => sum + (BigInt(count) << BigInt(width - prefixLength)),
          0n,
        ),
        largestFreeBlock: largest,
        freeBlocksByLength: byLength,
      });
    });
  }

  /** Free blocks that a request for `prefixLength` fits into, in address order, at most `first`. */
  freeBlocks(pool: Pool, prefixLength: number | null, first: number): Promise<Prefix[]> {
    const hostBits = prefixLength === null ? 0 : widthOf(pool.family) - prefixLength;
    return this.unitOfWork.snapshot(async (reader) => {
      const now = await this.spaces.now(reader);
      const { removed, added } = await this.turned(reader, pool.id, now, (ledger) => ledger.free.delta());
      const stored = await this.spaces.freeBlocks(reader, pool.id, hostBits, first + removed.length);
      const gone = new Set(removed.map(({ cidr }) => cidr.toString()));
      const fitting = added.map(({ cidr }) => cidr).filter((cidr) => cidr.hostBits >= hostBits);
      return [...stored.filter((cidr) => !gone.has(cidr.toString())), ...fitting]
        .sort((a, b) => a.compare(b))
        .slice(0, first);
    });
  }

  /** What `look` finds in the pool's ledger when everything is turned that is due; in memory only. */
  private async turned<Found>(
    reader: Reader,
    poolId: number,
    now: Instant,
    look: (ledger: Ledger) => Found,
  ): Promise<Found> {
    const found = await loadUntilEnough(
      { window: 1, due: MOST_DUE_SEEN, counts: true, preview: true },
      (limits) => this.batches.load(reader, poolId, now, [], limits),
      (state) => {
        const ledger = new Ledger(state);
        turnDue(ledger);
        return { value: look(ledger) };
      },
      () => Promise.resolve(),
    );
    if (!found) throw new Error(`pool ${poolId} went away while it was read`);
    return found.value;
  }

  private async write(
    name: string,
    cidrs: readonly Prefix[],
    scope: { routingDomainId: number | null; poolId: number | null },
    work: () => Promise<number | null>,
  ): Promise<PoolOutcome> {
    try {
      const id = await this.inTurn(work);
      const [pool] = id === null ? [] : await this.pools.byIds([id]);
      if (!pool) return refused(notFound(scope.poolId === null ? name : publicId('pool', scope.poolId)));
      this.publisher.wake();
      return { ok: true, pool };
    } catch (error) {
      if (violates(error, 'pool_name_taken')) return refused(await this.nameTaken(name));
      // deleted since it was found
      if (violates(error, 'pool_routing_domain'))
        return refused(notFound(publicId('routingDomain', scope.routingDomainId!)));
      if (!violates(error, 'root_cidr_overlap') && !violates(error, 'pool_cidr_overlap')) throw error;
      const conflicts = await this.pools.conflictsWith(cidrs, scope, scope.poolId);
      const cidr =
        cidrs.find((asked) => conflicts.some((conflict) => conflict.cidr.overlaps(asked))) ?? cidrs[0]!;
      const named = conflicts.map((conflict) => `${conflict.cidr} of pool ${conflict.holder?.resourceId}`);
      const message = `${cidr} overlaps ${named.slice(0, 3).join(', ') || 'another of the CIDRs'}.`;
      return refused({ code: 'CIDR_CONFLICT', message, cidr, conflicts });
    }
  }

  /** One change of pools at a time: behind a pool that somebody has locked waits one connection, not all. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
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

function isOutdated(pool: Pool, version: number | undefined): version is number {
  return version !== undefined && version !== pool.version;
}

function versionConflict({ name, version }: Pool, given: number, changedBy: string): Failure {
  const message = `${name} is at version ${version} now (changed by ${changedBy}), not ${given}: read it again.`;
  return { code: 'VERSION_CONFLICT', message, version, changedBy };
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

function plainRules(rules: PoolRules): Record<string, unknown> {
  return { ...rules, excluded: rules.excluded.map(String) };
}

/** `[old, new]` of every field that differs. */
function differences(pool: Pool, next: NewPool): Record<string, unknown> {
  const plain = ({ name, description, tags, rules }: NewPool): Record<string, unknown> => ({
    name,
    description,
    tags,
    ...plainRules(rules),
  });
  const [before, after] = [plain(pool), plain(next)];
  const changed = Object.keys(after).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  return Object.fromEntries(changed.map((field) => [field, [before[field], after[field]]]));
}
