import { setTimeout as delay } from 'node:timers/promises';
import type { Operation } from '../../graphql/operation.js';
import type { Page, PageOperation } from './operations.js';

/** Asks the service. An answer with errors is thrown as AnswerError. */
export interface Api {
  ask<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables): Promise<Data>;
}

/** All nodes of a list, page after page. */
export async function* nodesOf<Node, Variables>(
  api: Api,
  operation: PageOperation<Node, Variables>,
  variables: Variables,
): AsyncIterable<Node> {
  let after: string | null = null;
  do {
    const { page }: Page<Node> = await api.ask(operation, { ...variables, after });
    yield* page.nodes;
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
}

export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** What passes by itself. A request whose outcome is unknown may be sent again: adopting twice changes nothing. */
const PASSING = new Set(['UNAVAILABLE', 'RATE_LIMITED']);
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;

/**
 * Asks again while the service is not available, at growing intervals and for at most `seconds` at a time; a service
 * that has not answered once is not waited for.
 */
export function patient(api: Api, seconds: number): Api {
  let hasAnswered = false;
  return {
    async ask(operation, variables) {
      const until = performance.now() + seconds * 1000;
      for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
        try {
          const answer = await api.ask(operation, variables);
          hasAnswered = true;
          return answer;
        } catch (error) {
          const pause = wait * (0.5 + Math.random());
          const passes = hasAnswered && PASSING.has(codeOf(error) ?? '');
          if (!passes || performance.now() + pause > until) throw error;
          await delay(pause);
        }
      }
    },
  };
}
