import { Injectable } from '@nestjs/common';
import { type Family, Prefix, PrefixSet } from '../../../address/index.js';
import { formatInstant, type Instant } from '../../../platform/context/instant.js';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Tx } from '../../../platform/database/statement.js';
import { exclusionsIn, freeOf } from '../domain/blocked.js';
import type { Conflict } from '../domain/failure.js';
import type { Allocation } from '../domain/allocation.js';
import type { BlockReason, NewPool, Pool, PoolCidr, PoolRules, PoolSource } from '../domain/pool.js';
import { BLOCKED_FROM_START } from './observed.sql.js';
import { POOL, type PoolRow, poolOf } from './pool.row.js';

/** Which root CIDRs have to be disjoint: of everything, or of one routing domain. */
export interface Scope {
  readonly routingDomainId: number | null;
}

/** One transaction after the other provisions; any constant will do, as long as all versions of the service agree. */
const PROVISION_LOCK = 0x00cada58;

const SCOPE = (parameter: string): string =>
  `CASE WHEN ${parameter}::int IS NULL THEN int4range(NULL, NULL) ELSE int4range(${parameter}, ${parameter}, '[]') END`;

/** Pools and their CIDRs. */
@Injectable()
export class PoolRepository {
  constructor(private readonly database: Database) {}

  /** In no order. */
  async byIds(ids: readonly number[], reader: Reader = this.database): Promise<Pool[]> {
    const rows = await reader.query<PoolRow>(
      { name: 'pools-by-id', text: `SELECT ${POOL} FROM pool p WHERE p.id = ANY ($1::int[])` },
      [ids],
    );
    return rows.map(poolOf);
  }

  async idsByName(names: readonly string[], reader: Reader = this.database): Promise<Map<string, number>> {
    const rows = await reader.query<{ id: number; name: string }>(
      { name: 'pool-ids-by-name', text: 'SELECT id, name FROM pool WHERE name = ANY ($1::text[])' },
      [names],
    );
    return new Map(rows.map(({ id, name }) => [name, id]));
  }

  /** Pools bound to one routing domain, by name: at most 100. */
  async inRoutingDomain(reader: Reader, routingDomainId: number): Promise<{ id: number; name: string }[]> {
    return reader.query('SELECT id, name FROM pool WHERE routing_domain_id = $1 ORDER BY name LIMIT 100', [
      routingDomainId,
    ]);
  }

  async insert(tx: Tx, pool: NewPool, now: Instant, actor: string): Promise<number> {
    const { rules } = pool;
    const [row] = await tx.query<{ id: number }>(
      `INSERT INTO pool (name, description, family, scope, routing_domain_id, min_prefix_length, max_prefix_length,
         default_prefix_length, required_tags, placement, quarantine_seconds, excluded, auto_adopt, tags, created_at, created_by)
       VALUES ($1, $2, $3, CASE WHEN $16 THEN 'empty' ELSE ${SCOPE('$4')} END, $4, $5, $6, $7, $8, $9, $10, $11::cidr[], $12, $13, $14, $15) RETURNING id`,
      [
        pool.name,
        pool.description,
        pool.family,
        pool.routingDomainId,
        ...ruleValues(rules),
        pool.tags,
        formatInstant(now),
        actor,
        pool.isChild,
      ],
    );
    return row!.id;
  }

  /** Takes name, description, rules and tags from `pool`. */
  async update(tx: Tx, id: number, pool: NewPool): Promise<void> {
    await tx.query(
      `UPDATE pool SET name = $2, description = $3, min_prefix_length = $4, max_prefix_length = $5, default_prefix_length = $6,
         required_tags = $7, placement = $8, quarantine_seconds = $9, excluded = $10::cidr[], auto_adopt = $11, tags = $12,
         version = version + 1 WHERE id = $1`,
      [id, pool.name, pool.description, ...ruleValues(pool.rules), pool.tags],
    );
  }

  /** Who gave the pool its present version; `subject` is the pool's id in its changes. */
  async changedBy(reader: Reader, subject: string): Promise<string> {
    const [row] = await reader.query<{ actor: string }>(
      `SELECT actor FROM change WHERE subject = $1 AND action IN ('pool.created', 'pool.updated') ORDER BY id DESC LIMIT 1`,
      [subject],
    );
    return row?.actor ?? 'nobody known';
  }

