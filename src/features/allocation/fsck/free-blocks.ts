import { systemContext } from '../../../platform/context/request-context.js';
import type { Database } from '../../../platform/database/database.js';
import type { Tx } from '../../../platform/database/statement.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { FsckCheck } from '../../../platform/ops/fsck.js';
import { lockPool } from '../data/pool-trail.js';
import { type Difference, differences } from './free-space-sweep.js';
import { inSnapshot } from './snapshot.js';

/** Rows that repair writes in one statement. */
const WRITTEN_AT_ONCE = 5_000;

/**
 * One sorted pass: 1,000,000 allocations take about 15 s and a page of rows. Repair writes the differences only, pool by
 * pool under its lock, so that the service goes on with the others.
 */
export const freeBlocks: FsckCheck = {
  name: 'allocation.free_blocks',
  describe:
    'The free blocks are what live allocations and blocks leave of each pool CIDR, as few as possible.',
  run: (database) =>
    inSnapshot(database, async function* (reader) {
      for await (const { sign, block } of differences(reader, null)) {
        const message =
          sign === '+'
            ? `free block ${block.cidr} is missing`
            : `${block.cidr} stands as a free block and is none`;
        yield { subject: `pool_${block.poolId}`, message, repairable: true };
      }
    }),
  async repair(database) {
    const unitOfWork = new UnitOfWork(database);
    let written = 0;
    for (const poolId of await poolsToRepair(database)) {
      written += await unitOfWork.run(
        systemContext('fsck'),
        (tx) => repairPool(tx, poolId),
        lockPool(poolId),
      );
    }
    return written;
  },
};

async function poolsToRepair(database: Database): Promise<Set<number>> {
  const pools = new Set<number>();
  const found = inSnapshot(database, (reader) => differences(reader, null));
  for await (const { ownerId } of found) pools.add(ownerId);
  return pools;
}

/** Needs the pool's lock. What must go goes first: it may stand where another comes. */
async function repairPool(tx: Tx, poolId: number): Promise<number> {
  await tx.query('SET LOCAL statement_timeout = 0');
  return (await write(tx, poolId, '-', REMOVE)) + (await write(tx, poolId, '+', ADD));
}

const BLOCKS = `unnest($1::int[], $2::smallint[], $3::cidr[], $4::int[]) k (pool_id, host_bits, cidr, pool_cidr_id)`;
const REMOVE = `DELETE FROM free_block f USING ${BLOCKS}
  WHERE (f.pool_id, f.host_bits, f.cidr, f.pool_cidr_id) = (k.pool_id, k.host_bits, k.cidr, k.pool_cidr_id)`;
const ADD = `INSERT INTO free_block (pool_id, host_bits, cidr, pool_cidr_id) SELECT k.* FROM ${BLOCKS}`;

async function write(tx: Tx, poolId: number, sign: Difference['sign'], statement: string): Promise<number> {
  let written = 0;
  let page: Difference['block'][] = [];
  const flush = async (): Promise<void> => {
    await tx.query(statement, [
      page.map((block) => block.poolId),
      page.map((block) => block.cidr.hostBits),
      page.map((block) => block.cidr.toString()),
      page.map((block) => block.poolCidrId),
    ]);
    written += page.length;
    page = [];
  };
  for await (const difference of differences(tx, poolId)) {
    if (difference.sign !== sign) continue;
    page.push(difference.block);
    if (page.length === WRITTEN_AT_ONCE) await flush();
  }
  await flush();
  return written;
}
