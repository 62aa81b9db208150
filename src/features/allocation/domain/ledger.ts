import type { Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import { type Allocation, isLive } from './allocation.js';
import { subjectOf } from './claims.js';
import type { Conflict } from './failure.js';
import { type FreeBlock, FreeSpace, type FreeWindow } from './free-space.js';
import type { Block, PoolCidr, PoolFacts } from './pool.js';
import { isFrom, resourceOf, type SweptScopes, unsweptBlock } from './unswept.js';

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
  /** Of the holders of rows that may die. */
  readonly swept: SweptScopes;
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
  /** The block that keeps the space it gave up. */
  readonly keptBy?: Block;
}

/** Blocks that a batch made and took away. */
export interface BlockDelta {
  readonly added: readonly Block[];
  readonly removed: readonly Block[];
}

/** Whose blocks do not stand in the way of an allocation: its own, and those of the resource it is for. */
export interface Own {
  readonly subject: string;
  readonly resources: readonly string[];
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
  private readonly blocks: Set<Block>;
  private idsUsed = 0;

  constructor(readonly state: LoadedState) {
    this.poolCidrs = new Map(state.pool.cidrs.map(({ id, cidr }) => [id, cidr]));
    this.free = new FreeSpace(this.poolCidrs, state.windows, state.probed);
    this.blocks = new Set(state.blocks);
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

  /** What stands in the way of `cidr`, in address order, at most 100; what is `own` does not count. */
  conflicts(cidr: Prefix, own?: Own): Conflict[] {
    const live = this.liveOverlaps(cidr).map(conflictOf);
    const blocks = [...this.blocks]
      .filter((block) => block.cidr.overlaps(cidr) && !(own && isOwn(block, own)))
      .map((block): Conflict => ({
        cidr: block.cidr,
        allocationId: null,
        holder: null,
        key: null,
        reason: block.reason,
        ...(block.reason === 'observed' && { resource: resourceOf(block) }),
      }));
    return [...live, ...blocks].sort((a, b) => a.cidr.compare(b.cidr)).slice(0, MOST_CONFLICTS);
  }

  /** Resources with exactly this CIDR that a source has reported. */
  resourcesAt(cidr: Prefix, source: string): string[] {
    return [...this.blocks]
      .filter((block) => block.reason === 'observed' && block.cidr.equals(cidr) && isFrom(block, source))
      .map(resourceOf);
  }

  /** Whether the same key has released another allocation after this one. */
  releasedLater(row: Allocation): boolean {
    const inBatch = [...this.rows.values()].some(
      (other) =>
        other.key === row.key && other.status === 'QUARANTINED' && other.releasedAt! > row.releasedAt!,
    );
    return inBatch || (this.state.lastReleased.get(row.key!) ?? -Infinity) > row.releasedAt!;
  }

  /**
   * Gives up the space of a row that was put as its last change. `since`: when it expired or was released; where no good
   * sweep has begun later the space becomes unswept instead of free.
   */
  giveBack(row: Allocation, since: Instant): void {
    const kept = unsweptBlock(row, since, this.state.swept);
    if (kept) {
      this.blocks.add(kept);
      const at = this.changes.findLastIndex(({ after }) => after.id === row.id);
      this.changes[at] = { ...this.changes[at]!, keptBy: kept };
    }
    const blocked = [...this.blocks].filter((block) => block.poolCidrId === row.poolCidrId);
    this.free.give(
      row.poolCidrId,
      row.cidr,
      blocked.map((block) => block.cidr),
    );
  }

  /** Takes the space of a row that comes back to life, with what was kept for it. */
  takeBack(row: Allocation): void {
    this.free.takeAvailable(row.cidr);
    const subject = subjectOf(row.id);
    for (const block of this.blocks)
      if (block.reason === 'unswept' && block.subject === subject) this.blocks.delete(block);
  }

  /** Observed resources that use `cidr` or part of it, and those of `resource` that overlap it. */
  observedIn(row: Allocation): Block[] {
    const { resourceId } = row.holder;
    return [...this.blocks].filter(
      (block) =>
        block.reason === 'observed' &&
        block.poolCidrId === row.poolCidrId &&
        (row.cidr.contains(block.cidr) ||
          (block.cidr.overlaps(row.cidr) && resourceOf(block) === resourceId)),
    );
  }

  /** As against what was loaded. */
  blockDelta(): BlockDelta {
    const loaded = new Set(this.state.blocks);
    return {
      added: [...this.blocks].filter((block) => !loaded.has(block)),
      removed: this.state.blocks.filter((block) => !this.blocks.has(block)),
    };
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

/** Space kept for this very allocation, or used by the resource that it is for, does not stand in its own way. */
function isOwn(block: Block, { subject, resources }: Own): boolean {
  if (block.reason === 'observed') return resources.includes(resourceOf(block));
  return (block.reason === 'unswept' || block.reason === 'growth') && block.subject === subject;
}
