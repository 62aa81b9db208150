import { type Family } from '../family.js';
import { Prefix } from '../prefix.js';
import { AWS_RULES } from './aws.js';
import { holdToQuota, type Limits, quotaOf } from './quotas.js';
import { type ProviderRules, type RouteKind, type RouteTarget } from './rule-set.js';
import { Hearing, type Judgement } from './verdict.js';

/** A prefix list as a route table refers to it. */
export interface PrefixListReference {
  readonly list: string;
  /** The provider's own lists have names that begin with `com.amazonaws.`. */
  readonly name: string | null;
  readonly family: Family;
  /** Null for the provider's own lists. */
  readonly maxEntries: number | null;
  /** As far as they are known. */
  readonly entries: readonly Prefix[];
}

export interface TableRoute {
  readonly table: string;
  readonly destination: Prefix | PrefixListReference;
  readonly kind: RouteKind;
  /** Id of what it goes to. */
  readonly target: string;
}

export const isLocal = (route: TableRoute) => route.kind === 'local';

export function destinationsOf({ destination }: TableRoute): readonly Prefix[] {
  return destination instanceof Prefix ? [destination] : destination.entries;
}

/**
 * How many routes a list counts for: the most entries that it may have, not those that it has; the provider's own lists
 * have a fixed weight. Null for a list of the provider whose weight is not in the rules.
 */
export function prefixListWeight(
  { name, maxEntries }: Pick<PrefixListReference, 'name' | 'maxEntries'>,
  rules: ProviderRules = AWS_RULES,
): number | null {
  const service = /^com\.amazonaws\.[^.]+\.(?:ipv6\.)?(.+)$/.exec(name ?? '')?.[1];
  const weights = rules.routes.prefixListWeights;
  if (service !== undefined) return Object.hasOwn(weights, service) ? weights[service]! : maxEntries;
  return maxEntries;
}

/** Routes of one table as its quotas count them. */
export interface RouteTableUsage {
  readonly table: string;
  readonly family: Family;
  /** Local and static routes, and the weights of prefix lists. */
  readonly routes: number;
  readonly propagated: number;
  /** Lists of unknown weight, which are not in `routes`. */
  readonly unknown: readonly string[];
}

/** What each table has used of its quotas, in one family; tables in the order in which they first come. */
export function routeTableUsage(
  routes: Iterable<TableRoute>,
  family: Family,
  rules: ProviderRules = AWS_RULES,
): RouteTableUsage[] {
  const tables = new Map<string, { routes: number; propagated: number; unknown: string[] }>();
  for (const { table, destination, kind } of routes) {
    let usage = tables.get(table);
    if (!usage) tables.set(table, (usage = { routes: 0, propagated: 0, unknown: [] }));
    if (destination.family !== family) continue;
    if (isPropagated(kind)) usage.propagated++;
    else if (destination instanceof Prefix) usage.routes++;
    else {
      const weight = prefixListWeight(destination, rules);
      if (weight === null) usage.unknown.push(destination.list);
      else usage.routes += weight;
    }
  }
  return [...tables].map(([table, usage]) => ({ table, family, ...usage }));
}

const isPropagated = (kind: RouteKind) =>
  kind === 'direct_connect_bgp' || kind === 'vpn_static' || kind === 'vpn_bgp';

/** Whether the tables may hold these routes, all of them together. */
export function mayHoldRoutes(
  routes: readonly TableRoute[],
  limits: Limits = {},
  rules: ProviderRules = AWS_RULES,
): Judgement {
  const hearing = new Hearing();
  for (const family of [4, 6] as const) holdToTableQuotas(hearing, routes, family, limits, rules);
  return hearing.judge();
}

/** Says REFUSED per table and quota that is exceeded, AWS_DECIDES where lists of unknown weight could. */
export function holdToTableQuotas(
  hearing: Hearing,
  routes: readonly TableRoute[],
  family: Family,
  limits: Limits | undefined,
  rules: ProviderRules,
): void {
  const most = quotaOf('routes', limits, rules);
  const mostPropagated = quotaOf('propagatedRoutes', limits, rules);
  for (const usage of routeTableUsage(routes, family, rules)) {
    const subject = `${usage.table} (IPv${family})`;
    holdToQuota(hearing, subject, usage.routes, most);
    holdToQuota(hearing, subject, usage.propagated, mostPropagated);
    if (usage.unknown.length === 0) continue;
    const message = `${usage.table} refers to prefix lists of unknown weight: ${usage.unknown.join(', ')}`;
    hearing.say('AWS_DECIDES', 'route.count', message, rules.routes.prefixListSource);
  }
}

/** What a table is for: subnets, or traffic that comes in through a gateway. */
export type RouteTableUse = 'subnet' | 'gateway';

/**
 * Whether a table may get this route. Routes inside a block of the VPC must be to a whole subnet (or the whole block)
 * and go to a middlebox, so they must never be merged.
 */
export function mayRoute(
  route: { readonly destination: Prefix | PrefixListReference; readonly target: RouteTarget },
  vpc: { readonly blocks: readonly Prefix[]; readonly subnets: readonly Prefix[] },
  use: RouteTableUse = 'subnet',
  rules: ProviderRules = AWS_RULES,
): Judgement {
  const hearing = new Hearing();
  const { destination, target } = route;
  const { routes } = rules;
  const refuse = (rule: 'route.unroutable' | 'route.middlebox' | 'route.gateway-table', message: string) => {
    const sources = {
      'route.unroutable': routes.unroutableSource,
      'route.middlebox': routes.unroutableSource,
      'route.gateway-table': routes.gatewayTableSource,
    };
    hearing.say('REFUSED', rule, message, sources[rule]);
  };

  if (use === 'gateway' && !routes.gatewayTableTargets.includes(target)) {
    refuse('route.gateway-table', `a gateway's table sends to ${routes.gatewayTableTargets.join(', ')} only`);
  }
  if (!(destination instanceof Prefix)) {
    if (use === 'gateway') refuse('route.gateway-table', `a gateway's table takes no prefix lists`);
    hearing.say('ALLOWED', 'route.count', `a prefix list may be a destination`, routes.prefixListSource);
    return hearing.judge();
  }
  for (const range of routes.unroutable) {
    if (range.contains(destination)) {
      refuse('route.unroutable', `${destination} is in ${range}, which no route may have as destination`);
    } else if (destination.contains(range)) {
      const message = `what goes to ${range} is dropped, whatever the route says`;
      hearing.say('WARNED', 'route.unroutable', message, routes.unroutableSource);
    }
  }
  const whole = [...vpc.blocks, ...vpc.subnets].some((each) => each.equals(destination));
  if (use === 'gateway') {
    if (!whole) {
      refuse(
        'route.gateway-table',
        `${destination} is no block and no subnet of the VPC, as a gateway's table asks`,
      );
    }
  } else if (target !== 'local' && vpc.blocks.some((block) => block.contains(destination))) {
    if (!whole) refuse('route.middlebox', `${destination} is inside the VPC but not the whole of a subnet`);
    if (!routes.middleboxTargets.includes(target)) {
      const message = `inside the VPC, routes go to ${routes.middleboxTargets.join(', ')} only`;
      refuse('route.middlebox', message);
    }
  }
  hearing.say(
    'ALLOWED',
    'route.unroutable',
    `nothing bars a route to ${destination}`,
    routes.unroutableSource,
  );
  return hearing.judge();
}
