import type { Prefix } from '../../../address/index.js';
import { formatInstant } from '../../../platform/context/instant.js';
import type { ChangeFilter, ObservedFilter } from '../domain/inventory-list.js';

/** Collects values of a statement and answers with their places. */
export class Values {
  readonly list: unknown[] = [];

  add(value: unknown): string {
    return `$${this.list.push(value)}`;
  }
}

/** A CIDR and all that contain it: what a GIN index on arrays can be asked for. 33 or 129 at most. */
export function ancestorsOf(cidr: Prefix): string[] {
  const found: string[] = [];
  for (let at: Prefix | null = cidr; at; at = at.parent()) found.push(at.toString());
  return found;
}

/**
 * Current versions by what selects best, as `v`: behind a fence, since PostgreSQL otherwise walks the list in its order and
 * throws away what does not fit.
 */
export function currentVersions(filter: ObservedFilter, values: Values): string {
  const { holding, ids, vpcId } = filter;
  const from = (condition: string): string =>
    `(SELECT v.* FROM observed_version v WHERE v.seen_to IS NULL AND ${condition} OFFSET 0) v`;
  if (ids) return from(`v.resource_id = ANY (${values.add(ids)}::text[])`);
  if (holding)
    return from(`v.prefixes <> '{}' AND v.prefixes && ${values.add(ancestorsOf(holding))}::cidr[]`);
  if (vpcId === undefined) return 'observed_version v';
  const vpc = values.add(vpcId);
  // two index searches, whatever PostgreSQL thinks of an OR
  return `(SELECT v.* FROM observed_version v WHERE v.seen_to IS NULL AND v.vpc_id = ${vpc}
    UNION ALL
    SELECT v.* FROM observed_version v WHERE v.seen_to IS NULL AND ${attachedOnly(vpc)} OFFSET 0) v`;
}

/** What connects or serves the VPC and does not belong to it. */
export function attachedOnly(vpc: string): string {
  return `v.attached_to IS NOT NULL AND v.attached_to @> ARRAY[${vpc}::text COLLATE "C"] AND v.vpc_id IS DISTINCT FROM ${vpc}`;
}

/** What belongs to the VPC, or connects or serves it. */
function belongsTo(vpc: string): string {
  return `(v.vpc_id = ${vpc} OR (${attachedOnly(vpc)}))`;
}

export function conditionsOf(filter: ObservedFilter, values: Values): string[] {
  const { scopeIds, account, region, kinds, vpcId, text, missing, holding, ids } = filter;
  const conditions = ['v.seen_to IS NULL'];
  if (scopeIds) conditions.push(`v.scope_id = ANY (${values.add(scopeIds)}::int[])`);
  if (account !== undefined) conditions.push(`s.account = ${values.add(account)}`);
  if (region !== undefined) conditions.push(`s.region = ${values.add(region)}`);
  if (kinds) conditions.push(`v.kind = ANY (${values.add(kinds)}::text[])`);
  // where another one selects
  if (vpcId !== undefined && (holding || ids)) conditions.push(belongsTo(values.add(vpcId)));
  if (holding && ids) conditions.push(`v.prefixes && ${values.add(ancestorsOf(holding))}::cidr[]`);
  if (missing !== undefined) conditions.push(`v.missing_since IS ${missing ? 'NOT ' : ''}NULL`);
  if (text !== undefined) {
    const part = values.add(`%${text.replaceAll(/[\\%_]/g, '\\$&')}%`);
    conditions.push(`(v.resource_id ILIKE ${part} OR v.name ILIKE ${part})`);
  }
  return conditions;
}

/** FROM and WHERE of changes `f`, so that each filter alone is an index search in the order of the list. */
export function changesFrom(filter: ChangeFilter, values: Values): { from: string; conditions: string[] } {
  const { account, region, vpcId, kind, since, until } = filter;
  const conditions: string[] = [];
  let from = 'configuration_change f';
  let time = 'f';
  if (vpcId !== undefined) {
    from = 'configuration_change_vpc p JOIN configuration_change f USING (change_id)';
    time = 'p';
    conditions.push(`p.vpc_id = ${values.add(vpcId)}`);
  }
  if (account !== undefined || region !== undefined) {
    const scope: string[] = [];
    if (account !== undefined) scope.push(`account = ${values.add(account)}`);
    if (region !== undefined) scope.push(`region = ${values.add(region)}`);
    conditions.push(`f.scope_id IN (SELECT id FROM discovery_scope WHERE ${scope.join(' AND ')})`);
  }
  if (kind !== undefined) conditions.push(`f.kind = ${values.add(kind)}`);
  if (since !== undefined) conditions.push(`${time}.at >= ${values.add(formatInstant(since))}`);
  if (until !== undefined) conditions.push(`${time}.at < ${values.add(formatInstant(until))}`);
  return { from, conditions: conditions.length > 0 ? conditions : ['true'] };
}

/** The alias whose `(at, change_id)` orders the changes. */
export function orderOf(filter: ChangeFilter): string {
  const alias = filter.vpcId === undefined ? 'f' : 'p';
  return `${alias}.at, ${alias}.change_id`;
}
