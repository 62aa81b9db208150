import { Prefix, PrefixSet } from '../src/address/index.js';
import type { Client } from '../src/clients/graphql/client.js';
import type { Operation } from '../src/clients/graphql/operation.js';
import { survey } from '../src/clients/cli/import/aws/survey.js';
import { Pools } from '../src/clients/cli/import/pools.js';
import { inspectFile } from '../src/clients/cli/import/source-file.js';

/** A new CIDR that overlaps nothing in the files. */
export interface HandedOut {
  readonly pool: string;
  readonly cidr: string;
  readonly allocation: string;
  /** How many CIDRs of VPCs it overlaps none of. */
  readonly avoided: number;
}

const NEW_LENGTH = 22;

const FREE: Operation<{ pool: { freeBlocks: string[] } }, { pool: string; length: number }> = {
  kind: 'query',
  text: 'query Free($pool: ID!, $length: Int!) { pool(id: $pool) { freeBlocks(prefixLength: $length, first: 1000) } }',
};
const ALLOCATE: Operation<{ answer: { id?: string } }, { input: object }> = {
  kind: 'mutation',
  text: `mutation HandOut($input: AllocateInput!) {
  answer: allocate(input: $input) { ... on Allocation { id } ... on Failure { code message } }
}`,
};

/** From the pool that most VPCs lie in: free there, and clear also of those that could not be adopted. */
export async function handOut(client: Client, paths: readonly string[]): Promise<HandedOut | null> {
  const pools = await Pools.read(client, null);
  const found = await cidrsIn(paths);
  const shares = new Map<string, number>();
  for (const cidr of found) {
    const pool = cidr.family === 4 ? pools.forVpc(cidr) : undefined;
    if (pool) shares.set(pool.id, (shares.get(pool.id) ?? 0) + 1);
  }
  const inUse = PrefixSet.of(found);
  for (const [id] of [...shares].sort(([, a], [, b]) => b - a)) {
    const { pool } = await client.ask(FREE, { pool: id, length: NEW_LENGTH });
    const free = PrefixSet.of(pool.freeBlocks.map((cidr) => Prefix.must(cidr))).subtract(inUse);
    const block = free.prefixes().find(({ length }) => length <= NEW_LENGTH);
    if (!block) continue;
    const cidr = Prefix.of(block.first, NEW_LENGTH).toString();
    const tags = [{ key: 'Name', value: 'next-vpc' }];
    const input = { pool: id, cidr, key: `demo/${cidr}`, tags, description: 'For your next VPC' };
    const { answer } = await client.ask(ALLOCATE, { input });
    if (answer.id !== undefined)
      return { pool: pools.find(id)!.name, cidr, allocation: answer.id, avoided: found.length };
  }
  return null;
}

async function cidrsIn(paths: readonly string[]): Promise<Prefix[]> {
  const files = await Promise.all(paths.map((path) => inspectFile(path)));
  const { vpcs } = await survey(
    files,
    () => undefined,
    () => undefined,
  );
  return [...vpcs.values()].flatMap(({ cidrs }) => cidrs.map(({ prefix }) => prefix));
}
