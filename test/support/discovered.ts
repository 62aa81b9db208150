import { ALLOCATION_CHECKS } from '../../src/features/allocation/index.js';
import { type Cloud, INVENTORY_CHECKS } from '../../src/features/inventory/index.js';
import type { Database } from '../../src/platform/database/database.js';
import { FsckRegistry } from '../../src/platform/ops/fsck.js';
import { OWN_KEY } from './ec2-emulator/client.js';
import { bootService, type Data, expectType } from './service.js';
import { until } from './until.js';

const SWEEP_SECONDS = 60;
const REGION = 'eu-west-1';

/** What a process needs to read the cloud at `endpoint` through the SDK, and only when it is asked to. */
export function discoveryEnv(endpoint: string): Record<string, string> {
  return {
    CADASTRE_AWS_ENDPOINT: endpoint,
    CADASTRE_DISCOVERY_ROLE: 'Cadastre',
    CADASTRE_DISCOVERY_MINUTES: '0',
    CADASTRE_DISCOVERY_CALLS_PER_SECOND: '100',
    CADASTRE_DISCOVERY_TIMEOUT_SECONDS: '2',
    CADASTRE_DISCOVERY_RESERVATION_HOURS: '24',
  };
}

/** The SDK's own credentials while the returned function was not called. */
export function withKeys(): () => void {
  const given = { AWS_ACCESS_KEY_ID: OWN_KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: OWN_KEY.secretAccessKey };
  const before = Object.keys(given).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, given);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** The whole service, which discovers the cloud at `endpoint` through the real SDK (or `cloud`) when a test says so. */
export async function bootDiscovery(
  endpoint: string,
  { env = {}, cloud }: { env?: Record<string, string>; cloud?: Cloud } = {},
) {
  const restoreKeys = withKeys();
  const service = await bootService({ env: { ...discoveryEnv(endpoint), ...env }, cloud });

  const start = async (...accounts: readonly string[]): Promise<string> =>
    expectType('Sweep', await service.call('startSweep', { input: { accounts } })).id;

  return {
    ...service,

    async discover(account: string, regions: readonly string[] = [REGION]): Promise<void> {
      const input = { accounts: [{ account, regions }] };
      expectType('DiscoveryAccounts', await service.call('addDiscoveryAccounts', { input }));
    },

    /** A minute later: sweeps these accounts, or all, to the end. */
    async sweep(...accounts: readonly string[]): Promise<Data> {
      await service.travel(SWEEP_SECONDS);
      const id = await start(...accounts);
      return until(
        'the end of the sweep',
        async () => {
          const sweep = await service.call('sweep', { id });
          return sweep.state !== 'RUNNING' && sweep;
        },
        60,
      );
    },

    /** The instant that the database is at. */
    async now(): Promise<string> {
      const [row] = await service.database.query<{ now: string }>(
        `SELECT to_char(cadastre_now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS now`,
      );
      return row!.now;
    },

    async stop(): Promise<void> {
      await service.stop();
      restoreKeys();
    },
  };
}

export type DiscoveringService = Awaited<ReturnType<typeof bootDiscovery>>;

/** What `cadastre fsck` finds, over all features, in sentences. */
export async function fsckFindings(database: Database): Promise<string[]> {
  const registry = new FsckRegistry();
  for (const check of [...ALLOCATION_CHECKS, ...INVENTORY_CHECKS]) registry.register(check);
  const found: string[] = [];
  for await (const { check, findings } of registry.run(database))
    found.push(...findings.map(({ subject, message }) => `${check}: ${subject}: ${message}`));
  return found;
}
