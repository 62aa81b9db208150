import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { socketUrl } from '../../src/platform/database/embedded/socket-folder.js';
import { treeOf } from '../harness/processes.js';
import { GraphqlClient, GraphqlErrors } from '../http/graphql.js';
import { startServiceProcess } from '../http/service.js';
import { type Acknowledged, acknowledgedIn, type Answer, type Asked, requestOf } from './request.js';

/** No answer came, or one that says that it may have happened. */
export class UnansweredError extends Error {
  override name = 'UnansweredError';
}

/** A running service with its own database, that can be asked, and killed. */
export interface Target {
  /** Of its database. */
  readonly databaseUrl: string;
  /** Null where it was refused; throws UnansweredError. */
  ask(command: Asked): Promise<Acknowledged | null>;
  /** SIGKILL, and nothing else, to the victim's processes. */
  kill(victim: Victim): void;
  /** Resolves when the service has ended; kills it where it still runs. */
  gone(): Promise<void>;
  stop(): Promise<void>;
}

export const VICTIMS = ['service', 'postgres'] as const;
export type Victim = (typeof VICTIMS)[number];

/** Clients cannot tell whether anything happened. */
const UNKNOWN = ['UNAVAILABLE', 'INTERNAL'];
const POOL = 'drill';

/** The service on an embedded server in `dataFolder`, asked over HTTP. */
export async function startTarget(
  dataFolder: string,
  poolCidr: string,
  connections: number,
): Promise<Target> {
  const service = await startServiceProcess({ dataFolder });
  const lock = readPostmasterLock(dataFolder);
  const client = new GraphqlClient(service.url, connections);
  const poolId = await findOrMakePool(client, poolCidr).catch(async (error: unknown) => {
    await service.stop();
    throw error;
  });
  const kill = (victim: Victim): void => {
    for (const pid of victim === 'service' ? [service.pid] : treeOf(lock.pid)) killIfThere(pid);
  };
  return {
    databaseUrl: lock.url,
    async ask(command) {
      try {
        return acknowledgedIn(await client.ask<Answer>(requestOf(command, poolId)));
      } catch (error) {
        if (error instanceof GraphqlErrors && !error.codes.some((code) => UNKNOWN.includes(code)))
          throw error;
        throw new UnansweredError(String(error), { cause: error });
      }
    },
    kill,
    async gone() {
      kill('service');
      await service.ended;
      client.close();
    },
    async stop() {
      client.close();
      await service.stop();
    },
  };
}

/** Where the embedded server of a data folder listens, and its process. */
function readPostmasterLock(dataFolder: string): { pid: number; url: string } {
  const lines = readFileSync(join(dataFolder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n');
  return { pid: Number(lines[0]), url: socketUrl(lines[4]!, 'cadastre') };
}

async function findOrMakePool(client: GraphqlClient, cidr: string): Promise<string> {
  const { pool } = await client.ask<{ pool: { id: string } | null }>({
    query: 'query ($name: String!) { pool(name: $name) { id } }',
    variables: { name: POOL },
  });
  if (pool) return pool.id;
  const { createPool } = await client.ask<{ createPool: { id: string } }>({
    query: 'mutation ($input: CreatePoolInput!) { createPool(input: $input) { ... on Pool { id } } }',
    variables: { input: { name: POOL, cidrs: [cidr] } },
  });
  return createPool.id;
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
