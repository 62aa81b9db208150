import type { Instant } from '../../../platform/context/instant.js';
import type { Allocation, Holder } from './allocation.js';
import { subjectOf } from './claims.js';
import type { Block } from './pool.js';

/** An account and region of a provider. */
export interface ScopeOfHolder {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
}

/** When the last good sweep began, by `scopeKey`; a scope that discovery does not cover is missing. */
export type SweptScopes = ReadonlyMap<string, Instant>;

/** Where a holder's resource would be seen; null where it does not say. Without a provider AWS is meant. */
export function scopeOf({ provider = 'aws', account, region }: Holder): ScopeOfHolder | null {
  return account && region ? { provider, account, region } : null;
}

export function scopeKey({ provider, account, region }: ScopeOfHolder): string {
  return JSON.stringify([provider, account, region]);
}

/**
 * What keeps the space of a row that has just died: where discovery covers its holder's account and region, nobody else
 * gets it before a good sweep that began later than `since` could have seen its resource. Null where nothing does.
 */
export function unsweptBlock(row: Allocation, since: Instant, swept: SweptScopes): Block | null {
  const scope = scopeOf(row.holder);
  const beganAt = scope && swept.get(scopeKey(scope));
  if (beganAt === null || beganAt === undefined || beganAt > since) return null;
  return {
    poolCidrId: row.poolCidrId,
    cidr: row.cidr,
    reason: 'unswept',
    subject: subjectOf(row.id),
    since,
  };
}

/** Under which source what is seen in an account and region is reported. */
export function sourceOfScope({ provider, account, region }: ScopeOfHolder): string {
  return `${provider}/${account}/${region}`;
}

/** Whether an observed block comes from there. */
export function isFrom(block: Pick<Block, 'subject'>, source: string): boolean {
  return block.subject.startsWith(`${source}:`);
}

/** The resource that an observed block is about: its subject is `source:resource`. */
export function resourceOf(block: Pick<Block, 'subject'>): string {
  return block.subject.slice(block.subject.indexOf(':') + 1);
}
