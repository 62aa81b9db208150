import type { Allocation } from './allocation.js';
import { subjectOf } from './claims.js';
import type { Failure } from './failure.js';
import { invalidTransition } from './transitions.js';

/** Why an allocation cannot become a CIDR of a child pool; `feeds` is the pool whose source it is already. */
export function brokenSource(allocation: Allocation, feeds: string | null): Failure | null {
  if (allocation.status !== 'ALLOCATED')
    return invalidTransition(allocation, 'source of a child pool, which is ALLOCATED');
  if (feeds === null) return null;
  const message = `${subjectOf(allocation.id)} ${allocation.cidr} is the source of ${feeds} already.`;
  return { code: 'HAS_DEPENDENTS', message, dependents: [feeds] };
}
