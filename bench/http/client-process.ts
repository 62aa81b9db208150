import { describeLatencies, underLoad } from '../harness/load.js';
import { requestsOf } from '../allocate/requests.js';
import { GraphqlClient } from './graphql.js';

/** The other end of the wire: asks for rounds over IPC, so that its own CPU time is nobody's cost. */
export interface RoundRequest {
  readonly what: 'allocate' | 'nothing';
  readonly seconds: number;
}
export interface RoundResult {
  readonly calls: number;
  readonly seconds: number;
  readonly latencies: string;
}

const ALLOCATE = `mutation ($input: AllocateInput!) {
  allocate(input: $input) { __typename ... on Allocation { id cidr status } ... on Failure { code message } }
}`;
/** Authorised, validated and answered with a failure before anything asks the database: it names no allocation. */
const NOTHING = `mutation ($input: ConfirmInput!) {
  confirm(input: $input) { __typename ... on Allocation { id cidr status } ... on Failure { code message } }
}`;

const [url, connections, pool, seed] = process.argv.slice(2) as [string, string, string, string];
const client = new GraphqlClient(url, Number(connections));
const requests = requestsOf(Number(seed));

type Answer = Record<string, { __typename: string; code?: string; message?: string }>;

async function allocate(): Promise<void> {
  const { holder, tags } = requests.description();
  const input = {
    pool,
    prefixLength: requests.prefixLength(),
    holder,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  };
  const { allocate: answer } = await client.ask<Answer>({ query: ALLOCATE, variables: { input } });
  if (answer!.__typename !== 'Allocation') throw new Error(`allocate was refused: ${answer!.message}`);
}

async function nothing(): Promise<void> {
  const { holder } = requests.description();
  const input = { id: 'nothing', nonce: requests.unique('nonce'), holder };
  const { confirm } = await client.ask<Answer>({ query: NOTHING, variables: { input } });
  if (confirm!.code !== 'NOT_FOUND')
    throw new Error(`NOT_FOUND was expected, not ${JSON.stringify(confirm)}`);
}

process.on('message', ({ what, seconds }: RoundRequest) => {
  underLoad(Number(connections), seconds, what === 'allocate' ? allocate : nothing).then(
    (load) => {
      const result: RoundResult = {
        calls: load.calls,
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
