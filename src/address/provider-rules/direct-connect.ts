import { type Prefix } from '../prefix.js';
import { AWS_RULES } from './aws.js';
import { holdToQuota, type Limits, quotaOf } from './quotas.js';
import { type ProviderRules } from './rule-set.js';
import { Hearing, type Judgement } from './verdict.js';

/** What stands between the VPCs and a Direct Connect gateway. */
export type DirectConnectAssociation = 'vpn_gateway' | 'transit_gateway';

/**
 * What a Direct Connect gateway tells the other side. Behind a virtual private gateway allowed prefixes are a filter: a
 * block is told if one of them equals or contains it. Behind a transit gateway they are told as they stand.
 */
export function advertisedPrefixes(
  association: DirectConnectAssociation,
  blocks: readonly Prefix[],
  allowed: readonly Prefix[],
): readonly Prefix[] {
  return association === 'transit_gateway'
    ? allowed
    : blocks.filter((block) => allowed.some((prefix) => prefix.contains(block)));
}

export interface TransitGatewayPrefixes {
  readonly transitGateway: string;
  readonly allowed: readonly Prefix[];
}

/** Whether the transit gateways of one Direct Connect gateway may have these allowed prefixes. O(n²) in their number. */
export function mayAllowPrefixes(
  associations: readonly TransitGatewayPrefixes[],
  limits: Limits = {},
  rules: ProviderRules = AWS_RULES,
): Judgement {
  const hearing = new Hearing();
  associations.forEach(({ transitGateway, allowed }, index) => {
    const most = quotaOf('directConnectPrefixesOut', limits, rules);
    holdToQuota(hearing, transitGateway, allowed.length, most);
    for (const other of associations.slice(index + 1)) {
      for (const mine of allowed) {
        for (const theirs of other.allowed.filter((each) => each.overlaps(mine))) {
          const message = `${transitGateway} tells ${mine}, ${other.transitGateway} ${theirs}; they may not overlap`;
          hearing.say('REFUSED', 'direct-connect.prefixes', message, rules.sources.DXP);
        }
      }
    }
  });
  const gateways = quotaOf('directConnectTransitGateways', limits, rules);
  holdToQuota(hearing, 'the Direct Connect gateway', associations.length, gateways);
  return hearing.judge();
}
