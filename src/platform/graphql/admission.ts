import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import {
  type ASTVisitor,
  type DocumentNode,
  getOperationAST,
  type GraphQLError,
  type GraphQLSchema,
  type ValidationContext,
  type ValidationRule,
  visit,
} from 'graphql';
import type { Settings } from '../config/settings.js';
import { ComplexityLimit } from './complexity.js';
import { CodedError } from './errors.js';
import { requireStorable, storableLiterals } from './stored-text.js';

export interface AskedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  /** A caller with a good token. */
  readonly authenticated: boolean;
}

/**
 * What an operation has to be like before anything of it runs, the same over HTTP and WebSocket. What follows from
 * the document alone is in `rules`, which Apollo applies once per document; `admit` is asked for every request.
 */
export class Admission {
  /** Of the parser: stops at the first token too many. */
  readonly parseOptions: { readonly maxTokens: number };
  /** In addition to those of the specification. */
  readonly rules: readonly ValidationRule[];
  private readonly complexity: ComplexityLimit;
  private readonly openSchema: boolean;
  private readonly introspective = new WeakMap<DocumentNode, boolean>();

  constructor(limits: Settings['graphql']) {
    this.parseOptions = { maxTokens: limits.maxTokens };
    this.rules = [
      limitRule(maxDepthRule, limits.maxDepth, { flattenFragments: true }),
      limitRule(maxAliasesRule, limits.maxAliases, {}),
      storableLiterals,
    ];
    this.complexity = new ComplexityLimit(limits.maxComplexity);
    this.openSchema = limits.explorer;
  }

  /** Throws TOO_COMPLEX, BAD_USER_INPUT or, for introspection without a token, UNAUTHENTICATED. */
  admit({ schema, document, operationName, variables, authenticated }: AskedOperation): void {
    if (variables) requireStorable(variables);
    if (!authenticated && !this.openSchema && this.introspects(document)) {
      throw new CodedError('UNAUTHENTICATED', 'A token is needed to read the schema.');
    }
    // which operation is meant is for the executor to say; without one it runs nothing
    const operation = getOperationAST(document, operationName);
    if (operation) this.complexity.require(schema, document, operation, variables ?? {});
  }

  private introspects(document: DocumentNode): boolean {
    let found = this.introspective.get(document);
    if (found === undefined) {
      found = false;
      visit(document, {
        Field: ({ name }) => void (found ||= name.value === '__schema' || name.value === '__type'),
      });
      this.introspective.set(document, found);
    }
    return found;
  }
}

interface ArmorOptions {
  readonly n: number;
  readonly flattenFragments?: boolean;
  readonly propagateOnRejection: boolean;
  readonly onReject: ((context: ValidationContext | null, error: GraphQLError) => void)[];
}

/** A rule that reports its error with our code; left to itself it throws out of the validation. */
function limitRule(
  rule: (options: ArmorOptions) => (context: ValidationContext) => ASTVisitor,
  n: number,
  options: Partial<ArmorOptions>,
): ValidationRule {
  return rule({
    ...options,
    n,
    propagateOnRejection: false,
    onReject: [
      (context, error) =>
        context!.reportError(
          new CodedError('TOO_COMPLEX', error.message.replace('Syntax Error: ', ''), { limit: n }),
        ),
    ],
  });
}
