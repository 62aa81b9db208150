import type pg from 'pg';
import { z } from 'zod';
import { Address, Prefix, PrefixSet } from '../../src/address/index.js';
import { ContentsRepository } from '../../src/features/allocation/data/contents.repository.js';
import { PoolListRepository } from '../../src/features/allocation/data/pool-list.repository.js';
import { RegisterRepository } from '../../src/features/allocation/data/register.repository.js';
import { SpaceRepository } from '../../src/features/allocation/data/space.repository.js';
import { freeOf } from '../../src/features/allocation/domain/blocked.js';
import { parseInstant } from '../../src/platform/context/instant.js';
import { cursorCodec } from '../../src/platform/graphql/cursor.js';
import type { GraphqlRequest } from '../http/graphql.js';
import { type Sent, sentBy } from './sent.js';
import { type Company, ROOT_CIDR } from './world.js';

/** One thing to ask, in both ways, and how to know the right answer. */
export interface Sample {
  readonly request: GraphqlRequest;
  /** The main statement behind it. */
  readonly bare: Sent;
  /** Of the answer, what is compared. */
  shown(data: Answer): unknown;
  /** The same, found by plain reading. */
  expected(client: pg.Client): Promise<unknown>;
}

export interface Question {
  readonly name: string;
  readonly about: string;
  sample(random: () => number): Promise<Sample>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Answer = any;

const PAGE = 50;
const CHECKED = 100;
const COMPARED = 10;

const poolCursor = cursorCodec('pools by DEPTH', z.object({ depth: z.int(), name: z.string() }));
const allocationCursor = cursorCodec('allocations by CIDR', z.object({ cidr: z.string(), id: z.int() }));

export async function questionsOf(company: Company, client: pg.Client): Promise<Question[]> {
  const rows = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(text, values)).rows;
  const late = Math.floor(company.pools * 0.9);
  const [lastBefore] = await rows<{ depth: number; name: string }>(
    'SELECT depth, name FROM pool ORDER BY depth, name OFFSET $1 LIMIT 1',
    [late - 1],
  );
  const vpcs = await rows<{ id: number; cidr: string }>(
    'SELECT id, cidr::text FROM pool_cidr WHERE id >= $1 ORDER BY id',
    [company.firstVpc],
  );
  const accounts = await rows<{ cidr: string }>(
    'SELECT c.cidr::text FROM pool_cidr c JOIN pool p ON p.id = c.pool_id WHERE p.depth = 2',
  );
  const poolCidrIds = (await rows<{ id: number }>('SELECT id FROM pool_cidr')).map(({ id }) => id);
  const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

  const poolPage = (name: string, about: string, offset: number): Question => ({
    name,
    about,
    sample: async () => {
      const after = offset === 0 ? null : lastBefore!;
      return {
        request: {
          query: `query ($after: String) { pools(first: ${PAGE}, after: $after) { nodes { id name depth cidrs tags { key value } } pageInfo { endCursor hasNextPage } } }`,
          variables: { after: after && poolCursor.encode(after) },
        },
        bare: await sentBy((db) => new PoolListRepository(db).list({}, 'DEPTH', PAGE + 1, after)),
        shown: ({ pools }) => pools.nodes.map((pool: Answer) => pool.name),
        expected: async () =>
          (
            await rows<{ name: string }>('SELECT name FROM pool ORDER BY depth, name OFFSET $1 LIMIT $2', [
              offset,
              PAGE,
            ])
          ).map(({ name }) => name),
      };
    },
  });

  /** A page of allocations over all pools; `sql` is the plain condition over `allocation`. */
  const allocationPage = async (
    filter: { cidrContaining?: Prefix; cidrWithin?: Prefix },
    after: { cidr: string; id: number } | null,
    sql: string,
    value: string,
  ): Promise<Sample> => ({
    request: {
      query: `query ($filter: AllocationFilterInput, $after: String) { allocations(filter: $filter, first: ${PAGE}, after: $after) { nodes { id cidr status } pageInfo { endCursor hasNextPage } } }`,
      variables: {
        filter: Object.fromEntries(Object.entries(filter).map(([name, cidr]) => [name, `${cidr}`])),
        after: after && allocationCursor.encode(after),
      },
    },
    bare: await sentBy((db) => new RegisterRepository(db).list(filter, 'CIDR', PAGE + 1, after)),
    shown: ({ allocations }) => allocations.nodes.map((one: Answer) => one.id),
    expected: async () =>
      (
        await rows<{ id: string }>(
          `SELECT 'alloc_' || id AS id FROM allocation WHERE ${sql} ORDER BY cidr, id LIMIT ${PAGE}`,
          [value],
        )
      ).map(({ id }) => id),
  });

  const inVpc = (random: () => number, length: number): Prefix => {
    const { address } = Prefix.must(pick(random, vpcs).cidr);
    const offset = Math.floor(random() * 2 ** 14);
    return Prefix.of(Address.of(4, address.value + BigInt(offset)), length);
  };
  /** Live and free CIDRs of one VPC, in address order. */
  const contents = async ({ id, cidr }: { id: number; cidr: string }): Promise<[string, string][]> => {
    const live = (
      await rows<{ cidr: string }>('SELECT cidr::text FROM allocation WHERE live_in = $1', [id])
    ).map((row) => Prefix.must(row.cidr));
    const free = freeOf(Prefix.must(cidr), PrefixSet.of(live));
    const all = [
      ...live.map((one) => ({ one, state: 'LIVE' })),
      ...free.map((one) => ({ one, state: 'FREE' })),
    ];
    return all.sort((a, b) => a.one.compare(b.one)).map(({ one, state }) => [`${one}`, state]);
  };

