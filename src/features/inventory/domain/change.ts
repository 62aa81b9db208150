import type { StoredKind } from './observed.js';

/** An object of any kind as two states of the cloud are compared by it. */
export interface SnapshotObject {
  readonly kind: StoredKind;
  readonly id: string;
  readonly vpcId: string | null;
  /** Parsed JSON of its `ObservedBodies` member. */
  readonly body: Body;
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Body = Readonly<Record<string, Json>>;

/** One thing that is different, in the words of the network. */
export interface ConfigurationChange {
  readonly kind: StoredKind;
  readonly resourceId: string;
  /** As it is after the change; of what is gone, as it was. */
  readonly vpcId: string | null;
  /** `<noun>.<what happened>`, as `route.added`. */
  readonly action: string;
  /** The field of the body; empty where the object as a whole came or went. */
  readonly path: string;
  /** Value of the field, or the item of a list; null where there was none. */
  readonly old: Json;
  readonly new: Json;
}

/** What a kind is called in actions. */
export function nounOf(kind: StoredKind): string {
  if (kind === 'vpc_peering') return 'peering';
  return kind === 'transit_gateway_attachment' ? 'attachment' : kind;
}

/** Kinds that come and go by themselves: their versions are kept, and no change is recorded. */
export const UNTOLD_KINDS: readonly StoredKind[] = ['network_interface', 'instance'];

/** `state` of the provider as part of an action: `pending-acceptance` is `pending_acceptance`. */
export function wordOf(state: Json): string {
  const word = typeof state === 'string' ? state.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_') : '';
  return word || 'changed';
}
