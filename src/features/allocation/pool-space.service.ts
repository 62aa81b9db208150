import { Injectable } from '@nestjs/common';
import { type Address, type Prefix, widthOf } from '../../address/index.js';
import type { Instant } from '../../platform/context/instant.js';
import type { Reader } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { BatchRepository } from './data/batch.repository.js';
import { ContentsRepository } from './data/contents.repository.js';
import { PoolRepository } from './data/pool.repository.js';
import { type Extent, SpaceRepository } from './data/space.repository.js';
import { type Capacity, capacityOf } from './domain/capacity.js';
import { contentsOf, type PoolBlock, reasonsOf } from './domain/contents.js';
import { turnDue } from './domain/due.js';
import type { FreeBlock } from './domain/free-space.js';
import { Ledger } from './domain/ledger.js';
import type { Block, Pool } from './domain/pool.js';
import { loadUntilEnough } from './load-until-enough.js';

/** Due rows that a read turns in memory. */
const MOST_DUE_SEEN = 100_000;
const COUNTED_AT_ONCE = 10_000;

/** A piece of a pool, with the reasons where it is blocked. */
export interface ExplainedBlock extends PoolBlock {
  readonly reasons: readonly string[];
}

interface FreeDelta {
  readonly removed: readonly FreeBlock[];
  readonly added: readonly FreeBlock[];
  /** What keeps the space of rows that are due. */
  readonly unswept: readonly Block[];
}

/** Of a pool that is gone, or in which nothing is due. */
const NOTHING_TURNED: FreeDelta = { removed: [], added: [], unswept: [] };

/**
 * How the space of pools is used, as of the database's clock, also where what is due has not been written down yet. Each
 * answer is from one snapshot; a pool that is gone has no space.
 */
