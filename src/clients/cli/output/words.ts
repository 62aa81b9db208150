import type { ConflictFieldsFragment, HolderFieldsFragment } from '../../graphql/operations.js';

type Tags = readonly { readonly key: string; readonly value: string }[];

/** `aws 123456789012 eu-west-1 vpc vpc-0a1b`: what is known of a holder; empty where nothing is. */
export function holderText(holder: HolderFieldsFragment | null): string {
  if (!holder) return '';
  const { provider, account, region, resourceType, resourceId, contact } = holder;
  return [provider, account, region, resourceType, resourceId, contact].filter(Boolean).join(' ');
}

export function tagsText(tags: Tags): string {
  return tags.map(({ key, value }) => (value === '' ? key : `${key}=${value}`)).join(' ');
}

/** `10.0.0.0/24 allocated, key a/b, aws 1234 (alloc_7)`, `10.0.0.0/24 observed, vpc-0a1b` */
export function conflictText({
  cidr,
  reason,
  key,
  holder,
  allocation,
  resource,
}: Pick<ConflictFieldsFragment, 'cidr' | 'reason' | 'key' | 'holder' | 'allocation'> &
  Partial<Pick<ConflictFieldsFragment, 'resource'>>): string {
  const who = [key && `key ${key}`, resource, holderText(holder)].filter(Boolean).join(', ');
  return `${cidr} ${reason}${who && `, ${who}`}${allocation ? ` (${allocation})` : ''}`;
}

/** `12.5 %` */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** The first of several, and how many more. */
export function abridged(texts: readonly string[]): string {
  return texts.length > 1 ? `${texts[0]} and ${texts.length - 1} more` : (texts[0] ?? '');
}

/** `2026-01-31 12:00:05Z`: to the second; the API has microseconds. */
export function instantText(at: string | null | undefined): string {
  return at ? at.replace('T', ' ').replace(/\.\d+/, '') : '';
}
