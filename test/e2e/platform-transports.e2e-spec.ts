import { randomBytes } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import { buildClientSchema, getIntrospectionQuery } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ReadinessChecks } from '../../src/platform/ops/readiness.js';
import { bootPlatform, codeOf, logged, send, sendRaw, tokens } from './platform-app.js';

let open: { app: INestApplication; url: string };
let closed: { app: INestApplication; url: string };

beforeAll(async () => {
  open = await bootPlatform({ CADASTRE_EXPLORER: 'on' });
  closed = await bootPlatform({ CADASTRE_EXPLORER: 'off' });
});
afterAll(async () => {
  await open.app.close();
  await closed.app.close();
});

function client(
  authorization: string | undefined,
  onClose: (code: number) => void = () => undefined,
): Client {
  return createClient({
    url: `${open.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: authorization === undefined ? {} : { authorization },
    retryAttempts: 0,
    lazy: true,
    on: { closed: (event) => onClose((event as { code: number }).code) },
  });
}

async function results(query: string, authorization?: string): Promise<unknown[]> {
  const connection = client(authorization);
  try {
    const found: unknown[] = [];
    for await (const result of connection.iterate({ query })) found.push(result);
    return found;
  } finally {
    await connection.dispose();
  }
}

describe('over WebSocket', () => {
  it('a subscription needs a token', async () => {
    expect(await results('subscription { ticks }', 'Bearer r')).toEqual([
      { data: { ticks: 6 } },
      { data: { ticks: 2 } },
    ]);
    await expect(results('subscription { ticks }')).rejects.toMatchObject({ code: 4403 });
    await expect(results('subscription { ticks }', 'Bearer nobody')).rejects.toMatchObject({ code: 4403 });
  });

  it('the guard, the limits and the masks are the same', async () => {
    const put = await results('mutation { put(input: { cidr: "10.0.0.0/8" }) }', 'Bearer r');
    expect(put).toEqual([
      { data: null, errors: [expect.objectContaining({ extensions: { code: 'FORBIDDEN' } })] },
    ]);
    const broken = await results('{ broken }', 'Bearer r');
    expect(broken).toEqual([
      { data: null, errors: [expect.objectContaining({ message: 'internal error' })] },
    ]);
    await expect(results('{ nothing }', 'Bearer r')).rejects.toEqual([
      expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } }),
    ]);
    await expect(results(`{ ${'hello '.repeat(5001)} }`, 'Bearer r')).rejects.toEqual([
      expect.objectContaining({ extensions: { code: 'TOO_COMPLEX' } }),
    ]);
  });

  it('a connection ends when its token does', async () => {
    tokens.brief = { actor: 'token:brief', role: 'reader' };
    const code = new Promise<number>((resolve) => {
      const connection = client('Bearer brief', resolve);
      connection.subscribe({ query: 'subscription { silence }' }, { next() {}, error() {}, complete() {} });
    });
    setTimeout(() => delete tokens.brief, 200);
    expect(await code).toBe(4403);
  });

  it('a message that is too large ends the connection, not the service', async () => {
    const socket = new WebSocket(`${open.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const code = await new Promise((resolve) => {
      socket.on('open', () => (socket as unknown as { send(text: string): void }).send('x'.repeat(70_000)));
      socket.on('close', resolve);
      socket.on('error', () => undefined);
    });
    expect(code).toBe(1009);
    expect((await send(`${open.url}/healthz`)).status).toBe(200);
  });

  it('an upgrade elsewhere is refused at once', async () => {
    const socket = new WebSocket(`${open.url.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws');
    const error = await new Promise<Error>((resolve) => socket.on('error', resolve));
    expect(error.message).toContain('404');
  });
});

describe('the schema', () => {
  const query = JSON.stringify({ query: getIntrospectionQuery() });

  it('is for callers with a token, or for everybody where the explorer is on', async () => {
    expect(codeOf(await sendRaw(closed.url, query, { authorization: '' }))).toBe('UNAUTHENTICATED');
    for (const answer of [
      await sendRaw(closed.url, query),
      await sendRaw(open.url, query, { authorization: '' }),
    ]) {
      expect(buildClientSchema(answer.body.data).getQueryType()!.name).toBe('Query');
    }
    // the document is known by now, the caller is not
    expect(codeOf(await sendRaw(closed.url, query, { authorization: '' }))).toBe('UNAUTHENTICATED');
  });
});

describe('the explorer', () => {
  it('is one page that fetches nothing from elsewhere', async () => {
    const page = await send(`${open.url}/explorer`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+=' blob:; .*connect-src 'self'/);
    expect(policy).not.toMatch(/https?:|\*/);
    // outside its script no element names a source; what the script would fetch, the policy refuses
    const html = String(page.body);
    const markup = html.slice(0, html.indexOf('<script>'));
    expect(markup).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//i);
    expect(markup).not.toMatch(/@import|url\(\s*["']?(https?:)?\/\//i);
    expect(html).toContain('"connectionParams":() => ({ authorization })');
    expect(html.match(/<\/script/gi)).toHaveLength(1);
    expect(html).not.toMatch(/<script[^>]+src=["']?(https?:)?\/\//i);
  });

  it('is off where the settings say so', async () => {
    expect((await send(`${closed.url}/explorer`)).status).toBe(404);
  });
});

describe('operations', () => {
  it('tells alive from ready', async () => {
    expect((await send(`${open.url}/healthz`)).body).toEqual({ status: 'ok' });
    expect(await send(`${open.url}/readyz`)).toMatchObject({
      status: 200,
      body: { ready: true, checks: {} },
    });
    let well = false;
    const check = () => (well ? Promise.resolve() : Promise.reject(new Error('password=hunter2')));
    open.app.get(ReadinessChecks).add({ name: 'database', check });
    const failing = await send(`${open.url}/readyz`);
    expect(failing).toMatchObject({ status: 503, body: { ready: false, checks: { database: 'failed' } } });
    expect(JSON.stringify(failing.body)).not.toContain('hunter2');
    well = true;
    expect((await send(`${open.url}/readyz`)).status).toBe(200);
  });

  it('shows metrics to readers, with a bounded number of operation names', async () => {
    const refused = await send(`${open.url}/metrics`);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    for (let i = 0; i < 110; i++)
      await sendRaw(open.url, JSON.stringify({ query: `query Named${i} { hello }` }));
    const metrics = String(
      (await send(`${open.url}/metrics`, { headers: { authorization: 'Bearer r' } })).body,
    );
    expect(metrics).toContain('cadastre_graphql_operations_total{operation="Named1",kind="query"} 1');
    expect(metrics).toMatch(/operation="other",kind="query"\} \d+/);
    expect(metrics).toContain(
      'cadastre_http_request_duration_seconds_count{route="/graphql",method="POST",status="200"}',
    );
    expect(metrics).toContain('process_cpu_seconds_total');
  });

  it('logs a line per request at debug, never a secret', async () => {
    const secret = `cad_${randomBytes(32).toString('base64url')}`;
    await sendRaw(open.url, JSON.stringify({ query: 'query Seen { hello }' }), {
      authorization: `Bearer ${secret}`,
    });
    await sendRaw(open.url, JSON.stringify({ query: 'query Seen { hello }' }));
    await send(`${open.url}/${secret}`);
    const lines = logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(
      expect.objectContaining({ context: 'http', path: '/graphql', status: 200, operation: 'Seen' }),
    );
    expect(logged.join('')).not.toContain(secret);
  });
});
