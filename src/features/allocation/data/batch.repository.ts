import { Injectable } from '@nestjs/common';
import { type Family, Prefix, widthOf } from '../../../address/index.js';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import type { Reader, Tx } from '../../../platform/database/statement.js';
import type { Allocation, Placement } from '../domain/allocation.js';
import { claimEndsAt, subjectOf } from '../domain/claims.js';
import type { BatchDecision, Item } from '../domain/decide.js';
import type { FreeBlock, FreeWindow } from '../domain/free-space.js';
import type { LoadedState } from '../domain/ledger.js';
import type { Block, BlockReason, PoolFacts } from '../domain/pool.js';
import { requestedLength } from '../domain/rules.js';
import { allocationOf, type AllocationRow, rowOf } from './allocation.row.js';
import { LOAD_ALLOCATIONS, LOAD_SPACE, WRITE_ENTERING, WRITE_LEAVING } from './batch.sql.js';
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

interface AllocationsResult extends Record<string, unknown> {
  pool: (PoolRulesRow & { family: Family }) | null;
  cidrs: { id: number; cidr: string }[] | null;
  touched: AllocationRow[] | null;
  overlapping: AllocationRow[] | null;
  due: AllocationRow[] | null;
  successors: AllocationRow[] | null;
  released: Record<string, string> | null;
}

interface FreeBlockRow {
  pool_cidr_id: number;
  cidr: string;
}

interface SpaceResult extends Record<string, unknown> {
  probed: FreeBlockRow[] | null;
  inside: FreeBlockRow[] | null;
  blocks: { pool_cidr_id: number; cidr: string; reason: BlockReason; subject: string }[] | null;
  windows: FreeBlockRow[][] | null;
  ids: number[] | null;
  dependents: { source: number; pool: string }[] | null;
  counts: [hostBits: number, count: number][] | null;
}

/** Loads what a batch has to know and writes what it comes to, set-wise, in two round trips each. */
@Injectable()
export class BatchRepository {
  /** Null where the pool does not exist. */
  async load(
    reader: Reader,
    poolId: number,
    now: Instant,
    items: readonly Item[],
    limits: LoadLimits,
  ): Promise<LoadedState | null> {
    const found = await this.loadAllocations(reader, poolId, now, items, limits);
    if (!found.pool) return null;
    const { family, ...rules } = found.pool;
    const cidrs = (found.cidrs ?? []).map(({ id, cidr }) => ({ id, cidr: Prefix.must(cidr) }));
    const pool: PoolFacts = { id: poolId, family, rules: rulesOf(rules), cidrs };
    const rows = unique(
      [found.touched, found.overlapping, found.due, found.successors].flatMap((part) => part ?? []),
    );
    const due = rows.filter((row) => isDue(row, now));
    const space = await this.loadSpace(reader, pool, items, rows, due, limits);
    const released = Object.entries(found.released ?? {}).map(
      ([key, at]) => [key, parseInstant(at)] as const,
    );
    return {
      ...space,
      pool,
      now,
      due,
      moreDue: (found.due?.length ?? 0) >= limits.due,
      allocations: rows,
      lastReleased: new Map(released),
    };
  }

  private async loadAllocations(
    reader: Reader,
    poolId: number,
    now: Instant,
    items: readonly Item[],
    limits: LoadLimits,
  ): Promise<AllocationsResult> {
    const commands = items.map((item) => item.command);
    const ids = commands.flatMap((command) => ('id' in command ? [command.id] : []));
    const keys = commands.flatMap((command) =>
      'id' in command || command.key === undefined ? [] : [command.key],
    );
    const restoring = commands.flatMap((command) =>
      command.kind === 'allocate' && command.cidr && command.key !== undefined ? [command.key] : [],
    );
    const values = [
      poolId,
      formatInstant(now),
      ids,
      keys,
      askedFor(items).map(String),
      limits.due,
      restoring,
    ];
    const [found] = await reader.query<AllocationsResult>(LOAD_ALLOCATIONS, values);
    return found!;
  }

