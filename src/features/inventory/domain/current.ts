import type { Prefix } from '../../../address/index.js';
import type { StoredKind } from './observed.js';

/** A block of a network. */
export interface NetworkCidr {
  readonly networkId: string;
  readonly cidr: Prefix;
}

/** What a search finds of an object. */
export interface FoundObject {
  readonly kind: StoredKind;
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  /** Null for what is declared. */
  readonly account: string | null;
  readonly region: string | null;
  /** Its CIDR or address that was found, or its first one. */
  readonly cidr: string | null;
  /** Not in the last good list. */
  readonly missing: boolean;
}
