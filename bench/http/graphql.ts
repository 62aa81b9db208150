import { Agent, request } from 'node:http';
import { TOKEN } from './service.js';

export interface GraphqlRequest {
  readonly query: string;
  readonly variables: unknown;
}

interface ErrorEntry {
  readonly extensions?: { readonly code?: string };
}

/** The answer has errors, or is none. */
export class GraphqlErrors extends Error {
  override name = 'GraphqlErrors';
  readonly codes: readonly string[];

  constructor(status: number, text: string, errors: readonly ErrorEntry[]) {
    super(`HTTP ${status}: ${text}`);
    this.codes = errors.map(({ extensions }) => extensions?.code ?? 'none');
  }
}

/** Asks over a limited number of connections that stay open. Answers with `data`; throws where there are errors. */
export class GraphqlClient {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    connections: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  ask<Data>(body: GraphqlRequest): Promise<Data> {
    const payload = JSON.stringify(body);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(payload),
      authorization: `Bearer ${TOKEN}`,
    };
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.url}/graphql`,
        { method: 'POST', agent: this.agent, headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('error', reject);
          response.on('end', () => {
            try {
              const { data, errors } = JSON.parse(text) as { data?: Data; errors?: ErrorEntry[] };
              if (errors || !data) throw new GraphqlErrors(response.statusCode ?? 0, text, errors ?? []);
              resolve(data);
            } catch (error) {
              reject(error as Error);
            }
          });
        },
      );
      sent.on('error', reject);
      sent.end(payload);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
