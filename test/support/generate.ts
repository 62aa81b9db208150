import 'reflect-metadata';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DynamicModule, ForwardReference, Provider, Type } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AppModule } from '../../src/app.module.js';
import { settingsTable } from '../../src/platform/config/describe-settings.js';
import { loadSettings } from '../../src/platform/config/settings.js';
import { printSchema } from '../../src/platform/graphql/schema-options.js';
import { printOperations } from './operations.js';

/** A committed text that follows from the code. Paths are from the root of the repository, where this runs. */
export interface Generated {
  readonly path: string;
  readonly text: string;
}

/** `npm run generate`: everything that is derived and committed, as it should be. */
export async function generateAll(): Promise<Generated[]> {
  const schema = { path: 'src/clients/graphql/schema.graphql', text: await printSchema(providerClasses()) };
  const operations = { path: 'src/clients/graphql/operations.ts', text: await printOperations(schema.text) };
  const readme = settingsIn('README.md');
  return [schema, operations, ...(readme ? [readme] : [])];
}

/** Those that are not as they should be. */
export async function outdated(): Promise<Generated[]> {
  return (await generateAll()).filter(({ path, text }) => read(path) !== text);
}

/** Every class that the modules of the service provide; the resolvers are among them. Nothing is started. */
function providerClasses(): Type[] {
  const classes = new Set<Type>();
  const seen = new Set<unknown>();
  const visit = (given: ModuleLike): void => {
    const module = 'forwardRef' in given ? (given.forwardRef() as ModuleLike) : given;
    if (seen.has(module)) return;
    seen.add(module);
    if ('module' in module) visit(module.module);
    const { imports = [], providers = [] } = 'module' in module ? module : listsOf(module as Type);
    for (const provider of providers) if (typeof provider === 'function') classes.add(provider as Type);
    for (const imported of imports) visit(imported as ModuleLike);
  };
  visit(AppModule.of(loadSettings({}), {} as DataSource));
  return [...classes];
}

type ModuleLike = Type | DynamicModule | ForwardReference;
type Lists = { readonly imports?: readonly unknown[]; readonly providers?: readonly Provider[] };

function listsOf(module: Type): Lists {
  return {
    imports: Reflect.getMetadata('imports', module) as unknown[] | undefined,
    providers: Reflect.getMetadata('providers', module) as Provider[] | undefined,
  };
}

const TABLE = /(<!-- settings:begin -->\n)[^]*?(<!-- settings:end -->)/;

/** The file with the table of settings between its marks; null where there is no such file. */
function settingsIn(path: string): Generated | null {
  const text = read(path);
  if (text === null) return null;
  if (!TABLE.test(text))
    throw new Error(`${path} lacks the marks <!-- settings:begin --> and <!-- settings:end -->`);
  return {
    path,
    text: text.replace(TABLE, (_, begin: string, end: string) => `${begin}\n${settingsTable()}\n\n${end}`),
  };
}

function read(path: string): string | null {
  const file = join(process.cwd(), path);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

async function main(check: boolean): Promise<void> {
  for (const { path, text } of await outdated()) {
    if (check) {
      console.error(
        `${path} is not what the code says: run \`npm run generate\` and commit what it changed.`,
      );
      process.exitCode = 1;
    } else {
      writeFileSync(join(process.cwd(), path), text);
      console.log(`wrote ${path}`);
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await main(process.argv.includes('--check'));
