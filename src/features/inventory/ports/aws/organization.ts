import {
  ListAccountsCommand,
  type ListAccountsCommandOutput,
  OrganizationsClient,
  type OrganizationsClientConfig,
} from '@aws-sdk/client-organizations';
import type { Attempts } from './attempts.js';
import { EmptyAnswerError, EndlessListError, listFailed, verdictOf } from './failures.js';

/** ListAccounts gives 20 at most. */
const PAGE = 20;
const ACTION = 'ListAccounts';

/** Accounts of the organization that are ACTIVE. Few, and read by the SDK alone. Throws ListFailedError. */
export async function* activeAccounts(
  config: OrganizationsClientConfig,
  attempts: Attempts,
  signal: AbortSignal,
): AsyncGenerator<{ readonly account: string; readonly name: string }> {
  // the service has one endpoint per partition
  const client = new OrganizationsClient({ ...config, region: 'us-east-1' });
  const tokens = new Set<string>();
  for (let next: string | undefined; ;) {
    const answer = await page(client, attempts, signal, next);
    for (const { Id, Name, State, Status } of answer.Accounts ?? []) {
      if (Id && (State ?? Status) === 'ACTIVE') yield { account: Id, name: Name ?? '' };
    }
    next = answer.NextToken;
    if (!next) return;
    if (tokens.has(next)) {
      const error = new EndlessListError('a page token came for the second time');
      throw listFailed({ account: '', region: '', action: ACTION, attempts: 1 }, verdictOf(error), error);
    }
    tokens.add(next);
  }
}

async function page(
  client: OrganizationsClient,
  attempts: Attempts,
  signal: AbortSignal,
  token: string | undefined,
): Promise<ListAccountsCommandOutput> {
  const outcome = await attempts.run({
    account: '',
    region: '',
    action: ACTION,
    signal,
    count: () => {},
    bucket: null,
    mayBeGone: false,
    refresh: () => Promise.resolve(),
    once: async () => {
      const command = new ListAccountsCommand({ MaxResults: PAGE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      if (!answer.Accounts) throw new EmptyAnswerError('no list of accounts in the answer');
      return answer;
    },
  });
  if (outcome.ok) return outcome.value;
  throw new EmptyAnswerError('the organization is not there');
}
