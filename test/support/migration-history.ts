import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/platform/database/data-source.js';

type Classes = (new () => object)[];

/** A data source on `url` with all migrations and all entities, found by where they lie. */
export async function completeDataSource(url: string): Promise<DataSource> {
  const entities = files('src').filter((file) => /(\.entity|\/entities)\.ts$/.test(file));
  const dataSource = createDataSource({
    url,
    poolSize: 2,
    entities: await classesIn(entities),
    migrations: await classesIn(files('migrations')),
  });
  // else TypeORM creates btree_gist where an entity has an exclusion constraint; the migrations need no extension
  dataSource.setOptions({ installExtensions: false });
  return dataSource.initialize();
}

/** Undoes the migration called `name` and all after it. */
export async function undoFrom(dataSource: DataSource, name: string): Promise<void> {
  const executed = () => dataSource.query<unknown[]>('SELECT FROM migrations WHERE name = $1', [name]);
  while ((await executed()).length > 0) await dataSource.undoLastMigration();
}

async function classesIn(paths: readonly string[]): Promise<Classes> {
  const modules = await Promise.all(
    paths.map((path) => import(`../../${path}`) as Promise<Record<string, unknown>>),
  );
  return modules.flatMap((module) =>
    Object.values(module).filter((value) => typeof value === 'function'),
  ) as Classes;
}

function files(folder: string): string[] {
  return readdirSync(join(process.cwd(), folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(process.cwd().length + 1))
    .sort();
}
