import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/settings.js';
import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher } from '../../platform/events/index.js';
import { ConfigurationChangeRepository } from './data/configuration-change.repository.js';
import { ListRepository } from './data/list.repository.js';
import { type ScopeName, ScopeRepository, type ScopeRow } from './data/scope.repository.js';
import { VersionRepository } from './data/version.repository.js';
import type { ObservedKind } from './domain/observed.js';
import { type ListRecorder, loadStates, PostgresListRecorder } from './list-recorder.js';
import { type Fence, ScopeWrites } from './scope-writes.js';

const AWS = 'aws';
/** New objects of a scope that wait for their transaction: about a megabyte. */
const MOST_WAITING = 1000;

/** An account and region by its row. */
export interface StoredScope {
  readonly id: number;
  readonly account: string;
  readonly region: string;
}

/** Lists of one scope, recorded one after the other. */
export interface ScopeRecorder {
  /** Once for each kind. Throws RangeError where a later sweep has been recorded. */
  list(kind: ObservedKind): ListRecorder;
  /**
   * Writes what still waits. Lists that were completed and that the database refused then, by what it said: these are
   * as they were. Throws what ends the whole scope (see `endsScope`). Repeatable.
   */
  finish(): Promise<ReadonlyMap<ObservedKind, unknown>>;
}

/** Where discovery writes what it reads, list by list. */
@Injectable()
export class InventoryStore {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly publisher: Publisher,
    private readonly scopes: ScopeRepository,
    private readonly lists: ListRepository,
    private readonly versions: VersionRepository,
    private readonly changes: ConfigurationChangeRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Accounts and regions with their ids, made where they are new; in the order given. */
  async ensureScopes(
    ctx: RequestContext,
    scopes: readonly Omit<ScopeName, 'provider'>[],
  ): Promise<ScopeRow[]> {
    const named = scopes.map(({ account, region }) => ({ provider: AWS, account, region }));
    return this.unitOfWork.run(ctx, (tx) => this.scopes.ensure(tx, named));
  }

  /**
   * Begins to record a list of a sweep of the scope that began at `sweptAt`; everything is written at once. Loads what the
   * list is compared with, about 1 µs of PostgreSQL per object. Throws RangeError where a later sweep has been recorded.
   */
  async openList(
    ctx: RequestContext,
    scope: StoredScope,
    kind: ObservedKind,
    sweptAt: Instant,
    fence: Fence,
  ): Promise<ListRecorder> {
    return (await this.open(ctx, scope, [kind], sweptAt, fence, 0)).list(kind);
  }

  /**
   * As `openList`, of many lists of one scope, which share transactions: three statements before and one transaction after
   * an unchanged scope.
   */
  openScope(
    ctx: RequestContext,
    scope: StoredScope,
    kinds: readonly ObservedKind[],
    sweptAt: Instant,
    fence: Fence,
  ): Promise<ScopeRecorder> {
    return this.open(ctx, scope, kinds, sweptAt, fence, MOST_WAITING);
  }

  private async open(
    ctx: RequestContext,
    stored: StoredScope,
    kinds: readonly ObservedKind[],
    at: Instant,
    fence: Fence,
    most: number,
  ): Promise<ScopeRecorder> {
    const { unitOfWork, publisher, lists, versions, changes } = this;
    const states = await loadStates({ lists, versions }, stored.id, kinds);
    const scope = { ...stored, provider: AWS };
    const parts = { lists, versions, changes, patience: this.settings.discovery.misses };
    const writing = { unitOfWork, publisher, lists, versions, changes };
    const writes = new ScopeWrites(writing, ctx, { scope, at, fence }, most);
    return {
      list(kind) {
        const state = states.get(kind)!;
        // it may be large
        states.delete(kind);
        const { lastTriedAt } = state.list;
        if (lastTriedAt !== null && lastTriedAt > at)
          throw new RangeError(
            `a later sweep of ${scope.account} ${scope.region} has recorded its list of ${kind} already`,
          );
        return new PostgresListRecorder(parts, ctx, { scope, kind, at }, writes, state);
      },
      finish: () => writes.flush(),
    };
  }
}
