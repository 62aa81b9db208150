import type { ClientRequest, IncomingMessage } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Posts JSON and reads the whole answer. Of Node's own HTTP client, since a program that runs for one look-up would
 * spend more time on loading `fetch` than on asking. Follows no redirect. Throws Node's errors, with their `code`.
 */
export async function postJson(
  url: string,
  { headers, body, signal }: { headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<HttpAnswer> {
  const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http');
  const length = String(Buffer.byteLength(body));
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': length, ...headers },
      signal,
    };
    const asked: ClientRequest = request(url, options, (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
