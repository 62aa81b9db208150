import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from './answer-error.js';
import { Calls } from './calls.js';
import { control } from './control.js';
import { Ec2 } from './ec2.js';
import { type Call, type Fault, FAULT_CODES, Faults } from './faults.js';
import { listAccounts } from './organizations.js';
import type { Paging } from './paging.js';
import { Sessions } from './sessions.js';
import { type BucketSize, Throttle } from './throttle.js';
import type { World } from './world.js';
import { ec2Error, stsError } from './xml.js';

export interface EmulatorOptions {
  /** Default a free one. */
  readonly port?: number;
  readonly paging?: Paging;
  /** Throttle as AWS does; default never. */
  readonly bucket?: BucketSize;
  /** The world does not change: answers are kept and sent again. */
  readonly frozen?: boolean;
  /** How long a key of AssumeRole lives; default 3600. */
  readonly sessionSeconds?: number;
  /** Milliseconds; default the machine's clock. */
  readonly now?: () => number;
}

interface Request {
  readonly service: string;
  readonly key: string;
  readonly region: string;
  readonly action: string;
  readonly body: string;
  readonly parameters: URLSearchParams;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

const XML = 'text/xml;charset=UTF-8';
const JSON_TYPE = 'application/x-amz-json-1.1';
const CREDENTIAL = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/;

/**
 * EC2, the part of STS and the part of Organizations that discovery talks to, over their own protocols on a port of the
 * loopback. Signatures are not checked; the key in them says the account, their scope the region. What it serves is
 * `world`, read anew at each call.
 */
export class Ec2Emulator {
  readonly faults = new Faults();
  readonly calls = new Calls();
  readonly sessions: Sessions;
  private readonly ec2: Ec2;
  private readonly throttle: Throttle | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(
    readonly world: World,
    private readonly options: EmulatorOptions,
    private readonly server: Server,
  ) {
    const { now = Date.now, sessionSeconds = 3600, bucket } = options;
    this.sessions = new Sessions(world, sessionSeconds, now);
    this.throttle = bucket && new Throttle(bucket, now);
    this.ec2 = new Ec2(world, options.paging ?? {}, options.frozen ?? false);
  }

  static async start(world: World, options: EmulatorOptions = {}): Promise<Ec2Emulator> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const emulator = new Ec2Emulator(world, options, server);
    server.on('request', (request, response) => {
      emulator.serve(request, response).catch(() => response.destroy());
    });
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
    return emulator;
  }

  /** Of every service and region. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers everything that a sweep with pages of 1000 asks for in advance; of use where the world is frozen. */
  warmUp(): void {
    this.ec2.warmUp();
  }

