import { Address } from '../../../address/address.js';
import { Prefix } from '../../../address/prefix.js';
import type { Client } from '../../graphql/client.js';
import {
  type AllocationFieldsFragment,
  type BlockFieldsFragment,
  byName,
  type CapacityFieldsFragment,
  type ChangeFieldsFragment,
  changesOf,
  getAllocation,
  getPool,
  getRoutingDomain,
  type LinkFieldsFragment,
  listRoutingDomains,
  poolBlocks,
  type PoolFieldsFragment,
  type RoutingDomainFieldsFragment,
  search,
} from '../../graphql/operations.js';
import type { Hit } from '../commands/search-text.js';
import { notFound, UsageError } from '../errors.js';
import { listed } from '../paging.js';
import { placeOf } from '../reference.js';
import { type Place, placesOf, poolsInside } from './place.js';

const MOST_MATCHES = 20;
const MOST_BLOCKS = 20;
const MOST_CHANGES = 10;
const DOMAINS_PAGE = 100;
const LONGEST_SEARCH = 255;

/** What a text means. `changes`: the latest, where an id was asked for. */
export type Match = Thing & { readonly changes?: readonly ChangeFieldsFragment[] };

type Thing =
  | {
      readonly kind: 'cidr';
      readonly cidr: string;
      readonly places: readonly Place[];
      readonly poolsInside: readonly { readonly id: string; readonly name: string }[];
    }
  | {
      readonly kind: 'allocation';
      readonly allocation: AllocationFieldsFragment;
      /** Of what is live. */
      readonly place: Place | null;
    }
  | {
      readonly kind: 'pool';
      readonly pool: PoolFieldsFragment & { readonly capacity: CapacityFieldsFragment };
      readonly blocks: readonly BlockFieldsFragment[];
      readonly moreBlocks: boolean;
    }
  | { readonly kind: 'routingDomain'; readonly routingDomain: RoutingDomainFieldsFragment }
  | { readonly kind: 'link'; readonly link: LinkFieldsFragment }
  /** What is observed or declared, and is nothing of the above. */
  | { readonly kind: 'found'; readonly hits: readonly Hit[]; readonly more: boolean }
  /** It was deleted, and left a trail. */
  | { readonly kind: 'gone'; readonly id: string };

/** All that a text means; not empty. Throws RefusedError where it means nothing, UsageError where it is no good CIDR. */
export async function find(client: Client, text: string): Promise<Match[]> {
  const kind = /^(pool|alloc|dom|link)_\d+$/.exec(text)?.[1];
  if (kind) return byId(client, kind as keyof typeof BY_ID, text);
  const prefix = prefixOf(text);
  const [named, placed, observed] = await Promise.all([
    namesAndKeys(client, text),
    prefix && placeMatch(client, prefix),
    foundMatch(client, text),
  ]);
  const known = [placed, ...named].filter((match) => match !== null);
  if (known.length > 0) return [...known, ...(observed ? besides(observed, text) : [])];
  const place = placeOf(text);
  const { allocation } = place ? await client.ask(getAllocation, place) : { allocation: null };
  if (allocation) return [await allocationMatch(client, allocation)];
  requireNoBadCidr(text);
  if (observed) return [observed];
  throw notFound('pool, routing domain, key, resource or network', text);
}

/** Kinds of which more is shown than a search knows. */
const OWN_KINDS = new Set(['allocation', 'pool', 'routing_domain']);

type Found = Extract<Match, { kind: 'found' }>;

/** What a search finds; null for nothing. */
async function foundMatch(client: Client, text: string): Promise<Found | null> {
  if (text.trim() === '' || text.length > LONGEST_SEARCH) return null;
  const { more, hits } = (await client.ask(search, { text, first: MOST_MATCHES })).search;
  return hits.length === 0 ? null : { kind: 'found', hits, more };
}

/** Of what a search finds what the text names beside pools, domains and allocations, which are shown already. */
function besides({ hits, more }: Found, text: string): Found[] {
  const lower = text.toLowerCase();
  const isNamed = ({ by, name }: Hit): boolean =>
    by === 'ID' || by === 'ADDRESS' || name?.toLowerCase() === lower;
  const others = hits.filter((hit) => isNamed(hit) && !OWN_KINDS.has(hit.kind));
  // the best come first: behind one that only resembles the text is none that it names
  const cut = more && isNamed(hits.at(-1)!);
  return others.length === 0 ? [] : [{ kind: 'found', hits: others, more: cut }];
}

