import { type Client, inParallel, type Result } from './client.js';
import type { Progress } from '../src/clients/cli/output/progress.js';
import type { SampleAllocation, SampleNetwork } from './sample-network.js';

/** Requests in flight: enough for full batches. */
const WIDTH = 32;

interface Taken {
  readonly id: string;
}

const ANSWER = '{ ... on Allocation { id } ... on Failure { code message } }';
const ALLOCATE = `mutation Allocate($input: AllocateInput!) { allocate(input: $input) ${ANSWER} }`;
const ADOPT = `mutation Adopt($input: AdoptInput!) { adopt(input: $input) ${ANSWER} }`;
const RESERVE = `mutation Reserve($input: ReserveInput!) { reserve(input: $input) ${ANSWER} }`;
const RELEASE = `mutation Release($input: ReleaseInput!) { release(input: $input) ${ANSWER} }`;

/** Registers the whole sample. The order in which ids are given may differ from run to run, nothing else. */
export async function fill(
  client: Client,
  { allocations }: SampleNetwork,
  progress: Progress,
): Promise<void> {
  let done = 0;
  await inParallel(allocations, WIDTH, async (allocation) => {
    await register(client, allocation);
    progress.show(`Sample network: ${++done} of ${allocations.length}`);
  });
}

async function register(client: Client, { state, ...input }: SampleAllocation): Promise<void> {
  if (state === 'adopted') return void must(await client.change<Taken>(ADOPT, input));
  if (typeof state === 'object') {
    return void must(await client.change<Taken>(RESERVE, { ...input, ttlSeconds: state.reservedForSeconds }));
  }
  const { id } = must(await client.change<Taken>(ALLOCATE, input));
  if (state === 'released') must(await client.change<Taken>(RELEASE, { id }));
}

function must<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new Error(`The sample network does not fit: ${result.refusal.message}`);
}
