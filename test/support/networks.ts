import { Prefix } from '../../src/address/index.js';
import type { Network } from '../../src/features/inventory/index.js';

/** A VPC as it is observed. */
export function networkOf(id: string, routingDomainId: number, ...cidrs: string[]): Network {
  const place = { account: '111122223333', region: 'eu-west-1' };
  const prefixes = cidrs.map(Prefix.must).sort((a, b) => a.compare(b));
  return { id, kind: 'vpc', name: null, ...place, routingDomainId, cidrs: prefixes, missing: false };
}
