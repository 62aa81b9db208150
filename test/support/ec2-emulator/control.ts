import type { Calls } from './calls.js';
import type { FaultRule, Faults } from './faults.js';

const CONTROL = '/_emulator/';

/**
 * What an emulator in another process is told over HTTP: GET calls, DELETE calls, POST faults with a rule, DELETE faults.
 * Undefined: no such request; it is one of AWS's.
 */
export function control(
  method: string,
  path: string,
  body: string,
  { calls, faults }: { calls: Calls; faults: Faults },
): { status: number; value: unknown } | undefined {
  if (!path.startsWith(CONTROL)) return undefined;
  switch (`${method} ${path.slice(CONTROL.length)}`) {
    case 'GET calls':
      return { status: 200, value: calls.all() };
    case 'DELETE calls':
      calls.clear();
      return { status: 200, value: {} };
    case 'POST faults':
      faults.add(JSON.parse(body) as FaultRule);
      return { status: 200, value: {} };
    case 'DELETE faults':
      faults.clear();
      return { status: 200, value: {} };
    default:
      return { status: 404, value: { error: 'no such control' } };
  }
}
