import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type BuildSchemaOptions, GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema as print } from 'graphql';
import { BigIntScalar } from './scalars.js';

const buildSchemaOptions: BuildSchemaOptions = {
  numberScalarMode: 'integer',
  scalarsMap: [{ type: BigInt as unknown as Type, scalar: BigIntScalar }],
};

/** What the served schema and the printed one share. */
export const SCHEMA_OPTIONS = { sortSchema: true, buildSchemaOptions } as const;

/**
 * The schema in SDL, sorted, ending in a newline: what `src/clients/graphql/schema.graphql` holds. Made from the
 * decorators of the resolver classes; nothing of the application is started.
 */
export async function printSchema(resolvers: readonly Type[]): Promise<string> {
  const app = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  try {
    const schema = await app.get(GraphQLSchemaFactory).create([...resolvers], [], buildSchemaOptions);
    return `${print(lexicographicSortSchema(schema))}\n`;
  } finally {
    await app.close();
  }
}
