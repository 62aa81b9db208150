import type { ChangeFieldsFragment } from '../../graphql/operations.js';
import { safeText } from '../output/safe-text.js';
import { instantText } from '../output/words.js';

/** A change on one line. */
export function changeText({ position, at, actor, action, subject, detail }: ChangeFieldsFragment): string {
  const place = position === null ? '' : `#${position} `;
  return safeText(`${place}${instantText(at)} ${actor} ${action} ${subject} ${detailText(detail)}`.trimEnd());
}

/** `status RESERVED → ALLOCATED, key a/b`: `[old, new]` where something differs, else what it is. */
export function detailText(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return '';
  return Object.entries(detail)
    .map(([name, value]) => {
      const isChange = Array.isArray(value) && value.length === 2 && name !== 'tags';
      const [old, now] = isChange ? (value as unknown[]) : [undefined, value];
      return isChange ? `${name} ${plain(old)} → ${plain(now)}` : `${name} ${plain(now)}`;
    })
    .join(', ');
}

function plain(value: unknown): string {
  if (value === null || value === '') return 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}
