import fc from 'fast-check';
import { Prefix } from '../../../../address/index.js';
import type { TransitGatewayRoute } from '../../domain/observed.js';
import { allTransitRoutes, type RouteSearch } from './transit-routes.js';

const MOST = 10;

/** As AWS searches: all filters hold, the first so many come, and that there are more is all that it says of the rest. */
function searchOf(routes: readonly TransitGatewayRoute[]): RouteSearch {
  return (filters) => {
    const found = routes.filter((route) =>
      filters.every(({ Name, Values }) => {
        if (Name === 'state') return Values.includes(route.state);
        if (Name === 'type') return Values.includes(route.type);
        if (!route.destination.includes('/')) return false;
        const asked = Prefix.must(Values[0]!);
        const has = Prefix.must(route.destination);
        return Name === 'route-search.exact-match' ? asked.equals(has) : asked.contains(has);
      }),
    );
    return Promise.resolve({ routes: found.slice(0, MOST), more: found.length > MOST });
  };
}

function route(destination: string, type: 'static' | 'propagated' = 'static'): TransitGatewayRoute {
  return { destination, type, state: 'active', attachments: [] };
}

const byDestination = (routes: readonly TransitGatewayRoute[] | null) =>
  routes!.map(({ destination, type }) => `${destination} ${type}`).sort();

it('asks once where one search gives all', async () => {
  const all = searchOf([route('10.0.0.0/8'), route('pl-1')]);
  let calls = 0;
  const search: RouteSearch = (filters) => {
    calls++;
    return all(filters);
  };
  expect(byDestination(await allTransitRoutes(search))).toEqual(['10.0.0.0/8 static', 'pl-1 static']);
  expect(calls).toBe(1);
});

it('finds all routes, however many and wherever they lie', async () => {
  const prefix = fc
    .tuple(
      fc.oneof(
        fc.ipV4(),
        fc.nat(255).map((n) => `10.0.0.${n}`),
      ),
      fc.nat(32),
    )
    .map(([address, length]) => {
      const parsed = Prefix.parse(`${address}/${length}`);
      return parsed.ok ? `${address}/${length}` : parsed.error.canonical!;
    });
  const some = fc.uniqueArray(
    fc.oneof({ weight: 9, arbitrary: prefix }, fc.constantFrom('::/0', '2001:db8::/32')),
    {
      maxLength: 60,
    },
  );
  await fc.assert(
    fc.asyncProperty(some, some, async (fixed, learned) => {
      const routes = [...fixed.map((one) => route(one)), ...learned.map((one) => route(one, 'propagated'))];
      expect(byDestination(await allTransitRoutes(searchOf(routes)))).toEqual(byDestination(routes));
    }),
    { numRuns: 100 },
  );
});

it('fails where narrowing does not help, rather than give some', async () => {
  const host = route('10.0.0.1/32');
  const many: RouteSearch = () => Promise.resolve({ routes: [host], more: true });
  await expect(allTransitRoutes(many)).rejects.toMatchObject({
    name: 'ListFailedError',
    reason: 'MALFORMED',
  });
  const lists = searchOf(Array.from({ length: MOST + 1 }, (_, i) => route(`pl-${i}`)));
  await expect(allTransitRoutes(lists)).rejects.toMatchObject({ reason: 'MALFORMED' });
});

it('knows a table that went away', async () => {
  expect(await allTransitRoutes(() => Promise.resolve(null))).toBeNull();
});
