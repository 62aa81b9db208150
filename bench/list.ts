import type { Bench, Drill } from './harness/bench.js';

export interface Listed<Kind> {
  readonly name: string;
  readonly about: string;
  load(): Promise<Kind>;
}

export const BENCHES: readonly Listed<Bench>[] = [
  {
    name: 'allocate',
    about: 'allocations per second of the service layer, against one autocommit statement per request',
    load: async () => (await import('./allocate.bench.js')).allocate,
  },
  {
    name: 'allocate-http',
    about: 'CPU time of an allocation over HTTP, against a mutation that touches no database',
    load: async () => (await import('./allocate-http.bench.js')).allocateHttp,
  },
  {
    name: 'address',
    about: 'merge, parse, contains and longest match of up to a million prefixes, against npm and iprange',
    load: async () => (await import('./address.bench.js')).address,
  },
  {
    name: 'discovery',
    about:
      'CPU, memory and waiting of a full sweep of 300 accounts and regions, against the SDK alone (BENCH_ACCOUNTS: fewer)',
    load: async () => (await import('./discovery.bench.js')).discovery,
  },
  {
    name: 'import',
    about: 'CPU and memory of a million CSV rows, against COPY into a bare table (BENCH_ROWS: fewer rows)',
    load: async () => (await import('./import.bench.js')).importBench,
  },
  {
    name: 'registry',
    about:
      'waiting times of reads over HTTP on a register of three sizes, against their main statement sent bare',
    load: async () => (await import('./registry.bench.js')).registry,
  },
  {
    name: 'overlap',
    about:
      'overlaps among up to a million prefixes in 1,000 domains, against the indexed self-join of PostgreSQL',
    load: async () => (await import('./overlap.bench.js')).overlap,
  },
];

export const DRILLS: readonly Listed<Drill>[] = [
  {
    name: 'crash',
    about: 'kill -9 of the service or of all PostgreSQL processes under load: nothing acknowledged is lost',
    load: async () => (await import('./crash.drill.js')).crash,
  },
  {
    name: 'trees',
    about:
      'random operations on trees of pools, of 8 clients at 2 processes: everything is as the changes say',
    load: async () => (await import('./trees.drill.js')).trees,
  },
];
