import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readProcesses, treeOf } from './processes.js';

const TICKS_PER_SECOND = existsSync('/proc/self/stat')
  ? Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  : NaN;

/**
 * CPU seconds, user and system, that a process and all its descendants have used since they began, ended ones
 * included. `without`: a descendant that is left out together with its own. NaN where there is no /proc.
 */
export function cpuSeconds(pid: number, without?: number): number {
  if (Number.isNaN(TICKS_PER_SECOND)) return NaN;
  const processes = readProcesses();
  const ticks = treeOf(pid, processes, without).map((id) => processes.get(id)?.ticks ?? 0);
  return ticks.reduce((a, b) => a + b, 0) / TICKS_PER_SECOND;
}

/** `node 0.9, postgres 0.7 cores`: what used the processors between two readings. */
export class CpuShares {
  private readonly seconds = { node: 0, postgres: 0, wall: 0 };

  constructor(private readonly serverPid: number | null) {}

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const [node, postgres, wall] = this.read();
    const result = await work();
    const [nodeNow, postgresNow, wallNow] = this.read();
    this.seconds.node += nodeNow - node;
    this.seconds.postgres += postgresNow - postgres;
    this.seconds.wall += wallNow - wall;
    return result;
  }

  describe(): string {
    const { node, postgres, wall } = this.seconds;
    const cores = (seconds: number): string => (Number.isNaN(seconds) ? '?' : (seconds / wall).toFixed(2));
    return `node ${cores(node)}, postgres ${cores(postgres)} cores`;
  }

  private read(): [node: number, postgres: number, wall: number] {
    return [
      cpuSeconds(process.pid, this.serverPid ?? undefined),
      this.serverPid === null ? NaN : cpuSeconds(this.serverPid),
      performance.now() / 1000,
    ];
  }
}
