/** Whole requests that cannot be right: documents, bodies and headers. */
import fc from 'fast-check';
import { type GraphQLSchema } from 'graphql';
import type { Json } from './bad-values.js';

export interface BadRequest {
  readonly what: string;
  readonly body: string | Uint8Array;
  readonly headers: Record<string, string>;
}

export interface GoodRequest {
  readonly query: string;
  readonly variables: Json;
}

/** Made from requests that would succeed, by one thing that is wrong with them. */
export function badRequest(schema: GraphQLSchema, good: readonly GoodRequest[]): fc.Arbitrary<BadRequest> {
  const request = fc.constantFrom(...good);
  const mutations = Object.keys(schema.getMutationType()!.getFields());
  const json = (what: string, body: fc.Arbitrary<unknown>): fc.Arbitrary<BadRequest> =>
    body.map((value) => ({ what, body: JSON.stringify(value), headers: {} }));
  const query = (what: string, text: fc.Arbitrary<string>): fc.Arbitrary<BadRequest> =>
    json(
      what,
      text.map((document) => ({ query: document })),
    );
  const bytes = (what: string, body: fc.Arbitrary<string | Uint8Array>): fc.Arbitrary<BadRequest> =>
    body.map((value) => ({ what, body: value, headers: {} }));
  const withHeaders = (
    what: string,
    headers: fc.Arbitrary<Record<string, string>>,
  ): fc.Arbitrary<BadRequest> =>
    fc.tuple(request, headers).map(([body, given]) => ({ what, body: JSON.stringify(body), headers: given }));

  return fc.oneof(
    bytes(
      'truncated JSON',
      fc.tuple(request, fc.nat(10_000)).map(([body, at]) => {
        const text = JSON.stringify(body);
        return text.slice(0, at % text.length);
      }),
    ),
    bytes(
      'no JSON',
      fc.string({ unit: 'binary', maxLength: 200 }).map((text) => `}${text}`),
    ),
    bytes(
      'no UTF-8',
      fc.uint8Array({ minLength: 1, maxLength: 200 }).map((given) => Uint8Array.of(0xff, ...given)),
    ),
    bytes(
      'another prototype',
      request.map((body) => `{"__proto__":{"query":1},${JSON.stringify(body).slice(1)}`),
    ),
    bytes(
      'another constructor',
      request.map((body) => `{"constructor":{"prototype":{"x":1}},${JSON.stringify(body).slice(1)}`),
    ),
    bytes(
      'a prototype among the variables',
      request.map(
        ({ query: text }) => `{"query":${JSON.stringify(text)},"variables":{"__proto__":{"input":{}}}}`,
      ),
    ),
    json(
      'JSON that is no request',
      fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(null, [], '', 0, {}, [[]], { query: null })),
    ),
    json(
      'a batch',
      request.map((body) => [body, body]),
    ),
    json(
      'a query that is no text',
      fc
        .tuple(request, fc.constantFrom<Json>(1, null, [], {}, true))
        .map(([body, bad]) => ({ ...body, query: bad })),
    ),
    json(
      'variables that are no object',
      fc
        .tuple(request, fc.constantFrom<Json>(1, 'x', [1], true))
        .map(([body, bad]) => ({ ...body, variables: bad })),
    ),
    json(
      'an operation that is not there',
      request.map((body) => ({ ...body, operationName: 'Other' })),
    ),
    json(
      'an operation name that is no text',
      fc
        .tuple(request, fc.constantFrom<Json>(1, {}, ['a']))
        .map(([body, bad]) => ({ ...body, operationName: bad })),
    ),
    query(
      'no GraphQL',
      fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }).map((text) => `{ ${text}`),
    ),
    query(
      'a truncated document',
      fc
        .tuple(request, fc.nat(10_000))
        .map(([{ query: text }, at]) => text.slice(0, 1 + (at % (text.length - 2)))),
    ),
    query(
      'a field that is not there',
      fc
        .string({ unit: fc.constantFrom(...'abcdefghij'), minLength: 4, maxLength: 9 })
        .map((name) => `{ ${name} }`),
    ),
    query(
      'a mutation asked as a query',
      fc.constantFrom(...mutations).map((name) => `{ ${name}(input: {}) { __typename } }`),
    ),
    query(
      'too deep',
      fc
        .integer({ min: 20, max: 200 })
        .map((depth) => `{ pools { nodes { ${'routingDomain { '.repeat(depth)}id${' }'.repeat(depth)} } } }`),
    ),
    query(
      'deep fragments',
      fc.integer({ min: 15, max: 60 }).map((count) => `{ ...f0 } ${chain(count)}`),
    ),
    query(
      'a cycle of fragments',
      fc.integer({ min: 1, max: 9 }).map((count) => `{ ...f0 } ${chain(count, 0)}`),
    ),
    query(
      'too many aliases',
      fc
        .integer({ min: 31, max: 400 })
        .map(
          (count) =>
            `{ ${Array.from({ length: count }, (_, i) => `a${i}: pools { totalCount }`).join(' ')} }`,
        ),
    ),
    query(
      'too many tokens',
      fc.integer({ min: 5_001, max: 30_000 }).map((count) => `{ ${'__typename '.repeat(count)} }`),
    ),
    query(
      'too many objects',
      fc
        .constantFrom('allocations', 'pools')
        .map(
          (list) =>
            `{ ${list}(first: 1000) { nodes { tags { key } } edges { node { tags { key } ${list === 'pools' ? 'capacity { total }' : 'pool { rules { excluded } cidrs }'} } } } ${list}Again: ${list}(first: 1000) { nodes { tags { key } ${list === 'pools' ? 'capacity { total }' : 'holder { account }'} } } }`,
        ),
    ),
    query(
      'brackets in brackets',
      fc
        .integer({ min: 500, max: 2_400 })
        .map((depth) => `{ checkCidrs(cidrs: ${'['.repeat(depth)}${']'.repeat(depth)}) { status } }`),
    ),
    query(
      'a directive that is not there',
      fc
        .constantFrom('@live', '@defer', '@skip', '@include(if: "x")')
        .map((directive) => `{ __typename ${directive} }`),
    ),
    query('an unknown type', fc.constant('query Q($a: Nothing) { pool(id: $a) { id } }')),
    query('a variable that is not declared', fc.constant('{ pool(id: $id) { id } }')),
    query(
      'a literal that cannot be stored',
      fc
        .constantFrom('\\u0000', '\\ud800')
        .map((text) => `mutation { createRoutingDomain(input: { name: "${text}" }) { __typename } }`),
    ),
    query('two anonymous operations', fc.constant('{ __typename } { __typename }')),
    query('a definition of types', fc.constant('type T { a: Int }')),
    query(
      'a literal of the wrong type',
      fc
        .constantFrom('1', '1.5', 'true', 'X', '{}', '["a"]')
        .map((value) => `mutation { provisionCidr(input: { pool: "p", cidr: ${value} }) { __typename } }`),
    ),
    fc.tuple(request, fc.integer({ min: 4_194_305, max: 4_500_000 })).map(([body, size]) => ({
      what: 'a body that is too large',
      body: JSON.stringify({ ...body, padding: 'x'.repeat(size) }),
      headers: {},
    })),
    withHeaders(
      'another content type',
      fc
        .constantFrom(
          'text/plain',
          'text/xml',
          'multipart/form-data; boundary=x',
          'application/x-www-form-urlencoded',
          'application/graphql',
          'x',
          '',
        )
        .map((type) => ({ 'content-type': type })),
    ),
    withHeaders(
      'a token that is not good',
      fc
        .string({ unit: fc.constantFrom(...'abc019-_.~+/= ,:'), minLength: 1, maxLength: 80 })
        .map((token) => ({ authorization: `Bearer x${token}` })),
    ),
    withHeaders(
      'another scheme',
      fc
        .constantFrom('Basic YTpi', 'Bearer', 'bearer', 'Digest x', "'; DROP TABLE token; --", 'Bearer a b')
        .map((authorization) => ({ authorization })),
    ),
  );
}

/** Fragments on Query, each in the one before it; the last one ends in `last`, or in itself where that is none. */
function chain(count: number, last?: number): string {
  const inner = (index: number): string =>
    index + 1 < count
      ? `...f${index + 1}`
      : last === undefined
        ? 'pools { nodes { nothing } }'
        : `...f${last}`;
  return Array.from({ length: count }, (_, index) => `fragment f${index} on Query { ${inner(index)} }`).join(
    ' ',
  );
}
