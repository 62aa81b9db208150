import {
  astFromValue,
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isObjectType,
  print,
} from 'graphql';

export type RootKind = 'query' | 'mutation' | 'subscription';

/** All root fields of a schema, each with the operation that it belongs to. */
export function rootFields(
  schema: GraphQLSchema,
): { kind: RootKind; field: GraphQLField<unknown, unknown> }[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const;
  return roots.flatMap(([kind, type]) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({ kind, field })),
  );
}

/**
 * A document that asks one root field for all that it has, `depth` levels down, with a variable per argument. What
 * costs extra is asked of the thing itself only, not of what it refers to.
 */
export function documentFor(schema: GraphQLSchema, name: string, depth: number): string {
  const found = rootFields(schema).find(({ field }) => field.name === name);
  if (!found) throw new Error(`the schema has no root field ${name}`);
  const { kind, field } = found;
  const declared = field.args.map((arg) => `$${arg.name}: ${arg.type}${defaultOf(arg)}`).join(', ');
  const passed = field.args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const [variables, args] = declared === '' ? ['', ''] : [`(${declared})`, `(${passed})`];
  return `${kind} ${name}${variables} { ${name}${args} ${selectionOf(schema, field.type, depth, true)} }`;
}

function defaultOf({ defaultValue, type }: GraphQLArgument): string {
  return defaultValue === undefined ? '' : ` = ${print(astFromValue(defaultValue, type)!)}`;
}

/** An answer under the names of the schema: takes away the aliases that `documentFor` had to give. */
export function withoutAliases(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAliases);
  if (typeof value !== 'object' || value === null) return value;
  const plain = Object.entries(value).map(([key, inner]) => [
    key.replace(/^\w+__as_/, ''),
    withoutAliases(inner),
  ]);
  return Object.fromEntries(plain);
}

function selectionOf(
  schema: GraphQLSchema,
  output: GraphQLOutputType,
  depth: number,
  itself: boolean,
): string {
  const type = getNamedType(output);
  if (isAbstractType(type)) {
    const members = schema.getPossibleTypes(type);
    const parts = members.map(
      (member) => `... on ${member.name} { ${fieldsOf(schema, member, depth, itself, members)} }`,
    );
    return `{ __typename ${parts.join(' ')} }`;
  }
  return isObjectType(type) ? `{ __typename ${fieldsOf(schema, type, depth, itself, [])} }` : '';
}

/** `members`: of one union, whose fields of one name and different types cannot stand side by side. */
function fieldsOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  depth: number,
  itself: boolean,
  members: readonly GraphQLObjectType[],
): string {
  return Object.values(type.getFields())
    .filter((field) => depth > 1 || isLeafType(getNamedType(field.type)))
    .filter((field) => itself || field.extensions['complexity'] === undefined)
    .map((field) => {
      const differs = members.some((member) => {
        const other = member.getFields()[field.name];
        return other && String(other.type) !== String(field.type);
      });
      const alias = differs ? `${type.name}__as_${field.name}: ` : '';
      return `${alias}${field.name} ${selectionOf(schema, getNullableType(field.type), depth - 1, false)}`;
    })
    .join(' ');
}
