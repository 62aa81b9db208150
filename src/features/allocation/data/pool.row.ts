import { type Family, Prefix } from '../../../address/index.js';
import type { Placement } from '../domain/allocation.js';
import type { PoolRules } from '../domain/pool.js';

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

export interface PoolRow extends PoolRulesRow {
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
