import { formatColumns } from '../../src/address/index.js';
import pg from 'pg';
import { OracleError } from '../harness/bench.js';
import { MODULUS, type Pairs } from './pairs.js';
import type { Networks } from './world.js';

const JOIN = `
  SELECT count(*)::float8 AS count, coalesce(sum(a.id::bigint * b.id % ${MODULUS}), 0)::float8 AS checksum
  FROM network a JOIN network b ON a.prefix && b.prefix AND a.id < b.id AND a.domain <> b.domain`;

/** The same networks in PostgreSQL, with the index that its self-join needs. */
export class SelfJoin {
  private constructor(private readonly client: pg.Client) {}

  static async load(url: string, networks: Networks): Promise<SelfJoin> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('CREATE TABLE network (id int NOT NULL, domain int NOT NULL, prefix inet NOT NULL)');
    await client.query(
      'INSERT INTO network SELECT ordinality - 1, domain, prefix FROM unnest($1::int[], $2::inet[]) WITH ORDINALITY n (domain, prefix)',
      [[...networks.domains], formatColumns(networks.columns)],
    );
    await client.query('CREATE INDEX network_prefix ON network USING gist (prefix inet_ops)');
    await client.query('VACUUM (ANALYZE) network');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${JOIN}`);
    if (!rows.some((row) => row['QUERY PLAN'].includes('network_prefix')))
      throw new OracleError(
        `the self-join does not use its index: ${rows.map((row) => row['QUERY PLAN']).join('\n')}`,
      );
    return new SelfJoin(client);
  }

  async pairs(): Promise<Pairs> {
    const { rows } = await this.client.query<{ count: number; checksum: number }>(JOIN);
    return { count: rows[0]!.count, checksum: rows[0]!.checksum };
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
