import { AWS_RULES } from './aws.js';
import { type ProviderRules, type QuotaDefinition, type QuotaName } from './rule-set.js';
import { type Hearing } from './verdict.js';

/** What is in effect where it is not the default. Plain data: `{ ipv4Blocks: 12 }`. */
export type Limits = Readonly<Partial<Record<QuotaName, number>>>;

export interface EffectiveQuota extends QuotaDefinition {
  readonly name: QuotaName;
  readonly value: number;
  readonly overridden: boolean;
}

/** A quota as it is in effect under these overrides. */
export function quotaOf(
  name: QuotaName,
  limits: Limits = {},
  rules: ProviderRules = AWS_RULES,
): EffectiveQuota {
  const definition = rules.quotas[name];
  const override = limits[name];
  return {
    ...definition,
    name,
    value: override ?? definition.default,
    overridden: override !== undefined,
  };
}

/** One value of one quota, for an account and region; null stands for all of them. */
export interface QuotaOverride {
  readonly account: string | null;
  readonly region: string | null;
  readonly quota: QuotaName;
  readonly value: number;
}

/**
 * The limits of accounts and regions. The closest override counts: account and region, then the account, then the
 * region, then everywhere; of two as close the later one. Immutable.
 */
export class Quotas {
  static readonly defaults = new Quotas([]);

  private readonly places = new Map<string, Partial<Record<QuotaName, number>>>();

  /** Throws RangeError for a value that is not a whole number from 0 on. */
  constructor(overrides: Iterable<QuotaOverride>) {
    for (const { account, region, quota, value } of overrides) {
      if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no value of ${quota}`);
      const place = placeOf(account, region);
      const limits = this.places.get(place) ?? {};
      limits[quota] = value;
      this.places.set(place, limits);
    }
  }

  /** What is overridden there, to hand to the functions that take `limits`. */
  effective(account: string, region: string): Limits {
    return {
      ...this.places.get(placeOf(null, null)),
      ...this.places.get(placeOf(null, region)),
      ...this.places.get(placeOf(account, null)),
      ...this.places.get(placeOf(account, region)),
    };
  }
}

const placeOf = (account: string | null, region: string | null) => JSON.stringify([account, region]);

/** Says REFUSED if `count` is more than the quota, else ALLOWED; `subject` is what would have so many. */
export function holdToQuota(hearing: Hearing, subject: string, count: number, quota: EffectiveQuota): void {
  const { counts, value, overridden, source } = quota;
  const limit = `${subject} would have ${count}; the quota of ${counts} is ${value}${overridden ? '' : ' by default'}`;
  if (count <= value) hearing.say('ALLOWED', 'quota', limit, source);
  else hearing.say('REFUSED', 'quota', `${limit} and ${raising(quota)}`, source);
}

function raising({ adjustable, max, code }: EffectiveQuota): string {
  if (adjustable === 'NO') return 'cannot be raised';
  if (adjustable === 'BY_SUPPORT') return 'is raised by support only';
  if (adjustable === 'UNKNOWN') return 'may not be adjustable';
  return `can be raised${max === null ? '' : ` to ${max}`}${code === null ? '' : ` (${code})`}`;
}
