import { Prefix } from '../../../address/index.js';
import { parseInstant } from '../../../platform/context/instant.js';
import type { Block, BlockReason } from '../domain/pool.js';

/** A row of `block` as PostgreSQL gives it. */
export interface BlockRow {
  readonly id: number;
  readonly pool_cidr_id: number;
  readonly cidr: string;
  readonly reason: BlockReason;
  readonly subject: string;
  readonly since: string | null;
}

export function blockOf(row: BlockRow): Block {
  return {
    poolCidrId: row.pool_cidr_id,
    cidr: Prefix.must(row.cidr),
    reason: row.reason,
    subject: row.subject,
    ...(row.since !== null && { since: parseInstant(row.since) }),
  };
}
