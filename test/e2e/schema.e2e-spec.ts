import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { undecoratedRootFields } from '../../src/platform/auth/undecorated.js';
import { generateAll, outdated } from '../support/generate.js';
import { bootService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => (service = await bootService()));
afterAll(() => service.stop());

const COMMITTED = 'src/clients/graphql/schema.graphql';

it('is the same in the running service and in what is generated, so that no resolver is forgotten', async () => {
  const generated = (await generateAll()).find(({ path }) => path === COMMITTED)!.text;
  expect(generated).toBe(`${printSchema(lexicographicSortSchema(service.schema))}\n`);
});

it('is committed, as is everything that is generated: `npm run generate`', async () => {
  expect((await outdated()).map(({ path }) => path)).toEqual([]);
});

it('leaves no root field and no route without a role', () => {
  expect(undecoratedRootFields(service.app)).toEqual([]);
});

it('describes every type, field, argument and enum value', () => {
  const ours = Object.values(service.schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type) && !isRoot(type),
  );
  const roots = Object.values(service.schema.getTypeMap()).filter(isRoot);
  const bare = [
    ...ours.flatMap((type) => [[type.name, type.description] as Described, ...partsOf(type)]),
    ...roots.flatMap(partsOf),
  ]
    .filter(([, description]) => !description?.trim())
    .map(([name]) => name);
  expect(bare).toEqual([]);
});

it('answers every mutation with one kind of result or a Failure', () => {
  const unions = Object.values(service.schema.getTypeMap()).filter(isUnionType);
  expect(unions.length).toBeGreaterThan(10);
  for (const union of unions) {
    const results = union
      .getTypes()
      .filter((type) => !type.getInterfaces().some(({ name }) => name === 'Failure'));
    expect([union.name, results.length]).toEqual([union.name, 1]);
  }
});

type Described = readonly [name: string, description: string | null | undefined];

function isRoot(type: GraphQLNamedType): boolean {
  const { schema } = service;
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].some(
    (root) => root === type,
  );
}

function partsOf(type: GraphQLNamedType): Described[] {
  if (isEnumType(type))
    return type.getValues().map((value) => [`${type.name}.${value.name}`, value.description]);
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field.description]);
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field): Described[] => [
    [`${type.name}.${field.name}`, field.description],
    ...field.args.map((arg): Described => [`${type.name}.${field.name}(${arg.name})`, arg.description]),
  ]);
}
