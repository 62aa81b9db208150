import { describeLatencies, underLoad } from '../harness/load.js';
import { requestsOf } from '../allocate/requests.js';
import { GraphqlClient } from './graphql.js';

/** The other end of the wire: asks for rounds over IPC, so that its own CPU time is nobody's cost. */
export interface RoundRequest {
  readonly what: 'allocate' | 'many' | 'nothing';
  readonly seconds: number;
  readonly callers: number;
}
export interface RoundResult {
  readonly calls: number;
  /** That were answered. */
  readonly allocations: number;
  readonly seconds: number;
  readonly latencies: string;
}

const ALLOCATE = `mutation ($input: AllocateInput!) {
  allocate(input: $input) { __typename ... on Allocation { id cidr status } ... on Failure { code message } }
}`;
const ALLOCATE_MANY = `mutation ($input: AllocateManyInput!) {
  allocateMany(input: $input) {
    __typename ... on Allocations { allocations { id cidr status } } ... on Failure { code message }
  }
}`;
const ITEMS = 100;
/** Authorised, validated and answered with a failure before anything asks the database: it names no allocation. */
const NOTHING = `mutation ($input: ConfirmInput!) {
  confirm(input: $input) { __typename ... on Allocation { id cidr status } ... on Failure { code message } }
}`;

const [url, connections, pool, seed] = process.argv.slice(2) as [string, string, string, string];
const client = new GraphqlClient(url, Number(connections));
const requests = requestsOf(Number(seed));

type Answer = Record<
  string,
  { __typename: string; code?: string; message?: string; allocations?: readonly { id: string }[] }
>;

function inputOf(): object {
  const { holder, tags } = requests.description();
  return {
    pool,
    prefixLength: requests.prefixLength(),
    holder,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  };
}

/** Each answers with how many allocations it was given. */
const CALLS = { allocate, many, nothing };

async function allocate(): Promise<number> {
  const { allocate: answer } = await client.ask<Answer>({ query: ALLOCATE, variables: { input: inputOf() } });
  if (answer!.__typename !== 'Allocation') throw new Error(`allocate was refused: ${answer!.message}`);
  return 1;
}

async function many(): Promise<number> {
  const input = { items: Array.from({ length: ITEMS }, inputOf) };
  const { allocateMany: answer } = await client.ask<Answer>({ query: ALLOCATE_MANY, variables: { input } });
  const given = new Set(answer!.allocations?.map(({ id }) => id)).size;
  if (given !== ITEMS) throw new Error(`allocateMany gave ${given} allocations: ${answer!.message}`);
  return given;
}

async function nothing(): Promise<number> {
  const { holder } = requests.description();
  const input = { id: 'nothing', nonce: requests.unique('nonce'), holder };
  const { confirm } = await client.ask<Answer>({ query: NOTHING, variables: { input } });
  if (confirm!.code !== 'NOT_FOUND')
    throw new Error(`NOT_FOUND was expected, not ${JSON.stringify(confirm)}`);
  return 0;
}

process.on('message', ({ what, seconds, callers }: RoundRequest) => {
  let allocations = 0;
  underLoad(callers, seconds, async () => {
    const given = await CALLS[what]();
    allocations += given;
  }).then(
    (load) => {
      const result: RoundResult = {
        calls: load.calls,
        allocations,
        seconds: load.seconds,
        latencies: describeLatencies(load.latencies),
      };
      process.send!(result);
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