  /** Also ends connections on which something hangs. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(message);
    const told = control(message.method ?? '', message.url ?? '', request.body, this);
    if (told) {
      response.writeHead(told.status, { 'content-type': 'application/json' }).end(JSON.stringify(told.value));
      return;
    }
    const call = this.callOf(request);
    let fault = this.faults.of(call);
    if (!fault && this.throttle && !this.throttle.take(call)) fault = { kind: 'throttle' };
    let answer: Answer;
    try {
      answer = broken(fault, request) ?? this.answer(request, call, fault?.kind === 'short');
    } catch (error) {
      answer = refusal(request, error);
    }
    this.calls.add(call, bytesSent(fault, answer.body.length), fault !== undefined || answer.status !== 200);
    this.send(message, response, answer, fault);
  }

  private callOf({ service, action, region, parameters, key }: Request): Call {
    const account = this.sessions.subject(service === 'sts' ? action : '', parameters, key);
    return { action, account, region };
  }

  private answer(request: Request, call: Call, short: boolean): Answer {
    const { service, key, action, body, parameters } = request;
    if (service === 'sts') return xml(this.sessions.answer(action, parameters, key, randomUUID()));
    const account = this.sessions.accountOf(key);
    if (service === 'organizations') {
      if (action !== 'ListAccounts') throw new AwsError(400, 'UnknownOperationException', action);
      const accounts = listAccounts(this.world, account, body, this.options.paging?.most);
      return { status: 200, type: JSON_TYPE, body: Buffer.from(JSON.stringify(accounts)) };
    }
    return { status: 200, type: XML, body: this.ec2.answer({ ...call, account }, body, parameters, short) };
  }

  private send(
    message: IncomingMessage,
    response: ServerResponse,
    answer: Answer,
    fault: Fault | undefined,
  ): void {
    const { status, type, body } = answer;
    const headers = { 'content-type': type, 'content-length': body.length };
    switch (fault?.kind) {
      case 'hang':
        return;
      case 'reset':
        message.socket.resetAndDestroy();
        return;
      case 'stall':
        response.writeHead(status, headers);
        response.write(body.subarray(0, Math.ceil(body.length / 2)));
        return;
      case 'cut':
        if (fault.how === 'chunked') {
          response.writeHead(status, { 'content-type': type, 'transfer-encoding': 'chunked' });
          response.end(body.subarray(0, fault.at));
        } else {
          response.writeHead(status, headers);
          response.write(body.subarray(0, Math.min(fault.at, body.length - 1)), () =>
            message.socket.destroy(),
          );
        }
        return;
      case 'slow': {
        const timer = setTimeout(() => {
          this.timers.delete(timer);
          response.writeHead(status, headers).end(body);
        }, fault.ms);
        this.timers.add(timer);
        return;
      }
      case 'throttle':
      case 'status':
      case 'html':
      case 'unavailable':
      case 'empty':
      case 'short':
      case undefined:
        response.writeHead(status, headers).end(body);
    }
  }
}

async function read(message: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const [, key = '', region = '', service = ''] = CREDENTIAL.exec(message.headers.authorization ?? '') ?? [];
  const target = message.headers['x-amz-target'];
  const isJson = typeof target === 'string';
  const parameters = new URLSearchParams(isJson ? '' : body);
  const action = isJson ? target.slice(target.indexOf('.') + 1) : (parameters.get('Action') ?? '');
  return { service, key, region, action, body, parameters };
}

function bytesSent(fault: Fault | undefined, length: number): number {
  if (fault?.kind === 'hang' || fault?.kind === 'reset') return 0;
  if (fault?.kind === 'stall') return Math.ceil(length / 2);
  return fault?.kind === 'cut' ? Math.min(fault.at, length) : length;
}

/** The answer of a fault that has one of its own. */
function broken(fault: Fault | undefined, request: Request): Answer | undefined {
  switch (fault?.kind) {
    case 'throttle':
      return refusal(request, throttled(request));
    case 'status':
      return refusal(
        request,
        new AwsError(FAULT_CODES[fault.code], fault.code, `The emulator says ${fault.code}.`),
      );
    case 'html':
      return {
        status: 500,
        type: 'text/html',
        body: Buffer.from('<html><body><h1>500 Internal Server Error<p>Sorry</body></html>'),
      };
    case 'unavailable':
      return { status: 503, type: 'text/plain', body: Buffer.from('Service Unavailable') };
    case 'empty':
      return { status: 200, type: XML, body: Buffer.alloc(0) };
    case 'hang':
    case 'stall':
    case 'cut':
    case 'reset':
    case 'short':
    case 'slow':
    case undefined:
      return undefined;
  }
}

function throttled({ service }: Request): AwsError {
  if (service === 'sts') return new AwsError(400, 'Throttling', 'Rate exceeded');
  if (service === 'organizations') return new AwsError(400, 'TooManyRequestsException', 'Rate exceeded');
  return new AwsError(503, 'RequestLimitExceeded', 'Request limit exceeded.');
}

/** An error as the service of the request writes it. Whatever is no AwsError is a mistake of the emulator: InternalError. */
function refusal({ service }: Request, error: unknown): Answer {
  const { status, code, message } =
    error instanceof AwsError ? error : new AwsError(500, 'InternalError', String(error));
  if (service === 'organizations') {
    const body = Buffer.from(JSON.stringify({ __type: code, Message: message }));
    return { status, type: JSON_TYPE, body };
  }
  const text = service === 'sts' ? stsError : ec2Error;
  return { status, type: XML, body: Buffer.from(text(code, message, randomUUID())) };
}

function xml(text: string): Answer {
  return { status: 200, type: XML, body: Buffer.from(text) };
}
