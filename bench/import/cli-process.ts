import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpuSeconds } from '../harness/cpu.js';
import { programArguments } from '../harness/program.js';
import { TOKEN } from '../http/service.js';

export interface CliCost {
  /** User and system. */
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
  readonly wallSeconds: number;
  readonly stdout: string;
}

/** Often enough to miss little of what a process does at its end. */
const SAMPLE_MS = 20;

/** Runs the built `cadastre` and measures it from outside. Throws for another exit code than 0. */
export async function runCli(url: string, ...args: readonly string[]): Promise<CliCost> {
  const began = performance.now();
  const child = spawn(process.execPath, [...programArguments('../../src/bin.js', import.meta.url), ...args], {
    env: { PATH: process.env.PATH, CADASTRE_URL: url, CADASTRE_TOKEN: TOKEN },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  let cpu = 0;
  let peak = 0;
  const timer = setInterval(() => {
    cpu = Math.max(cpu, cpuSeconds(child.pid!));
    peak = Math.max(peak, peakOf(child.pid!));
  }, SAMPLE_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  if (code !== 0)
    throw new Error(`cadastre ${args.join(' ')} ended with ${code}:\n${stderr}${stdout.slice(0, 2000)}`);
  return { cpuSeconds: cpu, peakRssMb: peak, wallSeconds: (performance.now() - began) / 1000, stdout };
}

/** In MB, of the whole life of the process; 0 where it is gone. */
function peakOf(pid: number): number {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return (Number(kilobytes ?? 0) * 1024) / 1e6;
  } catch {
    return 0;
  }
}
