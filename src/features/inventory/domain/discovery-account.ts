import type { Instant } from '../../../platform/context/instant.js';
import { type DiscoveryFailure, violation } from './discovery-failure.js';
import type { ListStatus } from './inventory-list.js';

/** An account to discover, as somebody names it. */
export interface AccountDeclaration {
  /** 12 digits. */
  readonly account: string;
  readonly name: string;
  /** Null: the service's own credentials. */
  readonly roleArn: string | null;
  readonly externalId: string | null;
  /** Ascending, each once. */
  readonly regions: readonly string[];
  readonly enabled: boolean;
}

/** An account to discover; what is left out stays as it is, or is what `declared` says. */
export type AccountGiven = Pick<AccountDeclaration, 'account' | 'regions'> & Partial<AccountDeclaration>;

export type AccountSource = 'list' | 'organization';

export interface DiscoveryAccount extends AccountDeclaration {
  readonly source: AccountSource;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
}

/** What is known of an account and region. */
export interface ScopeReport {
  readonly region: string;
  /** By kind. */
  readonly lists: readonly ListStatus[];
}

/** Lists by region; they come in the order of their regions. */
export function byRegion(lists: readonly ListStatus[]): ScopeReport[] {
  const regions = new Map<string, ListStatus[]>();
  for (const list of lists) regions.set(list.region, [...(regions.get(list.region) ?? []), list]);
  return [...regions].map(([region, of]) => ({ region, lists: of }));
}

/** Of a scope: what is true of all its lists, and its first trouble. */
export function summaryOf({ lists }: ScopeReport): {
  lastGoodAt: Instant | null;
  staleSince: Instant | null;
  staleReason: string | null;
  objects: number;
  missing: number;
} {
  const good = lists.map(({ lastGoodAt }) => lastGoodAt);
  const stale = lists
    .filter(({ staleSince }) => staleSince !== null)
    .sort((a, b) => a.staleSince! - b.staleSince!);
  return {
    lastGoodAt: lists.length === 0 || good.includes(null) ? null : Math.min(...(good as Instant[])),
    staleSince: stale[0]?.staleSince ?? null,
    staleReason: stale[0]?.staleReason ?? null,
    objects: lists.reduce((sum, { objects }) => sum + objects, 0),
    missing: lists.reduce((sum, { missing }) => sum + missing, 0),
  };
}

export const MOST_ACCOUNTS = 1_000;
export const MOST_REGIONS = 100;
const LONGEST_NAME = 255;
const ACCOUNT = /^\d{12}$/;
/** `eu-west-1`, `us-gov-east-1`, `us-iso-east-1`. */
const REGION = /^[a-z]{2,3}(-[a-z]{2,12}){1,2}-\d{1,2}$/;
const ROLE_ARN =
  /^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-eusc):iam::(\d{12}):role\/[\w+=,.@/-]{1,576}$/;
const ROLE_NAME = /^[\w+=,.@/-]{1,576}$/;
/** As AWS has it. */
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

export const isAccountNumber = (text: string): boolean => ACCOUNT.test(text);
export const isRegionName = (text: string): boolean => REGION.test(text);
export const isRoleName = (text: string): boolean => ROLE_NAME.test(text);

/** The first rule that the declaration breaks, under a name that begins with `at`; null for none. */
export function brokenRule(given: AccountDeclaration, at = ''): DiscoveryFailure | null {
  const { account, name, roleArn, externalId, regions } = given;
  if (!ACCOUNT.test(account)) return violation(`${at}account`, account, 'an account number of 12 digits');
  if (name.length > LONGEST_NAME)
    return violation(`${at}name`, name.slice(0, LONGEST_NAME), `at most ${LONGEST_NAME} characters`);
  const arn = roleArn === null ? null : ROLE_ARN.exec(roleArn);
  if (roleArn !== null && !arn)
    return violation(`${at}roleArn`, roleArn.slice(0, 600), `a role, as "arn:aws:iam::${account}:role/name"`);
  if (arn && arn[2] !== account)
    return violation(`${at}roleArn`, roleArn!, `a role of the account ${account} itself`);
  const odd = brokenExternalId(externalId, at);
  if (odd) return odd;
  if (externalId !== null && roleArn === null)
    return violation(`${at}externalId`, externalId, 'left out where no role is assumed');
  return brokenRegions(regions, at);
}

/** What an account becomes that is given; one that is new has no name, no role, and is enabled. */
export function declared(given: AccountGiven, before: AccountDeclaration | undefined): AccountDeclaration {
  const { account, regions } = given;
  const { name, roleArn, externalId, enabled } = before ?? {
    name: '',
    roleArn: null,
    externalId: null,
    enabled: true,
  };
  return {
    account,
    regions,
    name: given.name ?? name,
    roleArn: given.roleArn === undefined ? roleArn : given.roleArn,
    externalId: given.externalId === undefined ? externalId : given.externalId,
    enabled: given.enabled ?? enabled,
  };
}

export function brokenExternalId(externalId: string | null, at = ''): DiscoveryFailure | null {
  if (externalId === null || EXTERNAL_ID.test(externalId)) return null;
  return violation(`${at}externalId`, externalId.slice(0, 1224), '2 to 1,224 letters, digits or _+=,.@:/-');
}

export function brokenRegions(regions: readonly string[], at = ''): DiscoveryFailure | null {
  if (regions.length < 1 || regions.length > MOST_REGIONS)
    return violation(`${at}regions`, `${regions.length} regions`, `1 to ${MOST_REGIONS}`);
  const odd = regions.find((region) => !REGION.test(region));
  return odd === undefined
    ? null
    : violation(`${at}regions`, odd.slice(0, 100), 'names of regions, as "eu-west-1"');
}

/** What is different, each with old and new; empty for nothing. */
export function differencesOf(
  before: AccountDeclaration,
  after: AccountDeclaration,
): Record<string, readonly [unknown, unknown]> {
  const keys = ['name', 'roleArn', 'externalId', 'regions', 'enabled'] as const;
  const different = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return Object.fromEntries(different.map((key) => [key, [before[key], after[key]]]));
}
