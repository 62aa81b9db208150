import { Injectable } from '@nestjs/common';
import { Prefix } from '../../../address/index.js';
import { Database } from '../../../platform/database/database.js';
import type { Statement } from '../../../platform/database/statement.js';
import type { AllocationStatus, Holder } from '../domain/allocation.js';
import type {
  AllocatedResource,
  AllocationThere,
  AskedCidr,
  KnownReservation,
  PlaceOfCidr,
  TaggedValue,
} from '../domain/observed.js';
import { PLACES } from './observed.sql.js';

interface PlaceRow extends Record<string, unknown> {
  n: number;
  pool_id: number;
  pool_cidr_id: number;
  pool_cidr: string;
  auto_adopt: boolean;
  domain: number | null;
  allocations: (Omit<AllocationThere, 'cidr'> & { cidr: string })[] | null;
}

/** Where observed things stand in the register: many at a time, each by searches of indexes. */
@Injectable()
export class LookupRepository {
  constructor(private readonly database: Database) {}

  /** In the order of `asked`; null where no pool CIDR counts. */
  async places(asked: readonly AskedCidr[]): Promise<(PlaceOfCidr | null)[]> {
    const rows = await this.database.query<PlaceRow>(PLACES_AND_ALLOCATIONS, [
      asked.map(({ cidr }) => cidr.toString()),
      asked.map(({ routingDomainId }) => routingDomainId),
      asked.map(({ within }) => within?.toString() ?? null),
    ]);
    const places = new Map(rows.map((row) => [row.n, placeOf(row)]));
    return asked.map((_, index) => places.get(index + 1) ?? null);
  }

  /** ALLOCATED ones whose holder names a resource in one of the accounts and regions. Reads the register once. */
  async allocatedIn(
    scopes: readonly { readonly provider: string; readonly account: string; readonly region: string }[],
  ): Promise<AllocatedResource[]> {
    if (scopes.length === 0) return [];
    const rows = await this.database.query<Omit<AllocatedResource, 'cidr'> & { cidr: string }>(ALLOCATED_IN, [
      scopes.map(({ provider }) => provider),
      scopes.map(({ account }) => account),
      scopes.map(({ region }) => region),
    ]);
    return rows.map((row) => ({ ...row, cidr: Prefix.must(row.cidr) }));
  }

  /** Reservations that tags name, by the place of the tag in `tags`. */
  async reservations(tags: readonly TaggedValue[]): Promise<Map<number, KnownReservation>> {
    const ids = tags.map(({ value }) => /^alloc_(\d{1,15})$/.exec(value)?.[1] ?? null);
    const rows = await this.database.query<{
      n: number;
      id: number;
      pool_id: number;
      cidr: string;
      status: AllocationStatus;
      key: string | null;
      holder: Holder;
    }>(RESERVATIONS, [ids, tags.map(({ poolId }) => poolId), tags.map(({ value }) => value)]);
    return new Map(
      rows.map(({ n, id, pool_id: poolId, cidr, status, key, holder }) => [
        n - 1,
        { id, poolId, cidr: Prefix.must(cidr), status, key, holder },
      ]),
    );
  }
}

function placeOf(row: PlaceRow): PlaceOfCidr {
  return {
    poolId: row.pool_id,
    poolCidrId: row.pool_cidr_id,
    poolCidr: Prefix.must(row.pool_cidr),
    autoAdopt: row.auto_adopt,
    routingDomainId: row.domain,
    allocations: (row.allocations ?? []).map((allocation) => ({
      ...allocation,
      cidr: Prefix.must(allocation.cidr),
    })),
  };
}

const STATUS_NOW = (now: string): string =>
  `(a.status <> 'RESERVED' OR a.expires_at > ${now}) AND (a.status <> 'QUARANTINED' OR a.available_at > ${now})`;

/**
 * $1 CIDRs, $2 routing domains, $3 within. Of several pool CIDRs that a CIDR lies in the longest counts: CIDRs below one
 * another are nested, and those of two roots of one scope are disjoint.
 */
const PLACES_AND_ALLOCATIONS: Statement = {
  name: 'lookup-places',
  text: `
WITH RECURSIVE asked AS MATERIALIZED (
  SELECT a.n, a.cidr, a.routing_domain_id, a.within
  FROM unnest($1::cidr[], $2::int[], $3::cidr[]) WITH ORDINALITY a (cidr, routing_domain_id, within, n)
), ${PLACES}, innermost AS (
  SELECT DISTINCT ON (p.n) p.* FROM place p
  WHERE p.cidr >>= p.asked AND (p.within IS NULL OR p.cidr <<= p.within) ORDER BY p.n, masklen(p.cidr) DESC
), now AS MATERIALIZED (SELECT cadastre_now() AS now)
SELECT i.n, i.pool_id, i.id AS pool_cidr_id, i.cidr AS pool_cidr, pool.auto_adopt, (
    WITH RECURSIVE up AS (
      SELECT c.parent_id, c.scope FROM pool_cidr c WHERE c.id = i.id
      UNION ALL SELECT c.parent_id, c.scope FROM up CROSS JOIN LATERAL (
        SELECT c.parent_id, c.scope FROM pool_cidr c WHERE c.id = up.parent_id OFFSET 0) c)
    SELECT lower(scope) FROM up WHERE parent_id IS NULL) AS domain,
  (SELECT json_agg(json_build_object('id', a.id, 'cidr', a.cidr, 'status', a.status, 'holder', a.holder, 'key', a.key,
     'noncompliant', a.noncompliant) ORDER BY a.cidr DESC)
   FROM now CROSS JOIN LATERAL (SELECT a.* FROM allocation a
     WHERE a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')
       AND allocation_key(a.pool_cidr_id, a.cidr) >>= allocation_key(i.id, i.asked) AND ${STATUS_NOW('now.now')} OFFSET 0) a) AS allocations
FROM innermost i CROSS JOIN LATERAL (SELECT p.auto_adopt FROM pool p WHERE p.id = i.pool_id OFFSET 0) pool`,
};

const ALLOCATED_IN: Statement = {
  name: 'lookup-allocated-in',
  text: `
SELECT a.id, a.pool_id AS "poolId", a.cidr, a.key, a.holder, a.noncompliant,
       EXISTS (SELECT FROM pool_cidr c WHERE c.source_id = a.id) AS feeds
FROM unnest($1::text[], $2::text[], $3::text[]) k (provider, account, region)
JOIN allocation a ON coalesce(a.holder->>'provider', 'aws') = k.provider AND a.holder->>'account' = k.account AND a.holder->>'region' = k.region
WHERE a.status = 'ALLOCATED' AND a.holder ? 'resourceId'`,
};

/** $1 ids, or null where a value is none; $2 pools, $3 keys. */
const RESERVATIONS: Statement = {
  name: 'lookup-reservations',
  text: `
SELECT k.n, a.id, a.pool_id, a.cidr, a.status, a.key, a.holder
FROM unnest($1::bigint[], $2::int[], $3::text[]) WITH ORDINALITY k (id, pool_id, key, n)
CROSS JOIN LATERAL (
  (SELECT a.* FROM allocation a WHERE a.id = k.id)
  UNION ALL (SELECT a.* FROM allocation a WHERE k.id IS NULL AND a.pool_id = k.pool_id AND a.key = k.key AND a.claim = 'PENDING')
  UNION ALL (SELECT a.* FROM allocation a WHERE k.id IS NULL AND a.pool_id = k.pool_id AND a.key = k.key AND a.claim = 'OPEN')
) a
WHERE a.status = 'RESERVED' AND a.expires_at > (SELECT cadastre_now())`,
};
