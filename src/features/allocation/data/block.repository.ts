import { Injectable } from '@nestjs/common';
import { Prefix, widthOf } from '../../../address/index.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import type { Tx } from '../../../platform/database/statement.js';
import type { ChangeNote } from '../../../platform/events/index.js';
import { type FreeBlock, FreeSpace } from '../domain/free-space.js';
import type { BlockReason } from '../domain/pool.js';
import { FREE_AROUND, WRITE_FREE } from './observed.sql.js';
import { type PoolTrail, recordPoolChanges } from './pool-trail.js';

/** A block that comes or goes. */
export interface ChangedBlock {
  readonly poolId: number;
  readonly poolCidrId: number;
  readonly poolCidr: Prefix;
  readonly cidr: Prefix;
  readonly reason: BlockReason;
  readonly subject: string;
}

export interface ChangedBlocks {
  readonly added: readonly ChangedBlock[];
  readonly removed: readonly ChangedBlock[];
}

/** Blocks that come and go by themselves, not with an allocation, and the free space that follows. */
@Injectable()
export class BlockRepository {
  /**
   * Enters and deletes blocks, takes and gives what is free, and records it. Needs the locks of all their pools, whose
   * trails these are. A fixed number of round trips, and one per pool in a row without waits.
   */
  async change(
    tx: Tx,
    ctx: RequestContext,
    trails: ReadonlyMap<number, PoolTrail>,
    { added, removed }: ChangedBlocks,
  ): Promise<void> {
    if (added.length + removed.length === 0) return;
    await Promise.all([
      tx.query(
        `DELETE FROM block b USING unnest($1::int[], $2::cidr[], $3::text[], $4::text[]) k (pool_cidr_id, cidr, reason, subject)
         WHERE b.pool_cidr_id = k.pool_cidr_id AND b.cidr = k.cidr AND b.reason = k.reason AND b.subject = k.subject`,
        columnsOf(removed),
      ),
      tx.query(
        `INSERT INTO block (pool_id, pool_cidr_id, cidr, reason, subject)
         SELECT k.pool_id, k.pool_cidr_id, k.cidr, k.reason, k.subject
         FROM unnest($1::int[], $2::cidr[], $3::text[], $4::text[], $5::int[]) k (pool_cidr_id, cidr, reason, subject, pool_id)`,
        [...columnsOf(added), added.map(({ poolId }) => poolId)],
      ),
    ]);
    const pools = [...new Set([...added, ...removed].map(({ poolId }) => poolId))].sort((a, b) => a - b);
    await this.moveFreeSpace(tx, pools, { added, removed });
    await Promise.all(
      pools.map((poolId) => {
        const ofPool = (block: ChangedBlock): boolean => block.poolId === poolId;
        return recordPoolChanges(tx, ctx, trails.get(poolId)!, [
          ...removed.filter(ofPool).map((block) => noteOf('pool.space_unblocked', block)),
          ...added.filter(ofPool).map((block) => noteOf('pool.space_blocked', block)),
        ]);
      }),
    );
  }

  private async moveFreeSpace(
    tx: Tx,
    pools: readonly number[],
    { added, removed }: ChangedBlocks,
  ): Promise<void> {
    const all = [...added, ...removed];
    const probes = removed.flatMap(({ poolId, poolCidr, cidr }) =>
      buddiesUpTo(cidr, poolCidr).map((buddy) => ({ poolId, buddy })),
    );
    const rows = await tx.query<{ pool_id: number; pool_cidr_id: number; cidr: string; kind: string }>(
      FREE_AROUND,
      [
        all.map(({ poolCidrId }) => poolCidrId),
        all.map(({ cidr }) => cidr.toString()),
        all.map(({ cidr }) => Prefix.of(cidr.last, widthOf(cidr.family)).toString()),
        probes.map(({ poolId }) => poolId),
        probes.map(({ buddy }) => buddy.hostBits),
        probes.map(({ buddy }) => buddy.toString()),
        removed.map(({ poolCidrId }) => poolCidrId),
        removed.map(({ cidr }) => cidr.toString()),
      ],
    );
    const found = rows.map((row) => ({ ...row, prefix: Prefix.must(row.cidr) }));
    const gone: (FreeBlock & { poolId: number })[] = [];
    const come: (FreeBlock & { poolId: number })[] = [];
    for (const poolId of pools) {
      const ofPool = all.filter((block) => block.poolId === poolId);
      const cidrs = new Map(ofPool.map(({ poolCidrId, poolCidr }) => [poolCidrId, poolCidr]));
      const around = found.filter((row) => row.pool_id === poolId);
      const probed = around
        .filter(({ kind }) => kind === 'free')
        .map(({ pool_cidr_id: poolCidrId, prefix: cidr }) => ({ poolCidrId, cidr }));
      const free = new FreeSpace(cidrs, [], probed);
      for (const { poolId: id, cidr } of added) if (id === poolId) free.takeAvailable(cidr);
      const taken = around.filter(({ kind }) => kind === 'taken').map(({ prefix }) => prefix);
      for (const { poolCidrId, cidr } of outermost(removed.filter((block) => block.poolId === poolId)))
        free.give(poolCidrId, cidr, taken);
      const delta = free.delta();
      gone.push(...delta.removed.map((block) => ({ ...block, poolId })));
      come.push(...delta.added.map((block) => ({ ...block, poolId })));
    }
    await tx.query(WRITE_FREE, [
      gone.map(({ poolId }) => poolId),
      gone.map(({ cidr }) => cidr.hostBits),
      gone.map(({ cidr }) => cidr.toString()),
      come.map(({ poolId }) => poolId),
      come.map(({ cidr }) => cidr.hostBits),
      come.map(({ cidr }) => cidr.toString()),
      come.map(({ poolCidrId }) => poolCidrId),
    ]);
  }
}

function columnsOf(blocks: readonly ChangedBlock[]): unknown[] {
  return [
    blocks.map(({ poolCidrId }) => poolCidrId),
    blocks.map(({ cidr }) => cidr.toString()),
    blocks.map(({ reason }) => reason),
    blocks.map(({ subject }) => subject),
  ];
}

/** Several blocks of the same space give it back once. CIDRs of one pool are disjoint, so those of its blocks nest within one. */
function outermost(blocks: readonly ChangedBlock[]): ChangedBlock[] {
  const sorted = [...blocks].sort((a, b) => a.cidr.compare(b.cidr));
  const outer: ChangedBlock[] = [];
  for (const block of sorted) if (!outer.at(-1)?.cidr.contains(block.cidr)) outer.push(block);
  return outer;
}

/** Every free block that could join with `cidr`. */
function buddiesUpTo(cidr: Prefix, poolCidr: Prefix): Prefix[] {
  const buddies: Prefix[] = [];
  for (let at = cidr; at.length > poolCidr.length; at = at.parent()!) buddies.push(at.buddy()!);
  return buddies;
}

function noteOf(action: string, { poolId, cidr, reason, subject }: ChangedBlock): ChangeNote {
  return {
    action,
    subject: `pool_${poolId}`,
    detail: { cidr: cidr.toString(), reason, subject },
  };
}