  return [
    poolPage('pools-first', 'pools(first: 50)', 0),
    poolPage('pools-late', 'the page of pools at nine tenths of all', late),
    {
      name: 'free-blocks',
      about: 'the first 50 free blocks of a VPC that a /28 fits into',
      sample: async (random) => {
        const vpc = pick(random, vpcs);
        return {
          request: {
            query: 'query ($id: ID!) { pool(id: $id) { freeBlocks(prefixLength: 28) } }',
            variables: { id: `pool_${vpc.id}` },
          },
          bare: await sentBy((db) => new SpaceRepository(db).freeBlocks(db, vpc.id, 4, PAGE)),
          shown: ({ pool }) => pool.freeBlocks,
          expected: async () =>
            (await contents(vpc))
              .filter(([cidr, state]) => state === 'FREE' && Prefix.must(cidr).length <= 28)
              .map(([cidr]) => cidr)
              .slice(0, PAGE),
        };
      },
    },
    {
      name: 'capacity-tree',
      about: 'capacity(tree: true) of the root',
      sample: async () => ({
        request: {
          query:
            '{ pool(id: "pool_1") { capacity(tree: true) { total allocated delegated reserved quarantined blocked free utilization } } }',
          variables: {},
        },
        bare: await sentBy((db) => new SpaceRepository(db).freeCounts(db, poolCidrIds)),
        shown: ({ pool: { capacity } }) =>
          ['total', 'allocated', 'delegated', 'reserved', 'quarantined', 'blocked', 'free'].map((name) =>
            Number(capacity[name]),
          ),
        expected: async () => {
          const sums = await rows<{ status: string; addresses: number }>(
            `SELECT status, sum(2 ^ (32 - masklen(cidr)))::float8 AS addresses FROM allocation a
             WHERE NOT EXISTS (SELECT FROM pool_cidr c WHERE c.source_id = a.id) GROUP BY status`,
          );
          const of = (status: string): number => sums.find((sum) => sum.status === status)?.addresses ?? 0;
          const [taken, held, resting] = [of('ALLOCATED'), of('RESERVED'), of('QUARANTINED')];
          const total = Number(ROOT_CIDR.size);
          return [total, taken, 0, held, resting, 0, total - taken - held - resting];
        },
      }),
    },
    {
      name: 'containing',
      about: 'allocations over all pools that contain a /28',
      sample: (random) => {
        const cidr = inVpc(random, 28);
        return allocationPage({ cidrContaining: cidr }, null, 'cidr >>= $1::cidr', `${cidr}`);
      },
    },
    {
      name: 'within',
      about: 'the first 50 allocations over all pools that lie in the /13 of an account',
      sample: (random) => {
        const cidr = Prefix.must(pick(random, accounts).cidr);
        return allocationPage({ cidrWithin: cidr }, null, 'cidr <<= $1::cidr', `${cidr}`);
      },
    },
    {
      name: 'within-wide',
      about: 'the first 50 allocations over all pools that lie in the root, from somewhere on',
      sample: (random) => {
        const from = `${inVpc(random, 28)}`;
        const place = { cidr: from, id: 0 };
        return allocationPage({ cidrWithin: ROOT_CIDR }, place, 'cidr >= $1::cidr', from);
      },
    },
    {
      name: 'check-100',
      about: 'checkCidrs of 100 CIDRs, /28s in VPCs',
      sample: async (random) => {
        const asked = Array.from({ length: CHECKED }, () => inVpc(random, 28));
        return {
          request: {
            query: 'query ($cidrs: [String!]!) { checkCidrs(cidrs: $cidrs) { status conflicts { cidr } } }',
            variables: { cidrs: asked.map(String) },
          },
          bare: await sentBy((db) => new SpaceRepository(db).occupants(asked, null)),
          shown: ({ checkCidrs }) =>
            checkCidrs
              .slice(0, COMPARED)
              .map(({ status, conflicts }: Answer) => [status, conflicts.map((one: Answer) => one.cidr)]),
          expected: async () => {
            const found = await rows<{ cidrs: string[]; around: boolean; inside: boolean }>(
              `SELECT array_agg(a.cidr::text ORDER BY a.cidr) AS cidrs,
                 bool_or(s.id IS NULL AND a.cidr >>= k.cidr) AS around, bool_or(s.id IS NULL) AS inside
               FROM unnest($1::cidr[]) WITH ORDINALITY k (cidr, n) JOIN allocation a ON a.live_in IS NOT NULL AND a.cidr && k.cidr
               LEFT JOIN pool_cidr s ON s.source_id = a.id
               GROUP BY k.n ORDER BY k.n`,
              [asked.slice(0, COMPARED).map(String)],
            );
            // every VPC is an allocation around all that was asked; what is in it decides
            return found.map(({ cidrs, around, inside }) => [
              around ? 'ALLOCATED' : inside ? 'OVERLAPPING' : 'FREE',
              cidrs,
            ]);
          },
        };
      },
    },
    {
      name: 'blocks',
      about: 'the first 50 blocks of a VPC',
      sample: async (random) => {
        const vpc = pick(random, vpcs);
        const { first } = Prefix.must(vpc.cidr);
        return {
          request: {
            query: `query ($id: ID!) { pool(id: $id) { blocks(first: ${PAGE}) { nodes { cidr state } pageInfo { endCursor hasNextPage } } } }`,
            variables: { id: `pool_${vpc.id}` },
          },
          bare: await sentBy((db) =>
            new ContentsRepository().live(
              db,
              vpc.id,
              first,
              parseInstant(new Date().toISOString()),
              PAGE + 1,
            ),
          ),
          shown: ({ pool }) => pool.blocks.nodes.map(({ cidr, state }: Answer) => [cidr, state]),
          expected: async () => (await contents(vpc)).slice(0, PAGE),
        };
      },
    },
  ];
}
