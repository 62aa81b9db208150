import { InvalidSettingsError } from '../src/platform/config/settings.js';
import { HELP, readArguments, UsageError } from './arguments.js';
import { BadFilesError, readInventory } from './aws/describe-vpcs.js';
import { describeAdoption } from './aws/report.js';
import type { Demo } from './demo.js';
import { startDemo } from './demo.js';
import { table } from '../src/clients/cli/output/table.js';

const EXIT_USAGE = 2;

async function main(): Promise<number> {
  const { env } = process;
  // npm runs scripts in the package's folder; paths are meant from where npm was called
  const folder = (env['npm_lifecycle_event'] && env['INIT_CWD']) || process.cwd();
  const { help, json, exit, aws, region, ...options } = readArguments(process.argv.slice(2), folder);
  if (help) {
    console.log(HELP);
    return 0;
  }
  const inventory = aws.length > 0 ? readInventory(aws, region) : undefined;
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  let demo: Demo;
  try {
    demo = await startDemo(
      { ...options, inventory },
      { env, terminal: process.stderr, signal: stopping.signal },
    );
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    throw error;
  }
  try {
    console.log(json ? JSON.stringify(plain(demo)) : describe(demo, exit));
    if (!exit) await Promise.race([untilAborted(stopping.signal), demo.failed]);
  } finally {
    await demo.stop();
  }
  return demo.adoption && demo.adoption.refused.length > 0 && exit ? EXIT_USAGE : 0;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}

function plain({ url, token, folder, accounts, pools, adoption }: Demo): object {
  const allocations = pools.reduce((sum, pool) => sum + pool.allocated + pool.reserved + pool.quarantined, 0);
  const figures = { seconds: secondsSinceStart(), rssMiB: rssMiB() };
  return {
    url,
    explorer: `${url}/explorer`,
    token,
    folder: folder.path,
    accounts,
    allocations,
    pools,
    ...figures,
    ...(adoption && { aws: adoption }),
  };
}

function describe({ url, token, folder, accounts, pools, adoption, commands }: Demo, exit: boolean): string {
  const rows = pools.map((pool) => [
    pool.name,
    pool.cidrs.length > 1 ? `${pool.cidrs[0]} and ${pool.cidrs.length - 1} more` : pool.cidrs.join(),
    ...[pool.allocated, pool.reserved, pool.quarantined].map(String),
    `${(pool.utilization * 100).toFixed(1)} %`,
    pool.largestFreeBlock ?? '-',
  ]);
  const made = accounts > 0 ? `A company of ${accounts} accounts in 4 regions:` : 'What is registered:';
  return [
    [
      `Cadastre runs on ${url}`,
      `  explorer  ${url}/explorer`,
      `  token     ${token}`,
      `  data      ${folder.path} (${folder.kept ? 'kept' : 'removed at the end'})`,
      `  ready in  ${secondsSinceStart()} s, with ${rssMiB()} MiB`,
    ].join('\n'),
    ...(adoption ? [describeAdoption(adoption)] : []),
    `${made}\n${table(['pool', 'CIDR', 'allocated', 'reserved', 'in quarantine', 'used', 'largest free'], rows)}`,
    ...commands.map(({ title, command }) => `# ${title}\n${command}`),
    ...(exit ? [] : ['Ctrl-C stops it.']),
  ].join('\n\n');
}

function secondsSinceStart(): number {
  return Math.round(performance.now() / 100) / 10;
}

function rssMiB(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const expected =
      error instanceof UsageError || error instanceof BadFilesError || error instanceof InvalidSettingsError;
    console.error(expected ? error.message : error);
    process.exit(expected ? EXIT_USAGE : 1);
  },
);
