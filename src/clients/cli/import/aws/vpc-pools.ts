import type { Api } from '../api.js';
import { makePool, poolByName, provisionSource } from '../operations.js';
import type { Pools } from '../pools.js';
import { futurePool, poolName } from './plan.js';
import type { Vpc, VpcCidr } from './survey.js';

/** Requests in flight. */
const WIDTH = 8;

const FAMILIES = [4, 6] as const;

/**
 * Sees to it that the adopted CIDRs of every VPC make its pool, one for each family. What cannot be made leaves the
 * CIDR as it is, with the reason in its outcome. Repeatable.
 */
export async function makeVpcPools(
  api: Api,
  vpcs: Iterable<Vpc>,
  pools: Pools,
  done: () => void,
): Promise<void> {
  const rest = vpcs[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next()) {
      for (const family of FAMILIES) await makePoolOf(api, next.value, family, pools);
      done();
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
}

/** As `makeVpcPools`, for a dry run: takes the pools that are there, and names for those that would be. */
export function foreseeVpcPools(vpcs: Iterable<Vpc>, pools: Pools): void {
  for (const vpc of vpcs)
    for (const family of FAMILIES) {
      if (takenOf(vpc, family).length > 0)
        vpc.pools[family] = ownPool(vpc, family, pools) ?? futurePool(vpc.id, family);
    }
}

async function makePoolOf(api: Api, vpc: Vpc, family: 4 | 6, pools: Pools): Promise<void> {
  const taken = takenOf(vpc, family);
  if (taken.length === 0) return;
  const own = ownPool(vpc, family, pools);
  if (own !== undefined) {
    vpc.pools[family] = own;
    for (const each of taken) await provision(api, own, each, pools);
  } else await create(api, vpc, family, taken);
}

async function create(api: Api, vpc: Vpc, family: 4 | 6, taken: readonly VpcCidr[]): Promise<void> {
  const name = poolName(vpc.id, family);
  const fromAllocations = taken.map(({ outcome }) => outcome!.allocation!);
  const input = { name, fromAllocations, description: vpc.name.slice(0, 256), rules: { autoAdopt: true } };
  const { answer } = await api.ask(makePool, { input });
  const id = answer.id ?? (await foundByName(api, name, fromAllocations));
  if (id !== undefined) vpc.pools[family] = id;
  else for (const each of taken) failed(each, answer.message);
}

/** An answer that never came may have been a success. */
async function foundByName(api: Api, name: string, made: readonly string[]): Promise<string | undefined> {
  const { pool } = await api.ask(poolByName, { name });
  return pool?.sources.some(({ allocation }) => made.includes(allocation.id)) ? pool.id : undefined;
}

async function provision(api: Api, pool: string, each: VpcCidr, pools: Pools): Promise<void> {
  const allocation = each.outcome!.allocation!;
  if (pools.madeOf(allocation) === pool) return;
  const { answer } = await api.ask(provisionSource, { input: { pool, allocation } });
  if (answer.id === undefined) failed(each, answer.message);
}

function failed(each: VpcCidr, message = 'no pool was made of it'): void {
  each.outcome = { fate: 'conflicting', reason: message, todo: 'Settle that first; then import again.' };
}

function takenOf({ cidrs }: Vpc, family: 4 | 6): VpcCidr[] {
  return cidrs.filter(
    ({ prefix, outcome }) =>
      prefix.family === family && (outcome?.fate === 'adopted' || outcome?.fate === 'present'),
  );
}

function ownPool(vpc: Vpc, family: 4 | 6, pools: Pools): string | undefined {
  return pools.ofVpc(vpc.id).find(({ cidrs }) => (cidrs[0]?.includes(':') ? 6 : 4) === family)?.id;
}
