import type { Allocation } from '../domain/allocation.js';
import { type AllocationRow, rowOf } from './allocation.row.js';

/** Follow from the rest, or say who and when, which the change itself does. */
const LEFT_OUT = new Set<keyof AllocationRow>([
  'id',
  'pool_id',
  'pool_cidr_id',
  'pool_cidr',
  'allocated',
  'live_in',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
]);

/** What a change row says of an allocation: of a new one its fields that are set, else `[old, new]` of what differs. */
export function detailOf(before: Allocation | null, after: Allocation): Record<string, unknown> {
  const now = rowOf(after);
  const old = before && rowOf(before);
  const detail: Record<string, unknown> = {};
  if (old) detail['cidr'] = now.cidr;
  for (const name of Object.keys(now) as (keyof AllocationRow)[]) {
    if (LEFT_OUT.has(name)) continue;
    if (!old) {
      if (isSet(now[name])) detail[name] = now[name];
    } else if (JSON.stringify(old[name]) !== JSON.stringify(now[name])) {
      detail[name] = [old[name], now[name]];
    }
  }
  return detail;
}

function isSet(value: unknown): boolean {
  if (value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value as object).length > 0;
}
