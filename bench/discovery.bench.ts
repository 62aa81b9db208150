import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { company, LARGE_COMPANY } from '../test/support/ec2-emulator/company.js';
import { type EmulatorProcess, startEmulatorProcess } from '../test/support/ec2-emulator/process.js';
import { type Bench, type BenchOptions, type Figure, OracleError } from './harness/bench.js';
import { cpuSeconds } from './harness/cpu.js';
import { figureOf } from './harness/figure.js';
import { programArguments } from './harness/program.js';
import { makeScratchFolder } from './harness/scratch.js';
import { type BenchServer, startBenchServer } from './harness/server.js';
import { GraphqlClient } from './http/graphql.js';
import { startServiceProcess, TOKEN } from './http/service.js';

const run = promisify(execFile);
const ROLE = 'cadastre-discovery';
const ACCOUNTS = Number(process.env.BENCH_ACCOUNTS ?? LARGE_COMPANY.accounts);
const REGIONS = LARGE_COMPANY.regions;
const POLL_MS = 250;
const MOST_RSS_MB = 500;
const MOST_LAG_MS = 50;

interface Cost {
  readonly cpu: number;
  readonly note: string;
}

interface Swept {
  readonly first: Cost;
  readonly second: Cost;
  readonly counts: Readonly<Record<string, number>>;
  readonly rss: number;
  readonly lag: number;
}

/** A full sweep of a company's cloud: reading, storing and diffing, against the SDK alone reading the same pages. */
export const discovery: Bench = {
  async run(options: BenchOptions): Promise<readonly Figure[]> {
    const server = await startBenchServer();
    const folder = makeScratchFolder();
    const emulator = await startEmulatorProcess({ ...LARGE_COMPANY, seed: options.seed, accounts: ACCOUNTS });
    try {
      const sides = await interleaved(options, server, emulator, folder.path);
      return figures(sides);
    } finally {
      await emulator.stop();
      await server.stop();
      folder.remove();
    }
  },
};

async function interleaved(
  options: BenchOptions,
  server: BenchServer,
  emulator: EmulatorProcess,
  folder: string,
): Promise<{ ours: Swept[]; theirs: number[] }> {
  const accounts = company({ ...LARGE_COMPANY, seed: options.seed, accounts: ACCOUNTS }).accounts.map(
    ({ id }) => id,
  );
  const ours: Swept[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const swept = await sweepTwice(server, emulator, accounts, folder);
    const plain = await plainSdk(emulator, accounts);
    checkCounts(swept.counts, plain.counts);
    ours.push(swept);
    theirs.push(plain.cpuSeconds);
    options.say(
      `round ${round + 1}: sweep ${swept.first.cpu.toFixed(1)} s CPU (${swept.first.note}), again ${swept.second.cpu.toFixed(1)} s, SDK alone ${plain.cpuSeconds.toFixed(1)} s; RSS ${swept.rss.toFixed(0)} MB, event loop p99 ${swept.lag.toFixed(0)} ms`,
    );
  }
  return { ours, theirs };
}

function figures({ ours, theirs }: { ours: Swept[]; theirs: number[] }): Figure[] {
  const reference = 'the SDK alone, same pages, nothing stored';
  const cost = { unit: 's CPU', better: 'lower', theirs, reference } as const;
  const plain = { reference: null, theirs: null, ratio: null } as const;
  const rss = Math.max(...ours.map((swept) => swept.rss));
  const lag = Math.max(...ours.map((swept) => swept.lag));
  return [
    figureOf({
      ...cost,
      name: 'sweep',
      ours: ours.map(({ first }) => first.cpu),
      aim: 1,
      note: ours[0]!.first.note,
    }),
    figureOf({
      ...cost,
      name: 'sweep-again',
      ours: ours.map(({ second }) => second.cpu),
      note: `unchanged world: 0 version rows written; ${ours[0]!.second.note}`,
    }),
    {
      ...plain,
      name: 'rss',
      ours: Math.round(rss),
      unit: 'MB',
      aim: MOST_RSS_MB,
      met: rss < MOST_RSS_MB,
      note: 'peak of the service',
    },
    {
      ...plain,
      name: 'event-loop-p99',
      ours: Math.round(lag),
      unit: 'ms',
      aim: MOST_LAG_MS,
      met: lag < MOST_LAG_MS,
      note: 'while sweeping',
    },
  ];
}

