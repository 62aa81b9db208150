import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
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

interface Reading {
  readonly node: number;
  readonly postgres: number;
  /** Of everything on this machine. */
  readonly busy: number;
  readonly wall: number;
}

/** What used the processors while something ran, in one or several goes. */
export class CpuShares {
  private readonly used = { node: 0, postgres: 0, busy: 0, wall: 0 };

  constructor(private readonly serverPid: number | null) {}

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = this.read();
    const result = await work();
    const after = this.read();
    for (const what of ['node', 'postgres', 'busy', 'wall'] as const)
      this.used[what] += after[what] - before[what];
    return result;
  }

  /** `206 us CPU per request (node 69, postgres 137), 1.11 of 2 cores, others 0.05` */
  describe(requests: number): string {
    const { node, postgres, busy, wall } = this.used;
    const each = (seconds: number): string => ((seconds * 1_000_000) / requests).toFixed(0);
    const cores = (seconds: number): string => (seconds / wall).toFixed(2);
    const own = node + postgres;
    if (Number.isNaN(own)) return 'CPU time of the server unknown';
    return (
      `${each(own)} us CPU per request (node ${each(node)}, postgres ${each(postgres)}), ` +
      `${cores(own)} of ${cpus().length} cores, others ${cores(Math.max(0, busy - own))}`
    );
  }

  private read(): Reading {
    return {
      node: cpuSeconds(process.pid, this.serverPid ?? undefined),
      postgres: this.serverPid === null ? NaN : cpuSeconds(this.serverPid),
      busy:
        cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1000,
      wall: performance.now() / 1000,
    };
  }
}
