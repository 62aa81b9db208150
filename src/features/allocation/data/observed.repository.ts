import { Injectable } from '@nestjs/common';
import { Prefix } from '../../../address/index.js';
import { formatInstant } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Statement, Tx } from '../../../platform/database/statement.js';
import type { ObservedCidr, SweptScope, WithdrawnCidr } from '../domain/observed.js';
import type { ChangedBlock, ChangedBlocks } from './block.repository.js';
import { COMPARE_BLOCKS, ENTER_OBSERVED, POOLS_CONCERNED, WITHDRAW_OBSERVED } from './observed.sql.js';

/** What a report says of one CIDR, still there or not. */
type Reported = Pick<ObservedCidr, 'resource' | 'cidr' | 'routingDomainId'>;

interface BlockRow extends Record<string, unknown> {
  pool_id: number;
  pool_cidr_id: number;
  pool_cidr: string;
  cidr: string;
  subject: string;
}

const REPORTED: Statement = {
  name: 'observed-reported',
  text: `SELECT source, resource, cidr, routing_domain_id, within FROM observed_space WHERE source = ANY ($1::text[])
         ORDER BY source, resource, cidr, routing_domain_id`,
};

/** What discovery reported, how far it has come, and the blocks that follow. */
@Injectable()
export class ObservedRepository {
  constructor(private readonly database: Database) {}

  /** Of each source what it has reported, by resource and CIDR. */
  async reported(sources: readonly string[]): Promise<Map<string, ObservedCidr[]>> {
    const rows = await this.database.query<{
      source: string;
      resource: string;
      cidr: string;
      routing_domain_id: number | null;
      within: string | null;
    }>(REPORTED, [sources]);
    const reported = new Map<string, ObservedCidr[]>(sources.map((source) => [source, []]));
    for (const { source, resource, cidr, routing_domain_id: routingDomainId, within } of rows)
      reported.get(source)!.push({
        source,
        resource,
        cidr: Prefix.must(cidr),
        routingDomainId,
        within: within === null ? null : Prefix.must(within),
      });
    return reported;
  }

  async poolsConcerned(tx: Tx, source: string, changed: readonly Reported[]): Promise<number[]> {
    const rows = await tx.query<{ id: number }>(POOLS_CONCERNED, [source, ...columnsOf(changed)]);
    return rows.map(({ id }) => id);
  }

  /** Writes what was reported. Needs the shared lock of observed space. */
  async write(
    tx: Tx,
    source: string,
    seen: readonly ObservedCidr[],
    withdrawn: readonly WithdrawnCidr[],
  ): Promise<void> {
    await Promise.all([
      tx.query(WITHDRAW_OBSERVED, [source, ...columnsOf(withdrawn)]),
      tx.query(ENTER_OBSERVED, [
        source,
        ...columnsOf(seen),
        seen.map(({ within }) => within?.toString() ?? null),
      ]),
    ]);
  }

  /** Blocks in locked pools that what is written now asks for and that are missing, and those that nothing asks for any more. */
  async compare(
    tx: Tx,
    source: string,
    changed: readonly Reported[],
    poolIds: readonly number[],
  ): Promise<ChangedBlocks> {
    const [resources, cidrs] = columnsOf(changed);
    const locked = new Set(poolIds);
    const found = await tx.query<BlockRow & { added: boolean }>(COMPARE_BLOCKS, [source, resources, cidrs]);
    const rows = found.filter((row) => locked.has(row.pool_id));
    return {
      added: rows.filter(({ added }) => added).map((row) => changedBlockOf(row, 'observed')),
      removed: rows.filter(({ added }) => !added).map((row) => changedBlockOf(row, 'observed')),
    };
  }

  /** A sweep never takes back what a later one has covered. */
  async raise(tx: Tx, scopes: readonly SweptScope[]): Promise<void> {
    await tx.query(
      `INSERT INTO swept_scope AS s (provider, account, region, began_at)
       SELECT k.provider, k.account, k.region, max(k.began_at)
       FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) k (provider, account, region, began_at)
       GROUP BY k.provider, k.account, k.region ORDER BY k.provider, k.account, k.region
       ON CONFLICT ON CONSTRAINT swept_scope_pkey DO UPDATE SET began_at = excluded.began_at WHERE s.began_at < excluded.began_at`,
      [
        scopes.map(({ provider }) => provider),
        scopes.map(({ account }) => account),
        scopes.map(({ region }) => region),
        scopes.map(({ beganAt }) => formatInstant(beganAt)),
      ],
    );
  }

  /** Pools with unswept blocks that a sweep has covered since. */
  async poolsToFree(): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>(
      `SELECT DISTINCT b.pool_id AS id FROM ${COVERED} ORDER BY 1`,
    );
    return rows.map(({ id }) => id);
  }

  /** Unswept blocks of one pool that a sweep has covered since, the oldest first. */
  async toFree(reader: Reader, poolId: number, limit: number): Promise<ChangedBlock[]> {
    const rows = await reader.query<BlockRow>(
      `SELECT b.pool_id, b.pool_cidr_id, pc.cidr AS pool_cidr, b.cidr, b.subject
       FROM ${COVERED} AND b.pool_id = $1 ORDER BY b.id LIMIT $2`,
      [poolId, limit],
    );
    return rows.map((row) => changedBlockOf(row, 'unswept'));
  }
}

/** The holder of what is over never changes, so the block need not say what it waits for. */
const COVERED = `block b JOIN pool_cidr pc ON pc.id = b.pool_cidr_id
  JOIN allocation a ON a.id = substr(b.subject, length('alloc_') + 1)::bigint
  JOIN swept_scope s ON s.provider = coalesce(a.holder->>'provider', 'aws')
    AND s.account = a.holder->>'account' AND s.region = a.holder->>'region'
  WHERE b.reason = 'unswept' AND s.began_at > b.since`;

function columnsOf(changed: readonly Reported[]): [string[], string[], (number | null)[]] {
  return [
    changed.map(({ resource }) => resource),
    changed.map(({ cidr }) => cidr.toString()),
    changed.map(({ routingDomainId }) => routingDomainId),
  ];
}

function changedBlockOf(row: BlockRow, reason: ChangedBlock['reason']): ChangedBlock {
  return {
    poolId: row.pool_id,
    poolCidrId: row.pool_cidr_id,
    poolCidr: Prefix.must(row.pool_cidr),
    cidr: Prefix.must(row.cidr),
    reason,
    subject: row.subject,
  };
}