  /** Enters root CIDRs of a pool, with the blocks and free blocks that its rules leave of them. */
  async provision(
    tx: Tx,
    poolId: number,
    family: Family,
    routingDomainId: number | null,
    cidrs: readonly Prefix[],
    excluded: readonly Prefix[],
  ): Promise<void> {
    // two that enter the same space would each find the other's row in the constraint's index, and wait for it
    await tx.query('SELECT pg_advisory_xact_lock($1)', [PROVISION_LOCK]);
    const rows = await tx.query<{ id: number; cidr: string }>(
      `INSERT INTO pool_cidr (pool_id, family, scope, cidr)
       SELECT $1, $2, ${SCOPE('$3')}, c FROM unnest($4::cidr[]) c RETURNING id, cidr`,
      [poolId, family, routingDomainId, cidrs.map(String)],
    );
    await this.openSpace(tx, poolId, rows.map(poolCidrOf), excluded);
  }

  /** Enters CIDRs of a child pool, each one allocation of another pool; needs the locks of all these pools. */
  async provisionFrom(
    tx: Tx,
    poolId: number,
    family: Family,
    sources: readonly Allocation[],
    excluded: readonly Prefix[],
  ): Promise<void> {
    const rows = await tx.query<{ id: number; cidr: string }>(
      `INSERT INTO pool_cidr (pool_id, family, scope, cidr, source_id, source_cidr, source_allocated, parent_id)
       SELECT $1, $2, 'empty', s.cidr, s.id, s.cidr, true, s.parent_id
       FROM unnest($3::cidr[], $4::bigint[], $5::int[]) WITH ORDINALITY s (cidr, id, parent_id, n) ORDER BY s.n RETURNING id, cidr`,
      [
        poolId,
        family,
        sources.map(({ cidr }) => cidr.toString()),
        sources.map(({ id }) => id),
        sources.map(({ poolCidrId }) => poolCidrId),
      ],
    );
    await Promise.all([
      this.openSpace(tx, poolId, rows.map(poolCidrOf), excluded),
      this.derivePlace(tx, poolId),
    ]);
  }

  /**
   * Parent and depth of a pool from its oldest CIDR, and the depth of those below it; needs their locks (`lockTree`). A pool
   * cannot come to stand below itself: what its oldest CIDR comes from was there before it.
   */
  async derivePlace(tx: Tx, poolId: number): Promise<void> {
    await tx.query(
      `WITH RECURSIVE place AS (
         SELECT p.id, up.pool_id AS parent_id, coalesce(parent.depth + 1, 0) AS depth
         FROM pool p LEFT JOIN (SELECT parent_id FROM pool_cidr WHERE pool_id = $1 ORDER BY id LIMIT 1) oldest ON true
         LEFT JOIN pool_cidr up ON up.id = oldest.parent_id LEFT JOIN pool parent ON parent.id = up.pool_id
         WHERE p.id = $1
         UNION ALL SELECT c.id, c.parent_id, place.depth + 1 FROM place JOIN pool c ON c.parent_id = place.id
       )
       UPDATE pool SET parent_id = place.parent_id, depth = place.depth FROM place
       WHERE pool.id = place.id AND (pool.parent_id, pool.depth) IS DISTINCT FROM (place.parent_id, place.depth)`,
      [poolId],
    );
  }

  /** In the order in which their CIDRs were provisioned. */
  async sourcesOf(poolIds: readonly number[], reader: Reader = this.database): Promise<PoolSource[]> {
    const rows = await reader.query<{ pool_id: number; cidr: string; source_id: number }>(
      `SELECT pool_id, cidr, source_id FROM pool_cidr WHERE pool_id = ANY ($1::int[]) AND source_id IS NOT NULL ORDER BY id`,
      [poolIds],
    );
    return rows.map((row) => ({
      poolId: row.pool_id,
      cidr: Prefix.must(row.cidr),
      allocationId: row.source_id,
    }));
  }