/** Of an address the CIDR with it alone. */
function prefixOf(text: string): Prefix | null {
  const prefix = Prefix.parse(text);
  if (prefix.ok) return prefix.value;
  const address = Address.parse(text);
  return address.ok ? Prefix.of(address.value, address.value.family === 4 ? 32 : 128) : null;
}

function requireNoBadCidr(text: string): void {
  if (!/^[\d.:a-f]*[.:][\d.:a-f]*(\/\d*)?$/i.test(text)) return;
  const parsed = Prefix.parse(text);
  if (parsed.ok) return;
  const { reason, canonical } = parsed.error;
  throw new UsageError(`${text} is no CIDR: ${reason}.${canonical ? ` Did you mean ${canonical}?` : ''}`);
}

async function placeMatch(client: Client, prefix: Prefix): Promise<Match> {
  const [places, inside] = await Promise.all([placesOf(client, prefix), poolsInside(client, prefix)]);
  const outer = new Set(places.flatMap(({ chain }) => chain.map(({ pool }) => pool.id)));
  const within = inside.filter(({ id }) => !outer.has(id)).map(({ id, name }) => ({ id, name }));
  return { kind: 'cidr', cidr: prefix.toString(), places, poolsInside: within };
}

async function namesAndKeys(client: Client, text: string): Promise<Match[]> {
  const found = await client.ask(byName, { name: text, text, first: MOST_MATCHES });
  const { pool, routingDomain, keyed, held } = found;
  const allocations = new Map([...keyed.nodes, ...held.nodes].map((node) => [node.id, node]));
  const [pools, domains, places] = await Promise.all([
    pool && poolMatch(client, pool.id),
    routingDomain && domainMatch(client, routingDomain.id),
    Promise.all([...allocations.values()].map((allocation) => allocationMatch(client, allocation))),
  ]);
  return [...(pools ?? []), ...(domains ?? []), ...places];
}

async function byId(client: Client, kind: keyof typeof BY_ID, id: string): Promise<Match[]> {
  const [[match], changes] = await Promise.all([BY_ID[kind](client, id), trailOf(client, id)]);
  if (!match && changes.length === 0) throw notFound(KIND[kind], id);
  return [{ ...(match ?? { kind: 'gone', id }), changes }];
}

const KIND = { pool: 'pool', alloc: 'allocation', dom: 'routing domain', link: 'link' } as const;

const BY_ID = {
  pool: poolMatch,
  dom: domainMatch,
  async alloc(client: Client, id: string): Promise<Match[]> {
    const { allocation } = await client.ask(getAllocation, { id });
    return allocation ? [await allocationMatch(client, allocation)] : [];
  },
  /** The API has links with their routing domains only. */
  async link(client: Client, id: string): Promise<Match[]> {
    const { nodes } = await listed(
      { all: true },
      DOMAINS_PAGE,
      async (first, after) => (await client.ask(listRoutingDomains, { first, after })).routingDomains,
    );
    const link = nodes.flatMap(({ links }) => links).find((one) => one.id === id);
    return link ? [{ kind: 'link', link }] : [];
  },
};

async function poolMatch(client: Client, id: string): Promise<Match[]> {
  const [{ pool }, { pool: laid }] = await Promise.all([
    client.ask(getPool, { id, tree: false }),
    client.ask(poolBlocks, { id, first: MOST_BLOCKS }),
  ]);
  if (!pool || !laid) return [];
  const { nodes, pageInfo } = laid.blocks;
  return [{ kind: 'pool', pool, blocks: nodes, moreBlocks: pageInfo.hasNextPage }];
}

async function domainMatch(client: Client, id: string): Promise<Match[]> {
  const { routingDomain } = await client.ask(getRoutingDomain, { id });
  return routingDomain ? [{ kind: 'routingDomain', routingDomain }] : [];
}

async function allocationMatch(client: Client, allocation: AllocationFieldsFragment): Promise<Match> {
  const live = ['RESERVED', 'ALLOCATED', 'QUARANTINED'].includes(allocation.status);
  const places = live ? await placesOf(client, Prefix.must(allocation.cidr)) : [];
  // what lies in a child pool that it feeds is a place further in
  const place = places.find(({ chain }) => chain.some(({ pool }) => pool.id === allocation.pool?.id));
  return { kind: 'allocation', allocation, place: place ?? null };
}

async function trailOf(client: Client, id: string): Promise<readonly ChangeFieldsFragment[]> {
  return (await client.ask(changesOf, { id, first: MOST_CHANGES })).changesOf.nodes;
}
