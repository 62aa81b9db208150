import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RoundRequest, RoundResult } from './client-process.js';

/** The process that asks over HTTP, so that its own CPU time is nobody's cost. */
export interface Client {
  round(request: RoundRequest): Promise<RoundResult>;
  stop(): void;
}

export function startClient(url: string, connections: number, pool: string, seed: number): Client {
  const program = fileURLToPath(new URL('./client-process.js', import.meta.url));
  const child = fork(program, [url, String(connections), pool, String(seed)], { execArgv: [] });
  return {
    async round(request) {
      child.send(request);
      const over = new AbortController();
      const failed = once(child, 'exit', { signal: over.signal }).then(() => {
        throw new Error('The client process failed; see above.');
      });
      try {
        const [result] = (await Promise.race([once(child, 'message', { signal: over.signal }), failed])) as [
          RoundResult,
        ];
        return result;
      } finally {
        over.abort();
        failed.catch(() => undefined);
      }
    },
    stop: () => child.disconnect(),
  };
}
