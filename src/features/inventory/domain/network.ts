import type { Prefix } from '../../../address/index.js';

/** A VPC as it is observed now, or an external network as it is declared: what owns CIDRs in one routing domain. */
export interface Network {
  /** `vpc-…`, or the name of an external network. */
  readonly id: string;
  readonly kind: 'vpc' | 'external_network';
  readonly name: string | null;
  /** Null for an external network. */
  readonly account: string | null;
  readonly region: string | null;
  readonly routingDomainId: number;
  /** Associated blocks, ascending. */
  readonly cidrs: readonly Prefix[];
  /** Not in the last good list; still counts until it has ended. */
  readonly missing: boolean;
}
