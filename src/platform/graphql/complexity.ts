import {
  type DocumentNode,
  getNamedType,
  type GraphQLError,
  type GraphQLSchema,
  isLeafType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  ValidationContext,
  visit,
} from 'graphql';
import { type ComplexityEstimator, createComplexityRule } from 'graphql-query-complexity';
import { CodedError } from './errors.js';
import { MAX_PAGE } from './pagination.js';

/**
 * One per object; what lies below a field with `first` counts that many times. Scalars are free. A field that costs
 * more than its answer shows says so in its own `@Field({ complexity: n })`, or as a function of what lies below it.
 */
const estimate: ComplexityEstimator = (asked) => {
  const { field, args, childComplexity } = asked;
  const stated: unknown = field.extensions.complexity;
  if (typeof stated === 'function') return (stated as ComplexityEstimator)(asked);
  const own = typeof stated === 'number' ? stated : isLeafType(getNamedType(field.type)) ? 0 : 1;
  const first: unknown = args.first;
  const times = typeof first === 'number' ? Math.min(Math.max(first, 1), MAX_PAGE) : 1;
  return own + times * childComplexity;
};

/** More distinct values of sizes and switches than this are measured anew. */
const MOST_REMEMBERED = 100;

interface Measured {
  /** Variables that can change the size of the answer: those of type Int and Boolean. */
  readonly sizing: readonly string[];
  readonly passed: Set<string>;
}

/**
 * Refuses operations that ask for too much. The size of an operation depends on the document and a few variables,
 * so what passed once is remembered per document: a repeated operation costs a look-up.
 */
export class ComplexityLimit {
  private readonly documents = new WeakMap<OperationDefinitionNode, Measured>();

  constructor(private readonly max: number) {}

  /** Throws TOO_COMPLEX. */
  require(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): void {
    let measured = this.documents.get(operation);
    if (!measured) {
      measured = { sizing: sizingVariables(operation), passed: new Set() };
      this.documents.set(operation, measured);
    }
    const key =
      measured.sizing.length === 0 ? '' : measured.sizing.map((name) => String(variables[name])).join();
    if (measured.passed.has(key)) return;
    const { complexity, sound } = measure(schema, document, operation, variables);
    if (complexity > this.max) {
      throw new CodedError(
        'TOO_COMPLEX',
        `This operation may return ${complexity} objects, the limit is ${this.max}: ask for fewer fields or a smaller "first".`,
        { complexity, limit: this.max },
      );
    }
    if (sound && measured.passed.size < MOST_REMEMBERED) measured.passed.add(key);
  }
}

function sizingVariables(operation: OperationDefinitionNode): string[] {
  return (operation.variableDefinitions ?? []).flatMap(({ type, variable }) => {
    const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
    const sizes =
      named.kind === Kind.NAMED_TYPE && (named.name.value === 'Int' || named.name.value === 'Boolean');
    return sizes ? [variable.name.value] : [];
  });
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
