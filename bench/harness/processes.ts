import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessTimes {
  readonly parent: number;
  /** Clock ticks in user and system mode, with those of ended children. */
  readonly ticks: number;
}

/** All processes of this machine by id. Needs /proc. */
export function readProcesses(): Map<number, ProcessTimes> {
  const processes = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // the command's name, in parentheses, may hold anything
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const times = fields.slice(11, 15).reduce((a, b) => a + b, 0);
      processes.set(Number(name), { parent: fields[1]!, ticks: times });
    } catch {
      // ended meanwhile; its time is with its parent
    }
  }
  return processes;
}

/** A process and all its descendants, parents first; `without` leaves one of them out together with its own. */
export function treeOf(pid: number, processes = readProcesses(), without?: number): number[] {
  if (pid === without) return [];
  const children = [...processes].filter(([, { parent }]) => parent === pid).map(([child]) => child);
  return [pid, ...children.flatMap((child) => treeOf(child, processes, without))];
}
