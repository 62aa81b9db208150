import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings, type Settings } from '../src/platform/config/settings.js';
import type { Service } from '../src/main.js';
import { adoptVpcs, type AdoptionReport } from './aws/adopt.js';
import type { Inventory } from './aws/describe-vpcs.js';
import { Client } from './client.js';
import { commandsFor, type TryOut } from './commands.js';
import { fill } from './fill.js';
import { type DataFolder, openFolder } from './folder.js';
import { figuresOf, GLOBAL_POOL, makePools, type PoolFigures } from './pools.js';
import { Progress } from '../src/clients/cli/output/progress.js';
import { sampleNetwork } from './sample-network.js';

export interface DemoOptions {
  /** Default: CADASTRE_PORT, else a free one. */
  readonly port?: number;
  /** Data folder to keep; default: a scratch folder that goes when the demo stops. */
  readonly keep?: string;
  /** Whether the sample network is registered. */
  readonly sample: boolean;
  /** What to adopt. */
  readonly inventory?: Inventory;
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
  /** Of the sample network; 0 where it was not made or was there before. */
  readonly accounts: number;
  readonly pools: readonly PoolFigures[];
  readonly adoption: AdoptionReport | null;
  readonly commands: readonly TryOut[];
  /** Rejects when the database ends by itself; never resolves. */
  readonly failed: Promise<never>;
  /** Stops the service and removes the scratch folder. Repeatable. */
  stop(): Promise<void>;
}

const SEED = 42;

/** Starts the service on an embedded PostgreSQL and fills it over its own API. */
export async function startDemo(
  options: DemoOptions,
  { env, terminal, signal }: Surroundings,
): Promise<Demo> {
  const folder = openFolder(options.keep);
  const progress = new Progress(terminal);
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
    const client = new Client(url, token, signal);
    const isNew = await makePools(client);
    const sample = options.sample && isNew ? sampleNetwork(SEED) : null;
    if (sample) await fill(client, sample, progress);
    const adoption = options.inventory ? await adoptVpcs(client, options.inventory, progress) : null;
    const pools = await figuresOf(client);
    const commands = commandsFor({ url, token, pool: GLOBAL_POOL, address: await heldAddress(client) });
    signal?.throwIfAborted();
    return {
      url,
      token,
      folder,
      accounts: sample?.accounts.length ?? 0,
      pools,
      adoption,
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

/** In the middle of the first network of the GLOBAL pool. */
async function heldAddress(client: Client): Promise<string> {
  const { allocations } = await client.ask<{ allocations: { nodes: { cidr: string }[] } }>(
    `query First($pool: ID!) { allocations(filter: { pool: $pool, status: [ALLOCATED] }, first: 1) { nodes { cidr } } }`,
    { pool: GLOBAL_POOL },
  );
  const [first] = allocations.nodes;
  return first ? first.cidr.replace(/\.0\/\d+$/, '.7') : '100.64.0.7';
}