  private async loadSpace(
    reader: Reader,
    pool: PoolFacts,
    items: readonly Item[],
    rows: readonly Allocation[],
    due: readonly Allocation[],
    limits: LoadLimits,
  ): Promise<Pick<LoadedState, 'blocks' | 'probed' | 'windows' | 'newIds' | 'dependents' | 'freeCounts'>> {
    const releasing = new Set(
      items.flatMap(({ command }) => (command.kind === 'release' ? [command.id] : [])),
    );
    const freed = unique([...due, ...rows.filter((row) => releasing.has(row.id))]);
    const revivable = rows.filter((row) => row.status === 'EXPIRED').map((row) => row.cidr);
    const wanted = [...askedFor(items), ...revivable];
    const probes = distinct([
      ...freed.flatMap((row) => buddiesOf(row)),
      ...wanted.flatMap((cidr) => coversOf(pool, cidr)),
    ]);
    const inside = items
      .flatMap(({ command }) => (command.kind === 'adopt' ? [command.cidr] : []))
      .concat(revivable);
    const windows = windowsOf(pool, items, limits.counts);
    const newRows = items.filter(({ command }) => !('id' in command)).length;
    const [found] = await reader.query<SpaceResult>(LOAD_SPACE, [
      pool.id,
      probes.map((cidr) => cidr.hostBits),
      probes.map(String),
      inside.map(String),
      inside.map((cidr) => Prefix.of(cidr.last, widthOf(cidr.family)).toString()),
      distinct([...wanted, ...freed.map((row) => row.cidr)]).map(String),
      windows.map((window) => window.placement),
      windows.map((window) => window.hostBits),
      windows.map((window) => window.near?.toString() ?? null),
      limits.window,
      limits.preview ? 0 : newRows,
      [...releasing],
      limits.counts,
    ]);
    const { probed, inside: insideRows, blocks, windows: windowRows, ids, dependents, counts } = found!;
    return {
      blocks: (blocks ?? []).map((row): Block => ({
        poolCidrId: row.pool_cidr_id,
        cidr: Prefix.must(row.cidr),
        reason: row.reason,
        subject: row.subject,
      })),
      probed: [...(probed ?? []), ...(insideRows ?? [])].map(freeBlockOf),
      windows: windows.map((window, index) => {
        const loaded = windowRows![index]!.map(freeBlockOf);
        return { ...window, blocks: loaded, complete: loaded.length < limits.window };
      }),
      // a row that is only shown needs no id of its own
      newIds: limits.preview ? Array<number>(newRows).fill(0) : (ids ?? []),
      dependents: groupNames(dependents ?? []),
      freeCounts: limits.counts ? new Map(counts ?? []) : null,
    };
  }

  /** Writes all of it, or throws: what PostgreSQL found must be what the decision assumed. */
  async write(tx: Tx, trail: PoolTrail, decision: BatchDecision): Promise<void> {
    if (decision.changes.length === 0) return;
    const { poolId, now } = trail;
    const { made, leaving, entering } = stepsOf(decision.written);
    const { removed, added } = decision.freeBlocks;
    if (removed.length > 0 || leaving.length > 0) {
      const [left] = await tx.query<{ free_blocks: number; allocations: number }>(WRITE_LEAVING, [
        poolId,
        removed.map((block) => block.cidr.hostBits),
        removed.map((block) => block.cidr.toString()),
        JSON.stringify(leaving.map(rowOf)),
      ]);
      expectCount('free blocks taken', left!.free_blocks, removed.length);
      expectCount('allocations changed', left!.allocations, leaving.length);
    }
    const changes = decision.changes.map((change, index) => ({
      sequence: trail.sequence + index + 1,
      at: formatInstant(change.at),
      actor: change.actor,
      correlation: change.correlation,
      action: change.action,
      subject: subjectOf(change.after.id),
      detail: detailOf(change.before, change.after),
    }));
    const [entered] = await tx.query<{ entered: number; made: number; freed: number; recorded: number }>(
      WRITE_ENTERING,
      [
        poolId,
        JSON.stringify(entering.map(rowOf)),
        JSON.stringify(made.map(rowOf)),
        added.map((block) => block.cidr.hostBits),
        added.map((block) => block.cidr.toString()),
        added.map((block) => block.poolCidrId),
        JSON.stringify(changes),
        trail.sequence + changes.length,
        formatInstant(Math.max(now, trail.recordedAt)),
      ],
    );
    expectCount('allocations entered', entered!.entered, entering.length);
    expectCount('allocations made', entered!.made, made.length);
  }
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

function expectCount(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what}: ${found} instead of ${expected}; run \`cadastre fsck\``);
}

function isDue(row: Allocation, now: Instant): boolean {
  if (row.status === 'RESERVED') return row.expiresAt! <= now;
  if (row.status === 'QUARANTINED') return row.availableAt! <= now;
  return row.status === 'EXPIRED' && row.claim !== null && claimEndsAt(row) <= now;
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

/** Every free block that could cover `cidr`. */
function coversOf(pool: PoolFacts, cidr: Prefix): Prefix[] {
  const poolCidr = pool.cidrs.find((candidate) => candidate.cidr.contains(cidr))?.cidr;
  if (!poolCidr) return [];
  return Array.from({ length: cidr.length - poolCidr.length + 1 }, (_, up) =>
    cidr.supernet(cidr.length - up),
  );
}

/** One window for each kind of search that the items may make. */
function windowsOf(
  pool: PoolFacts,
  items: readonly Item[],
  withLargest: boolean,
): Pick<FreeWindow, 'placement' | 'hostBits' | 'near'>[] {
  const windows = new Map<string, Pick<FreeWindow, 'placement' | 'hostBits' | 'near'>>();
  const add = (placement: Placement, hostBits: number, near: Prefix | null): void => {
    windows.set(`${placement} ${hostBits} ${near}`, { placement, hostBits, near });
  };
  if (withLargest) add('SPARSE', 0, null);
  for (const { command } of items) {
    if ((command.kind !== 'allocate' && command.kind !== 'reserve') || command.cidr) continue;
    const length = requestedLength(pool, command);
    const placement = command.placement ?? pool.rules.placement;
    if (typeof length !== 'number' || length > widthOf(pool.family)) continue;
    if (placement === 'NEAR' && command.near?.family !== pool.family) continue;
    add(placement, widthOf(pool.family) - length, placement === 'NEAR' ? command.near! : null);
  }
  return [...windows.values()];
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
