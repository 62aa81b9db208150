import { type QuotaName, quotaOf } from '../../../address/provider-rules/index.js';
import type { Observation } from '../../findings/index.js';
import type { Seen } from './seen.js';

/** A route table with its routes of one family; a prefix list counts as one, so there may be more. */
export interface RouteCount {
  readonly table: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  readonly account: string;
  readonly region: string;
  readonly family: 4 | 6;
  readonly routes: number;
  readonly propagated: number;
}

/** What has more than the provider allows unless that was raised. */
export function quotaFindings(seen: readonly Seen[], tables: readonly RouteCount[]): Observation[] {
  const blocks = new Map<string, { vpc: Seen; count: number }>();
  for (const one of seen) {
    if (one.kind !== 'vpc') continue;
    const key = `${one.resource} ${one.cidr.family}`;
    blocks.set(key, { vpc: one, count: (blocks.get(key)?.count ?? 0) + 1 });
  }
  return [
    ...[...blocks.values()].flatMap(({ vpc, count }) => {
      const { resource, name, account, region, vpcId, cidr } = vpc;
      const quota = cidr.family === 4 ? 'ipv4Blocks' : 'ipv6Blocks';
      return over(quota, count, resource, { account, region, resource, name, vpc: vpcId });
    }),
    ...tables.flatMap(({ table, name, vpcId, account, region, family, routes, propagated }) => {
      const facts = { account, region, resource: table, name, vpc: vpcId, family };
      const what = `${table} IPv${family}`;
      return [...over('routes', routes, what, facts), ...over('propagatedRoutes', propagated, what, facts)];
    }),
  ];
}

function over(
  name: QuotaName,
  count: number,
  subject: string,
  facts: Readonly<Record<string, unknown>>,
): Observation[] {
  const { value: limit, counts } = quotaOf(name);
  if (count <= limit) return [];
  const message = `${subject} has ${count}; the quota of ${counts} is ${limit} unless it was raised.`;
  const detail = { ...facts, quota: name, count, limit };
  return [{ kind: 'OVER_QUOTA', subject: `${subject} ${name}`, severity: 'WARNING', message, detail }];
}
