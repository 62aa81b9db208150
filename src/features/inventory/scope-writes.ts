import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import type { Tx } from '../../platform/database/statement.js';
import { isBusy, isUnavailable } from '../../platform/database/sqlstate.js';
import { CommitUnknownError, type UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Publisher } from '../../platform/events/index.js';
import { LeaseLostError } from '../../platform/jobs/leases.js';
import type { ConfigurationChangeRepository, ToldChange } from './data/configuration-change.repository.js';
import type { ListRepository } from './data/list.repository.js';
import type { ScopeRow } from './data/scope.repository.js';
import type { NewVersion, VersionRepository } from './data/version.repository.js';
import type { ObservedKind } from './domain/observed.js';

/** Throws where the caller has lost the right to write into the scope; asked in every transaction that writes. */
export type Fence = (tx: Tx) => Promise<void>;

/** What writing needs. */
export interface WritingParts {
  readonly unitOfWork: UnitOfWork;
  readonly publisher: Publisher;
  readonly lists: ListRepository;
  readonly versions: VersionRepository;
  readonly changes: ConfigurationChangeRepository;
}

/** What one list has to write that needs no answer. */
export interface ListWrites {
  /** Nothing was current of them. */
  readonly made?: readonly NewVersion[];
  /** Free addresses by subnet. */
  readonly counted?: ReadonlyMap<string, number>;
  readonly told?: readonly ToldChange[];
  /** It was read to its end, is believed, and had so many objects. */
  readonly good?: number;
}

interface Waiting {
  readonly made: NewVersion[];
  readonly counted: Map<string, number>;
  readonly told: ToldChange[];
  good: number | null;
}

/** What ends the work on the whole scope, whichever list it struck. */
export function endsScope(error: unknown): boolean {
  return (
    error instanceof LeaseLostError ||
    error instanceof CommitUnknownError ||
    isUnavailable(error) ||
    isBusy(error)
  );
}

/**
 * What the lists of one scope have to write, held back until it is worth a transaction: most lists of most scopes are
 * short, and a transaction each would cost more than all they say. One call at a time.
 */
export class ScopeWrites {
  private readonly waiting = new Map<ObservedKind, Waiting>();
  /** Lists that the database refuses, by what it said. */
  private readonly refused = new Map<ObservedKind, unknown>();
  private rows = 0;
  /** Whether the transaction under way records changes. */
  private told = false;

  /** `most`: objects that wait at most before they are written; 0: everything is written at once. */
  constructor(
    private readonly parts: WritingParts,
    private readonly ctx: RequestContext,
    private readonly reading: { readonly scope: ScopeRow; readonly at: Instant; readonly fence: Fence },
    private readonly most: number,
  ) {}

  /** Throws what the database said to the list, also to what was added before. */
  async add(kind: ObservedKind, { made = [], counted, told = [], good }: ListWrites): Promise<void> {
    this.throwRefusal(kind);
    let list = this.waiting.get(kind);
    if (!list) this.waiting.set(kind, (list = { made: [], counted: new Map(), told: [], good: null }));
    list.made.push(...made);
    for (const [id, addresses] of counted ?? []) list.counted.set(id, addresses);
    list.told.push(...told);
    if (good !== undefined) list.good = good;
    this.rows += made.length;
    if (this.most === 0 || this.rows >= this.most) await this.flush();
    this.throwRefusal(kind);
  }

  /** Runs `work` in a transaction of its own, after all that waits. Throws also what the database said to the list before. */
  async now<Result>(kind: ObservedKind, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    await this.flush();
    this.throwRefusal(kind);
    return this.write(work);
  }

  /** What the database refused of the list was told to whoever records it. */
  forget(kind: ObservedKind): void {
    this.refused.delete(kind);
  }

  /**
   * Writes all that waits. What the database refuses is written list by list, so that one list spoils no other; answers with
   * the lists that it was refused of. Throws only what ends the whole scope.
   */
  async flush(): Promise<ReadonlyMap<ObservedKind, unknown>> {
    const lists = [...this.waiting];
    this.waiting.clear();
    this.rows = 0;
    if (lists.length === 0) return this.refused;
    try {
      await this.write((tx) => this.put(tx, lists));
    } catch (error) {
      if (endsScope(error)) throw error;
      if (lists.length === 1) this.refused.set(lists[0]![0], error);
      else for (const list of lists) await this.alone(list);
    }
    return this.refused;
  }

  private throwRefusal(kind: ObservedKind): void {
    if (this.refused.has(kind)) throw this.refused.get(kind);
  }

  private async alone(list: [ObservedKind, Waiting]): Promise<void> {
    try {
      await this.write((tx) => this.put(tx, [list]));
    } catch (error) {
      if (endsScope(error)) throw error;
      this.refused.set(list[0], error);
    }
  }

  private async put(tx: Tx, given: readonly (readonly [ObservedKind, Waiting])[]): Promise<void> {
    const { scope, at } = this.reading;
    const { versions, changes, lists } = this.parts;
    await versions.insert(
      tx,
      scope.id,
      at,
      given.flatMap(([, { made }]) => made),
    );
    const counted = new Map(given.flatMap(([, list]) => [...list.counted]));
    if (counted.size > 0) await versions.setUsage(tx, scope.id, at, counted);
    await changes.record(
      tx,
      this.ctx,
      scope,
      at,
      given.flatMap(([, { told }]) => told),
    );
    lists.good(
      tx,
      scope.id,
      at,
      new Map(given.flatMap(([kind, { good }]) => (good === null ? [] : [[kind, good]]))),
    );
    if (given.some(([, { told }]) => told.length > 0)) this.told = true;
  }

  /** To be called in a transaction that records changes. */
  tells(): void {
    this.told = true;
  }

  private async write<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const result = await this.parts.unitOfWork.run(this.ctx, async (tx) => {
      this.told = false;
      await this.reading.fence(tx);
      return work(tx);
    });
    if (this.told) this.parts.publisher.wake();
    return result;
  }
}
