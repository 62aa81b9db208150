import { z } from 'zod';
import { cursorCodec } from './cursor.js';
import type { GraphQLError } from 'graphql';
import { connectionFrom, readPage } from './pagination.js';

const codec = cursorCodec('pools', z.tuple([z.int32(), z.string()]));
const BAD = expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } }) as GraphQLError;

describe('cursor', () => {
  it('brings a key back', () => {
    expect(codec.decode(codec.encode([3, 'Größe "x"']))).toEqual([3, 'Größe "x"']);
  });

  const other = (key: unknown, list = 'pools') =>
    Buffer.from(JSON.stringify([list, key])).toString('base64url');

  it.each([
    '',
    'x',
    '!!!',
    'e30',
    other([1, 'a'], 'allocations'),
    other([1]),
    other(['1', 'a']),
    other([2 ** 31, 'a']),
    other([1, 'a\0']),
    other([1, '\ud800']),
    other(null),
    'A'.repeat(5000),
  ])('refuses %j', (cursor) => {
    expect(() => codec.decode(cursor)).toThrow(BAD);
  });
});

describe('readPage', () => {
  it('asks for one row more than the page shows', () => {
    expect(readPage({ first: 1000 }, codec)).toEqual({ limit: 1001, after: null });
    expect(readPage({ first: 1, after: codec.encode([1, 'a']) }, codec)).toEqual({
      limit: 2,
      after: [1, 'a'],
    });
  });

  it.each([0, -1, 1001, 2 ** 31 - 1])('refuses first: %d', (first) => {
    expect(() => readPage({ first }, codec)).toThrow(BAD);
  });
});

it('builds a connection that can be followed to its end', () => {
  const rows = ['a', 'b', 'c'].map((name, depth) => ({ name, depth }));
  const page = (first: number, after?: string | null) => {
    const request = readPage({ first, after }, codec);
    const rest = rows.filter((row) => !request.after || row.depth > request.after[0]).slice(0, request.limit);
    return connectionFrom(rest, request, {
      codec,
      keyOf: (row): [number, string] => [row.depth, row.name],
      toNode: (row) => row.name,
      totalCount: 3,
    });
  };
  const first = page(2);
  expect(first).toMatchObject({ nodes: ['a', 'b'], pageInfo: { hasNextPage: true, hasPreviousPage: false } });
  expect(first.pageInfo.endCursor).toBe(first.edges[1]!.cursor);
  const second = page(2, first.pageInfo.endCursor);
  expect(second).toMatchObject({ nodes: ['c'], pageInfo: { hasNextPage: false, hasPreviousPage: true } });
  expect(page(2, second.pageInfo.endCursor)).toMatchObject({
    nodes: [],
    pageInfo: { hasNextPage: false, startCursor: null, endCursor: null },
  });
});
