import { Injectable } from '@nestjs/common';
import { type Family, Prefix, widthOf } from '../../../address/index.js';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import type { Reader, Tx } from '../../../platform/database/statement.js';
import type { Allocation, Holder, Placement } from '../domain/allocation.js';
import { subjectOf } from '../domain/claims.js';
import type { Command } from '../domain/command.js';
import type { BatchDecision, Item } from '../domain/decide.js';
import { isDue } from '../domain/due.js';
import type { FreeBlock, FreeWindow } from '../domain/free-space.js';
import { type BlockDelta, type LoadedState, MOST_CONFLICTS } from '../domain/ledger.js';
import type { Block, PoolFacts } from '../domain/pool.js';
import { scopeKey, type ScopeOfHolder, type SweptScopes } from '../domain/unswept.js';
import { allocationOf, type AllocationRow, rowOf } from './allocation.row.js';
import {
  ALL_LENGTHS,
  LOAD,
  LOAD_SURROUNDINGS,
  WRITE_ENTERING,
  WRITE_LEAVING,
  WRITE_UNSWEPT,
} from './batch.sql.js';
import { blockOf, type BlockRow } from './block.row.js';
import { detailOf } from './change-detail.js';
import { type PoolRulesRow, rulesOf } from './pool.row.js';
import type { PoolTrail } from './pool-trail.js';

/** How much to load. A decision that needs more says so, and the batch is loaded again with more. */
export interface LoadLimits {
  /** Free blocks per window. */
  readonly window: number;
  /** Due rows of each kind that no item is about. */
  readonly due: number;
  readonly counts: boolean;
  /** Only looks: draws no ids. */
  readonly preview?: boolean;
}

interface Loaded extends Record<string, unknown> {
  now: string;
  pool: (PoolRulesRow & { family: Family }) | null;
  cidrs: { id: number; cidr: string }[] | null;
  covering: FreeBlockRow[] | null;
  uncovered: string[] | null;
  touched: AllocationRow[] | null;
  overlapping: AllocationRow[] | null;
  due: AllocationRow[] | null;
  successors: AllocationRow[] | null;
  released: Record<string, string> | null;
  windows: FreeBlockRow[][] | null;
  ids: number[] | null;
}

interface FreeBlockRow {
  pool_cidr_id: number;
  cidr: string;
}

interface Surroundings extends Record<string, unknown> {
  probed: FreeBlockRow[] | null;
  inside: FreeBlockRow[] | null;
  blocks: BlockRow[] | null;
  swept: [provider: string, account: string, region: string, beganAt: string][] | null;
  dependents: { source: number; pool: string }[] | null;
  counts: [hostBits: number, count: number][] | null;
}

type LoadedSurroundings = Pick<LoadedState, 'blocks' | 'probed' | 'dependents' | 'freeCounts' | 'swept'>;

const NO_SURROUNDINGS: LoadedSurroundings = {
  blocks: [],
  probed: [],
  dependents: new Map(),
  freeCounts: null,
  swept: new Map(),
};

/** A search for free space as a command words it; null takes what the pool says. */
interface Search {
  readonly placement: Placement | null;
  readonly prefixLength: number | null;
  readonly near: Prefix | null;
}

