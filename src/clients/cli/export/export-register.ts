import { type Api, nodesOf } from '../import/api.js';
import type { Tag } from '../import/entry.js';
import { claimsOf } from '../import/operations.js';
import { HEADER, holderToLine, lean, tagsToLine } from '../import/register/lines.js';
import {
  type Described,
  listAllocations,
  type ListedAllocation,
  type ListedDomain,
  type ListedPool,
  listDomains,
  listPools,
} from './operations.js';

/** How many things of each kind were written. */
export interface ExportCounts {
  routingDomains: number;
  links: number;
  pools: number;
  allocations: number;
}

const PAGE = 1000;
/** A pool has sources, a routing domain links: each counts for what one answer may hold. */
const POOL_PAGE = 100;
/** Pages of these are walked by name, and it is enough to compare texts by their units, as the service does not. */
const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * All lines of a register, in the order of docs/import.md, each with its newline. Page by page: what changes meanwhile
 * may be there or not. Memory is bounded by pools and routing domains, not by allocations.
 */
export async function* registerLines(api: Api, counts: ExportCounts): AsyncIterable<string> {
  yield line(HEADER);
  const domains: ListedDomain[] = [];
  for await (const domain of nodesOf(api, listDomains, { first: POOL_PAGE })) domains.push(domain);
  domains.sort((a, b) => byUnits(a.name, b.name));
  for (const { name, description, tags } of domains) {
    counts.routingDomains++;
    yield line({ routingDomain: lean({ name, description, tags: tagsToLine(tags) }) });
  }
  for (const link of linksOf(domains)) {
    counts.links++;
    yield line({ link });
  }
  const sources = new Set<string>();
  const pools: ListedPool[] = [];
  for await (const pool of nodesOf(api, listPools, { first: POOL_PAGE })) pools.push(pool);
  pools.sort((a, b) => byUnits(a.name, b.name));
  for (const pool of pools) {
    counts.pools++;
    for (const { allocation } of pool.sources) sources.add(allocation.id);
    yield line({ pool: poolLine(pool) });
  }
  for await (const allocation of inOrder(api)) {
    if (sources.has(allocation.id) || allocation.pool === null) continue;
    counts.allocations++;
    yield line({ allocation: await allocationLine(api, allocation) });
  }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** Each once, its ends and then all of them in order. */
function linksOf(domains: readonly ListedDomain[]): { a: string; b: string; via: string }[] {
  const links = new Map<string, { a: string; b: string; via: string }>();
  for (const { links: own } of domains)
    for (const { a, b, via } of own) {
      const [first, second] = [a.name, b.name].sort(byUnits) as [string, string];
      links.set(JSON.stringify([first, second, via]), { a: first, b: second, via });
    }
  return [...links.values()].sort((x, y) => byUnits(x.a, y.a) || byUnits(x.b, y.b) || byUnits(x.via, y.via));
}

function poolLine({
  name,
  family,
  routingDomain,
  cidrs,
  sources,
  rules,
  tags,
  description,
}: ListedPool): object {
  const own = sources.map(({ cidr, allocation }) =>
    lean({ pool: allocation.pool?.name, cidr, ...described(allocation, cidr) }),
  );
  return lean({
    name,
    family,
    routingDomain: sources.length > 0 ? null : routingDomain?.name,
    ...(sources.length > 0 ? { sources: own } : { cidrs }),
    rules: lean(rules),
    tags: tagsToLine(tags),
    description,
  });
}

async function allocationLine(api: Api, allocation: ListedAllocation): Promise<object> {
  const { pool, cidr, status, claim } = allocation;
  const { key, request, ...about } = described(allocation, cidr);
  return lean({
    pool: pool!.name,
    cidr,
    status: status === 'ALLOCATED' ? null : status,
    key,
    request,
    replaces: claim === 'PENDING' ? await openBeside(api, allocation) : null,
    ...about,
  });
}

/** The CIDR of the open claim under a pending one's key; null for one that is over. */
async function openBeside(api: Api, { pool, key }: ListedAllocation): Promise<string | null> {
  const { allocations } = await api.ask(claimsOf, { pool: pool!.id, key: key! });
  return allocations.nodes.find(({ claim }) => claim === 'OPEN')?.cidr ?? null;
}

function described(
  { key, request, holder, tags, description }: Described,
  cidr: string,
): {
  key: string | null;
  request: string | null;
  holder: object;
  tags: object;
  description: string;
} {
  return {
    key,
    request: request === cidr ? null : request,
    holder: holderToLine(holder),
    tags: tagsToLine(tags as readonly Tag[]),
    description,
  };
}

/** By CIDR, then by name of the pool: the service lists the same CIDR of several pools in an order of its own. */
async function* inOrder(api: Api): AsyncIterable<ListedAllocation> {
  let same: ListedAllocation[] = [];
  const sorted = (): ListedAllocation[] =>
    same.sort((a, b) => byUnits(a.pool?.name ?? '', b.pool?.name ?? '') || byUnits(a.id, b.id));
  for await (const allocation of nodesOf(api, listAllocations, { first: PAGE })) {
    if (same.length > 0 && same[0]!.cidr !== allocation.cidr) {
      yield* sorted();
      same = [];
    }
    same.push(allocation);
  }
  yield* sorted();
}
