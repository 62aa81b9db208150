import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataFolderInUseError } from './errors.js';
import { connect } from './readiness.js';

/** A server that answers for this long belongs to somebody; one whose parent was killed is gone by then. */
const PATIENCE_WITH_A_LIVING_SERVER_MS = 3_000;
/** One that no longer (or not yet) answers may still be writing its last checkpoint. */
const PATIENCE_WITH_A_BUSY_SERVER_MS = 30_000;
const LOOK_EVERY_MS = 50;

interface LockHolder {
  readonly pid: number;
  readonly socketFolder: string;
}

/** What postmaster.pid says; undefined when there is none (or it is just being written). */
export function readLock(cluster: string): LockHolder | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 0 ? { pid, socketFolder: lines[4] ?? '' } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Returns when no PostgreSQL runs on the cluster, at once in the usual case. One that is on its way down is waited for.
 * @throws DataFolderInUseError when one stays
 */
export async function waitUntilFree(dataFolder: string, cluster: string): Promise<void> {
  const since = Date.now();
  let answeringSince: number | undefined;
  for (;;) {
    const holder = readLock(cluster);
    if (!holder) return;
    const state = await stateOf(holder, cluster);
    if (state === 'gone') {
      removeStaleLock(holder, cluster);
      return;
    }
    answeringSince = state === 'answering' ? (answeringSince ?? Date.now()) : undefined;
    const tired =
      Date.now() - since > PATIENCE_WITH_A_BUSY_SERVER_MS ||
      (answeringSince !== undefined && Date.now() - answeringSince > PATIENCE_WITH_A_LIVING_SERVER_MS);
    if (tired) throw new DataFolderInUseError(dataFolder, holder.pid);
    await delay(LOOK_EVERY_MS);
  }
}

/** The socket is asked too, since process ids of another container on the same volume mean nothing here. */
async function stateOf(
  { pid, socketFolder }: LockHolder,
  cluster: string,
): Promise<'answering' | 'busy' | 'gone'> {
  if (socketFolder.startsWith('/')) {
    const answer = await connect(socketFolder, 'postgres');
    if (answer.kind === 'starting') return 'busy';
    if (answer.kind !== 'silent') {
      if (answer.kind === 'connected') await answer.client.end();
      return 'answering';
    }
  }
  return isServerOf(pid, cluster) ? 'busy' : 'gone';
}

/**
 * Whether the process is PostgreSQL on this cluster, whose working directory the cluster is. After a restart of a
 * container the number often belongs to somebody else, even to a thread.
 */
function isServerOf(pid: number, cluster: string): boolean {
  if (process.platform !== 'linux') return processExists(pid);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return false;
  }
}

/** PostgreSQL would take any living process under that number for the holder and refuse for ever. */
function removeStaleLock({ pid }: LockHolder, cluster: string): void {
  if (processExists(pid) && readLock(cluster)?.pid === pid)
    rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