/** Loads what a batch has to know, in one or two round trips, and writes what it comes to. */
@Injectable()
export class BatchRepository {
  /**
   * Null where the pool does not exist. `now` null: the instant that `lockPool` read. The first statement is sent
   * before this returns, so that it travels with what was sent before.
   */
  async load(
    reader: Reader,
    poolId: number,
    now: Instant | null,
    items: readonly Item[],
    limits: LoadLimits,
  ): Promise<LoadedState | null> {
    const searches = searchesOf(items, limits.counts);
    const window = windowPerSearch(limits.window, searches.length);
    const newRows = items.filter(({ command }) => !('id' in command)).length;
    const [found] = await reader.query<Loaded>(LOAD, [
      poolId,
      now === null ? null : formatInstant(now),
      items.flatMap(({ command }) => ('id' in command ? [command.id] : [])),
      keysOf(items, () => true),
      askedFor(items).map(String),
      limits.due,
      keysOf(items, (command) => command.kind === 'allocate' && command.cidr !== undefined),
      searches.map(({ placement }) => placement),
      searches.map(({ prefixLength }) => prefixLength),
      searches.map(({ near }) => near?.toString() ?? null),
      window,
      limits.preview ? 0 : newRows,
      overlapsPerCidr(items),
    ]);
    const loaded = found!;
    if (!loaded.pool) return null;
    const { family, ...rules } = loaded.pool;
    const cidrs = (loaded.cidrs ?? []).map(({ id, cidr }) => ({ id, cidr: Prefix.must(cidr) }));
    const pool: PoolFacts = { id: poolId, family, rules: rulesOf(rules), cidrs };
    const rows = unique(
      [loaded.touched, loaded.overlapping, loaded.due, loaded.successors].flatMap((part) => part ?? []),
    );
    const at = parseInstant(loaded.now);
    const due = rows.filter((row) => isDue(row, at));
    const released = Object.entries(loaded.released ?? {}).map(
      ([key, time]) => [key, parseInstant(time)] as const,
    );
    const uncovered = (loaded.uncovered ?? []).map((cidr) => Prefix.must(cidr));
    const { probed, ...surroundings } = await this.loadSurroundings(
      reader,
      pool,
      items,
      rows,
      due,
      uncovered,
      limits,
    );
    return {
      ...surroundings,
      probed: [...(loaded.covering ?? []).map(freeBlockOf), ...probed],
      pool,
      now: at,
      due,
      moreDue: (loaded.due?.length ?? 0) >= limits.due,
      allocations: rows,
      lastReleased: new Map(released),
      windows: searches.map((search, index) =>
        windowOf(pool, search, loaded.windows![index]!.map(freeBlockOf), window),
      ),
      // a row that is only shown needs no id of its own
      newIds: limits.preview ? Array<number>(newRows).fill(0) : (loaded.ids ?? []),
    };
  }

  private async loadSurroundings(
    reader: Reader,
    pool: PoolFacts,
    items: readonly Item[],
    rows: readonly Allocation[],
    due: readonly Allocation[],
    uncovered: readonly Prefix[],
    limits: LoadLimits,
  ): Promise<LoadedSurroundings> {
    const releasing = new Set(
      items.flatMap(({ command }) => (command.kind === 'release' ? [command.id] : [])),
    );
    const freed = unique([...due, ...rows.filter((row) => releasing.has(row.id))]);
    if (freed.length === 0 && uncovered.length === 0 && releasing.size === 0 && !limits.counts)
      return NO_SURROUNDINGS;

    const probes = distinct(freed.flatMap((row) => buddiesOf(row)));
    const takesWhatIsFree = new Set(
      [
        ...items.flatMap(({ command }) => (command.kind === 'adopt' ? [command.cidr] : [])),
        ...rows.filter(({ status }) => status === 'EXPIRED' || status === 'RESERVED').map(({ cidr }) => cidr),
      ].map(String),
    );
    const accounts = accountsOf(freed, items, releasing);
    const inside = uncovered.filter((cidr) => takesWhatIsFree.has(cidr.toString()));
    const [found] = await reader.query<Surroundings>(LOAD_SURROUNDINGS, [
      pool.id,
      probes.map((cidr) => cidr.hostBits),
      probes.map(String),
      inside.map(String),
      inside.map((cidr) => Prefix.of(cidr.last, widthOf(cidr.family)).toString()),
      distinct([...uncovered, ...freed.map((row) => row.cidr)]).map(String),
      [...releasing],
      limits.counts,
      accounts.map(({ provider }) => provider),
      accounts.map(({ account }) => account),
    ]);
    const { probed, inside: insideRows, blocks, dependents, counts, swept } = found!;
    return {
      blocks: [...new Map((blocks ?? []).map((row) => [row.id, row])).values()].map(blockOf),
      swept: sweptOf(swept ?? []),
      probed: [...(probed ?? []), ...(insideRows ?? [])].map(freeBlockOf),
      dependents: groupNames(dependents ?? []),
      freeCounts: limits.counts ? new Map(counts ?? []) : null,
    };
  }

