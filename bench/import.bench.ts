import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Bench, type BenchOptions, type Figure, OracleError } from './harness/bench.js';
import { cpuSeconds } from './harness/cpu.js';
import { figureOf } from './harness/figure.js';
import { makeScratchFolder } from './harness/scratch.js';
import { type BenchServer, startBenchServer } from './harness/server.js';
import { GraphqlClient } from './http/graphql.js';
import { startServiceProcess } from './http/service.js';
import { runCli } from './import/cli-process.js';
import { copyLine, IMPORT_HEADER, importLine, POOLS, rowsOf, writeLines } from './import/rows.js';

const ROWS = Number(process.env.BENCH_ROWS ?? 1_000_000);
const MOST_RSS_MB = 300;
const AIM_CPU = 0.2;

interface Cost {
  /** CPU seconds of everything that worked. */
  readonly cpu: number;
  readonly note: string;
}

/** Rows of a CSV file in the register, against COPY of the same rows into a bare table. */
export const importBench: Bench = {
  async run(options) {
    const server = await startBenchServer();
    const scratch = makeScratchFolder();
    const folder = `${scratch.path}-rows`;
    try {
      if (server.pid === null)
        throw new Error('The database runs on another machine: its CPU time cannot be read from here.');
      mkdirSync(folder, { recursive: true });
      // the server reads the rows, too
      for (const each of [dirname(folder), folder]) chmodSync(each, 0o755);
      options.say(`${server.description}, up to ${ROWS.toLocaleString('en')} rows`);
      return await new Runs(server, folder, options).figures();
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
      scratch.remove();
    }
  },
};

class Runs {
  private readonly ours = new Map<number, number[]>();
  private readonly theirs = new Map<number, number[]>();
  private readonly rss = new Map<number, number[]>();
  private lastNote = '';

  constructor(
    private readonly server: BenchServer,
    private readonly folder: string,
    private readonly options: BenchOptions,
  ) {}

  async figures(): Promise<Figure[]> {
    const sizes = [ROWS / 100, ROWS / 10, ROWS].map(Math.round);
    for (const size of sizes) {
      // the largest takes minutes, and its spread is that of the smaller ones
      const rounds = size === ROWS ? 1 : Math.min(this.options.rounds, 3);
      for (let round = 0; round < rounds; round++) await this.round(size);
    }
    const each = (of: ReadonlyMap<number, number[]>, size: number): number[] =>
      of.get(size)!.map((seconds) => (seconds * 1e6) / size);
    const figures = [
      figureOf({
        name: 'cpu',
        unit: 'us CPU per row, CLI, service and postgres',
        ours: each(this.ours, ROWS),
        theirs: each(this.theirs, ROWS),
        reference:
          'COPY of the same rows into a bare table with the same SP-GiST exclusion constraint, postgres alone',
        better: 'lower',
        aim: AIM_CPU,
        note: `${ROWS} rows, ${this.lastNote}`,
      }),
      figureOf({
        name: 'rss',
        unit: 'MB, peak of the CLI process',
        ours: this.rss.get(ROWS)!,
        theirs: [MOST_RSS_MB],
        reference: 'limit',
        better: 'lower',
        aim: 1,
      }),
      ...sizes.map((size) =>
        figureOf({
          name: `growth-${size}`,
          unit: 'us CPU per row, CLI, service and postgres',
          ours: each(this.ours, size),
          better: 'lower',
          note: `COPY ${each(this.theirs, size)
            .map((us) => us.toFixed(1))
            .join(', ')} us; CLI ${Math.max(...this.rss.get(size)!).toFixed(0)} MB`,
        }),
      ),
    ];
    return figures.filter(({ name }) => this.options.wants(name));
  }

  private async round(size: number): Promise<void> {
    const { seed, say } = this.options;
    const csv = join(this.folder, 'rows.csv');
    const copy = join(this.folder, 'copy.csv');
    await writeLines(csv, withHeader(IMPORT_HEADER, rowsOf(size, seed), importLine));
    await writeLines(copy, mapped(rowsOf(size, seed), copyLine));
    const imported = await this.import(size, csv);
    const copied = await this.copy(copy);
    if (imported.checksum !== copied.checksum)
      throw new OracleError(`the register has ${imported.checksum}, the copy ${copied.checksum}`);
    push(this.ours, size, imported.cpu);
    push(this.theirs, size, copied.cpu);
    push(this.rss, size, imported.rss);
    this.lastNote = imported.note;
    say(
      `  ${size} rows: ours ${imported.cpu.toFixed(1)} s CPU (${imported.note}), CLI ${imported.rss.toFixed(0)} MB; COPY ${copied.cpu.toFixed(1)} s`,
    );
  }

