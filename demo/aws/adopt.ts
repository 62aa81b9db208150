import { Prefix, PrefixSet } from '../../src/address/index.js';
import { AnswerError, type Client, type Refusal, type Result } from '../client.js';
import type { Progress } from '../../src/clients/cli/output/progress.js';
import type { Inventory, LeftOut, VpcCidr } from './describe-vpcs.js';

/** A CIDR of a file and what became of it. */
export interface Row {
  readonly cidr: string;
  readonly vpc: string;
  readonly name: string | null;
  readonly account: string;
  readonly region: string | null;
  readonly file: string;
}

export interface RegisteredRow extends Row {
  readonly pool: string;
  readonly allocation: string;
}

export interface Obstacle {
  readonly cidr: string;
  readonly reason: string;
  readonly key: string | null;
  readonly holder: Readonly<Record<string, string | null>> | null;
}

export interface AdoptionReport {
  readonly adopted: readonly RegisteredRow[];
  /** Registered before, for the same VPC. */
  readonly present: readonly RegisteredRow[];
  readonly conflicting: readonly (Row & { readonly pool: string; readonly with: readonly Obstacle[] })[];
  readonly outside: readonly Row[];
  /** The service would not take it as it is. */
  readonly refused: readonly (Row & { readonly pool: string; readonly why: string })[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
  /** A new CIDR that overlaps nothing in the files; null when no pool had one. */
  readonly handedOut: {
    readonly pool: string;
    readonly cidr: string;
    readonly allocation: string;
    readonly avoided: number;
  } | null;
}

interface Pool {
  readonly name: string;
  readonly uniqueness: 'GLOBAL' | 'ROUTING_DOMAIN';
  readonly cidrs: readonly Prefix[];
}

interface Adopted {
  readonly id: string;
  readonly conflicts?: readonly (Obstacle & { readonly allocation: string | null })[];
}

const POOLS = 'query Pools { pools(first: 1000) { nodes { name uniqueness cidrs } } }';
const FIND =
  'query Find($pool: ID!, $key: String!) { allocation(pool: $pool, key: $key) { id cidr status } }';
const ADOPT = `mutation Adopt($input: AdoptInput!) {
  adopt(input: $input) {
    ... on Allocation { id }
    ... on Failure { code message }
    ... on CidrConflict { conflicts { cidr reason allocation key holder { provider account region resourceType resourceId contact } } }
  }
}`;

/** Registers every CIDR that lies in a pool, one after the other in the order of the files, then hands out a new one. */
export async function adoptVpcs(
  client: Client,
  { cidrs, leftOut, warnings }: Inventory,
  progress: Progress,
): Promise<AdoptionReport> {
  const pools = await readPools(client);
  const report = {
    adopted: [] as RegisteredRow[],
    present: [] as RegisteredRow[],
    conflicting: [] as AdoptionReport['conflicting'][number][],
    outside: [] as Row[],
    refused: [] as AdoptionReport['refused'][number][],
  };
  for (const [index, found] of cidrs.entries()) {
    progress.show(`VPC CIDRs: ${index} of ${cidrs.length}`);
    const row = rowOf(found);
    const pool = poolFor(found.cidr, pools)?.name;
    if (pool === undefined) {
      report.outside.push(row);
      continue;
    }
    const key = `aws/${found.account}/${found.vpc}/${found.cidr}`;
    const before = await registered(client, pool, key);
    const result = await adopt(client, pool, key, found);
    if (result.ok)
      (before === result.value.id ? report.present : report.adopted).push({
        ...row,
        pool,
        allocation: result.value.id,
      });
    else sortRefusal(report, row, pool, result.refusal);
  }
  return { ...report, leftOut, warnings, handedOut: await handOut(client, pools, cidrs) };
}

async function readPools(client: Client): Promise<Pool[]> {
  const { pools } = await client.ask<{
    pools: { nodes: { name: string; uniqueness: Pool['uniqueness']; cidrs: string[] }[] };
  }>(POOLS);
  return pools.nodes.map((pool) => ({ ...pool, cidrs: pool.cidrs.map((cidr) => Prefix.must(cidr)) }));
}

/** A GLOBAL one first. */
function poolFor(cidr: Prefix, pools: readonly Pool[]): Pool | undefined {
  const around = pools.filter((pool) => pool.cidrs.some((poolCidr) => poolCidr.contains(cidr)));
  return around.find(({ uniqueness }) => uniqueness === 'GLOBAL') ?? around[0];
}

/** Of an allocation that stands under the key. */
async function registered(client: Client, pool: string, key: string): Promise<string | null> {
  const { allocation } = await client.ask<{ allocation: { id: string; status: string } | null }>(FIND, {
    pool,
    key,
  });
  return allocation?.status === 'ALLOCATED' ? allocation.id : null;
}

async function adopt(
  client: Client,
  pool: string,
  key: string,
  { cidr, vpc, account, region, name, tags }: VpcCidr,
): Promise<Result<Adopted>> {
  const holder = { provider: 'aws', account, region, resourceType: 'vpc', resourceId: vpc };
  try {
    return await client.change<Adopted>(ADOPT, {
      pool,
      key,
      cidr: cidr.toString(),
      holder,
      tags,
      description: name ?? '',
    });
  } catch (error) {
    if (!(error instanceof AnswerError) || error.code !== 'BAD_USER_INPUT') throw error;
    return { ok: false, refusal: { id: '', code: error.code, message: error.message } };
  }
}

function sortRefusal(
  report: {
    present: RegisteredRow[];
    conflicting: AdoptionReport['conflicting'][number][];
    refused: AdoptionReport['refused'][number][];
  },
  row: Row,
  pool: string,
  { conflicts, message }: Adopted & Refusal,
): void {
  if (!conflicts) {
    report.refused.push({ ...row, pool, why: message });
    return;
  }
  const own = conflicts.find(
    ({ cidr, holder }) =>
      cidr === row.cidr && holder?.resourceId === row.vpc && holder.account === row.account,
  );
  if (own?.allocation) report.present.push({ ...row, pool, allocation: own.allocation });
  else
    report.conflicting.push({
      ...row,
      pool,
      with: conflicts.map(({ cidr, reason, key, holder }) => ({ cidr, reason, key, holder })),
    });
}

function rowOf({ cidr, vpc, name, account, region, file }: VpcCidr): Row {
  return { cidr: cidr.toString(), vpc, name, account, region, file };
}

const NEW_LENGTH = 22;
const FREE = `query Free($pool: ID!, $length: Int!) { pool(id: $pool) { freeBlocks(prefixLength: $length, first: 1000) } }`;
const ALLOCATE = `mutation Allocate($input: AllocateInput!) {
  allocate(input: $input) { ... on Allocation { id cidr } ... on Failure { code message } }
}`;

/** From the IPv4 pool that most of the files' CIDRs lie in: free there, and clear also of those that could not be adopted. */
async function handOut(
  client: Client,
  pools: readonly Pool[],
  found: readonly VpcCidr[],
): Promise<AdoptionReport['handedOut']> {
  const inUse = PrefixSet.of(found.map(({ cidr }) => cidr));
  const share = (pool: Pool): number => found.filter(({ cidr }) => poolFor(cidr, pools) === pool).length;
  const candidates = pools.filter(({ cidrs }) => cidrs[0]?.family === 4).sort((a, b) => share(b) - share(a));
  for (const { name } of candidates) {
    const { pool } = await client.ask<{ pool: { freeBlocks: string[] } }>(FREE, {
      pool: name,
      length: NEW_LENGTH,
    });
    const free = PrefixSet.of(pool.freeBlocks.map((cidr) => Prefix.must(cidr))).subtract(inUse);
    const block = free.prefixes().find(({ length }) => length <= NEW_LENGTH);
    if (!block) continue;
    const cidr = Prefix.of(block.first, NEW_LENGTH).toString();
    const tags = [{ key: 'Name', value: 'next-vpc' }];
    const result = await client.change<{ id: string }>(ALLOCATE, {
      pool: name,
      cidr,
      key: `demo/${cidr}`,
      tags,
      description: 'For your next VPC',
    });
    if (result.ok) return { pool: name, cidr, allocation: result.value.id, avoided: found.length };
  }
  return null;
}
