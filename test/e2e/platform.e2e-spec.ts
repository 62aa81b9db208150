import type { INestApplication } from '@nestjs/common';
import { undecoratedRootFields } from '../../src/platform/auth/undecorated.js';
import { type Answer, bootPlatform, codeOf, logged, reached, send, sendRaw } from './platform-app.js';

let app: INestApplication;
let url: string;

beforeAll(async () => ({ app, url } = await bootPlatform()));
afterAll(() => app.close());

const raw = (body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  sendRaw(url, body, headers);

const ask = (query: string, variables: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  raw(JSON.stringify({ query, variables }), headers);

describe('who may what', () => {
  it('is closed by default, also with a token', async () => {
    reached.times = 0;
    expect(codeOf(await ask('{ forgotten }'))).toBe('FORBIDDEN');
    const route = await send(url + '/forgotten', { headers: { authorization: 'Bearer o' } });
    expect([route.status, codeOf(route)]).toEqual([403, 'FORBIDDEN']);
    expect(reached.times).toBe(0);
    expect(undecoratedRootFields(app)).toEqual(['Forgotten.get', 'Things.forgotten']);
  });

  it('asks for a token, for a good one, and for the role', async () => {
    expect(codeOf(await ask('{ whoAmI }', {}, { authorization: '' }))).toBe('UNAUTHENTICATED');
    const bad = await ask('{ whoAmI }', {}, { authorization: 'Bearer nobody' });
    expect([bad.status, codeOf(bad)]).toEqual([401, 'UNAUTHENTICATED']);
    expect((await ask('{ whoAmI }', {}, { authorization: 'Basic x' })).status).toBe(401);
    const put = 'mutation { put(input: { cidr: "10.0.0.0/8" }) }';
    const low = await ask(put, {}, { authorization: 'Bearer r' });
    expect(codeOf(low)).toBe('FORBIDDEN');
    expect(low.body.errors[0].message).toContain('role operator');
    expect((await ask(put)).body.data).toEqual({ put: '10.0.0.0/8' });
    expect((await ask('{ hello }', {}, { authorization: '' })).body.data).toEqual({ hello: 'hello' });
  });

  it('gives the resolver its caller and echoes a safe correlation id', async () => {
    const kept = await ask('{ whoAmI }', {}, { 'x-correlation-id': 'deploy-7.a:b' });
    expect(kept.body.data.whoAmI).toBe('token:o operator deploy-7.a:b');
    expect(kept.headers.get('x-correlation-id')).toBe('deploy-7.a:b');
    const replaced = await ask('{ whoAmI }', {}, { 'x-correlation-id': 'a b;DROP' });
    expect(replaced.headers.get('x-correlation-id')).toMatch(/^[\w-]+$/);
    expect(replaced.body.data.whoAmI).toContain(replaced.headers.get('x-correlation-id'));
  });
});

describe('bad input', () => {
  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['a JSON string', '"x"'],
    ['null', 'null'],
    ['a batch', '[{"query":"{ hello }"}]'],
    ['no query', '{}'],
    ['a query that is no string', '{"query":5}'],
    ['variables that are no object', '{"query":"{ hello }","variables":"x"}'],
    ['variables that are a list', '{"query":"{ hello }","variables":[1]}'],
    ['an operation that is not there', '{"query":"query A { hello }","operationName":"B"}'],
    ['a name for an anonymous operation', '{"query":"{ hello }","operationName":"B"}'],
    ['a persisted query', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}'],
    ['a syntax error', '{"query":"{ hello"}'],
    ['an unknown field', '{"query":"{ nothing }"}'],
    ['a cycle of fragments', '{"query":"{ ...f } fragment f on Query { ...f }"}'],
    ['lists in lists', JSON.stringify({ query: `{ hello(x: ${'['.repeat(2400)}${']'.repeat(2400)}) }` })],
    ['a prototype', '{"query":"{ hello }","__proto__":{"x":1}}'],
    ['a body that is too large', JSON.stringify({ query: `# ${'x'.repeat(70_000)}\n{ hello }` })],
  ])('%s gets a typed answer', async (_, body) => {
    const answer = await raw(body);
    expect(answer.status).toBeLessThan(500);
    expect(['BAD_USER_INPUT', 'TOO_COMPLEX']).toContain(codeOf(answer));
  });

  it('answers other requests in the same form', async () => {
    expect((await raw('x', { 'content-type': 'text/xml' })).status).toBe(415);
    expect((await send(url + '/graphql?query=mutation{x}')).status).toBe(400);
    const unknown = await send(url + '/nowhere');
    expect([unknown.status, codeOf(unknown)]).toEqual([404, 'BAD_USER_INPUT']);
  });

  it('names limits', async () => {
    const deep = `{ thing { ${'inner { '.repeat(12)} name ${'}'.repeat(12)} } }`;
    const aliases = `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: hello`).join(' ')} }`;
    const many = `{ ${'hello '.repeat(5001)} }`;
    const wide =
      '{ things(first: 1000) { nodes { inner { inner { inner { inner { inner { inner { inner { inner { inner { name } } } } } } } } } } } }';
    for (const query of [deep, aliases, many, wide]) {
      const answer = await ask(query);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'TOO_COMPLEX']);
    }
    const fits = wide.replace('1000', '$n').replace('{', 'query Q($n: Int!) {');
    expect((await ask(fits, { n: 10 })).body.errors).toBeUndefined();
    expect(codeOf(await ask(fits, { n: 1000 }))).toBe('TOO_COMPLEX');
    expect((await ask(fits, { n: 10 })).body.errors).toBeUndefined();
  });

  it.each(['\0', 'a\ud800b'])('refuses %j in every string', async (text) => {
    reached.times = 0;
    const query = 'mutation P($input: PutInput!) { put(input: $input) }';
    const literal = JSON.stringify(text).replace(/[\ud800]/g, '\\ud800');
    const answers = [
      await ask(query, { input: { cidr: text } }),
      await ask(query, { input: { cidr: '10.0.0.0/8', inner: { words: ['ok', text] } } }),
      await ask(`mutation { put(input: { cidr: "10.0.0.0/8", inner: { words: [${literal}] } }) }`),
    ];
    for (const answer of answers) expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_USER_INPUT']);
    expect(reached.times).toBe(0);
  });

  it('tells what is wrong with a CIDR, as variable and as literal', async () => {
    const facts = {
      code: 'INVALID_CIDR',
      input: '10.0.0.1/8',
      position: 0,
      canonical: '10.0.0.0/8',
      reason: expect.any(String),
    };
    const variable = await ask('mutation P($input: PutInput!) { put(input: $input) }', {
      input: { cidr: '10.0.0.1/8' },
    });
    const literal = await ask('mutation { put(input: { cidr: "10.0.0.1/8" }) }');
    for (const answer of [variable, literal]) {
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].extensions).toEqual(facts);
    }
  });
});

it('masks faults and logs them under the correlation id', async () => {
  const answer = await ask('{ broken }', {}, { 'x-correlation-id': 'fault-1' });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    data: null,
    errors: [
      {
        message: 'internal error',
        locations: [{ line: 1, column: 3 }],
        path: ['broken'],
        extensions: { code: 'INTERNAL', correlation: 'fault-1' },
      },
    ],
  });
  const line = logged.find((text) => text.includes('fault-1') && text.includes('relation'));
  expect(JSON.parse(line!)).toMatchObject({
    level: 'error',
    correlation: 'fault-1',
    err: { stack: expect.any(String) },
  });
});
