import { Prefix } from '../../../../address/index.js';
import { ListFailedError } from '../../domain/cloud.js';
import type { TransitGatewayRoute } from '../../domain/observed.js';

export interface RouteFilter {
  readonly Name: string;
  readonly Values: readonly string[];
}

/** One search with all its pages: what it gave, and whether there was more that it did not give. Null: no such table. */
export type RouteSearch = (
  filters: readonly RouteFilter[],
) => Promise<{ readonly routes: readonly TransitGatewayRoute[]; readonly more: boolean } | null>;

const STATES: RouteFilter = { Name: 'state', Values: ['active', 'blackhole'] };
const TYPES = ['static', 'propagated'];
const ROOTS = ['0.0.0.0/0', '::/0'];
/** A table holds 10,000 routes; that many take some 100 searches where they lie together. */
const MOST_SEARCHES = 2000;

/**
 * All routes of a transit gateway route table. A search gives 1,000 at most and says only that there are more, so it is
 * narrowed until all come: to one type, then to halves of the address space. One search for a table of up to 1,000 routes.
 * Null when the table is not there. Throws ListFailedError (MALFORMED) when narrowing does not help.
 */
export async function allTransitRoutes(search: RouteSearch): Promise<TransitGatewayRoute[] | null> {
  const found = new Map<string, TransitGatewayRoute>();
  let searches = 0;
  let gone = false;

  const ask = async (...filters: RouteFilter[]): Promise<boolean> => {
    if (++searches > MOST_SEARCHES) throw cannot(`${MOST_SEARCHES} searches did not give all routes`);
    const answer = await search([STATES, ...filters]);
    gone ||= answer === null;
    for (const route of answer?.routes ?? []) found.set(`${route.destination} ${route.type}`, route);
    return answer?.more ?? false;
  };
  const within = async (type: RouteFilter, prefix: Prefix): Promise<void> => {
    const more = await ask(type, { Name: 'route-search.subnet-of-match', Values: [String(prefix)] });
    if (!more || gone) return;
    const halves = prefix.halves();
    if (!halves) throw cannot(`there are more routes to ${prefix} than one search gives`);
    await ask(type, { Name: 'route-search.exact-match', Values: [String(prefix)] });
    for (const half of halves) await within(type, half);
  };

  if (await ask()) {
    for (const type of TYPES) {
      const filter: RouteFilter = { Name: 'type', Values: [type] };
      if (gone || !(await ask(filter))) continue;
      // no half of the address space has the routes whose destination is a prefix list
      if ([...found.values()].some((route) => !route.destination.includes('/'))) {
        throw cannot('there are more routes than one search gives, and some of them to prefix lists');
      }
      for (const root of ROOTS) await within(filter, Prefix.must(root));
    }
  }
  return gone ? null : [...found.values()];
}

function cannot(what: string): ListFailedError {
  return new ListFailedError(
    'MALFORMED',
    `SearchTransitGatewayRoutes: ${what}. Nothing of the table was used.`,
  );
}
