import {
  type DocumentNode,
  getNamedType,
  type GraphQLError,
  type GraphQLSchema,
  isLeafType,
  type OperationDefinitionNode,
  TypeInfo,
  ValidationContext,
  visit,
} from 'graphql';
import { type ComplexityEstimator, createComplexityRule } from 'graphql-query-complexity';
import { CodedError } from './errors.js';
import { itemsOf } from './many.js';
import { MAX_PAGE } from './pagination.js';

/**
 * One per object; what lies below a field with `first` counts that many times, and what an operation on many answers
 * as often as it has items. Scalars are free. A field that costs more than its answer shows says so in its own
 * `@Field({ complexity: n })`, or as a function of what lies below it.
 */
const estimate: ComplexityEstimator = (asked) => {
  const { field, args, childComplexity } = asked;
  const stated: unknown = field.extensions.complexity;
  if (typeof stated === 'function') return (stated as ComplexityEstimator)(asked);
  const own = typeof stated === 'number' ? stated : isLeafType(getNamedType(field.type)) ? 0 : 1;
  const times = Math.min(Math.max(timesOf(args), 1), MAX_PAGE);
  return own + times * childComplexity;
};

function timesOf({ first, input }: Record<string, unknown>): number {
  return typeof first === 'number' ? first : (itemsOf(input) ?? 1);
}

/** More distinct values of sizes and switches than this are measured anew. */
const MOST_REMEMBERED = 2_000;

/**
 * Refuses operations that ask for too much. The size of an operation depends on the document and a few variables,
 * so what passed once is remembered per document: a repeated operation costs a look-up.
 */
export class ComplexityLimit {
  /** The sizes with which each passed. */
  private readonly documents = new WeakMap<OperationDefinitionNode, Set<string>>();

  constructor(private readonly max: number) {}

  /** Throws TOO_COMPLEX. */
  require(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): void {
    let passed = this.documents.get(operation);
    if (!passed) this.documents.set(operation, (passed = new Set()));
    const declared = operation.variableDefinitions ?? [];
    const key = declared.map(({ variable }) => sizeOf(variables[variable.name.value])).join();
    if (passed.has(key)) return;
    const { complexity, sound } = measure(schema, document, operation, variables);
    if (complexity > this.max) {
      throw new CodedError(
        'TOO_COMPLEX',
        `This operation may return ${complexity} objects, the limit is ${this.max}: ask for fewer fields or a smaller "first".`,
        { complexity, limit: this.max },
      );
    }
    if (sound && passed.size < MOST_REMEMBERED) passed.add(key);
  }
}

/** As much of a variable as can change the size of the answer: a number, a switch, how many items. */
function sizeOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return String(Array.isArray(value) ? value.length : itemsOf(value));
}

/** Not sound where an argument could not be read: execution will refuse that, and the measure says little. */
function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): { complexity: number; sound: boolean } {
  const errors: GraphQLError[] = [];
  const context = new ValidationContext(schema, document, new TypeInfo(schema), (error) =>
    errors.push(error),
  );
  let complexity = 0;
  const rule = createComplexityRule({
    estimators: [estimate],
    maximumComplexity: Number.MAX_VALUE,
    variables,
    onComplete: (measured) => (complexity = measured),
  });
  try {
    visit(operation, rule(context));
  } catch {
    // its own limit on nodes after fragments are spread out
    return { complexity: Infinity, sound: true };
  }
  return { complexity, sound: errors.length === 0 };
}
