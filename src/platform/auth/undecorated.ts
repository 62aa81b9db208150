import type { INestApplicationContext, Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { accessOf } from './allow.js';

/** Metadata keys of @nestjs/graphql and of Nest's routes; neither package exports them. */
const RESOLVER_TYPE = 'graphql:resolver_type';
const ROUTE_PATH = 'path';
const ROOT_TYPES = new Set(['Query', 'Mutation', 'Subscription']);

/**
 * Every root field and route of the application that carries neither `@Allow(…)` nor `@Public()`, as
 * `Class.method`. The guard refuses them to everybody; a test expects none.
 */
export function undecoratedRootFields(app: INestApplicationContext): string[] {
  const scanner = new MetadataScanner();
  const owners = [...app.get(ModulesContainer, { strict: false }).values()].flatMap((module) => [
    ...[...module.providers.values()].map((wrapper) => wrapper.instance as unknown),
    ...[...module.controllers.values()].map((wrapper) => wrapper.instance as unknown),
  ]);
  const open = owners.flatMap((instance) => {
    if (typeof instance !== 'object' || instance === null) return [];
    const owner = instance.constructor as Type;
    const prototype = Object.getPrototypeOf(instance) as Record<string, object> | null;
    return scanner
      .getAllMethodNames(prototype)
      .filter((name) => isRoot(prototype![name]!) && accessOf(prototype![name]!, owner) === undefined)
      .map((name) => `${owner.name}.${name}`);
  });
  return [...new Set(open)].sort();
}

function isRoot(method: object): boolean {
  const type = Reflect.getMetadata(RESOLVER_TYPE, method) as string | undefined;
  return (type !== undefined && ROOT_TYPES.has(type)) || Reflect.hasMetadata(ROUTE_PATH, method);
}
