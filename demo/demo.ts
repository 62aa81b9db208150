import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings, type Settings } from '../src/platform/config/settings.js';
import type { Service } from '../src/main.js';
import { Report, type ReportData } from '../src/clients/cli/import/report.js';
import { type AwsFindings, importAws } from '../src/clients/cli/import/import-aws.js';
import { ProgressBar } from '../src/clients/cli/import/progress.js';
import { Client } from '../src/clients/graphql/client.js';
import type { Operation } from '../src/clients/graphql/operation.js';
import { commandsFor, type TryOut } from './commands.js';
import { type DataFolder, openFolder } from './folder.js';
import { handOut, type HandedOut } from './hand-out.js';
import { COMPANY_POOL, figuresOf, makePools, type PoolFigures } from './pools.js';

export interface DemoOptions {
  /** Default: CADASTRE_PORT, else a free one. */
  readonly port?: number;
  /** Data folder to keep; default: a scratch folder that goes when the demo stops. */
  readonly keep?: string;
  /** What `aws ec2 describe-vpcs` and `describe-subnets` printed. */
  readonly files: readonly string[];
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
  readonly report: AwsFindings & ReportData;
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
  const stop = async (): Promise<void> => {
    try {
      await service?.stop();
    } finally {
      folder.remove();
    }
  };
  try {
    const settings = settingsFor(options, folder, env);
    // loaded here, so that wrong arguments and files are told before a second is spent on it
    const { startService } = await import('../src/main.js');
    service = await startService(settings, { isTTY: false, write: () => true });
    const { url, failed } = service;
    failed.catch(() => undefined);
    const token = settings.auth.adminToken ?? readFileSync(join(folder.path, 'admin-token'), 'utf8').trim();
    const client = new Client({ url, token, signal });
    await makePools(client);
    const report = new Report(false, undefined);
    const { region, files } = options;
    const found = await importAws(
      { ask: (operation, variables) => client.ask(operation, variables, { repeatable: true }) },
      files,
      { region, routingDomain: null, dryRun: false },
      report,
      progress,
    );
    const handedOut = await handOut(client, files);
    const commands = commandsFor({ url, token, ...(await heldNetwork(client)) });
    signal?.throwIfAborted();
    return {
      url,
      token,
      folder,
      pools: await figuresOf(client),
      report: { ...found, ...report.data() },
      handedOut,
      commands,
      failed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    progress.clear();
  }
}

function settingsFor({ port }: DemoOptions, { path }: DataFolder, env: Surroundings['env']): Settings {
  return loadSettings({
    ...env,
    DATABASE_URL: undefined,
    CADASTRE_DATA: path,
    CADASTRE_PORT: port === undefined ? env['CADASTRE_PORT'] || '0' : String(port),
    CADASTRE_EXPLORER: env['CADASTRE_EXPLORER'] || 'on',
    CADASTRE_LOG_LEVEL: env['CADASTRE_LOG_LEVEL'] || 'warn',
    CADASTRE_SHUTDOWN_SECONDS: env['CADASTRE_SHUTDOWN_SECONDS'] || '3',
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