  /** Names of the pools that have one of the allocations as their source. */
  async fedBy(reader: Reader, allocationIds: readonly number[]): Promise<Map<number, string>> {
    const rows = await reader.query<{ source_id: number; name: string }>(
      `SELECT c.source_id, p.name FROM pool_cidr c JOIN pool p ON p.id = c.pool_id WHERE c.source_id = ANY ($1::bigint[])`,
      [allocationIds],
    );
    return new Map(rows.map((row) => [row.source_id, row.name]));
  }

  /**
   * Blocks and free blocks of pool CIDRs in which nothing is live yet. What is observed in them is blocked from the start:
   * needs `keepObserved`, or a report that is under way misses them.
   */
  private async openSpace(
    tx: Tx,
    poolId: number,
    poolCidrs: readonly PoolCidr[],
    excluded: readonly Prefix[],
  ): Promise<void> {
    const blocks = poolCidrs.flatMap(({ id, cidr }) =>
      exclusionsIn(cidr, excluded).map((block) => ({ id, ...block })),
    );
    const observed = await tx.query<{
      pool_cidr_id: number;
      cidr: string;
      reason: BlockReason;
      subject: string;
      since: string | null;
    }>(BLOCKED_FROM_START, [poolCidrs.map(({ id }) => id)]);
    const inUse = observed.map((row) => ({ id: row.pool_cidr_id, cidr: Prefix.must(row.cidr) }));
    const free = poolCidrs.flatMap(({ id, cidr }) => {
      const taken = [...excluded, ...inUse.filter((one) => one.id === id).map((one) => one.cidr)];
      return freeOf(cidr, PrefixSet.of(taken)).map((block) => ({ id, block }));
    });
    await tx.query(
      `WITH blocked AS (
         INSERT INTO block (pool_id, pool_cidr_id, cidr, reason, subject, since)
         SELECT $1::int, b.id, b.cidr, 'excluded', b.subject, NULL::timestamptz FROM unnest($2::int[], $3::cidr[], $4::text[]) b (id, cidr, subject)
         UNION ALL
         SELECT $1::int, b.* FROM unnest($8::int[], $9::cidr[], $10::text[], $11::text[], $12::timestamptz[]) b)
       INSERT INTO free_block (pool_id, host_bits, cidr, pool_cidr_id)
       SELECT $1, f.host_bits, f.cidr, f.id FROM unnest($5::int[], $6::smallint[], $7::cidr[]) f (id, host_bits, cidr)`,
      [
        poolId,
        blocks.map(({ id }) => id),
        blocks.map(({ cidr }) => cidr.toString()),
        blocks.map(({ subject }) => subject),
        free.map(({ id }) => id),
        free.map(({ block }) => block.hostBits),
        free.map(({ block }) => block.toString()),
        observed.map((row) => row.pool_cidr_id),
        observed.map((row) => row.cidr),
        observed.map((row) => row.reason),
        observed.map((row) => row.subject),
        observed.map((row) => row.since),
      ],
    );
  }

  /** Blocks what is excluded of one pool CIDR, and derives its free blocks anew. Reads all its live allocations. */
  async replaceExcluded(
    tx: Tx,
    poolId: number,
    poolCidr: PoolCidr,
    excluded: readonly Prefix[],
  ): Promise<void> {
    await tx.query(`DELETE FROM block WHERE pool_cidr_id = $1 AND reason = 'excluded'`, [poolCidr.id]);
    const blocks = exclusionsIn(poolCidr.cidr, excluded);
    await tx.query(
      `INSERT INTO block (pool_id, pool_cidr_id, cidr, reason, subject)
       SELECT $1, $2, b.cidr, 'excluded', b.subject FROM unnest($3::cidr[], $4::text[]) b (cidr, subject)`,
      [poolId, poolCidr.id, blocks.map(({ cidr }) => cidr.toString()), blocks.map(({ subject }) => subject)],
    );
    await this.rebuildFreeBlocks(tx, poolId, poolCidr);
  }

