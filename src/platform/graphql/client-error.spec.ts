import { ForbiddenException, NotFoundException } from '@nestjs/common';
import { buildSchema, execute, GraphQLError, parse } from 'graphql';
import { CommitUnknownError } from '../database/unit-of-work.js';
import { toClientError } from './client-error.js';
import { badInput, CodedError, positionGone } from './errors.js';

function seen(error: Error) {
  const wrapped =
    error instanceof GraphQLError ? error : new GraphQLError(error.message, { originalError: error });
  return toClientError(wrapped.toJSON(), wrapped);
}

const errorOf = (run: () => unknown): Error => {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
};

it.each<[Error, string]>([
  [badInput('x'), 'BAD_USER_INPUT'],
  [positionGone(7), 'POSITION_GONE'],
  [new ForbiddenException('no'), 'FORBIDDEN'],
  [new NotFoundException('no'), 'BAD_USER_INPUT'],
  [errorOf(() => parse('{')), 'BAD_USER_INPUT'],
  [errorOf(() => parse('{ a b c }', { maxTokens: 2 })), 'TOO_COMPLEX'],
  [new RangeError('Maximum call stack size exceeded'), 'TOO_COMPLEX'],
  [Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), 'UNAVAILABLE'],
  [Object.assign(new Error('no'), { driverError: { code: '57P01' } }), 'UNAVAILABLE'],
  [Object.assign(new Error('no'), { code: '40P01' }), 'UNAVAILABLE'],
  [Object.assign(new Error('no'), { code: '57014' }), 'UNAVAILABLE'],
  [new CommitUnknownError(new Error('no')), 'UNAVAILABLE'],
  [Object.assign(new Error('no'), { code: '22021' }), 'INTERNAL'],
  [new Error('boom'), 'INTERNAL'],
])('%s is %s', (error, code) => {
  expect(seen(error).extensions!.code).toBe(code);
});

it('takes an answer that does not fit the schema for a fault', async () => {
  const schema = buildSchema('type Query { count: Int list(first: Int! = 1): Int }');
  const failed = await execute({ schema, document: parse('{ count }'), rootValue: { count: () => 'many' } });
  expect(seen(failed.errors![0]!).extensions!.code).toBe('INTERNAL');
  const document = parse('query Q($n: Int = 2) { list(first: $n) }');
  const misused = await execute({ schema, document, variableValues: { n: null } });
  expect(seen(misused.errors![0]!).extensions!.code).toBe('BAD_USER_INPUT');
});

it('tells the caller nothing of a fault', () => {
  const fault = Object.assign(new Error('duplicate key: INSERT INTO token'), {
    query: 'INSERT INTO token',
    detail: 'hash',
  });
  expect(JSON.stringify(seen(fault))).toBe('{"message":"internal error","extensions":{"code":"INTERNAL"}}');
});

it('says what it is that is away', () => {
  const error = new CodedError('UNAVAILABLE', 'The organization is silent.', { reason: 'FORBIDDEN' });
  const located = new GraphQLError(error.message, { originalError: error, path: ['importOrganization'] });
  for (const thrown of [error, located])
    expect(seen(thrown)).toMatchObject({
      message: 'The organization is silent.',
      extensions: { reason: 'FORBIDDEN', code: 'UNAVAILABLE' },
    });
  expect(seen(new CommitUnknownError(new Error('no'))).message).toContain('The database');
});

it('keeps the facts of our own errors, and no status for the transport', () => {
  const error = badInput('x', { field: 'name', http: { status: 400 } });
  expect(seen(error).extensions).toEqual({ field: 'name', code: 'BAD_USER_INPUT' });
});
