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
import { type Fence, type ListRecorder, loadState, PostgresListRecorder } from './list-recorder.js';

const AWS = 'aws';

/** An account and region by its row. */
export interface StoredScope {
  readonly id: number;
  readonly account: string;
  readonly region: string;
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
   * Begins to record a list of a sweep of the scope that began at `sweptAt`. Loads what the list is compared with: one
   * round trip, about 1 µs of PostgreSQL per object. Throws RangeError where a later sweep has
   * been recorded.
   */
  async openList(
    ctx: RequestContext,
    scope: StoredScope,
    kind: ObservedKind,
    sweptAt: Instant,
    fence: Fence,
  ): Promise<ListRecorder> {
    const key = { scopeId: scope.id, kind };
    const state = await loadState({ lists: this.lists, versions: this.versions }, key);
    const { lastTriedAt } = state.list;
    if (lastTriedAt !== null && lastTriedAt > sweptAt)
      throw new RangeError(
        `a later sweep of ${scope.account} ${scope.region} has recorded its list of ${kind} already`,
      );
    const { unitOfWork, publisher, lists, versions, changes } = this;
    return new PostgresListRecorder(
      { unitOfWork, publisher, lists, versions, changes, patience: this.settings.discovery.misses },
      ctx,
      { scope: { provider: AWS, ...scope }, kind, at: sweptAt, fence },
      state,
    );
  }
}
