import { InvalidSettingsError } from '../src/platform/config/settings.js';
import { HELP, readArguments, UsageError } from './arguments.js';
import { UsageError as BadFileError } from '../src/clients/cli/errors.js';
import { describeReport } from '../src/clients/cli/import/summary.js';
import type { Demo } from './demo.js';
import { startDemo } from './demo.js';
import { describeDiscovered } from './discover.js';
import { table } from '../src/clients/cli/output/table.js';

const EXIT_USAGE = 2;

async function main(): Promise<number> {
  const { env } = process;
  // npm runs scripts in the package's folder; paths are meant from where npm was called
  const folder = (env['npm_lifecycle_event'] && env['INIT_CWD']) || process.cwd();
  const { help, json, exit, aws, sample, ...options } = readArguments(process.argv.slice(2), folder);
  if (help) {
    console.log(HELP);
    return 0;
  }
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  let demo: Demo;
  try {
    demo = await startDemo(
      { ...options, files: aws, discover: sample },
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
  return 0;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}

function plain({ url, token, folder, pools, report, discovered, handedOut }: Demo): object {
  return {
    url,
    explorer: `${url}/explorer`,
    token,
    folder: folder.path,
    seconds: secondsSinceStart(),
    rssMiB: rssMiB(),
    pools,
    import: report,
    discovered,
    handedOut,
  };
}

function describe(demo: Demo, exit: boolean): string {
  const { url, token, folder, pools, report, discovered, handedOut, commands } = demo;
  const rows = pools.map((pool) => [
    '  '.repeat(pool.depth) + pool.name,
    pool.cidrs.length > 2 ? `${pool.cidrs[0]} and ${pool.cidrs.length - 1} more` : pool.cidrs.join(', '),
    String(pool.allocations),
    `${(pool.utilization * 100).toFixed(1)} %`,
    pool.largestFreeBlock ?? '-',
  ]);
  return [
    [
      `Cadastre runs on ${url}`,
      `  explorer  ${url}/explorer`,
      `  token     ${token}`,
      `  data      ${folder.path} (${folder.kept ? 'kept' : 'removed at the end'})`,
      `  ready in  ${secondsSinceStart()} s, with ${rssMiB()} MiB`,
    ].join('\n'),
    ...(report
      ? [`Imported ${report.vpcs} VPCs and ${report.subnets} subnets:\n${describeReport(report, undefined)}`]
      : []),
    ...(discovered ? [describeDiscovered(discovered)] : []),
    `Every VPC that was adopted is a pool for its subnets. The pools above them:\n${table(['pool', 'CIDR', 'allocations', 'used', 'largest free'], rows)}`,
    handedOut
      ? `New: ${handedOut.cidr} of the pool ${handedOut.pool} is yours (${handedOut.allocation}). It overlaps none of the ${handedOut.avoided} ${discovered ? 'VPCs that were discovered' : 'CIDRs of VPCs in these files'}.`
      : 'No pool has a new CIDR that overlaps nothing in these files.',
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
      error instanceof UsageError || error instanceof BadFileError || error instanceof InvalidSettingsError;
    console.error(expected ? error.message : error);
    process.exit(expected ? EXIT_USAGE : 1);
  },
);