  private writeUnswept(tx: Tx, poolId: number, { added, removed }: BlockDelta): void {
    if (added.length + removed.length === 0) return;
    const columns = (blocks: readonly Block[]): unknown[] => [
      blocks.map(({ poolCidrId }) => poolCidrId),
      blocks.map(({ cidr }) => cidr.toString()),
      blocks.map(({ subject }) => subject),
    ];
    const since = added.map((block) => formatInstant(block.since!));
    tx.finish(WRITE_UNSWEPT, [poolId, ...columns(removed), ...columns(added), since]);
  }

  /** Sends all of it, to be committed or not as a whole: what PostgreSQL finds must be what the decision assumed. */
  write(tx: Tx, trail: PoolTrail, decision: BatchDecision): void {
    if (decision.changes.length === 0) return;
    const { made, leaving, entering } = stepsOf(decision.written);
    const { removed, added } = decision.freeBlocks;
    this.writeUnswept(tx, trail.poolId, decision.blocks);
    if (leaving.length > 0) tx.finish(WRITE_LEAVING, [JSON.stringify(leaving.map(rowOf)), leaving.length]);
    const changes = decision.changes.map((change, index) => ({
      sequence: trail.sequence + index + 1,
      at: formatInstant(change.at),
      actor: change.actor,
      correlation: change.correlation,
      action: change.action,
      subject: subjectOf(change.after.id),
      detail: { ...detailOf(change.before, change.after), ...(change.keptBy && { space: 'unswept' }) },
    }));
    tx.finish(WRITE_ENTERING, [
      trail.poolId,
      JSON.stringify(entering.map(rowOf)),
      JSON.stringify(made.map(rowOf), withoutNull),
      removed.map((block) => block.cidr.hostBits),
      removed.map((block) => block.cidr.toString()),
      added.map((block) => block.cidr.hostBits),
      added.map((block) => block.cidr.toString()),
      added.map((block) => block.poolCidrId),
      JSON.stringify(changes),
      trail.sequence + changes.length,
      formatInstant(Math.max(trail.now, trail.recordedAt)),
      entering.length,
    ]);
  }
}

type Account = Pick<ScopeOfHolder, 'provider' | 'account'>;

/**
 * Accounts of which it may matter when they were swept: those of the holders of rows that may die, and those that such
 * a row gets from another item before the one that releases it. With all their regions.
 */
function accountsOf(
  freed: readonly Allocation[],
  items: readonly Item[],
  releasing: ReadonlySet<number>,
): Account[] {
  const holders = [
    ...freed.map(({ holder }) => holder),
    ...items.flatMap(({ command }) =>
      releasing.size === 0 ? [] : (holderGivenBy(command, releasing) ?? []),
    ),
  ];
  const providers = [...new Set(['aws', ...holders.flatMap(({ provider }) => provider ?? [])])];
  const accounts = [...new Set(holders.flatMap(({ account }) => account ?? []))];
  return providers.flatMap((provider) => accounts.map((account) => ({ provider, account })));
}

/** The holder that a command may give a row that is released later in the batch. */
function holderGivenBy(command: Command, releasing: ReadonlySet<number>): Holder | undefined {
  if (command.kind === 'allocate') return command.cidr && command.holder;
  if (!('id' in command) || !releasing.has(command.id)) return undefined;
  if (command.kind === 'settle') return command.resource;
  return command.kind === 'confirm' || command.kind === 'update' ? command.holder : undefined;
}

function sweptOf(rows: readonly [string, string, string, string][]): SweptScopes {
  return new Map(
    rows.map(([provider, account, region, beganAt]) => [
      scopeKey({ provider, account, region }),
      parseInstant(beganAt),
    ]),
  );
}

/** A column that is left out is NULL, and PostgreSQL has less to read. */
function withoutNull(_key: string, value: unknown): unknown {
  return value ?? undefined;
}

/**
 * Constraints are checked row by row, so whatever gives up space or a claim goes first. A row that takes one gives up
 * its old claim in the first step and gets its final state in the second.
 */
function stepsOf(written: BatchDecision['written']): {
  made: Allocation[];
  leaving: Allocation[];
  entering: Allocation[];
} {
  const made: Allocation[] = [];
  const leaving: Allocation[] = [];
  const entering: Allocation[] = [];
  for (const { before, after } of written) {
    if (!before) {
      made.push(after);
    } else if (comesAlive(before, after) || (after.claim && after.claim !== before.claim)) {
      if (before.claim && before.claim !== after.claim) leaving.push({ ...before, claim: null });
      entering.push(after);
    } else {
      leaving.push(after);
    }
  }
  return { made, leaving, entering };
}

