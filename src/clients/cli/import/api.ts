import { setTimeout as delay } from 'node:timers/promises';

/** Asks the service. An answer with errors is thrown, with its code in `code`. */
export interface Api {
  ask<Data>(document: string, variables?: object): Promise<Data>;
}

interface Connection<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** All nodes of a list, page after page. The document names the list `page` and takes `$after`. */
export async function* nodesOf<Node>(api: Api, document: string, variables: object = {}): AsyncIterable<Node> {
  let after: string | null = null;
  do {
    const { page }: { page: Connection<Node> } = await api.ask(document, { ...variables, after });
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

/** Asks again while the service is not available, at growing intervals and for at most `seconds` at a time. */
export function patient(api: Api, seconds: number): Api {
  return {
    async ask<Data>(document: string, variables?: object): Promise<Data> {
      const until = performance.now() + seconds * 1000;
      for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
        try {
          return await api.ask<Data>(document, variables);
        } catch (error) {
          const pause = wait * (0.5 + Math.random());
          if (!PASSING.has(codeOf(error) ?? '') || performance.now() + pause > until) throw error;
          await delay(pause);
        }
      }
    },
  };
}
