import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { until } from './until.js';

export interface SeenChange {
  readonly position: number;
  readonly id: string;
}

/**
 * Follows the changes of a service by position, from the first on. Where the connection or the subscription ends it
 * connects again and resumes after the last one seen.
 */
export class Subscriber {
  readonly seen: SeenChange[] = [];
  /** How often it had to begin anew, and why. */
  readonly interruptions: string[] = [];
  private readonly over = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {
    this.running = this.run();
  }

  /** Resolves when the change at `position` was seen. */
  async reaches(position: number, seconds = 30): Promise<void> {
    await until(`position ${position} arrives (${this.last} did)`, () => this.last >= position, seconds);
  }

  async stop(): Promise<void> {
    this.over.abort();
    await this.running;
  }

  private get last(): number {
    return this.seen.at(-1)?.position ?? 0;
  }

  private async run(): Promise<void> {
    while (!this.over.signal.aborted) {
      const client = createClient({
        url: `${this.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${this.token}` },
        retryAttempts: 0,
      });
      const stop = (): void => client.terminate();
      this.over.signal.addEventListener('abort', stop);
      try {
        const query = `subscription { changes(sincePosition: "${this.last}") { position subject action } }`;
        for await (const { data, errors } of client.iterate<{
          changes: { position: string; subject: string; action: string };
        }>({ query })) {
          if (errors) throw errors;
          const { position, subject, action } = data!.changes;
          this.seen.push({ position: Number(position), id: `${subject} ${action}` });
        }
        this.interruptions.push('ended');
      } catch (error) {
        this.interruptions.push(reasonOf(error));
      } finally {
        this.over.signal.removeEventListener('abort', stop);
        await client.dispose();
      }
      // a service that is away refuses at once
      if (!this.over.signal.aborted) await pause();
    }
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return Array.isArray(error) ? JSON.stringify(error) : `${String(code ?? '')} ${String(message ?? error)}`;
}
