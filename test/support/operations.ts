import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import {
  buildSchema,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  validate,
  visit,
} from 'graphql';

const SOURCES = 'src/clients/graphql/operations';

const CONFIG = {
  skipTypename: true,
  scalars: {
    ID: 'string',
    CIDR: 'string',
    IPAddress: 'string',
    BigInt: 'string',
    DateTime: 'string',
    JSON: 'unknown',
  },
  strictScalars: true,
  inlineFragmentTypes: 'combine',
  useTypeImports: true,
};

/** The operations of the clients as TypeScript: every one with its types, checked against the schema. */
export async function printOperations(schema: string): Promise<string> {
  const folder = join(process.cwd(), SOURCES);
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const document = parse(texts.join('\n'), { noLocation: true });
  const problems = validate(buildSchema(schema), document);
  if (problems.length > 0)
    throw new Error(`${SOURCES}: ${problems.map(({ message }) => message).join('; ')}`);
  const types = await codegen({
    filename: 'operations.ts',
    schema: parse(schema),
    documents: [{ document }],
    plugins: [{ typescriptOperations: {} }],
    pluginMap: { typescriptOperations },
    config: CONFIG,
  });
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  return [
    `// Printed from ${SOURCES} by \`npm run generate\`.`,
    `import type { Operation } from './operation.js';`,
    '',
    types.replace(/^\/\*\* Internal type.*\*\/\n/gm, ''),
    ...[...fragments.values()].map(
      (fragment) => `const ${constantFor(fragment)} = \`${print(fragment)}\`;\n`,
    ),
    ...operations.map((operation) => constantOf(operation, fragments)),
  ].join('\n');
}

function constantOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): string {
  const name = operation.name!.value;
  const kind = operation.operation;
  const types = `${name}${kind[0]!.toUpperCase()}${kind.slice(1)}`;
  const spread = [...spreadIn(operation, fragments)].map((fragment) => `\n\${${constantFor(fragment)}}`);
  return [
    `export const ${name[0]!.toLowerCase()}${name.slice(1)}: Operation<${types}, ${types}Variables> = {`,
    `  kind: '${kind}',`,
    `  text: \`${print(operation)}${spread.join('')}\`,`,
    '};',
    '',
  ].join('\n');
}

function constantFor({ name: { value } }: FragmentDefinitionNode): string {
  return `fragment${value}`;
}

/** The fragments that an operation needs, each once. */
function spreadIn(
  node: OperationDefinitionNode | FragmentDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  found = new Set<FragmentDefinitionNode>(),
): Set<FragmentDefinitionNode> {
  visit(node, {
    FragmentSpread: ({ name }) => {
      const fragment = fragments.get(name.value)!;
      if (found.has(fragment)) return;
      found.add(fragment);
      spreadIn(fragment, fragments, found);
    },
  });
  return found;
}
