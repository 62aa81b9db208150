import type { Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import { type Allocation, isLive } from './allocation.js';
import type { Conflict } from './failure.js';
import { type FreeBlock, FreeSpace, type FreeWindow } from './free-space.js';
import type { Block, PoolCidr, PoolFacts } from './pool.js';

/** What one batch knows of its pool: loaded under the pool's lock, as of `now`. */
export interface LoadedState {
  readonly pool: PoolFacts;
  readonly now: Instant;
  /** Rows whose deadline has passed: all that overlap, carry a key or are a target of an item, and others up to a limit. */
  readonly due: readonly Allocation[];
  readonly moreDue: boolean;
  /** Targets of the items, claims of their keys, live rows that overlap their CIDRs. */
  readonly allocations: readonly Allocation[];
  /** Blocks that overlap a CIDR of an item, or space that may be freed or revived. */
  readonly blocks: readonly Block[];
  /** Free blocks that cover a CIDR of an item or lie inside it, and buddies of the space that may be freed. */
  readonly probed: readonly FreeBlock[];
  readonly windows: readonly FreeWindow[];
  /** All free blocks of the pool, counted by host bits. Only where a decision asked for it. */
  readonly freeCounts: ReadonlyMap<number, number> | null;
  /** Rows of the items' keys that are in quarantine: which of them was released last. */
  readonly lastReleased: ReadonlyMap<string, Instant>;
  /** Enough ids for all rows that the items may make. */
  readonly newIds: readonly number[];
  /** Child pools by the allocation that is their source. */
  readonly dependents: ReadonlyMap<number, readonly string[]>;
}

/** More has to be loaded before this can be decided; nothing was changed. */
export class MoreNeededError extends Error {
  constructor(readonly what: 'due' | 'totals') {
    super(`the decision needs more: ${what}`);
  }
}

export interface ChangeOfAllocation {
  readonly action: string;
  readonly at: Instant;
  readonly actor: string;
  readonly correlation: string;
  readonly before: Allocation | null;
  readonly after: Allocation;
}

/** Who acts, for the trail. */
export interface Actor {
  readonly actor: string;
  readonly correlation: string;
}

/** As many as a failure shows. */
export const MOST_CONFLICTS = 100;

/** The register of one pool while a batch is decided: every item sees what those before it did. */
export class Ledger {
  readonly free: FreeSpace;
  readonly changes: ChangeOfAllocation[] = [];
  private readonly loaded = new Map<number, Allocation>();
  private readonly rows = new Map<number, Allocation>();
  private readonly open = new Map<string, number>();
  private readonly pending = new Map<string, number>();
  private readonly poolCidrs: ReadonlyMap<number, Prefix>;
  private idsUsed = 0;

  constructor(readonly state: LoadedState) {
    this.poolCidrs = new Map(state.pool.cidrs.map(({ id, cidr }) => [id, cidr]));
    this.free = new FreeSpace(this.poolCidrs, state.windows, state.probed);
    for (const row of [...state.due, ...state.allocations]) {
      this.loaded.set(row.id, row);
      this.index(row);
    }
  }

  get now(): Instant {
    return this.state.now;
  }

  get pool(): PoolFacts {
    return this.state.pool;
  }

  row(id: number): Allocation | undefined {
    return this.rows.get(id);
  }

  openClaim(key: string): Allocation | undefined {
    const id = this.open.get(key);
    return id === undefined ? undefined : this.rows.get(id);
  }

  pendingClaim(key: string): Allocation | undefined {
    const id = this.pending.get(key);
    return id === undefined ? undefined : this.rows.get(id);
  }

  /** Rows that the batch made (no `before`) or changed, each once with its state before and after. */
  written(): { before: Allocation | null; after: Allocation }[] {
    return [...this.rows.values()]
      .filter((row) => this.loaded.get(row.id) !== row)
      .map((after) => ({ before: this.loaded.get(after.id) ?? null, after }));
  }

  nextId(): number {
    const id = this.state.newIds[this.idsUsed++];
    if (id === undefined) throw new Error('more rows than items');
    return id;
  }

  /** A new row, or a new state of an old one. Space is the caller's: `free` is told separately. */
  put(row: Allocation, action: string, by: Actor, at: Instant = this.now): Allocation {
    const before = this.rows.get(row.id) ?? null;
    this.forget(before);
    const after = before ? { ...row, version: before.version + 1, updatedAt: at, updatedBy: by.actor } : row;
    this.index(after);
    this.changes.push({ action, at, actor: by.actor, correlation: by.correlation, before, after });
    return after;
  }

  poolCidrAround(cidr: Prefix): PoolCidr | undefined {
    return this.state.pool.cidrs.find((candidate) => candidate.cidr.contains(cidr));
  }

  liveOverlaps(cidr: Prefix): Allocation[] {
    return [...this.rows.values()].filter((row) => isLive(row.status) && row.cidr.overlaps(cidr));
  }

  /** What stands in the way of `cidr`, in address order, at most 100. `own`: block subjects that do not count. */
  conflicts(cidr: Prefix, ownSubject?: string): Conflict[] {
    const live = this.liveOverlaps(cidr).map(conflictOf);
    const blocks = this.state.blocks
      .filter((block) => block.cidr.overlaps(cidr) && !(ownSubject && isOwn(block, ownSubject)))
      .map((block): Conflict => ({
        cidr: block.cidr,
        allocationId: null,
        holder: null,
        key: null,
        reason: block.reason,
      }));
    return [...live, ...blocks].sort((a, b) => a.cidr.compare(b.cidr)).slice(0, MOST_CONFLICTS);
  }

  /** Whether the same key has released another allocation after this one. */
  releasedLater(row: Allocation): boolean {
    const inBatch = [...this.rows.values()].some(
      (other) =>
        other.key === row.key && other.status === 'QUARANTINED' && other.releasedAt! > row.releasedAt!,
    );
    return inBatch || (this.state.lastReleased.get(row.key!) ?? -Infinity) > row.releasedAt!;
  }

  giveBack(row: Allocation): void {
    const blocked = this.state.blocks
      .filter((block) => block.poolCidrId === row.poolCidrId)
      .map((block) => block.cidr);
    this.free.give(row.poolCidrId, row.cidr, blocked);
  }

  private index(row: Allocation): void {
    this.rows.set(row.id, row);
    if (row.claim === 'OPEN') this.open.set(row.key!, row.id);
    if (row.claim === 'PENDING') this.pending.set(row.key!, row.id);
  }

  private forget(row: Allocation | null): void {
    if (row?.claim === 'OPEN' && this.open.get(row.key!) === row.id) this.open.delete(row.key!);
    if (row?.claim === 'PENDING' && this.pending.get(row.key!) === row.id) this.pending.delete(row.key!);
  }
}

export function conflictOf(row: Allocation): Conflict {
  return { cidr: row.cidr, allocationId: row.id, holder: row.holder, key: row.key, reason: 'allocated' };
}

/** Space kept for this very allocation does not stand in its own way. */
function isOwn(block: Block, ownSubject: string): boolean {
  return (block.reason === 'unswept' || block.reason === 'growth') && block.subject === ownSubject;
}
