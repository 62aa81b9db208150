import { GraphQLScalarType } from 'graphql';
import { badInput } from './errors.js';

/** Only in answers: what is stored as JSON and has no shape of its own. */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value; in answers only.',
  serialize: (value) => value,
  parseValue: () => {
    throw badInput('JSON stands in answers only.');
  },
});
