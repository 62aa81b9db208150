import type { GraphQLSchema } from 'graphql';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { FindingsService, type Observation, type Within } from '../../src/features/findings/index.js';
import type { Cloud } from '../../src/features/inventory/index.js';
import { startService } from '../../src/main.js';
import { loadSettings } from '../../src/platform/config/settings.js';
import { type Instant, parseInstant } from '../../src/platform/context/instant.js';
import { type Role, systemContext } from '../../src/platform/context/request-context.js';
import { Database } from '../../src/platform/database/database.js';
import { publicId } from '../../src/platform/graphql/public-id.js';
import { stopClock } from './clock.js';
import { documentFor, withoutAliases } from './document.js';
import { type Answer, send } from './http.js';
import { createTestDatabase } from './postgres.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Data = any;
export type Variables = Readonly<Record<string, unknown>>;

/** Of `CADASTRE_ADMIN_TOKEN`. */
export const ADMIN_TOKEN = 'admin-token-of-the-tests-0123456789';

/** Deep enough for the figures of a pool and for the pool of a listed allocation. */
const DEPTH = 4;
const MICROS_PER_SECOND = 1_000_000;

/** The whole service in this process, with a client and builders. */
export type TestService = Awaited<ReturnType<typeof bootService>>;

/**
 * Boots the service on a database of its own, or on that of `databaseUrl`, which then outlives it. `env` is added to
 * the environment; `cloud` stands in for AWS.
 */
export async function bootService({
  env = {},
  databaseUrl,
  cloud,
}: { env?: Record<string, string>; databaseUrl?: string; cloud?: Cloud } = {}) {
  const created = databaseUrl === undefined ? await createTestDatabase() : null;
  const settings = loadSettings({
    DATABASE_URL: databaseUrl ?? created!.url,
    CADASTRE_PORT: '0',
    CADASTRE_LOG_LEVEL: process.env.CADASTRE_TEST_LOG_LEVEL ?? 'silent',
    CADASTRE_ADMIN_TOKEN: ADMIN_TOKEN,
    ...env,
  });
  const service = await startService(settings, { isTTY: false, write: () => true }, { cloud });
  const { app, url } = service;
  const schema: GraphQLSchema = app.get(GraphQLSchemaHost).schema;
  const database = app.get(Database);
  const client = clientOf(url, schema);
  let made = 0;
  let clock: { now: Instant; set(at: Instant): Promise<void> } | undefined;

  return {
    ...client,
    app,
    url,
    schema,
    database,
    databaseUrl: settings.database.url!,

    /** A root pool, IPv4 and large, in a routing domain of its own unless `input` says otherwise. */
    async pool(input: Variables = {}): Promise<Data> {
      const scope = 'uniqueness' in input ? {} : { routingDomain: (await this.routingDomain()).name };
      const given = { name: `pool ${++made}`, cidrs: ['10.0.0.0/8'], ...scope, ...input };
      return expectType('Pool', await client.call('createPool', { input: given }));
    },

    /** A finding in an area of its own, as a feature would write it. Returns its id. */
    async finding(given: Variables = {}): Promise<string> {
      const subject = `subject ${++made}`;
      const observation = { kind: 'ROGUE', severity: 'WARNING', subject, message: 'm', detail: {}, ...given };
      const within = { kinds: [observation.kind], area: subject } as Within;
      const findings = app.get(FindingsService);
      await findings.sync(systemContext('test'), within, [observation as Observation]);
      const [found] = await findings.list({ subject: observation.subject }, 1, null);
      return publicId('finding', found!.id);
    },

    /** An allocation in a pool of its own unless `input` names one. */
    async allocation(input: Variables = {}): Promise<Data> {
      const pool = input.pool ?? (await this.pool()).id;
      return expectType(
        'Allocation',
        await client.call('allocate', { input: { prefixLength: 24, ...input, pool } }),
      );
    },

    async reservation(input: Variables = {}): Promise<Data> {
      const pool = input.pool ?? (await this.pool()).id;
      return expectType(
        'Allocation',
        await client.call('reserve', { input: { prefixLength: 24, ...input, pool } }),
      );
    },

    async routingDomain(): Promise<Data> {
      const input = { name: `domain ${++made}` };
      return expectType('RoutingDomain', await client.call('createRoutingDomain', { input }));
    },

    /** A declared link between two routing domains of its own, unless `input` names them. */
    async link(input: Variables = {}): Promise<Data> {
      const ends = {
        a: input.a ?? (await this.routingDomain()).id,
        b: input.b ?? (await this.routingDomain()).id,
      };
      const given = { via: 'peering', ...input, ...ends };
      return expectType('DomainLink', await client.call('connectRoutingDomains', { input: given }));
    },

    /** The secret of a new token. */
    async token(role: Role): Promise<string> {
      const input = { name: `token-${++made}`, role: role.toUpperCase() };
      return expectType('CreatedToken', await client.call('createToken', { input })).secret;
    },

    /** Stops the clock of the database where it is, the first time, and moves it on. */
    async travel(seconds: number): Promise<void> {
      if (!clock) {
        const [row] = await database.query<{ now: string }>('SELECT cadastre_now() AS now');
        const now = parseInstant(row!.now);
        clock = { now, ...(await stopClock(database, now)) };
      }
      await clock.set((clock.now += seconds * MICROS_PER_SECOND));
    },

    async stop(): Promise<void> {
      await service.stop();
      await created?.drop();
    },
  };
}

/** What `data` of a union is, else an error with what it is instead. */
export function expectType(name: string, data: Data): Data {
  if (data?.__typename !== name) throw new Error(`not a ${name}: ${JSON.stringify(data)}`);
  return data;
}

function clientOf(url: string, schema: GraphQLSchema) {
  const documents = new Map<string, string>();

  /** Any bytes to the endpoint. */
  const raw = (body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> =>
    send(`${url}/graphql`, {
      method: 'POST',
      body: body as BodyInit,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
    });

  const ask = (query: string, variables: Variables = {}, token = ADMIN_TOKEN): Promise<Answer> =>
    raw(JSON.stringify({ query, variables }), { authorization: `Bearer ${token}` });

  /** The data of an answer; throws where it has errors. */
  const query = async (document: string, variables: Variables = {}, token = ADMIN_TOKEN): Promise<Data> => {
    const { body } = await ask(document, variables, token);
    if (body.errors) throw new Error(JSON.stringify(body.errors));
    return body.data;
  };

  const document = (field: string, depth = DEPTH): string => {
    const key = `${field} ${depth}`;
    if (!documents.has(key)) documents.set(key, documentFor(schema, field, depth));
    return documents.get(key)!;
  };

  return {
    raw,
    ask,
    query,
    /** The document that `call` sends: all that a root field has, some levels down. */
    document,

    /** Calls one root field and returns all that it has. */
    async call(field: string, variables: Variables = {}, token = ADMIN_TOKEN): Promise<Data> {
      return (withoutAliases(await query(document(field), variables, token)) as Data)[field];
    },

    /** What a subscription delivers, over a connection of its own that ends with it. */
    subscribe(text: string, variables: Variables = {}, token = ADMIN_TOKEN): AsyncIterableIterator<Data> {
      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
        retryAttempts: 0,
      });
      return client.iterate({ query: text, variables: { ...variables } });
    },
  };
}
