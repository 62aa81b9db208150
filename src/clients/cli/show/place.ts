import { Prefix } from '../../../address/prefix.js';
import type { Client } from '../../graphql/client.js';
import {
  blocksAround,
  type BlockFieldsFragment,
  type PlaceFieldsFragment,
  poolsAround,
} from '../../graphql/operations.js';
import { listed } from '../paging.js';

const PAGE = 200;
const MOST_BLOCKS = 50;

/** A pool on the way from a root to where a CIDR lies, with the CIDR of it that it lies in. */
export interface Step {
  readonly pool: PlaceFieldsFragment;
  readonly cidr: string;
  /** The allocation of the pool before that this CIDR is; null for a root. */
  readonly source: string | null;
}

/** Where a CIDR lies in one tree of pools. */
export interface Place {
  /** From the root to the innermost pool. */
  readonly chain: readonly Step[];
  /** The block before it, if the pool has one there. */
  readonly before: BlockFieldsFragment | null;
  /** What contains it, or what lies in it, in address order: at most 49. */
  readonly blocks: readonly BlockFieldsFragment[];
  readonly after: BlockFieldsFragment | null;
  /** More blocks lie in it than are here. */
  readonly more: boolean;
}

/** Every place of a CIDR: one for each innermost pool that contains it. */
export async function placesOf(client: Client, prefix: Prefix): Promise<Place[]> {
  const pools = await poolsBy(client, { cidrContaining: prefix.toString() });
  const chains = chainsOf(pools, prefix);
  return Promise.all(chains.map((chain) => placeIn(client, chain, prefix)));
}

/** Pools with a CIDR inside this one. */
export async function poolsInside(client: Client, prefix: Prefix): Promise<PlaceFieldsFragment[]> {
  return poolsBy(client, { cidrWithin: prefix.toString() });
}

async function poolsBy(
  client: Client,
  filter: { cidrContaining?: string; cidrWithin?: string },
): Promise<PlaceFieldsFragment[]> {
  const { nodes } = await listed(
    { all: true },
    PAGE,
    async (first, after) => (await client.ask(poolsAround, { filter, first, after })).pools,
  );
  return nodes;
}

function chainsOf(pools: readonly PlaceFieldsFragment[], prefix: Prefix): Step[][] {
  const steps = new Map(pools.map((pool) => [pool.id, stepIn(pool, prefix)]));
  const above = (pool: PlaceFieldsFragment): Step | undefined => {
    const { cidr } = steps.get(pool.id)!;
    const source = pool.sources.find((other) => other.cidr === cidr);
    return source && steps.get(source.allocation.pool?.id ?? '');
  };
  const outer = new Set(pools.map((pool) => above(pool)?.pool.id));
  return pools
    .filter(({ id }) => !outer.has(id))
    .map((pool) => {
      const chain: Step[] = [];
      for (let step: Step | undefined = steps.get(pool.id); step; step = above(step.pool))
        chain.unshift(step);
      return chain;
    });
}

function stepIn(pool: PlaceFieldsFragment, prefix: Prefix): Step {
  const cidr = pool.cidrs.find((text) => Prefix.must(text).contains(prefix))!;
  const source = pool.sources.find((other) => other.cidr === cidr);
  return { pool, cidr, source: source?.allocation.id ?? null };
}

async function placeIn(client: Client, chain: readonly Step[], prefix: Prefix): Promise<Place> {
  const variables = { pool: chain.at(-1)!.pool.id, cidr: prefix.toString(), first: MOST_BLOCKS };
  const { pool } = await client.ask(blocksAround, variables);
  const nodes = pool?.blocks.nodes ?? [];
  const blocks = nodes.filter(({ cidr }) => Prefix.must(cidr).overlaps(prefix));
  const at = nodes.indexOf(blocks[0]!);
  const end = at + blocks.length;
  return {
    chain,
    before: nodes[at - 1] ?? null,
    blocks,
    after: nodes[end] ?? null,
    more: end === nodes.length && (pool?.blocks.pageInfo.hasNextPage ?? false),
  };
}
