import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { Readable } from 'node:stream';
import type { Scope } from '../../domain/cloud.js';
import type { Identity } from './credentials.js';
import { DeadlineError, EmptyAnswerError } from './failures.js';

/** The command classes of the SDK, as far as we need to know them. */
type AnyCommand = Parameters<EC2Client['send']>[0];

interface Protocol {
  deserializeResponse(
    operation: unknown,
    context: unknown,
    response: { readonly statusCode: number; readonly body: Readable },
  ): Promise<unknown>;
}

/** A whole drip of bytes may take so many times as long as the longest silence. */
const SILENCES = 4;

/**
 * One SDK client per account and region, made when it is first needed. The SDK signs and sends, and reads errors; a good
 * answer passes it by as bytes, because reading it is the most expensive thing that discovery does.
 */
export class Ec2Clients {
  private readonly clients = new Map<string, { client: EC2Client; identity: Identity }>();

  constructor(
    private readonly config: EC2ClientConfig,
    private readonly timeoutMilliseconds: number,
  ) {}

  /** One attempt. Throws what the SDK throws, EmptyAnswerError, or DeadlineError. */
  async send(scope: Scope, identity: Identity, command: object, signal: AbortSignal): Promise<Uint8Array> {
    const client = this.client(scope, identity);
    const answer: unknown = await client.send(command as AnyCommand, { abortSignal: signal });
    return (answer as { bytes: Uint8Array }).bytes;
  }

  private client(scope: Scope, identity: Identity): EC2Client {
    const key = `${scope.account}/${scope.region}`;
    const known = this.clients.get(key);
    if (known && sameKeys(known.identity, identity)) return known.client;
    const client = new EC2Client({ ...this.config, region: scope.region, credentials: identity });
    this.passBytes(client);
    this.clients.set(key, { client, identity });
    return client;
  }

  /** The protocol object is the SDK's own place to plug in; whatever is no success stays with it. */
  private passBytes(client: EC2Client): void {
    const protocol = client.config.protocol as Protocol;
    const own = protocol.deserializeResponse.bind(protocol);
    protocol.deserializeResponse = async (operation, context, response) => {
      if (response.statusCode >= 300) return own(operation, context, response);
      const bytes = await collect(response.body, this.timeoutMilliseconds);
      if (bytes.byteLength === 0) throw new EmptyAnswerError('a good answer without a body');
      return { $metadata: { httpStatusCode: response.statusCode }, bytes };
    };
  }
}

function sameKeys(a: Identity, b: Identity): boolean {
  return a.accessKeyId === b.accessKeyId && a.sessionToken === b.sessionToken;
}

/** All of a body, in memory of its own that can be handed to another thread. */
async function collect(body: Readable, silenceMilliseconds: number): Promise<Uint8Array> {
  const stop = (what: string) => () => body.destroy(new DeadlineError(what));
  const silence = setTimeout(stop('the answer stopped in the middle'), silenceMilliseconds);
  const whole = setTimeout(stop('the answer does not come to its end'), silenceMilliseconds * SILENCES);
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      silence.refresh();
      chunks.push(chunk);
      length += chunk.byteLength;
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.byteLength;
    }
    return bytes;
  } finally {
    clearTimeout(silence);
    clearTimeout(whole);
  }
}