  private async import(size: number, csv: string): Promise<Cost & { rss: number; checksum: string }> {
    const url = await this.server.createDatabase();
    const database = new pg.Client({ connectionString: url });
    await database.connect();
    const service = await startServiceProcess({ dataFolder: join(this.folder, 'data'), databaseUrl: url });
    try {
      await createPools(service.url);
      await this.server.checkpoint();
      const before = [cpuSeconds(service.pid), cpuSeconds(this.server.pid!)] as const;
      const cli = await runCli(service.url, 'import', 'csv', csv, '--json');
      // publishing is part of what a row costs
      while ((await count(database, 'outbox')) > 0) await delay(50);
      const inService = cpuSeconds(service.pid) - before[0];
      const inPostgres = cpuSeconds(this.server.pid!) - before[1];
      const { counts } = JSON.parse(cli.stdout) as { counts: { adopted: number } };
      if (counts.adopted !== size) throw new OracleError(`${counts.adopted} of ${size} rows were adopted`);
      const us = (seconds: number): string => ((seconds * 1e6) / size).toFixed(0);
      return {
        cpu: cli.cpuSeconds + inService + inPostgres,
        rss: cli.peakRssMb,
        note: `CLI ${us(cli.cpuSeconds)} + service ${us(inService)} + postgres ${us(inPostgres)} us, ${cli.wallSeconds.toFixed(0)} s wall`,
        checksum: await checksum(database, 'allocation'),
      };
    } finally {
      await service.stop();
      await database.end();
      await this.server.dropDatabase(url);
    }
  }

  private async copy(file: string): Promise<Cost & { checksum: string }> {
    const url = await this.server.createDatabase();
    const database = new pg.Client({ connectionString: url });
    await database.connect();
    try {
      await database.query(
        `CREATE TABLE bare (pool_id int, cidr cidr, key text, description text, holder jsonb, tags jsonb,
           EXCLUDE USING spgist (allocation_key(pool_id, cidr) inet_ops WITH &&))`,
      );
      await this.server.checkpoint();
      const before = cpuSeconds(this.server.pid!);
      await database.query(`COPY bare FROM '${file.replaceAll("'", "''")}' (FORMAT csv)`);
      const cpu = cpuSeconds(this.server.pid!) - before;
      return { cpu, note: '', checksum: await checksum(database, 'bare') };
    } finally {
      await database.end();
      await this.server.dropDatabase(url);
    }
  }
}

async function createPools(url: string): Promise<void> {
  const client = new GraphqlClient(url, 1);
  const query = `mutation ($input: CreatePoolInput!) { createPool(input: $input) { ... on Pool { id } ... on Failure { message } } }`;
  for (const [index, cidr] of POOLS.entries()) {
    const input = { name: `pool ${index}`, cidrs: [cidr] };
    const { createPool } = await client.ask<{ createPool: { id?: string; message?: string } }>({
      query,
      variables: { input },
    });
    if (!createPool.id) throw new Error(createPool.message);
  }
  client.close();
}

async function count(database: pg.Client, from: string): Promise<number> {
  const { rows } = await database.query<{ n: string }>(`SELECT count(*) AS n FROM ${from}`);
  return Number(rows[0]!.n);
}

/** Number of rows, and a sum of what they register. */
async function checksum(database: pg.Client, table: string): Promise<string> {
  const { rows } = await database.query<{ sum: string }>(
    `SELECT count(*) || ' rows, ' || md5(string_agg(cidr || ' ' || key || ' ' || description || ' ' || holder::text || tags::text, ',' ORDER BY cidr)) AS sum FROM ${table}`,
  );
  return rows[0]!.sum;
}

function* mapped<In, Out>(items: Iterable<In>, work: (item: In) => Out): Iterable<Out> {
  for (const item of items) yield work(item);
}

function* withHeader<In>(header: string, items: Iterable<In>, work: (item: In) => string): Iterable<string> {
  yield header;
  yield* mapped(items, work);
}

function push(to: Map<number, number[]>, size: number, value: number): void {
  to.set(size, [...(to.get(size) ?? []), value]);
}
