import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings, type Settings } from '../src/platform/config/settings.js';
import type { Service } from '../src/main.js';
import { Ec2Emulator } from '../test/support/ec2-emulator/emulator.js';
import { Report, type ReportData } from '../src/clients/cli/import/report.js';
import { type AwsFindings, importAws } from '../src/clients/cli/import/import-aws.js';
import { ProgressBar } from '../src/clients/cli/import/progress.js';
import { Client } from '../src/clients/graphql/client.js';
import type { Operation } from '../src/clients/graphql/operation.js';
import { cloudOf } from './cloud.js';
import { commandsFor, type TryOut } from './commands.js';
import { discover, type Discovered, handOutFree } from './discover.js';
import { type DataFolder, openFolder } from './folder.js';
import { handOut, type HandedOut } from './hand-out.js';
import { COMPANY_POOL, figuresOf, makePools, type PoolFigures, REGIONS } from './pools.js';
import { SEED } from './sample-folder.js';
import { sampleNetwork } from './sample-network.js';

export interface DemoOptions {
  /** Default: CADASTRE_PORT, else a free one. */
  readonly port?: number;
  /** Data folder to keep; default: a scratch folder that goes when the demo stops. */
  readonly keep?: string;
  /** What `aws ec2 describe-vpcs` and `describe-subnets` printed. */
  readonly files: readonly string[];
  /** Emulates the cloud of the sample company and discovers it. */
  readonly discover: boolean;
  /** Of VPCs whose region no file tells. */
  readonly region: string | null;
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;
  /** Gives up a start that is under way: what has started is stopped, the folder removed. */
  readonly signal?: AbortSignal;
}

export interface Demo {
  readonly url: string;
  readonly token: string;
  /** Where the data lies, and whether it stays. */
  readonly folder: DataFolder;
  readonly pools: readonly PoolFigures[];
  /** Of the files; null without any. */
  readonly report: (AwsFindings & ReportData) | null;
  /** Of the emulated cloud; null without it. */
  readonly discovered: Discovered | null;
  /** Null where no pool had one. */
  readonly handedOut: HandedOut | null;
  readonly commands: readonly TryOut[];
  /** Rejects when the database ends by itself; never resolves. */
  readonly failed: Promise<never>;
  /** Stops the service and removes the scratch folder. Repeatable. */
  stop(): Promise<void>;
}

/** Starts the service on an embedded PostgreSQL and fills it over its own API. */
export async function startDemo(
  options: DemoOptions,
  { env, terminal, signal }: Surroundings,
): Promise<Demo> {
  const folder = openFolder(options.keep);
  const progress = new ProgressBar(terminal);
  let service: Service | undefined;
  let emulator: Ec2Emulator | undefined;
  const stop = async (): Promise<void> => {
    try {
      await service?.stop();
      await emulator?.close();
    } finally {
      folder.remove();
    }
  };
  try {
    if (options.discover) emulator = await Ec2Emulator.start(cloudOf(sampleNetwork(SEED)));
    const settings = settingsFor(options, folder, env, emulator);
    service = await start(settings, emulator);
    const { url, failed } = service;
    failed.catch(() => undefined);
    const token = settings.auth.adminToken ?? readFileSync(join(folder.path, 'admin-token'), 'utf8').trim();
    const client = new Client({ url, token, signal });
    await makePools(client);
    const { files } = options;
    const report = files.length > 0 ? await importFiles(client, options, progress) : null;
    const discovered = emulator ? await discover(client, progress, signal) : null;
    const handedOut = await (discovered
      ? handOutFree(client, Object.keys(REGIONS)[0]!, discovered.vpcs)
      : handOut(client, files));
    const commands = commandsFor({ url, token, ...(await heldNetwork(client)) });
    signal?.throwIfAborted();
    const pools = await figuresOf(client);
    return { url, token, folder, pools, report, discovered, handedOut, commands, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    progress.clear();
  }
}

/** What is discovered is not AWS but `emulator`; the SDK that asks it is the real one. */
async function start(settings: Settings, emulator: Ec2Emulator | undefined): Promise<Service> {
  // loaded here, so that wrong arguments and files are told before a second is spent on it
  const { startService } = await import('../src/main.js');
  const { AwsCloud, awsOptions } = await import('../src/features/inventory/ports/aws/aws-cloud.js');
  const identity = { accessKeyId: 'demo', secretAccessKey: 'demo' };
  const cloud = emulator && new AwsCloud({ ...awsOptions(settings.discovery), identity });
  return startService(settings, { isTTY: false, write: () => true }, { cloud });
}

async function importFiles(
  client: Client,
  { region, files }: DemoOptions,
  progress: ProgressBar,
): Promise<AwsFindings & ReportData> {
  const report = new Report(false, undefined);
  const found = await importAws(
    { ask: (operation, variables) => client.ask(operation, variables, { repeatable: true }) },
    files,
    { region, routingDomain: null, dryRun: false },
    report,
    progress,
  );
  return { ...found, ...report.data() };
}

function settingsFor(
  { port }: DemoOptions,
  { path }: DataFolder,
  env: Surroundings['env'],
  emulator: Ec2Emulator | undefined,
): Settings {
  return loadSettings({
    ...env,
    DATABASE_URL: undefined,
    CADASTRE_DATA: path,
    CADASTRE_PORT: port === undefined ? env['CADASTRE_PORT'] || '0' : String(port),
    CADASTRE_EXPLORER: env['CADASTRE_EXPLORER'] || 'on',
    CADASTRE_LOG_LEVEL: env['CADASTRE_LOG_LEVEL'] || 'warn',
    CADASTRE_SHUTDOWN_SECONDS: env['CADASTRE_SHUTDOWN_SECONDS'] || '3',
    // a single call per subnet less; whoever imports files has named no account
    ...(emulator
      ? { CADASTRE_AWS_ENDPOINT: emulator.url, CADASTRE_DISCOVERY_RESERVATION_HOURS: '0' }
      : { CADASTRE_DISCOVERY_MINUTES: '0' }),
  });
}

const FIRST_VPC: Operation<
  { allocations: { nodes: { cidr: string; pool: { name: string } }[] } },
  Record<string, never>
> = {
  kind: 'query',
  text: `query FirstVpc {
  allocations(filter: { status: [ALLOCATED], holder: { resourceType: "vpc" } }, first: 1) { nodes { cidr pool { name } } }
}`,
};

/** An address that a VPC holds, and the pool it comes from. */
async function heldNetwork(client: Client): Promise<{ pool: string; address: string }> {
  const { allocations } = await client.ask(FIRST_VPC, {});
  const [first] = allocations.nodes;
  return first
    ? { pool: first.pool.name, address: first.cidr.replace(/\.\d+\/\d+$/, '.7') }
    : { pool: COMPANY_POOL, address: '10.0.0.7' };
}
