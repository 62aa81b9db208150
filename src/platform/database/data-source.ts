import pg from 'pg';
import { DataSource, type DataSourceOptions as TypeOrmOptions } from 'typeorm';

export interface DataSourceOptions {
  readonly url: string;
  readonly poolSize?: number;
  readonly entities?: TypeOrmOptions['entities'];
  readonly migrations?: TypeOrmOptions['migrations'];
  /** Seconds a statement may run before PostgreSQL cancels it. */
  readonly statementTimeoutSeconds?: number;
}

/**
 * Timestamps stay text, since a JavaScript Date has no microseconds; int8 becomes a number, since every
 * id, sequence and count here stays below 2^53.
 */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === pg.types.builtins.TIMESTAMPTZ) return (value: string) => value;
    if (oid === pg.types.builtins.INT8) return Number;
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

/** A TypeORM data source with this service's session settings. `synchronize` is off: migrations make the schema. */
export function createDataSource(options: DataSourceOptions): DataSource {
  const { url, poolSize = 10, entities = [], migrations = [], statementTimeoutSeconds = 60 } = options;
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    entities,
    migrations,
    synchronize: false,
    // no extension is needed, and TypeORM would install btree_gist for any exclusion
    installExtensions: false,
    migrationsTransactionMode: 'each',
    applicationName: 'cadastre',
    connectTimeoutMS: 10_000,
    // a session that is stuck must not hold a pool's lock for ever
    extra: {
      types,
      // statements that do not wait for each other travel together; who awaits each sees no difference
      pipeline: true,
      options: [
        '-c timezone=UTC',
        '-c datestyle=ISO',
        `-c statement_timeout=${statementTimeoutSeconds}s`,
        '-c lock_timeout=20s',
        '-c idle_in_transaction_session_timeout=30s',
      ].join(' '),
    },
  });
}
