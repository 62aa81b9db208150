import { Injectable } from '@nestjs/common';
import type { Prefix } from '../../../address/index.js';
import { Database } from '../../../platform/database/database.js';
import type { FoundObject, NetworkCidr } from '../domain/current.js';
import type { StoredKind } from '../domain/observed.js';
import { ancestorsOf } from './read.sql.js';

interface FoundRow extends Record<string, unknown> {
  kind: StoredKind;
  resource_id: string;
  name: string | null;
  vpc_id: string | null;
  account: string;
  region: string;
  cidr: string | null;
  missing: boolean;
}

const FOUND = `v.kind, v.resource_id, v.name, v.vpc_id, s.account, s.region, v.missing_since IS NOT NULL AS missing`;
const FROM = 'FROM observed_version v JOIN discovery_scope s ON s.id = v.scope_id WHERE v.seen_to IS NULL';

/** Whose texts are looked into: what is few, and not what changes all the time. */
const TOLD = `v.kind <> ALL ('{network_interface,instance}')`;

/** What is current of what is observed, over all scopes. An object that two scopes list is there twice. */
@Injectable()
export class CurrentRepository {
  constructor(private readonly database: Database) {}

  /** Addresses of network interfaces of each network inside the CIDR, delegated prefixes counted whole. */
  async addressesInUse(asked: readonly NetworkCidr[]): Promise<bigint[]> {
    const rows = await this.database.query<{ addresses: string }>(
      `SELECT trunc(coalesce(u.addresses, 0))::text AS addresses
       FROM unnest($1::text[], $2::cidr[]) WITH ORDINALITY a (network, cidr, n)
       CROSS JOIN LATERAL (
         SELECT sum(2::numeric ^ (CASE family(p) WHEN 4 THEN 32 ELSE 128 END - masklen(p))) AS addresses
         FROM observed_version v CROSS JOIN LATERAL unnest(v.prefixes) p
         WHERE v.vpc_id = a.network AND v.seen_to IS NULL AND v.kind = 'network_interface' AND p <<= a.cidr) u
       ORDER BY a.n`,
      [asked.map(({ networkId }) => networkId), asked.map(({ cidr }) => cidr.toString())],
    );
    return rows.map(({ addresses }) => BigInt(addresses));
  }

  /** With exactly this id. */
  async byId(id: string, limit: number): Promise<FoundObject[]> {
    const rows = await this.database.query<FoundRow>(
      `SELECT ${FOUND}, v.prefixes[1]::text AS cidr ${FROM} AND v.resource_id = $1 ORDER BY v.kind LIMIT $2`,
      [id, limit],
    );
    return rows.map(foundOf);
  }

  /** With a CIDR or address of their own that contains `prefix` or is it, the innermost first. */
  async containing(prefix: Prefix, limit: number): Promise<FoundObject[]> {
    const rows = await this.database.query<FoundRow>(
      `SELECT ${FOUND}, p::text AS cidr
       FROM (SELECT v.* FROM observed_version v
             WHERE v.seen_to IS NULL AND v.prefixes <> '{}' AND v.prefixes && $1::cidr[] OFFSET 0) v
       JOIN discovery_scope s ON s.id = v.scope_id CROSS JOIN LATERAL unnest(v.prefixes) p
       WHERE p >>= $2::cidr
       ORDER BY masklen(p) DESC, v.kind, v.resource_id LIMIT $3`,
      [ancestorsOf(prefix), prefix.toString(), limit],
    );
    return rows.map(foundOf);
  }

  /** By name in any case, equal ones first; then by tag; then by anything else that they say. */
  async saying(
    text: string,
    limit: number,
  ): Promise<(FoundObject & { readonly by: 'NAME' | 'TAG' | 'TEXT' })[]> {
    const rows = await this.database.query<FoundRow & { by: 'NAME' | 'TAG' | 'TEXT' }>(
      `SELECT * FROM (
         SELECT ${FOUND}, v.prefixes[1]::text AS cidr,
           CASE WHEN lower(v.name) = lower($1) THEN 0 WHEN v.name ILIKE $2 THEN 1
             WHEN EXISTS (SELECT FROM jsonb_each_text(v.body -> 'tags') t WHERE t.value ILIKE $2 OR t.key ILIKE $2) THEN 2
             ELSE 3 END AS rank,
           CASE WHEN v.name ILIKE $2 THEN 'NAME'
             WHEN EXISTS (SELECT FROM jsonb_each_text(v.body -> 'tags') t WHERE t.value ILIKE $2 OR t.key ILIKE $2) THEN 'TAG'
             ELSE 'TEXT' END AS by
         ${FROM} AND ${TOLD}
           AND (v.name ILIKE $2 OR v.resource_id ILIKE $2 OR v.body ->> 'description' ILIKE $2
             OR v.body ->> 'contact' ILIKE $2 OR v.body ->> 'service' ILIKE $2
             OR EXISTS (SELECT FROM jsonb_each_text(v.body -> 'tags') t WHERE t.value ILIKE $2 OR t.key ILIKE $2))
         UNION ALL
         SELECT ${FOUND}, NULL, CASE WHEN lower(v.name) = lower($1) THEN 0 ELSE 1 END, 'NAME'
         ${FROM} AND v.kind = 'instance' AND v.name ILIKE $2
       ) f ORDER BY rank, kind, resource_id LIMIT $3`,
      [text, `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`, limit],
    );
    return rows.map((row) => ({ ...foundOf(row), by: row.by }));
  }
}

function foundOf({ kind, resource_id, name, vpc_id, account, region, cidr, missing }: FoundRow): FoundObject {
  const place = { account: account || null, region: region || null };
  return { kind, id: resource_id, name, vpcId: vpc_id, ...place, cidr, missing };
}