  /** Derives the free blocks of one pool CIDR from what is live and what is blocked in it. Needs the pool's lock. */
  async rebuildFreeBlocks(tx: Tx, poolId: number, poolCidr: PoolCidr): Promise<void> {
    const free = await this.derivedFreeBlocks(tx, poolCidr);
    await tx.query('DELETE FROM free_block WHERE pool_cidr_id = $1', [poolCidr.id]);
    await tx.query(
      `INSERT INTO free_block (pool_id, host_bits, cidr, pool_cidr_id)
       SELECT $1, f.host_bits, f.cidr, $2 FROM unnest($3::smallint[], $4::cidr[]) f (host_bits, cidr)`,
      [poolId, poolCidr.id, free.map((cidr) => cidr.hostBits), free.map(String)],
    );
  }

  /** What `free_block` must hold for one pool CIDR, in address order. */
  async derivedFreeBlocks(reader: Reader, poolCidr: PoolCidr): Promise<Prefix[]> {
    const rows = await reader.query<{ cidr: string }>(
      `SELECT a.cidr::text FROM pool_cidr c JOIN allocation a ON a.pool_id = c.pool_id AND a.live_in = c.id WHERE c.id = $1
       UNION ALL SELECT cidr::text FROM block WHERE pool_cidr_id = $1`,
      [poolCidr.id],
    );
    const taken = PrefixSet.parseMany(rows.map((row) => row.cidr));
    if (!taken.ok) throw new Error(`PostgreSQL gave a CIDR that does not parse: ${taken.error.input}`);
    return freeOf(poolCidr.cidr, taken.value);
  }

  async cidrsOf(reader: Reader, poolId: number): Promise<PoolCidr[]> {
    const rows = await reader.query<{ id: number; cidr: string }>(
      'SELECT id, cidr FROM pool_cidr WHERE pool_id = $1 ORDER BY cidr',
      [poolId],
    );
    return rows.map(poolCidrOf);
  }

  /** Pool CIDRs that keep CIDRs from being provisioned, root ones of this scope (null: those of a child): at most 100. */
  async conflictsWith(
    cidrs: readonly Prefix[],
    scope: Scope | null,
    poolId: number | null,
  ): Promise<Conflict[]> {
    const rows = await this.database.query<{ cidr: string; name: string }>(
      `SELECT DISTINCT c.cidr::text, p.name FROM unnest($1::cidr[]) asked
       JOIN pool_cidr c ON c.cidr && asked AND (c.source_id IS NULL AND c.scope && CASE WHEN $4 THEN ${SCOPE('$2')} ELSE 'empty' END OR c.pool_id = $3)
       JOIN pool p ON p.id = c.pool_id LIMIT 100`,
      [cidrs.map(String), scope?.routingDomainId ?? null, poolId, scope !== null],
    );
    return rows
      .map(({ cidr, name }): Conflict => ({
        cidr: Prefix.must(cidr),
        allocationId: null,
        holder: { resourceType: 'pool', resourceId: name },
        key: null,
        reason: 'pool',
      }))
      .sort((a, b) => a.cidr.compare(b.cidr));
  }

  /** Ids of pools in which something is due, for the sweep. */
  async withDue(now: Instant): Promise<number[]> {
    const rows = await this.database.query<{ pool_id: number }>(
      `SELECT DISTINCT pool_id FROM (
         SELECT pool_id FROM allocation WHERE status = 'RESERVED' AND expires_at <= $1
         UNION ALL SELECT pool_id FROM allocation WHERE status = 'QUARANTINED' AND available_at <= $1
         UNION ALL SELECT pool_id FROM allocation WHERE status = 'EXPIRED' AND claim IS NOT NULL AND expires_at <= $1::timestamptz - interval '30 days') d`,
      [formatInstant(now)],
    );
    return rows.map((row) => row.pool_id);
  }
}

function poolCidrOf({ id, cidr }: { readonly id: number; readonly cidr: string }): PoolCidr {
  return { id, cidr: Prefix.must(cidr) };
}

function ruleValues(rules: PoolRules): unknown[] {
  return [
    rules.minPrefixLength,
    rules.maxPrefixLength,
    rules.defaultPrefixLength,
    rules.requiredTags,
    rules.placement,
    rules.quarantineSeconds,
    rules.excluded.map(String),
    rules.autoAdopt,
  ];
}
