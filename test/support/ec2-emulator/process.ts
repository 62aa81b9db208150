import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CompanyOptions } from './company.js';
import type { Counted } from './calls.js';
import type { FaultRule } from './faults.js';

export interface EmulatorProcess {
  readonly url: string;
  readonly pid: number;
  /** What was called so far. */
  calls(): Promise<readonly Counted[]>;
  addFault(rule: FaultRule): Promise<void>;
  clearFaults(): Promise<void>;
  stop(): Promise<void>;
}

/** The built emulator (`npm run build`) as a child with the company's world, frozen unless told otherwise. */
export async function startEmulatorProcess(
  company: Partial<CompanyOptions> = {},
  { frozen = true }: { frozen?: boolean } = {},
): Promise<EmulatorProcess> {
  const main = join(process.cwd(), 'dist/test/support/ec2-emulator/main.js');
  const args = ['--company', JSON.stringify(company), ...(frozen ? ['--frozen'] : [])];
  const child = spawn(process.execPath, ['--no-warnings', main, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`the emulator ended with ${String(code)}`))),
  ])) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const control = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const response = await fetch(`${url}/_emulator/${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    url,
    pid: child.pid!,
    calls: async () => (await control('calls')) as readonly Counted[],
    addFault: async (rule) => void (await control('faults', { method: 'POST', body: JSON.stringify(rule) })),
    clearFaults: async () => void (await control('faults', { method: 'DELETE' })),
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
