import { type Family, Prefix } from '../../../address/index.js';
import type { Placement } from '../domain/allocation.js';
import { parseInstant } from '../../../platform/context/instant.js';
import type { Pool, PoolRules } from '../domain/pool.js';

/** The columns of `pool` that hold its rules. */
export interface PoolRulesRow {
  min_prefix_length: number | null;
  max_prefix_length: number | null;
  default_prefix_length: number | null;
  required_tags: string[];
  placement: Placement;
  quarantine_seconds: number;
  excluded: string[];
  auto_adopt: boolean;
}

export interface PoolRow extends PoolRulesRow, Record<string, unknown> {
  id: number;
  name: string;
  description: string;
  family: Family;
  is_child: boolean;
  routing_domain_id: number | null;
  parent_id: number | null;
  depth: number;
  tags: Record<string, string>;
  version: number;
  created_at: string;
  created_by: string;
  cidrs: string[];
}

export function rulesOf(row: PoolRulesRow): PoolRules {
  return {
    minPrefixLength: row.min_prefix_length,
    maxPrefixLength: row.max_prefix_length,
    defaultPrefixLength: row.default_prefix_length,
    requiredTags: row.required_tags,
    placement: row.placement,
    quarantineSeconds: row.quarantine_seconds,
    excluded: row.excluded.map((cidr) => Prefix.must(cidr)),
    autoAdopt: row.auto_adopt,
  };
}

/** What `poolOf` reads, of a pool `p`. */
export const POOL = `p.id, p.name, p.description, p.family, isempty(p.scope) AS is_child, p.routing_domain_id, p.parent_id, p.depth, p.min_prefix_length, p.max_prefix_length,
  p.default_prefix_length, p.required_tags, p.placement, p.quarantine_seconds, p.excluded::text[] AS excluded, p.auto_adopt, p.tags,
  p.version, p.created_at, p.created_by,
  (SELECT coalesce(array_agg(c.cidr::text ORDER BY c.cidr), '{}') FROM pool_cidr c WHERE c.pool_id = p.id) AS cidrs`;

export function poolOf(row: PoolRow): Pool {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    family: row.family,
    isChild: row.is_child,
    routingDomainId: row.routing_domain_id,
    parentId: row.parent_id,
    depth: row.depth,
    cidrs: row.cidrs.map((cidr) => Prefix.must(cidr)),
    rules: rulesOf(row),
    tags: row.tags,
    version: row.version,
    createdAt: parseInstant(row.created_at),
    createdBy: row.created_by,
  };
}
