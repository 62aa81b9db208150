import type { AllocationFieldsFragment } from '../../graphql/operations.js';
import type { Printer } from '../output/printer.js';
import { holderText, instantText, tagsText } from '../output/words.js';

/** All that is known of an allocation, a line each. */
export function allocationText(out: Printer, allocation: AllocationFieldsFragment): string {
  const { id, pool, cidr, status, key, request, claim, holder } = allocation;
  const { description, tags, noncompliant, createdAt, createdBy, expiresAt, availableAt, releasedAt } =
    allocation;
  return out.record([
    ['CIDR', cidr],
    ['status', status],
    ['id', id],
    ['pool', pool?.name],
    ['key', key && claim === 'PENDING' ? `${key} (stands in for another)` : key],
    ['request', request],
    ['holder', holderText(holder)],
    ['domain', holder.routingDomain],
    ['description', description],
    ['tags', tagsText(tags)],
    ['against rules', noncompliant.join(', ')],
    ['since', `${instantText(createdAt)} by ${createdBy}`],
    ['expires', status === 'RESERVED' || status === 'EXPIRED' ? instantText(expiresAt) : null],
    ['rests until', status === 'QUARANTINED' ? instantText(availableAt) : null],
    ['released', instantText(releasedAt)],
  ]);
}

export function printAllocation(out: Printer, allocation: AllocationFieldsFragment): void {
  out.print(allocation, () => allocationText(out, allocation));
}