function comesAlive(before: Allocation, after: Allocation): boolean {
  return rowOf(before).live_in === null && rowOf(after).live_in !== null;
}

function askedFor(items: readonly Item[]): Prefix[] {
  return items.flatMap(({ command }) => ('cidr' in command && command.cidr ? [command.cidr] : []));
}

/** Every free block that could join with the space of `row`: its buddy at each length up to the pool CIDR. */
function buddiesOf(row: Allocation): Prefix[] {
  const buddies: Prefix[] = [];
  for (let cidr = row.cidr; cidr.length > row.poolCidr.length; cidr = cidr.parent()!)
    buddies.push(cidr.buddy()!);
  return buddies;
}

/** Live allocations that stand in the way of one CIDR: a hundred and one more, fewer where many CIDRs are asked for. */
function overlapsPerCidr(items: readonly Item[]): number {
  const cidrs = items.filter(({ command }) => 'cidr' in command && command.cidr).length;
  return Math.min(MOST_CONFLICTS + 1, Math.ceil(MOST_OVERLAPS / Math.max(cidrs, 1)));
}

/** Each kind of search that the items may make, once. */
function searchesOf(items: readonly Item[], withLargest: boolean): Search[] {
  const searches = new Map<string, Search>();
  const add = (placement: Placement | null, prefixLength: number | null, near: Prefix | null): void => {
    searches.set(`${placement} ${prefixLength} ${near}`, { placement, prefixLength, near });
  };
  for (const { command } of items) {
    if ((command.kind !== 'allocate' && command.kind !== 'reserve') || command.cidr) continue;
    const { placement = null, prefixLength = null, near = null } = command;
    // what no family has is refused by rule; PostgreSQL would refuse the number
    if (prefixLength === null || (prefixLength >= 0 && prefixLength <= LONGEST))
      add(placement, prefixLength, near);
  }
  return withLargest ? [...searches.values(), LARGEST] : [...searches.values()];
}

/** Many searches share what they find and each serves few items: all of them together load little more than one. */
function windowPerSearch(window: number, searches: number): number {
  return searches < 2 ? window : Math.min(window, Math.ceil((2 * window) / searches) + 8);
}

const MOST_OVERLAPS = 10_000;
const LONGEST = widthOf(6);

/** A window over all free blocks, the largest first. */
const LARGEST: Search = { placement: 'SPARSE', prefixLength: ALL_LENGTHS, near: null };

function windowOf(pool: PoolFacts, search: Search, blocks: FreeBlock[], limit: number): FreeWindow {
  const placement = search.placement ?? pool.rules.placement;
  const prefixLength = search.prefixLength ?? pool.rules.defaultPrefixLength ?? 0;
  const hostBits = search === LARGEST ? 0 : widthOf(pool.family) - prefixLength;
  const near = placement === 'NEAR' ? search.near : null;
  return { placement, hostBits, near, blocks, complete: blocks.length < limit };
}

function keysOf(items: readonly Item[], wanted: (command: Command) => boolean): string[] {
  return items.flatMap(({ command }) =>
    'id' in command || command.key === undefined || !wanted(command) ? [] : [command.key],
  );
}

function unique(rows: readonly (AllocationRow | Allocation)[]): Allocation[] {
  const byId = new Map<number, Allocation>();
  for (const row of rows) if (!byId.has(row.id)) byId.set(row.id, 'pool_id' in row ? allocationOf(row) : row);
  return [...byId.values()];
}

function distinct(cidrs: readonly Prefix[]): Prefix[] {
  return [...new Map(cidrs.map((cidr) => [cidr.toString(), cidr])).values()];
}

function freeBlockOf(row: FreeBlockRow): FreeBlock {
  return { poolCidrId: row.pool_cidr_id, cidr: Prefix.must(row.cidr) };
}

function groupNames(rows: readonly { source: number; pool: string }[]): Map<number, string[]> {
  const names = new Map<number, string[]>();
  for (const { source, pool } of rows) names.set(source, [...(names.get(source) ?? []), pool]);
  return names;
}
