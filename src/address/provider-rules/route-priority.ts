import { type Address } from '../address.js';
import { type Prefix } from '../prefix.js';
import { AWS_RULES } from './aws.js';
import { destinationsOf, type TableRoute } from './route-tables.js';
import { type ProviderRules, type TransitRouteKind } from './rule-set.js';
import { type Reason } from './verdict.js';

/** Which route traffic takes. SHARED: several side by side. AWS_DECIDES: one of several, nobody can say which. */
export type Choice<R> =
  | { readonly choice: 'ONE'; readonly route: R; readonly reason: Reason }
  | { readonly choice: 'SHARED' | 'AWS_DECIDES'; readonly routes: readonly R[]; readonly reason: Reason }
  | { readonly choice: 'NONE' };

/**
 * Negative if `a` is preferred: the more specific destination, then the kind; 0 if the order of kinds does not tell them
 * apart. For routes of one VPC route table that both match; a prefix list counts with the entry given.
 */
export function compareRoutes(
  a: { readonly kind: TableRoute['kind']; readonly destination: Prefix },
  b: { readonly kind: TableRoute['kind']; readonly destination: Prefix },
  rules: ProviderRules = AWS_RULES,
): number {
  const { vpcPriority, localWinsFrom } = rules.routes;
  if (a.kind === 'local' && localWinsFrom.includes(b.kind)) return -1;
  if (b.kind === 'local' && localWinsFrom.includes(a.kind)) return 1;
  return (
    b.destination.length - a.destination.length || vpcPriority.indexOf(a.kind) - vpcPriority.indexOf(b.kind)
  );
}

/** The route of one VPC route table that traffic to an address takes. O(routes and entries of their lists). */
export function chooseRoute(
  routes: readonly TableRoute[],
  to: Address,
  rules: ProviderRules = AWS_RULES,
): Choice<TableRoute> {
  const { prioritySource, localSource, prefixListSource } = rules.routes;
  const matching = routes.flatMap((route) =>
    destinationsOf(route)
      .filter((destination) => destination.contains(to))
      .map((destination) => ({ route, kind: route.kind, destination })),
  );
  // a local route and more specific propagated ones are no total order with static ones between: local is settled first
  const local = matching.some(({ kind }) => kind === 'local');
  const eligible = local
    ? matching.filter(({ kind }) => !rules.routes.localWinsFrom.includes(kind))
    : matching;
  const best = [...eligible].sort((a, b) => compareRoutes(a, b, rules))[0];
  if (best === undefined) return { choice: 'NONE' };

  const equal = eligible.filter((each) => compareRoutes(best, each, rules) === 0);
  const rivals = new Set(
    (best.kind === 'prefix_list' ? eligible.filter(({ kind }) => kind === 'prefix_list') : equal)
      .map(({ route }) => route)
      .filter((route) => route === best.route || route.target !== best.route.target),
  );
  if (rivals.size > 1) {
    const message =
      best.kind === 'prefix_list'
        ? `prefix lists that overlap send ${to} to different targets: AWS picks one at random and keeps to it`
        : `routes to ${best.destination} of the same kind (${best.kind}) go to different targets`;
    const source = best.kind === 'prefix_list' ? prefixListSource : prioritySource;
    return {
      choice: 'AWS_DECIDES',
      routes: [...rivals],
      reason: { rule: 'route.priority', message, source },
    };
  }
  const beaten = matching.length - eligible.length > 0 && best.kind === 'local';
  const message = beaten
    ? `local is preferred to propagated routes, also to more specific ones`
    : matching.length === 1
      ? `only ${best.destination} matches`
      : `${best.destination} (${best.kind}) is the most specific and, of its length, the most preferred`;
  const reason: Reason = {
    rule: beaten ? 'route.local' : 'route.priority',
    message,
    source: beaten ? localSource : prioritySource,
  };
  return { choice: 'ONE', route: best.route, reason };
}

export interface TransitRoute {
  readonly destination: Prefix;
  readonly kind: TransitRouteKind;
  /** Null: a blackhole, which only a static route can be. */
  readonly attachment: string | null;
  /** Of BGP, where known. */
  readonly pathLength?: number;
  readonly med?: number;
  readonly external?: boolean;
}

/** Negative if a transit gateway prefers `a`; 0 if nothing that it looks at tells them apart. */
export function compareTransitRoutes(
  a: TransitRoute,
  b: TransitRoute,
  rules: ProviderRules = AWS_RULES,
): number {
  const { transitGatewayPriority: order, defaultMed } = rules.routes;
  const med = (route: TransitRoute) => route.med ?? defaultMed[route.kind] ?? 0;
  return (
    b.destination.length - a.destination.length ||
    order.indexOf(a.kind) - order.indexOf(b.kind) ||
    (a.pathLength ?? 0) - (b.pathLength ?? 0) ||
    med(a) - med(b) ||
    Number(a.external === false) - Number(b.external === false)
  );
}

/** The route of one transit gateway route table that traffic to an address takes. */
export function chooseTransitRoute(
  routes: readonly TransitRoute[],
  to: Address,
  rules: ProviderRules = AWS_RULES,
): Choice<TransitRoute> {
  const matching = routes.filter(({ destination }) => destination.contains(to));
  const best = [...matching].sort((a, b) => compareTransitRoutes(a, b, rules))[0];
  if (best === undefined) return { choice: 'NONE' };
  const equal = matching.filter((each) => compareTransitRoutes(best, each, rules) === 0);
  const reason = (message: string): Reason => ({
    rule: 'route.priority',
    message,
    source: rules.routes.transitGatewaySource,
  });
  if (equal.length === 1) {
    return { choice: 'ONE', route: best, reason: reason(`${best.destination} (${best.kind}) is preferred`) };
  }
  return rules.routes.equalCost.includes(best.kind)
    ? { choice: 'SHARED', routes: equal, reason: reason(`equal routes of kind ${best.kind} share traffic`) }
    : {
        choice: 'AWS_DECIDES',
        routes: equal,
        reason: reason(`nothing tells these ${best.kind} routes apart`),
      };
}