@Injectable()
export class PoolSpaceService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly pools: PoolRepository,
    private readonly spaces: SpaceRepository,
    private readonly contents: ContentsRepository,
    private readonly batches: BatchRepository,
  ) {}

  /**
   * With `tree` over the CIDRs of this pool and all that lie below them, each once: what feeds child pools is shown as they
   * use it, so `delegated` is 0. O(free blocks + reserved + quarantined + blocked + pool CIDRs), whatever is allocated.
   */
  capacity(pool: Pool, tree: boolean): Promise<Capacity> {
    return this.unitOfWork.snapshot(async (reader, now) => {
      const extent = await this.spaces.extent(reader, pool.id, tree);
      const free = await this.freeOf(reader, extent, now);
      const { delegated, ...held } = await this.spaces.held(reader, extent, now, free.unswept);
      const width = widthOf(pool.family);
      return capacityOf({
        total: extent.total,
        ...held,
        delegated: tree ? 0n : delegated,
        free: free.byHostBits.reduce((sum, [bits, count]) => sum + (BigInt(count) << BigInt(bits)), 0n),
        largestFreeBlock: free.largest,
        freeBlocksByLength: free.byHostBits.map(([bits, count]) => ({ prefixLength: width - bits, count })),
      });
    });
  }

  /** Free blocks that a request for `prefixLength` fits into, in address order, at most `first`. */
  async freeBlocks(pool: Pool, prefixLength: number | null, first: number): Promise<Prefix[]> {
    const hostBits = prefixLength === null ? 0 : widthOf(pool.family) - prefixLength;
    const settled = await this.spaces.settledFreeBlocks(pool.id, hostBits, first);
    if (settled) return settled;
    return this.unitOfWork.snapshot(async (reader, now) => {
      const { removed, added } = await this.turned(reader, pool.id, now);
      const stored = await this.spaces.freeBlocks(reader, pool.id, hostBits, first + removed.length);
      return withDelta(stored, removed, added)
        .filter((cidr) => cidr.hostBits >= hostBits)
        .slice(0, first);
    });
  }

  /** What lies in the pool from `from` on (null: from the start), in address order, at most `limit`. */
  blocks(pool: Pool, from: Address | null, limit: number): Promise<ExplainedBlock[]> {
    return this.unitOfWork.snapshot(async (reader, now) => {
      return this.page(reader, pool, from, limit, now, await this.turned(reader, pool.id, now));
    });
  }

  /** How many blocks the pool has, by going through all of them: O(what lies in it). */
  countBlocks(pool: Pool): Promise<number> {
    return this.unitOfWork.snapshot(async (reader, now) => {
      const delta = await this.turned(reader, pool.id, now);
      let count = 0;
      for (let from: Address | null = null; ;) {
        const page = await this.page(reader, pool, from, COUNTED_AT_ONCE, now, delta);
        count += page.length;
        from = page.at(-1)?.cidr.last.next() ?? null;
        if (page.length < COUNTED_AT_ONCE || from === null) return count;
      }
    });
  }

  /** Where a page begins that shows `around` and one block before it. */
  async startAround(pool: Pool, around: Prefix): Promise<Address | null> {
    return this.unitOfWork.snapshot(async (reader) => {
      const covering = await this.contents.before(reader, pool.id, around.first);
      const reaches = covering !== null && covering.last.compare(around.first) >= 0;
      const before = reaches ? await this.contents.before(reader, pool.id, covering.first) : covering;
      return before?.first ?? null;
    });
  }

  private async page(
    reader: Reader,
    pool: Pool,
    from: Address | null,
    limit: number,
    now: Instant,
    { removed, added, unswept }: FreeDelta,
  ): Promise<ExplainedBlock[]> {
    const poolCidrs = (await this.pools.cidrsOf(reader, pool.id)).map(({ cidr }) => cidr);
    const start = from ? await this.anchor(reader, pool, from, added) : poolCidrs[0]?.first;
    if (!start) return [];
    const live = await this.contents.live(reader, pool.id, start, now, limit);
    const stored = await this.contents.free(reader, pool.id, start, limit + removed.length);
    const storedAll = stored.length < limit + removed.length;
    const free = withDelta(
      stored.map(({ cidr }) => cidr),
      removed,
      added.filter(({ cidr }) => cidr.first.compare(start) >= 0),
    );
    const ends = [
      ...(live.length < limit ? [] : [live.at(-1)!.cidr.last]),
      ...(storedAll ? [] : [stored.at(-1)!.cidr.last]),
    ];
    const until = ends.sort((a, b) => a.compare(b))[0] ?? null;
    const page = contentsOf(poolCidrs, start, live, free, until).slice(0, limit);
    const blocked = page.filter(({ state }) => state === 'BLOCKED').map(({ cidr }) => cidr);
    const blocks = [...(await this.contents.blocks(reader, pool.id, blocked)), ...unswept];
    return page.map((block) => ({
      ...block,
      reasons: block.state === 'BLOCKED' ? reasonsOf(block.cidr, blocks) : [],
    }));
  }

  /** Where what covers `from` begins: blocks may have joined since a page ended there. */
  private async anchor(
    reader: Reader,
    pool: Pool,
    from: Address,
    added: readonly FreeBlock[],
  ): Promise<Address> {
    const before = await this.contents.before(reader, pool.id, from);
    const covering = [...(before ? [before] : []), ...added.map(({ cidr }) => cidr)].filter((cidr) =>
      cidr.contains(from),
    );
    return covering.sort((a, b) => a.compare(b))[0]?.first ?? from;
  }

  /** Free blocks of an extent by size, the largest first, and the lowest of the largest. */
  private async freeOf(
    reader: Reader,
    extent: Extent,
    now: Instant,
  ): Promise<{ byHostBits: [number, number][]; largest: Prefix | null; unswept: Block[] }> {
    const inside = new Set(extent.poolCidrIds);
    const stored = await this.spaces.freeCounts(reader, extent.poolCidrIds);
    const counts = new Map(stored.map(({ hostBits, count }) => [hostBits, count]));
    const removed: FreeBlock[] = [];
    const added: FreeBlock[] = [];
    const unswept: Block[] = [];
    for (const poolId of await this.spaces.withDue(reader, extent.poolIds, now)) {
      const delta = await this.turnedIn(reader, poolId, now);
      removed.push(...delta.removed.filter(({ poolCidrId }) => inside.has(poolCidrId)));
      added.push(...delta.added.filter(({ poolCidrId }) => inside.has(poolCidrId)));
      unswept.push(...delta.unswept.filter(({ poolCidrId }) => inside.has(poolCidrId)));
    }
    for (const { cidr } of removed) counts.set(cidr.hostBits, (counts.get(cidr.hostBits) ?? 0) - 1);
    for (const { cidr } of added) counts.set(cidr.hostBits, (counts.get(cidr.hostBits) ?? 0) + 1);
    const byHostBits = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => b - a);
    const [top] = byHostBits;
    if (!top) return { byHostBits, largest: null, unswept };
    const ofTop = (blocks: readonly FreeBlock[]): FreeBlock[] =>
      blocks.filter(({ cidr }) => cidr.hostBits === top[0]);
    const gone = ofTop(removed);
    const lowest =
      gone.length === 0
        ? stored.filter(({ hostBits }) => hostBits === top[0]).map((count) => count.lowest)
        : await this.spaces.lowestFree(reader, extent.poolCidrIds, top[0], gone.length + 1);
    return { byHostBits, unswept, largest: withDelta(lowest, gone, ofTop(added))[0] ?? null };
  }

  /** What turning all that is due in a pool does to its free blocks; in memory only. */
  private async turned(reader: Reader, poolId: number, now: Instant): Promise<FreeDelta> {
    const [due] = await this.spaces.withDue(reader, [poolId], now);
    return due === undefined ? NOTHING_TURNED : this.turnedIn(reader, poolId, now);
  }

  private async turnedIn(reader: Reader, poolId: number, now: Instant): Promise<FreeDelta> {
    const found = await loadUntilEnough(
      { window: 1, due: MOST_DUE_SEEN, counts: false, preview: true },
      (limits) => this.batches.load(reader, poolId, now, [], limits),
      (state) => {
        const ledger = new Ledger(state);
        turnDue(ledger);
        return { ...ledger.free.delta(), unswept: ledger.blockDelta().added };
      },
      () => Promise.resolve(),
    );
    return found ?? NOTHING_TURNED;
  }
}

/** In address order; the same CIDR may stand in two pool CIDRs, so each that goes takes one away. */
function withDelta(
  stored: readonly Prefix[],
  removed: readonly FreeBlock[],
  added: readonly FreeBlock[],
): Prefix[] {
  const gone = new Map<string, number>();
  for (const { cidr } of removed) gone.set(`${cidr}`, (gone.get(`${cidr}`) ?? 0) + 1);
  const left = stored.filter((cidr) => {
    const times = gone.get(`${cidr}`) ?? 0;
    if (times > 0) gone.set(`${cidr}`, times - 1);
    return times === 0;
  });
  return [...left, ...added.map(({ cidr }) => cidr)].sort((a, b) => a.compare(b));
}
