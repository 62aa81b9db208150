import { EXIT_OF_ERROR, EXIT_OF_FAILURE } from '../../src/clients/cli/exit-codes.js';
import { ERROR_CODES, type ErrorCode } from '../../src/platform/graphql/errors.js';
import { read } from './sources.js';

/** Does not compile where the service has a code that the command line does not know. */
const known = EXIT_OF_ERROR satisfies Readonly<Record<ErrorCode, number>>;

it('every error code of the service has an exit code, and no other has one', () => {
  expect(Object.keys(known).sort()).toEqual([...ERROR_CODES].sort());
});

it('every failure of the schema has an exit code of its own', () => {
  const schema = read('src/clients/graphql/schema.graphql');
  const failures = [...schema.matchAll(/^type (\w+) implements Failure /gm)].map(([, name]) => name);
  expect(Object.keys(EXIT_OF_FAILURE).sort()).toEqual(failures.sort());
  expect(new Set(Object.values(EXIT_OF_FAILURE)).size).toBe(failures.length);
});

it('docs/cli.md has the table', () => {
  const docs = read('docs/cli.md');
  const missing = Object.values({ ...EXIT_OF_ERROR, ...EXIT_OF_FAILURE }).filter(
    (code) => !new RegExp(`^\\| ${code} `, 'm').test(docs),
  );
  expect(missing).toEqual([]);
});