async function sweepTwice(
  server: BenchServer,
  emulator: EmulatorProcess,
  accounts: readonly string[],
  folder: string,
): Promise<Swept> {
  const url = await server.createDatabase();
  const service = await startServiceProcess({
    dataFolder: join(folder, 'data'),
    databaseUrl: url,
    env: {
      CADASTRE_AWS_ENDPOINT: emulator.url,
      CADASTRE_DISCOVERY_MINUTES: '0',
      CADASTRE_DISCOVERY_ROLE: ROLE,
      // the bench is about cost, not about patience
      CADASTRE_DISCOVERY_CALLS_PER_SECOND: '100',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
  });
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  const client = new GraphqlClient(service.url, 1);
  try {
    await addAccounts(client, accounts);
    await server.checkpoint();
    await lagOf(service.url);
    const first = await costOf(client, service.pid, server.pid!);
    const lag = await lagOf(service.url);
    const rows = await versionRows(database);
    const second = await costOf(client, service.pid, server.pid!);
    const again = await versionRows(database);
    if (again !== rows)
      throw new OracleError(`a sweep of an unchanged world wrote ${again - rows} version rows`);
    return { first, second, counts: await countsOf(database), rss: peakRssMb(service.pid), lag };
  } finally {
    client.close();
    await database.end();
    await service.stop();
    await server.dropDatabase(url);
  }
}

async function addAccounts(client: GraphqlClient, accounts: readonly string[]): Promise<void> {
  const query = `mutation ($input: AddDiscoveryAccountsInput!) { added: addDiscoveryAccounts(input: $input) { __typename ... on Failure { message } } }`;
  const input = { accounts: accounts.map((account) => ({ account, regions: REGIONS })) };
  const { added } = await client.ask<{ added: { __typename: string; message?: string } }>({
    query,
    variables: { input },
  });
  if (added.message !== undefined) throw new Error(added.message);
}

/** CPU seconds of the service and of PostgreSQL from the start of a sweep to its end, reconciliation included. */
async function costOf(client: GraphqlClient, service: number, postgres: number): Promise<Cost> {
  const began = performance.now();
  const before = [cpuSeconds(service), cpuSeconds(postgres)] as const;
  const { sweep } = await client.ask<{ sweep: { id: string } }>({
    query: 'mutation { sweep: startSweep(input: {}) { ... on Sweep { id } ... on Failure { message } } }',
    variables: {},
  });
  const query =
    'query ($id: ID!) { sweep(id: $id) { state scopesFailed failedScopes { account region failures { message } } calls objects } }';
  for (;;) {
    await delay(POLL_MS);
    const { sweep: now } = await client.ask<{
      sweep: { state: string; scopesFailed: number; failedScopes: unknown; calls: string; objects: string };
    }>({ query, variables: { id: sweep.id } });
    if (now.state === 'RUNNING') continue;
    if (now.state !== 'DONE' || now.scopesFailed > 0)
      throw new OracleError(`the sweep is ${now.state}: ${JSON.stringify(now.failedScopes).slice(0, 500)}`);
    const used = [cpuSeconds(service) - before[0], cpuSeconds(postgres) - before[1]] as const;
    const wall = (performance.now() - began) / 1000;
    const note = `service ${used[0].toFixed(1)} + postgres ${used[1].toFixed(1)} s, ${wall.toFixed(0)} s wall, ${now.calls} calls, ${now.objects} objects`;
    return { cpu: used[0] + used[1], note };
  }
}

async function plainSdk(
  emulator: EmulatorProcess,
  accounts: readonly string[],
): Promise<{ counts: Record<string, number>; cpuSeconds: number }> {
  const task = JSON.stringify({ url: emulator.url, accounts, regions: REGIONS, role: ROLE });
  const { stdout } = await run(
    process.execPath,
    ['--no-warnings', ...programArguments('./discovery/plain-sdk.js', import.meta.url), task],
    { maxBuffer: 1 << 24 },
  );
  return JSON.parse(stdout) as { counts: Record<string, number>; cpuSeconds: number };
}

/** The oracle: what was stored is what the SDK sees. */
const SAME: Readonly<Record<string, string>> = {
  vpc: 'Vpcs',
  subnet: 'Subnets',
  route_table: 'RouteTables',
  vpc_peering: 'VpcPeeringConnections',
  transit_gateway: 'TransitGateways',
  transit_gateway_attachment: 'TransitGatewayAttachments',
  transit_gateway_route_table: 'TransitGatewayRouteTables',
  nat_gateway: 'NatGateways',
  network_interface: 'NetworkInterfaces',
};

function checkCounts(ours: Readonly<Record<string, number>>, theirs: Readonly<Record<string, number>>): void {
  for (const [kind, member] of Object.entries(SAME))
    if ((ours[kind] ?? 0) !== (theirs[member] ?? 0))
      throw new OracleError(`${ours[kind] ?? 0} of ${kind} are stored, the SDK sees ${theirs[member] ?? 0}`);
}

async function versionRows(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ n: string }>('SELECT count(*) AS n FROM observed_version');
  return Number(rows[0]!.n);
}

async function countsOf(database: pg.Client): Promise<Record<string, number>> {
  const { rows } = await database.query<{ kind: string; n: string }>(
    'SELECT kind::text AS kind, count(*) AS n FROM observed_version WHERE seen_to IS NULL GROUP BY kind',
  );
  return Object.fromEntries(rows.map(({ kind, n }) => [kind, Number(n)]));
}

/** 99th percentile of the event loop's delay since the last time it was asked, in milliseconds. */
async function lagOf(url: string): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const text = await answer.text();
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(text)?.[1] ?? NaN) * 1000;
}

function peakRssMb(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kilobytes) * 1024) / 1e6;
}
