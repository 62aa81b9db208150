import { AWS_RULES } from './aws.js';
import { holdToQuota, type Limits, quotaOf } from './quotas.js';
import { type AddressUser, type ProviderRules } from './rule-set.js';
import { Hearing, type Judgement } from './verdict.js';

export type AddressCounts = Readonly<Partial<Record<AddressUser, number>>>;

export interface NetworkAddressUsage {
  /** Network address units. */
  readonly units: number;
  /** Only what there is some of. */
  readonly by: Readonly<Partial<Record<AddressUser, number>>>;
}

/**
 * Network address units of one VPC. Per-zone things count per zone, `additionalInterface` is an interface beyond an
 * instance's first. A delegated prefix costs what one address does.
 */
export function networkAddressUsage(
  counts: AddressCounts,
  rules: ProviderRules = AWS_RULES,
): NetworkAddressUsage {
  const by: Partial<Record<AddressUser, number>> = {};
  let units = 0;
  for (const user of Object.keys(rules.addressUsage.units) as AddressUser[]) {
    const count = counts[user] ?? 0;
    if (count === 0) continue;
    by[user] = count * rules.addressUsage.units[user];
    units += by[user];
  }
  return { units, by };
}

export interface PeerUsage {
  readonly units: number;
  /** Peers in other regions count for nothing. */
  readonly sameRegion: boolean;
}

/** Units of a VPC and its peers together. */
export function peeredAddressUsage(units: number, peers: Iterable<PeerUsage>): number {
  let sum = units;
  for (const peer of peers) if (peer.sameRegion) sum += peer.units;
  return sum;
}

/** Whether a VPC may use so many units beside its peers. Beyond, AWS refuses instances, addresses and peerings. */
export function mayUseAddresses(
  units: number,
  peers: readonly PeerUsage[] = [],
  limits: Limits = {},
  rules: ProviderRules = AWS_RULES,
): Judgement {
  const hearing = new Hearing();
  holdToQuota(hearing, 'the VPC', units, quotaOf('networkAddressUsage', limits, rules));
  const peered = quotaOf('peeredNetworkAddressUsage', limits, rules);
  holdToQuota(hearing, 'the VPC with its peers', peeredAddressUsage(units, peers), peered);
  return hearing.judge();
}
